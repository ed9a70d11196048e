"""Foreign checkpoints: recognised by their keys, never by their file's name, and converted when they are loaded.

To add a format: write a file with ``FORMATS`` beside this one and name it in ``MODULES``.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

from ...errors import UserError
from ..weights import SafetensorsFile, StateDict, one_line, refuse_pointer
from . import own, timm_files
from .format import Checkpoint, Converted, Format
from .tensors import PickledTensor

MODULES: Tuple[str, ...] = ("dinov3", "convnext", "dinov2", "segformer", "earthvqa")
"""The first format that matches counts."""

INDEX_FILE = "model.safetensors.index.json"
_WRAPPERS = ("state_dict", "model_state_dict", "model", "teacher", "network", "module")
_MAX_WRAPPERS = 4
_BACKBONE = "backbone."
_TAUGHT = ("teacher.backbone.", "model_ema.backbone.")
"""Where checkpoints of a whole training keep what it is after, beside its student and the heads of its losses."""


def convert_file(path: Path, head: Optional[Path] = None) -> Converted:
    """A checkpoint file as a model; raises ``UserError`` saying what the file is when it cannot be run."""
    checkpoint = open_checkpoint(path)
    if own.HEADER_KEY in checkpoint.beside:
        return own.convert(checkpoint, None)
    found = recognize(checkpoint)
    if found is None:
        config = timm_files.config_beside(checkpoint.path)
        if config is not None:
            return timm_files.convert(checkpoint, config)
        names = list(checkpoint.state)
        keys = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        raise UserError("checkpoint-unknown", path=str(path), keys=keys, known=_runnable())
    if found.convert is None:
        raise UserError("checkpoint-not-yet", path=str(path), title=found.title, instead=found.instead)
    return found.convert(checkpoint, open_checkpoint(head) if head else None)


def open_checkpoint(path: Path) -> Checkpoint:
    """Read a file's table of weights, whatever it is called: safetensors, or either format of ``torch.save``; or
    all safetensors files of a folder, as hubs publish large models."""
    if path.is_dir():
        return _open_shards(path)
    refuse_pointer(path)
    if is_safetensors(path):
        file = SafetensorsFile(path)
        return Checkpoint(path, _taught(_without_prefix(file.state, "module.")), file.metadata)
    from .torch_file import read_pickled

    content = read_pickled(path)
    beside: Mapping[str, Any] = content if isinstance(content, dict) else {}
    state = _unwrap(content)
    if not state:
        raise UserError("checkpoint-no-weights", path=str(path))
    return Checkpoint(path, state, beside)


def _open_shards(folder: Path) -> Checkpoint:
    """One table out of several files; raises ``UserError`` naming a tensor of their index that none of them has."""
    files = sorted(folder.glob("*.safetensors"))
    state: Dict[str, Any] = {}
    for file in files:
        refuse_pointer(file)
        state.update(SafetensorsFile(file).state)
    index = folder / INDEX_FILE
    if index.is_file():
        try:
            promised = list(json.loads(index.read_text(encoding="utf-8"))["weight_map"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError("weights-unreadable", path=str(index), reason=one_line(error)) from error
        for name in promised:
            if name not in state:
                raise UserError("checkpoint-incomplete", path=str(folder), name=name)
    return Checkpoint(files[0], _without_prefix(state, "module."))


def is_safetensors(path: Path) -> bool:
    """Whether a file begins like one: the header's length (8 bytes, little endian), then ``{``."""
    size = path.stat().st_size
    with path.open("rb") as file:
        start = file.read(9)
    return path.suffix.lower() == ".safetensors" or (
        len(start) == 9 and start[8:] == b"{" and int.from_bytes(start[:8], "little") < size
    )


def recognize(checkpoint: Checkpoint) -> Optional[Format]:
    """The format of a checkpoint, or None."""
    for found in formats():
        if found.matches(checkpoint.state):
            return found
    return None


def formats() -> List[Format]:
    """All formats that are known, in the order in which they are tried."""
    found: List[Format] = []
    for name in MODULES:
        found.extend(import_module(f"{__name__}.{name}").FORMATS)
    return found


def _runnable() -> str:
    return ", ".join([own.FORMAT.title] + [f.title for f in formats() if f.convert is not None])


def _unwrap(content: Any) -> Dict[str, PickledTensor]:
    """The table of tensors inside the wrappers that training tools put around it."""
    teacher = False
    for _ in range(_MAX_WRAPPERS):
        inner = [name for name in _WRAPPERS if isinstance(content, dict) and isinstance(content.get(name), dict)]
        if not inner:
            break
        teacher = teacher or inner[0] == "teacher"
        content = content[inner[0]]
    if not isinstance(content, dict):
        return {}
    state = {k: v for k, v in content.items() if isinstance(k, str) and isinstance(v, PickledTensor)}
    state = _without_prefix(state, "module.")
    return (teacher and _below(state, _BACKBONE)) or _taught(state)


def _taught(state: Dict[str, Any]) -> Dict[str, Any]:
    """The teacher's backbone of a training's whole table; any other table as it is."""
    return next((found for found in (_below(state, prefix) for prefix in _TAUGHT) if found), state)


def _below(state: Dict[str, Any], prefix: str) -> Dict[str, Any]:
    """What stands under a prefix, without it."""
    return {name[len(prefix) :]: tensor for name, tensor in state.items() if name.startswith(prefix)}


def _without_prefix(state: Dict[str, Any], prefix: str) -> Dict[str, Any]:
    """Names without a prefix that all of them have."""
    if state and all(name.startswith(prefix) for name in state):
        return {name[len(prefix) :]: tensor for name, tensor in state.items()}
    return state


__all__ = ["Checkpoint", "Converted", "StateDict", "convert_file", "open_checkpoint", "recognize"]
