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
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from . import __version__
from .devices import Memory, choose, findings, torch_gpu_build
from .devices.cpu import system_memory
from .devices.device import short_reason
from .messages import Message, message

_NEEDED = ("torch", "numpy", "rasterio", "shapely", "pyproj", "pyogrio", "pydantic", "safetensors")
_OPTIONAL = ("onnxruntime", "skimage", "pyarrow", "timm")
_LITTLE_DISK_MB, _LITTLE_MEMORY_MB = 2000.0, 2000.0


class Check(NamedTuple):
    """``state`` is good, note (works, but worth knowing) or bad (jobs will not run)."""

    title: str
    state: str
    message: Message

    @property
    def said(self) -> str:
        """In English."""
        return self.message.text

    def as_dict(self) -> Dict[str, Any]:
        return {"title": self.title, "state": self.state, "said": self.said, "message": self.message.as_dict()}


def examine() -> List[Check]:
    """All checks, in order; each says what it found, without the person's home folder or name."""
    where = message("doctor-version", version=__version__, folder=str(Path(__file__).parent))
    checks = [Check("RS-DINO", "good", where), _python()]
    parts: Tuple[Callable[[], Iterator[Check]], ...] = (_packages, _devices, _room, _models)
    for part in parts:
        checks += part()
    return [Check(c.title, c.state, _without_home(c.message)) for c in checks]


def without_home(text: str) -> str:
    """The text with the person's home folder as ``~``."""
    home = str(Path.home())
    if len(home) < 4:  # "/" of a service account
        return text
    return text.replace(home, "~").replace(home.replace("\\", "/"), "~")


def _without_home(said: Message) -> Message:
    return Message(said.code, {k: without_home(v) if isinstance(v, str) else v for k, v in said.params.items()})


def _python() -> Check:
    version = f"{platform.python_version()}"
    system = f"{platform.system()} {platform.release()}, {platform.machine()}"
    said = message("doctor-python", version=version, system=system, path=sys.executable)
    return Check("Python", "good" if sys.version_info >= (3, 8) else "bad", said)


def _packages() -> Iterator[Check]:
    for name in _NEEDED:
        module, problem = _loaded(name)
        if module is None:
            yield Check(name, "bad", message("doctor-broken", reason=problem))
        else:
            yield Check(name, "good", _version(name, module))
    for name in _OPTIONAL:
        module, problem = _loaded(name)
        said = _version(name, module) if module else message(f"doctor-without-{name}", reason=problem)
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


def _version(name: str, module: object) -> Message:
    version = str(getattr(module, "__version__", "?"))
    if name == "rasterio":
        return message("doctor-rasterio", version=version, gdal=str(getattr(module, "__gdal_version__", "?")))
    if name == "torch":
        gpu = torch_gpu_build()
        return (
            message("doctor-torch-gpu", version=version, gpu=gpu) if gpu else message("doctor-torch", version=version)
        )
    return message("doctor-package", version=version)


def _devices() -> Iterator[Check]:
    try:
        for found in findings():
            yield Check(f"device {found.kind}", "good" if found.available else "note", found.reason)
        chosen = choose("auto")
        yield Check("device auto", "good", chosen.reason)
        yield Check("precision", "good", message("doctor-precision", dtype=chosen.dtype))
    except (ImportError, OSError) as error:
        yield Check("devices", "bad", message("doctor-not-asked", reason=short_reason(error)))


def _room() -> Iterator[Check]:
    memory = system_memory()
    if memory is not None:
        yield Check("memory", "note" if memory.free_mb < _LITTLE_MEMORY_MB else "good", _free_of("doctor-room", memory))
    for title, folder in (("disk here", Path.cwd()), ("temporary disk", Path(tempfile.gettempdir()))):
        usage = shutil.disk_usage(str(folder))
        room = Memory(usage.free / 2**20, usage.total / 2**20)
        writable = os.access(str(folder), os.W_OK)
        said = _free_of("doctor-disk" if writable else "doctor-disk-unwritable", room, folder=str(folder))
        yield Check(title, "good" if writable and room.free_mb >= _LITTLE_DISK_MB else "note", said)
    yield Check("processors", "good", message("doctor-processors", count=os.cpu_count() or 1))


def _models() -> Iterator[Check]:
    try:
        from .models.library import library_folder, list_models

        names = ", ".join(m.spec.name for m in list_models())
        yield Check(
            "models",
            "good" if names else "bad",
            message("doctor-models" if names else "doctor-no-models", names=names),
        )
        yield Check("model library", "good", message("doctor-folder", folder=str(library_folder())))
    except (ImportError, OSError) as error:
        yield Check("models", "bad", message("doctor-not-asked", reason=short_reason(error)))


def _free_of(code: str, memory: Memory, **params: str) -> Message:
    free, total = (f"{mb / 1024:.1f}" for mb in (memory.free_mb, memory.total_mb))
    return message(code, free=free, total=total, **params)
