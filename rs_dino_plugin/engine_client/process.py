"""Starts a process that outlives this one, and ends it with all its children: POSIX and Windows."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any, Dict, List, Mapping

END_GRACE_S = 2.0


def start_detached(
    command: List[str], environment: Mapping[str, str], folder: Path, log: Path, given: int = subprocess.DEVNULL
) -> subprocess.Popen:
    """Start ``command`` in ``folder`` in a process group of its own; what it prints is appended to ``log``.

    ``given``: what it reads from stdin, ``subprocess.PIPE`` for one that is spoken to. Raises ``OSError`` when it
    cannot be started.
    """
    with log.open("ab") as printed:
        streams = {"stdin": given, "stdout": printed, "stderr": subprocess.STDOUT}
        if os.name != "nt":
            return _start(command, environment, folder, streams)
        try:
            breakaway = subprocess.CREATE_BREAKAWAY_FROM_JOB  # type: ignore[attr-defined]
            return _start(command, environment, folder, streams, breakaway)
        except PermissionError:  # the job object that QGIS lives in does not let go of its children
            return _start(command, environment, folder, streams)


def start_piped(command: List[str], environment: Mapping[str, str], folder: Path) -> subprocess.Popen:
    """Start ``command`` in ``folder`` in a process group of its own, with pipes to its standard streams.

    Raises ``OSError`` when it cannot be started.
    """
    pipe = subprocess.PIPE
    return _start(command, environment, folder, {"stdin": pipe, "stdout": pipe, "stderr": pipe})


def _start(
    command: List[str], environment: Mapping[str, str], folder: Path, streams: Dict[str, Any], flags: int = 0
) -> subprocess.Popen:
    how: Dict[str, Any] = {"start_new_session": True}
    if os.name == "nt":
        # Written for Windows; not run on it here. CREATE_NO_WINDOW rather than DETACHED_PROCESS: the python.exe of
        # a virtual environment starts the real one, which would open a console if its parent had none at all.
        flags |= subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP  # type: ignore[attr-defined]
        how = {"creationflags": flags}
    return subprocess.Popen(  # nosec B603
        command, cwd=str(folder), env=dict(environment), close_fds=True, **streams, **how
    )


def end_tree(process: subprocess.Popen) -> None:
    """End ``process`` and everything it started; returns when it is gone."""
    if process.poll() is not None:
        return
    if os.name == "nt":
        _taskkill(process.pid)
    else:
        _signal_group(process.pid, signal.SIGTERM)
    try:
        process.wait(END_GRACE_S)
    except subprocess.TimeoutExpired:
        if os.name != "nt":
            _signal_group(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


def signal_tree(pid: int, leads_group: bool, at_once: bool) -> None:
    """Have a process end that this one did not start, with its group where it leads one; on Windows always at once,
    and with all it started. One that is gone, or another user's, is left alone."""
    if os.name == "nt":
        _taskkill(pid)
        return
    number = signal.SIGKILL if at_once else signal.SIGTERM
    with suppress(ProcessLookupError, PermissionError):
        if leads_group and os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)


def _signal_group(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):  # it may have ended in between
        os.killpg(pid, number)  # its group has its own id: it was started as a session leader


def _taskkill(pid: int) -> None:
    program = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32" / "taskkill.exe"
    subprocess.run(  # nosec B603
        [str(program), "/T", "/F", "/PID", str(pid)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
        creationflags=subprocess.CREATE_NO_WINDOW,  # type: ignore[attr-defined]
    )
