"""Who works on a job, as its lock tells, and ending it: for jobs that another session of QGIS began."""

from __future__ import annotations

import json
import os
import socket
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Optional

from .lock import LOCK, is_held
from .process import END_GRACE_S, signal_tree

_LOOKS = 3
_LOOK_S = 0.02
"""On Windows somebody who only looks holds the lock, too, for microseconds; who works holds it at every look."""


class Holder(NamedTuple):
    """The process that holds a job's lock; ``leads_group``: its process group is its own."""

    pid: int
    leads_group: bool


def holder(folder: Path) -> Optional[Holder]:
    """The process of this machine that holds the lock now. None when nobody does, whatever the file says, and when it
    does not name a process here."""
    try:
        said = json.loads((folder / LOCK).read_text(encoding="utf-8"))
        pid, host, leads_group = said["pid"], said["host"], bool(said["leads_group"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    for look in range(_LOOKS):  # after reading: who holds it has written it, unless he took it this very moment
        time.sleep(_LOOK_S if look else 0.0)
        if not is_held(folder):
            return None
    is_other = type(pid) is int and pid > 1 and pid != os.getpid()  # of smaller numbers, signals go to many
    if not is_other or host != socket.gethostname() or not _may_hold(pid, folder / LOCK):
        return None
    return Holder(pid, leads_group)


def end_holder(folder: Path) -> None:
    """End the process that holds a job's lock, and what it started: politely, then at once. Returns when nobody holds
    the lock, or when nothing more can be done. Who holds it is asked before each step."""
    for at_once in (False, True):
        found = holder(folder)
        if found is None:
            return
        signal_tree(found.pid, found.leads_group, at_once)
        until = time.monotonic() + END_GRACE_S
        while is_held(folder) and time.monotonic() < until:
            time.sleep(_LOOK_S)


def _may_hold(pid: int, lock: Path) -> bool:
    """Whether a process has the file open. True where the system does not tell; a container has the host's name and
    numbers of its own, and there the number is another process's."""
    opened = Path("/proc") / str(pid) / "fd"
    if os.name == "nt" or not Path("/proc/self/fd").is_dir():
        return True
    with suppress(OSError):
        return any(_is_same(one, lock) for one in opened.iterdir())
    return False  # it is gone, or another user's


def _is_same(one: Path, other: Path) -> bool:
    with suppress(OSError):
        return one.samefile(other)
    return False
