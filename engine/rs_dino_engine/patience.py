"""Files that another program has open for a moment: on Windows they can be neither replaced nor deleted meanwhile."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Callable, Optional, TypeVar

from .errors import EngineError

PATIENCE_S = 1.0
GIVE_UP_S = 30.0
_PAUSE_S = 0.05
_Made = TypeVar("_Made")


def patiently(work: Callable[[], _Made], patience_s: float = PATIENCE_S) -> _Made:
    """What ``work`` returns, tried again while that is refused; its ``PermissionError`` when it still is at the end."""
    until = time.monotonic() + patience_s
    while True:
        try:
            return work()
        except PermissionError:
            if time.monotonic() >= until:
                raise
        time.sleep(_PAUSE_S)


def delete(path: Path) -> bool:
    """Whether the file is gone now; one that another program has open stays."""
    try:
        path.unlink()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


class ShownText:
    """A text file that others may read at any time, and see whole. Where one of them does not let go of it, it stays
    as it was and :attr:`is_behind`, until :meth:`catch_up` succeeds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}.part")
        self._text = ""
        self._behind_since_s: Optional[float] = None

    @property
    def is_behind(self) -> bool:
        return self._behind_since_s is not None

    def show(self, text: str) -> None:
        """Raises ``EngineError("output-failed")`` when it is behind for more than half a minute, or there is nothing of
        before to be seen."""
        self._text = text
        began_s = time.monotonic()
        since_s = began_s if self._behind_since_s is None else self._behind_since_s
        is_late = began_s - since_s > GIVE_UP_S
        try:  # between the first try and the last nothing is waited for: another one comes
            patiently(self._put, 0.0 if self.is_behind and not is_late else PATIENCE_S)
        except PermissionError as error:
            self._behind_since_s = since_s
            if is_late or not self._path.exists():
                reason = (error.strerror or str(error)).lower()
                raise EngineError("output-failed", detail=str(error), path=str(self._path), reason=reason) from error
        else:
            self._behind_since_s = None

    def catch_up(self) -> None:
        """Show what could not be shown; raises as :meth:`show`."""
        if self.is_behind:
            self.show(self._text)

    def _put(self) -> None:
        self._part.write_text(self._text, encoding="utf-8")
        self._part.replace(self._path)
