"""What the files of this folder have in common: a checkpoint as it was read, a format, a conversion."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Mapping, NamedTuple, Optional, Tuple

from ...messages import Message
from ..spec import ModelSpec
from ..weights import StateDict


@dataclass(frozen=True)
class Checkpoint:
    """A file of weights: ``state`` without its wrappers, whatever stood beside it in the file, and the names in its
    table of what is not the backbone that was taken out of it."""

    path: Path
    state: StateDict
    beside: Mapping[str, Any] = field(default_factory=dict)
    left: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Converted:
    """A foreign checkpoint as a model of ours: ``state`` has the names of ``spec.network``."""

    spec: ModelSpec
    state: StateDict
    notes: Tuple[Message, ...] = ()


class Format(NamedTuple):
    """A kind of checkpoint. ``convert`` takes it and, where given, the head that is a file of its own;
    None says that this version knows the file but cannot run it, and ``instead`` what to do about it. ``mark``: of a
    backbone, a name that tells it inside a larger model; ``part``: the file is no model without another one."""

    title: str
    matches: Callable[[StateDict], bool]
    convert: Optional[Callable[[Checkpoint, Optional[Checkpoint]], Converted]] = None
    instead: str = ""
    mark: str = ""
    part: bool = False
