"""``rs-dino doctor``: is everything here that a job needs? In plain words, safe to paste into a bug report."""

from __future__ import annotations

import importlib
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Callable, Iterator, List, NamedTuple, Optional, Tuple

from . import __version__
from .devices import Memory, choose, findings, torch_build
from .devices.cpu import system_memory
from .devices.device import short_reason

_NEEDED = ("torch", "numpy", "rasterio", "shapely", "pyproj", "pyogrio", "pydantic", "safetensors")
_OPTIONAL = (("onnxruntime", "models in .onnx files"), ("pyarrow", "GeoParquet files"), ("timm", "further backbones"))
_LITTLE_DISK_MB, _LITTLE_MEMORY_MB = 2000.0, 2000.0


class Check(NamedTuple):
    """``state`` is good, note (works, but worth knowing) or bad (jobs will not run)."""

    title: str
    state: str
    said: str


def examine() -> List[Check]:
    """All checks, in order; each says what it found, without the person's home folder or name."""
    checks = [Check("RS-DINO", "good", f"{__version__} in {Path(__file__).parent}"), _python()]
    parts: Tuple[Callable[[], Iterator[Check]], ...] = (_packages, _devices, _room, _models)
    for part in parts:
        checks += part()
    return [Check(c.title, c.state, without_home(c.said)) for c in checks]


def without_home(text: str) -> str:
    """The text with the person's home folder as ``~``."""
    home = str(Path.home())
    if len(home) < 4:  # "/" of a service account
        return text
    return text.replace(home, "~").replace(home.replace("\\", "/"), "~")


def _python() -> Check:
    version = f"{platform.python_version()} on {platform.system()} {platform.release()}, {platform.machine()}"
    return Check("Python", "good" if sys.version_info >= (3, 8) else "bad", f"{version}, {sys.executable}")


def _packages() -> Iterator[Check]:
    for name in _NEEDED:
        module, problem = _loaded(name)
        if module is None:
            yield Check(name, "bad", f"does not load: {problem}")
        else:
            yield Check(name, "good", f"{getattr(module, '__version__', '?')}{_detail(name, module)}")
    for name, purpose in _OPTIONAL:
        module, problem = _loaded(name)
        said = str(getattr(module, "__version__", "?")) if module else f"does not load ({problem}); only for {purpose}"
        yield Check(name, "good" if module else "note", said)


def _loaded(name: str) -> Tuple[Optional[ModuleType], str]:
    """The module, or why it does not load. Packages that do not fit together fail in any way there is."""
    try:
        if name == "timm":
            from .models.timm_import import timm_module

            return timm_module(), ""
        return importlib.import_module(name), ""
    except Exception as error:
        return None, short_reason(error)


def _detail(name: str, module: object) -> str:
    if name == "rasterio":
        return f" with GDAL {getattr(module, '__gdal_version__', '?')}"
    if name == "torch":
        return f", {torch_build()}"
    return ""


def _devices() -> Iterator[Check]:
    try:
        for found in findings():
            yield Check(f"device {found.kind}", "good" if found.available else "note", found.reason.text)
        chosen = choose("auto")
        yield Check("device auto", "good", f"{chosen.reason.text} Precision: {chosen.dtype}.")
    except (ImportError, OSError) as error:
        yield Check("devices", "bad", f"cannot be asked: {error}")


def _room() -> Iterator[Check]:
    memory = system_memory()
    if memory is not None:
        yield Check("memory", "note" if memory.free_mb < _LITTLE_MEMORY_MB else "good", _free_of(memory))
    for title, folder in (("disk here", Path.cwd()), ("temporary disk", Path(tempfile.gettempdir()))):
        usage = shutil.disk_usage(str(folder))
        room = Memory(usage.free / 2**20, usage.total / 2**20)
        state = "note" if room.free_mb < _LITTLE_DISK_MB else "good"
        writable = os.access(str(folder), os.W_OK)
        said = f"{_free_of(room)}, {folder}" + ("" if writable else ", which cannot be written into")
        yield Check(title, state if writable else "note", said)
    yield Check("processors", "good", f"{os.cpu_count()}")


def _models() -> Iterator[Check]:
    try:
        from .models.library import library_folder, list_models

        found = list_models()
        yield Check("models", "good" if found else "note", ", ".join(m.spec.name for m in found) or "none found")
        yield Check("model library", "good", str(library_folder()))
    except (ImportError, OSError) as error:
        yield Check("models", "bad", f"cannot be listed: {error}")


def _free_of(memory: Memory) -> str:
    return f"{memory.free_mb / 1024:.1f} GB free of {memory.total_mb / 1024:.1f} GB"
