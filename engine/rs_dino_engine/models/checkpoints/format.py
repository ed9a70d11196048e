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
    """A file of weights: ``state`` without its wrappers, and whatever stood beside it in the file."""

    path: Path
    state: StateDict
    beside: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Converted:
    """A foreign checkpoint as a model of ours: ``state`` has the names of ``spec.network``."""

    spec: ModelSpec
    state: StateDict
    notes: Tuple[Message, ...] = ()


class Format(NamedTuple):
    """A kind of checkpoint. ``convert`` takes it and, where given, the head that is a file of its own;
    None says that this version knows the file but cannot run it, and ``instead`` what to do about it."""

    title: str
    matches: Callable[[StateDict], bool]
    convert: Optional[Callable[[Checkpoint, Optional[Checkpoint]], Converted]] = None
    instead: str = ""


def shape(state: StateDict, name: str) -> Tuple[int, ...]:
    """The shape of a tensor, ``()`` where there is none of that name."""
    return tuple(state[name].shape) if name in state else ()


def blocks(state: StateDict, prefix: str = "blocks.") -> int:
    """How many numbered blocks (``prefix`` + number + ``.``) there are."""
    numbers = {name[len(prefix) :].split(".", 1)[0] for name in state if name.startswith(prefix)}
    return len([n for n in numbers if n.isdigit()])


