"""Standard streams, put in order before anything else is imported.

Documents go out on the wire, a duplicate of fd 1. After :func:`take_wire` fd 1 itself points at stderr, so
that a stray print of any library, Python's or C's, cannot end up between two documents.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator, Optional, TextIO

_wire: Optional[TextIO] = None


def take_wire() -> TextIO:
    """The stream for documents; the first call moves fd 1 out of the way of stray prints."""
    global _wire
    if _wire is None:
        _open_missing()
        for stream in (sys.stdin, sys.stdout, sys.stderr):  # while each is still what it was opened as
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(encoding="utf-8", errors="replace")
        _wire = _utf8_stream(os.dup(1))
        os.dup2(2, 1)
    return _wire


def screen() -> TextIO:
    """A stream to the stderr of now, for progress that must survive :func:`captured`."""
    return _utf8_stream(os.dup(2))


@contextmanager
def captured(log: Path) -> Iterator[None]:
    """While inside, everything written to fds 1 and 2, by Python, C or a dying process, goes to ``log``."""
    sys.stdout.flush()
    sys.stderr.flush()
    kept = [os.dup(1), os.dup(2)]
    target = os.open(str(log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        for fd in (1, 2):
            os.dup2(target, fd)
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for fd, old in zip((1, 2), kept):
            os.dup2(old, fd)
            os.close(old)
        os.close(target)


def say(stream: TextIO, text: str) -> bool:
    """Write and flush; False when the other end is gone, which never ends a job."""
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):
        return False
    return True


def _open_missing() -> None:
    """Point standard streams that are closed (a service, a windowed Windows process) at nothing, lest the next
    file that is opened takes their number and gets what is printed."""
    for fd in (0, 1, 2):
        try:
            os.fstat(fd)
        except OSError:
            nothing = os.open(os.devnull, os.O_RDWR)
            if nothing != fd:
                os.dup2(nothing, fd)
                os.close(nothing)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115 - stays open as long as the process
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115


def _utf8_stream(fd: int) -> TextIO:
    return open(fd, "w", encoding="utf-8", errors="replace", newline="\n", buffering=1)
