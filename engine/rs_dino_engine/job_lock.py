"""The OS lock that says a job is alive: held by its process, gone with it, however it ends."""

from __future__ import annotations

import errno
import json
import os
import socket
import time
from pathlib import Path
from typing import NamedTuple, Optional

FILE_NAME = "job.lock"
# Windows locks are mandatory: the byte that is locked lies far behind the text that others read.
_LOCKED_BYTE = 0x3FFFFFFF
_UNSUPPORTED = {errno.ENOLCK, errno.ENOSYS, getattr(errno, "ENOTSUP", -1), getattr(errno, "EOPNOTSUPP", -1)}


class LockUnsupported(OSError):
    """The file system cannot lock files."""


class Holder(NamedTuple):
    """Who holds the lock; ``leads_group`` tells whether its process group is its own."""

    pid: int
    host: str
    leads_group: bool


class JobLock:
    """``job.lock`` of a folder; :meth:`acquire`, :meth:`release`."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._fd: Optional[int] = None

    def acquire(self, patience_s: float = 2.0) -> bool:
        """Take the lock; False when somebody else holds it.

        Somebody who only looks (:func:`is_held`) holds it for microseconds, hence the patience.
        Raises :class:`LockUnsupported` where the disk has no locks.
        """
        fd = os.open(str(self.path), os.O_RDWR | os.O_CREAT, 0o666)
        until = time.monotonic() + patience_s
        try:
            while not _try_lock(fd):
                if time.monotonic() > until:
                    os.close(fd)
                    return False
                time.sleep(0.02)
        except LockUnsupported:
            os.close(fd)
            raise
        leads = hasattr(os, "getpgrp") and os.getpgrp() == os.getpid()
        text = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "leads_group": leads})
        os.ftruncate(fd, 0)
        os.lseek(fd, 0, os.SEEK_SET)
        os.write(fd, text.encode("utf-8"))
        self._fd = fd
        return True

    def release(self) -> None:
        if self._fd is not None:
            _unlock(self._fd)
            os.close(self._fd)
            self._fd = None


def is_held(folder: Path) -> bool:
    """Whether a living process holds the job's lock. A disk without locks counts as not held."""
    try:
        fd = os.open(str(folder / FILE_NAME), os.O_RDWR)
    except OSError:
        return False
    try:
        if not _try_lock(fd, shared=True):
            return True
        _unlock(fd)
        return False
    except LockUnsupported:
        return False
    finally:
        os.close(fd)


def holder(folder: Path) -> Optional[Holder]:
    """Who holds the lock now, None when nobody does (the text alone proves nothing)."""
    if not is_held(folder):
        return None
    try:
        return Holder(**json.loads((folder / FILE_NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


if os.name == "nt":
    import msvcrt

    def _try_lock(fd: int, shared: bool = False) -> bool:
        os.lseek(fd, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EDEADLK):
                return False
            raise LockUnsupported(*error.args) from error
        return True

    def _unlock(fd: int) -> None:
        os.lseek(fd, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]

else:
    import fcntl

    def _try_lock(fd: int, shared: bool = False) -> bool:
        # flock, not lockf: a second look from within the holder's own process must not drop the lock.
        try:
            fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno in _UNSUPPORTED:
                raise LockUnsupported(*error.args) from error
            raise
        return True

    def _unlock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)
