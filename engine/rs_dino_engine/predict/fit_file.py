"""The document of a fit: what was fitted to a sample of features, to be used again.

Small JSON: ``format``, ``model_sha256``, what was fitted, and ``foreground`` where it was fitted to that only.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, Optional, Tuple, TypeVar

import numpy as np
from typing_extensions import Protocol

from ..errors import UserError
from .projection import Foreground, Projection


class Fit(Protocol):
    """What a task has fitted."""

    @property
    def model(self) -> str: ...

    @property
    def foreground(self) -> Optional[Foreground]: ...

    def projection(self) -> Projection: ...

    def write(self, path: Path) -> Path: ...


AnyFit = TypeVar("AnyFit", bound=Fit)


def write_fit(path: Path, document: Dict[str, Any], foreground: Optional[Foreground]) -> Path:
    """Write a fit, with its foreground where it has one."""
    if foreground is not None:
        rule = {"axis": [float(v) for v in foreground.axis], "threshold": foreground.threshold}
        document = {**document, "foreground": rule}
    path.write_text(json.dumps(document) + "\n", encoding="utf-8")
    return path


def foreground_of(document: Dict[str, Any]) -> Optional[Foreground]:
    """The foreground of a fit that was read."""
    rule = document.get("foreground")
    return None if rule is None else Foreground(np.asarray(rule["axis"], np.float32), float(rule["threshold"]))


def read_fit(
    path: Path,
    form: str,
    parse: Callable[[Dict[str, Any]], AnyFit],
    fits: Callable[[AnyFit], bool],
    model: str,
    channels: int,
    codes: Tuple[str, str],
) -> AnyFit:
    """A fit that an earlier run has written.

    ``fits`` says whether its parts fit together. Raises ``UserError`` with the first of ``codes`` for what is none,
    with the second for another model's.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        found = parse(document)
        good = document["format"] == form and fits(found)
        if found.foreground is not None:
            good = good and found.foreground.axis.shape == found.projection().origin.shape
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(codes[0], path=str(path), reason=type(error).__name__) from error
    if not good:
        raise UserError(codes[0], path=str(path), reason="its parts do not fit together")
    if found.model != model or len(found.projection().origin) != channels:
        raise UserError(codes[1], path=str(path))
    return found
