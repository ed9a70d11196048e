"""What lies in a folder of the person's: model folders and files that are recognised, and why others are not."""

from __future__ import annotations

from pathlib import Path
from typing import List, NamedTuple

from ..errors import UserError
from ..messages import Message, message
from .folder import SPEC_FILE
from .library import CHECKPOINT_SUFFIXES, FoundModel, find_model

_SUFFIXES = (*CHECKPOINT_SUFFIXES, ".onnx")


class Problem(NamedTuple):
    """A file that looks like a model and cannot be used."""

    path: Path
    message: Message


class Seen(NamedTuple):
    """What was found in a folder."""

    models: List[FoundModel]
    problems: List[Problem]


def look_in(folder: Path) -> Seen:
    """The models in ``folder`` and in the folders right below it; the folder itself when it is one model. What is in
    folders further down is not looked at."""
    seen = Seen([], [])
    if (folder / SPEC_FILE).is_file():
        _look_at(folder, seen)
        return seen
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        seen.problems.append(
            Problem(folder, message("models-folder-unreadable", folder=str(folder), reason=str(error)))
        )
        return seen
    for entry in entries:
        if entry.is_dir():
            if (entry / SPEC_FILE).is_file() or (entry / "config.json").is_file():
                _look_at(entry, seen)
        elif entry.suffix.lower() in _SUFFIXES:
            _look_at(entry, seen)
    return seen


def _look_at(path: Path, seen: Seen) -> None:
    try:
        seen.models.append(find_model(str(path)))
    except UserError as error:
        seen.problems.append(Problem(path, error.message))
