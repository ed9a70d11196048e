"""Whether a job lives: its process holds the operating system's lock on ``job.lock``, and loses it when it ends.
The same kind of lock keeps two from setting up one engine."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

if os.name == "nt":
    import msvcrt
else:
    import fcntl

LOCK = "job.lock"
# Windows locks are mandatory: engines lock a byte far behind the text of the file.
_LOCKED_BYTE = 0x3FFFFFFF


def is_held(folder: Path) -> bool:
    """Try the lock of a job's folder and give it back at once. What cannot be locked is not held."""
    try:
        descriptor = os.open(str(folder / LOCK), os.O_RDWR)
    except OSError:
        return False
    try:
        return not _try_lock(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def held(path: Path) -> Iterator[bool]:
    """Hold the lock of the file ``path`` while inside; False when somebody else does. A disk without locks holds
    nobody up."""
    descriptor = os.open(str(path), os.O_RDWR | os.O_CREAT, 0o666)
    try:
        yield _take(descriptor)
    finally:
        os.close(descriptor)  # and with it the lock


if os.name == "nt":

    def _take(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
        return True

else:

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a disk without locks
            return True
        return True

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)  # shared: two who look do not see each other
        except BlockingIOError:
            return False
        except OSError:  # a disk without locks
            return True
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        return True
