"""Foreign checkpoints: recognised by their keys, never by their file's name, and converted when they are loaded.

To add a format: write a file with ``FORMATS`` beside this one and name it in ``MODULES``.
"""

from __future__ import annotations

import json
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

from ...errors import UserError
from ...messages import message
from ..spec import ModelSpec
from ..weights import SafetensorsFile, StateDict, one_line, refuse_pointer
from . import own, timm_files
from .format import Checkpoint, Converted, Format
from .wrappers import inner_backbone, plain, taught, unwrapped

MODULES: Tuple[str, ...] = ("dinov3", "convnext", "dinov2", "segformer", "earthvqa")
"""The first format that matches counts."""

INDEX_FILE = "model.safetensors.index.json"


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
    converted = found.convert(checkpoint, open_checkpoint(head) if head else None)
    if not checkpoint.left:
        return converted
    left = message("checkpoint-left", path=str(path), count=len(checkpoint.left), name=checkpoint.left[0])
    return replace(converted, notes=(*converted.notes, left))


def with_canopy_head(spec: ModelSpec, state: StateDict, head: Path) -> Converted:
    """A backbone of ours and the canopy-height head in a file; raises ``UserError`` when they do not fit."""
    from ..networks.dinov3.sizes import VitSize
    from .dinov3 import canopy

    try:
        size = VitSize(**spec.network["backbone"])
    except (KeyError, TypeError) as error:
        raise UserError("network-arguments", model=spec.title, kind="dinov3", reason=one_line(error)) from error
    return canopy(state, size, open_checkpoint(head))


def is_model(path: Path) -> bool:
    """Whether a file is recognised as a model that can be run, by its table of contents alone."""
    try:
        checkpoint = open_checkpoint(path)
    except UserError:
        return False
    found = recognize(checkpoint)
    return own.HEADER_KEY in checkpoint.beside or (found is not None and found.convert is not None and not found.part)


def is_own(path: Path) -> bool:
    """Whether this engine wrote a file of weights."""
    try:
        return own.HEADER_KEY in open_checkpoint(path).beside
    except UserError:
        return False


def open_checkpoint(path: Path) -> Checkpoint:
    """Read a file's table of weights, whatever it is called: safetensors, or either format of ``torch.save``; or
    all safetensors files of a folder, as hubs publish large models."""
    if path.is_dir():
        return _narrowed(_open_shards(path))
    refuse_pointer(path)
    if is_safetensors(path):
        file = SafetensorsFile(path)
        return _narrowed(Checkpoint(path, taught(plain(file.state)), file.metadata))
    from .torch_file import read_pickled

    content = read_pickled(path)
    beside: Mapping[str, Any] = content if isinstance(content, dict) else {}
    state = unwrapped(content)
    if not state:
        raise UserError("checkpoint-no-weights", path=str(path))
    return _narrowed(Checkpoint(path, state, beside))


def _narrowed(checkpoint: Checkpoint) -> Checkpoint:
    """The backbone of a model that is not known as a whole; any other checkpoint as it is."""
    if own.HEADER_KEY in checkpoint.beside or recognize(checkpoint) is not None:
        return checkpoint
    inner = inner_backbone(checkpoint.state, formats())
    return checkpoint if inner is None else replace(checkpoint, state=inner.state, left=inner.left)


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
    return Checkpoint(files[0], plain(state))


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


__all__ = [
    "Checkpoint",
    "Converted",
    "StateDict",
    "convert_file",
    "is_model",
    "is_own",
    "open_checkpoint",
    "recognize",
    "with_canopy_head",
]
