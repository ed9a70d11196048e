"""The job folder, which is the truth about a job: whoever wants to know reads it.

``request.json status.ndjson results.json log.txt job.lock cancel outputs/ checkpoint/``. The process that runs
the job holds the lock and writes; everybody else reads, and may create the file ``cancel``.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from .errors import Cancelled, UserError
from .job_lock import JobLock, LockUnsupported, is_held
from .messages import Message, message
from .protocol import (
    ACCEPTED,
    DISMISSED,
    FAILED,
    FINAL,
    RUNNING,
    SUCCESSFUL,
    Request,
    StatusLine,
    read_status,
    write_document,
)

REQUEST, STATUS, RESULTS, LOG, CANCEL, EXIT_CODE = (
    "request.json", "status.ndjson", "results.json", "log.txt", "cancel", "exit-code",
)  # fmt: skip
STARTUP_S = 120.0
"""How long a job that was asked for may take to show a sign of life."""
PROGRESS_INTERVAL_S = 0.2
"""Pure progress is written at most this often."""
TAIL_CHARS = 2000

Listener = Callable[[StatusLine], None]


class JobFolder:
    """A job that this process runs (it is the :class:`.tasks.job.Job` that tasks see).

    A context manager: inside it the lock is held. Entering raises ``UserError("job-busy")`` when somebody
    else holds it. Without ``resume``, what an earlier run left in ``checkpoint`` is dropped.
    """

    def __init__(self, folder: Path, resume: bool = False, listener: Optional[Listener] = None) -> None:
        self.folder = folder
        self.outputs = folder / "outputs"
        self.checkpoint = folder / "checkpoint"
        self.resume = resume
        self.warnings: List[Message] = []
        self.progress = 0.0
        self._listener = listener
        self._lock = JobLock(folder)
        self._process_id = ""
        self._said: Optional[Message] = None
        self._written_at = 0.0
        self._cancel_asked = self._taken = False

    def __enter__(self) -> "JobFolder":
        return self if self._taken else self.take()

    def take(self) -> "JobFolder":
        """Take the lock and make the folder ready; what entering does when it has not been done."""
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            if not self._lock.acquire():
                raise UserError("job-busy", folder=str(self.folder))
        except LockUnsupported:
            self.warnings.append(message("job-no-lock", folder=str(self.folder)))
        self.resume = self.resume and any(self.checkpoint.glob("*"))
        for path in (self.outputs,) if self.resume else (self.outputs, self.checkpoint):
            shutil.rmtree(str(path), ignore_errors=True)
        for path in (self.outputs, self.checkpoint):
            path.mkdir(exist_ok=True)
        for name in (EXIT_CODE, RESULTS):
            if (self.folder / name).exists():
                (self.folder / name).unlink()
        self._drop_answered_cancel()
        self._end_cut_line()
        self._process_id = _process_id(self.folder)
        self._taken = True
        self.write_status(ACCEPTED)
        return self

    def __exit__(self, *_: object) -> None:
        self._lock.release()
        self._taken = False

    # What tasks see

    def report(self, progress: Optional[float] = None, message: Optional[Message] = None, **metrics: Any) -> None:
        """Say how far the task is (0-100; it never goes back), what it does now, and figures that are known."""
        if progress is not None:
            self.progress = max(self.progress, min(float(progress), 100.0))
        news = message is not None and (self._said is None or message.code != self._said.code)
        if message is not None:
            self._said = message
        if news or time.monotonic() - self._written_at >= PROGRESS_INTERVAL_S:
            self.write_status(RUNNING, self._said, metrics)

    def warn(self, message: Message) -> None:
        """Say something the person should know; it is shown at once and kept in results.json."""
        if message not in self.warnings:
            self.warnings.append(message)
            self.log(f"Warning: {message.text}")
            self.write_status(RUNNING, message, {"warning": True})

    def log(self, text: str) -> None:
        """Write details for experts into log.txt."""
        stamp = datetime.now().strftime("%Y-%m-%d %H:%M:%S")
        _append(self.folder / LOG, f"{stamp} {text}\n")

    def check_cancel(self) -> None:
        """Raise :class:`.errors.Cancelled` when the job was asked to stop."""
        if self._cancel_asked or (self.folder / CANCEL).exists():
            raise Cancelled()

    # What the runner does

    def request(self) -> Request:
        """The request, read from the folder."""
        return Request.read(self.folder / REQUEST)

    def ask_cancel(self) -> None:
        """The same as the file ``cancel``, from inside; safe in a signal handler."""
        self._cancel_asked = True
        with suppress(OSError):  # a full disk; the job itself knows all the same
            ask_cancel(self.folder)

    def write_status(
        self, status: str, said: Optional[Message] = None, metrics: Optional[Dict[str, Any]] = None
    ) -> None:
        """Append a status line and tell the listener."""
        line = StatusLine(
            self.folder.name, self._process_id, status, self.progress, said.as_dict() if said else None, metrics or {}
        )
        _append(self.folder / STATUS, line.as_line())
        self._written_at = time.monotonic()
        if self._listener is not None:
            self._listener(line)

    def succeed(self, results: Dict[str, Any]) -> None:
        """Write ``results.json``, then the final status; nothing comes after it. Working data is deleted."""
        write_document(self.folder / RESULTS, results)
        for path in (self.checkpoint, self.outputs):
            shutil.rmtree(str(path), ignore_errors=True)
        self.progress = 100.0
        self.write_status(SUCCESSFUL, message("job-done"))

    def end(self, status: str, said: Message) -> None:
        """Final status ``failed`` or ``dismissed``. What was being built is deleted (which also makes room on a
        full disk for this very line); the checkpoint stays, to be resumed from."""
        shutil.rmtree(str(self.outputs), ignore_errors=True)
        self.write_status(status, said)

    def _drop_answered_cancel(self) -> None:
        """A ``cancel`` that an earlier run has answered with its final status does not count for this one."""
        asked, said = self.folder / CANCEL, self.folder / STATUS
        lines = read_status(said)
        answered = bool(lines) and lines[-1].status in FINAL
        if answered and asked.exists() and asked.stat().st_mtime <= said.stat().st_mtime:
            asked.unlink()

    def _end_cut_line(self) -> None:
        path = self.folder / STATUS
        if path.exists():
            data = path.read_bytes()
            if data and not data.endswith(b"\n"):
                _append(path, "\n")


class JobState(NamedTuple):
    """What a job folder says, read by anybody."""

    status: str
    progress: float
    message: Optional[Dict[str, Any]]
    process_id: str
    log_tail: str = ""
    exit_code: Optional[int] = None


def create(folder: Path, request: Request) -> Path:
    """Make a job folder with its request; the job is ``accepted`` from here on."""
    folder.mkdir(parents=True, exist_ok=True)
    request.write(folder / REQUEST)
    return folder


def state(folder: Path) -> JobState:
    """How the job is.

    The lock tells whether it lives. A job that nobody holds and that has no final status has failed (or was
    dismissed, when it had been asked to stop), except in the first moments after it was asked for.
    """
    held = is_held(folder)
    lines = read_status(folder / STATUS)  # after the lock: a job that ends in between is seen with its last line
    last = lines[-1] if lines else None
    if last is not None and (held or last.status in FINAL):
        return JobState(last.status, last.progress, last.message, last.process_id, exit_code=exit_code(folder))
    code = exit_code(folder)
    progress, process_id = (last.progress, last.process_id) if last else (0.0, "")
    if (last is None or last.status == ACCEPTED) and code is None and (held or _age_s(folder) < STARTUP_S):
        return JobState(ACCEPTED, progress, None, process_id)
    if (folder / CANCEL).exists():
        return JobState(DISMISSED, progress, message("cancelled").as_dict(), process_id, exit_code=code)
    tail = log_tail(folder)
    said = message("job-never-started", tail=tail) if last is None else death_message(code, tail)
    return JobState(FAILED, progress, said.as_dict(), process_id, tail, code)


def death_message(code: Optional[int], tail: str) -> Message:
    """What to say of a process that ended without a final status; negative codes are POSIX signals."""
    if code is None:
        return message("job-died", tail=tail)
    if code < 0 or code in (128 + 9, 128 + 15):
        return message("job-killed", signal=-code if code < 0 else code - 128, tail=tail)
    if code >= 0x80000000:  # Windows exceptions, 0xC0000005 above all
        return message("job-crashed", exit_code=hex(code), tail=tail)
    return message("job-died-code", exit_code=code, tail=tail)


def log_tail(folder: Path, chars: int = TAIL_CHARS) -> str:
    """The end of log.txt."""
    try:
        with (folder / LOG).open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 4 * chars))
            return file.read().decode("utf-8", errors="replace")[-chars:].strip()
    except FileNotFoundError:
        return ""


def record_exit(folder: Path, code: int) -> None:
    """Keep the exit code of a job's process; whoever started it and still lives calls this."""
    (folder / EXIT_CODE).write_text(f"{code}\n", encoding="utf-8")


def exit_code(folder: Path) -> Optional[int]:
    """The exit code that was recorded, None when nobody was there to see it."""
    try:
        return int((folder / EXIT_CODE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def ask_cancel(folder: Path) -> None:
    """Ask the job to stop; it does at its next step."""
    (folder / CANCEL).write_bytes(b"")


def reopen(folder: Path) -> None:
    """Make a job that ended ``accepted`` again, so that it can be started once more (to be resumed)."""
    for name in (CANCEL, EXIT_CODE):
        if (folder / name).exists():
            (folder / name).unlink()
    last = state(folder)
    line = StatusLine(folder.name, last.process_id, ACCEPTED, last.progress)
    _append(folder / STATUS, line.as_line())


def _age_s(folder: Path) -> float:
    """Time since the job was asked for, or asked for again."""
    times = [(folder / name).stat().st_mtime for name in (REQUEST, STATUS) if (folder / name).exists()]
    return time.time() - max(times) if times else 0.0


def _process_id(folder: Path) -> str:
    """The task of a job, for status lines; a request that cannot be read is reported when it is run."""
    try:
        return Request.read(folder / REQUEST).process_id
    except UserError:
        return ""


def _append(path: Path, text: str) -> None:
    """One write call on a file opened for appending, so that lines of several writers do not mix."""
    fd = os.open(str(path), os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o666)
    try:
        os.write(fd, text.encode("utf-8", errors="backslashreplace"))
    finally:
        os.close(fd)
