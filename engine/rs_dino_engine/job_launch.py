"""Starting a job that outlives whoever started it, and ending one that does not stop when asked."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Mapping, Optional, Sequence

from .job_lock import holder, is_held
from .jobs import LOG, ask_cancel, record_exit, state
from .protocol import FINAL

CANCEL_GRACE_S = 10.0


def start_detached(command: Sequence[str], folder: Path, env: Optional[Mapping[str, str]] = None) -> int:
    """Start ``command`` for the job in ``folder``, with a life of its own; returns its process id.

    Its output goes to log.txt. While this process lives it waits for the end and records the exit code.
    Raises ``OSError`` when the command cannot be started.
    """
    with (folder / LOG).open("ab") as log:
        process = _popen(command, log.fileno(), folder, env)

    def wait() -> None:
        code = process.wait()
        with suppress(FileNotFoundError):  # the folder was a temporary one, and is gone
            record_exit(folder, code)

    threading.Thread(target=wait, name=f"wait-{folder.name}", daemon=True).start()
    return process.pid


def cancel(folder: Path, grace_s: float = CANCEL_GRACE_S) -> bool:
    """Ask the job to stop; end its process tree when it has not after ``grace_s``. True when it is gone.

    A job that waits in a worker's queue or runs there shares the worker's process: ending it ends the worker.
    """
    ask_cancel(folder)
    if _gone_within(folder, grace_s):
        return True
    found = holder(folder)
    if found is None or found.host != socket.gethostname():
        return found is None
    end_tree(found.pid, found.leads_group)
    return _gone_within(folder, 5.0)


def end_tree(pid: int, leads_group: bool) -> None:
    """End a process and those it started, at once."""
    if os.name == "nt":
        subprocess.run(
            ["taskkill", "/T", "/F", "/PID", str(pid)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            check=False,
        )
        return
    try:
        if leads_group:
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def _gone_within(folder: Path, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while is_held(folder) or state(folder).status not in FINAL:
        if time.monotonic() > until:
            return not is_held(folder)
        time.sleep(0.05)
    return True


def _popen(command: Sequence[str], log_fd: int, folder: Path, env: Optional[Mapping[str, str]]) -> subprocess.Popen:
    def start(**how: object) -> subprocess.Popen:
        return subprocess.Popen(  # type: ignore[call-overload]
            list(command), stdin=subprocess.DEVNULL, stdout=log_fd, stderr=log_fd, cwd=str(folder),
            env=None if env is None else dict(env), close_fds=True, **how,
        )  # fmt: skip

    if os.name != "nt":
        return start(start_new_session=True)
    # CREATE_NO_WINDOW rather than DETACHED_PROCESS: a virtual environment's python.exe starts the real one, which
    # would open a console window of its own if its parent had none at all.
    flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP  # type: ignore[attr-defined]
    try:
        return start(creationflags=flags | subprocess.CREATE_BREAKAWAY_FROM_JOB)  # type: ignore[attr-defined]
    except PermissionError:  # the job object we live in does not let go of its children
        return start(creationflags=flags)
