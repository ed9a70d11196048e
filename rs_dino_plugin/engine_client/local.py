"""An engine on this machine: a job is a folder, the engine a Python of its own."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import List, Mapping, Optional

from .client import Client, ClientError, Job, client_message
from .documents import DocumentError, Message, Request, Results, Status, parse_document, read_document
from .environment import engine_environment
from .holder import end_holder
from .lock import is_held
from .process import end_tree, start_detached

REQUEST, STATUS, RESULTS = "request.json", "status.ndjson", "results.json"
LOG, CANCEL, EXIT_CODE = "log.txt", "cancel", "exit-code"
_WINDOWS_EXCEPTION = 0x80000000
"""Exit codes from here on are Windows exceptions, which are known by their hexadecimal number."""
STARTUP_S = 120.0
"""How long a job that somebody else started may take to show a sign of life."""
TAIL_BYTES = 64 * 1024


class LocalEngine(Client):
    """Starts jobs with ``python``, the interpreter that has the engine installed.

    ``environment`` is the one that is cleaned for the engine; this process's own by default.
    """

    def __init__(self, python: Path, environment: Optional[Mapping[str, str]] = None) -> None:
        self.python = python
        self._environment = engine_environment(os.environ if environment is None else environment, os.pathsep)

    def start(self, request: Request, folder: Path) -> "LocalJob":
        write_request(request, folder)
        return self._run(request, folder, [])

    def resume(self, request: Request, folder: Path) -> "LocalJob":
        """Go on with a job that failed or was cancelled; :class:`ClientError` when it cannot be started."""
        for name in (CANCEL, EXIT_CODE):  # what the earlier end left
            if (folder / name).exists():
                (folder / name).unlink()
        os.utime(str(folder / REQUEST))
        return self._run(request, folder, ["--resume"], said_so_far(folder))

    def _run(self, request: Request, folder: Path, more: List[str], said_bytes: int = 0) -> "LocalJob":
        command = [str(self.python), "-m", "rs_dino_engine", "run", str(folder / REQUEST), "--job", str(folder), *more]
        try:
            process = start_detached(command, self._environment, folder, folder / LOG)
        except OSError as error:
            raise ClientError("client-no-start", python=str(self.python), reason=str(error)) from error
        threading.Thread(target=_record_exit, args=(process, folder), name="rs-dino-job", daemon=True).start()
        return LocalJob(folder, request.process_id, process, self.python, said_bytes)


class LocalJob(Job):
    """A job folder on this machine. ``process`` is known only to who started it; others ask the lock. ``said_bytes``:
    what an earlier run has said, which is not read again."""

    def __init__(
        self,
        folder: Path,
        process_id: str = "",
        process: Optional[subprocess.Popen] = None,
        python: Optional[Path] = None,
        said_bytes: int = 0,
    ) -> None:
        self.folder = folder
        self._process_id = process_id
        self._process = process
        self._python = python
        self._read_bytes = said_bytes

    def news(self) -> List[Status]:
        if self.status is not None and self.status.is_final:
            return []
        alive = self.is_alive()  # asked before reading: what was said until death is still read
        fresh = self._read_status()
        if fresh:
            self.status = fresh[-1]
        if not alive and not (self.status is not None and self.status.is_final) and not self._may_still_begin():
            self.status = self._obituary()
            fresh.append(self.status)
        return fresh

    def skip_to_end(self) -> None:
        """Leave out all but the last status lines: what matters of a job that ran for hours."""
        self._read_bytes = max(0, said_so_far(self.folder) - TAIL_BYTES)

    def said(self) -> List[Status]:
        """What it has said, the last of it where it is much; nothing of it is taken from :meth:`news`."""
        other = LocalJob(self.folder)
        other.skip_to_end()
        return other._read_status()

    def is_alive(self) -> bool:
        """Whether something works on the job. A process that this object started is asked itself: it may
        not have taken its lock yet."""
        if self._process is not None and self._process.poll() is None:
            return True
        return is_held(self.folder)

    def cancel(self) -> None:
        (self.folder / CANCEL).touch()

    def end(self) -> None:
        self.cancel()
        if self._process is not None:
            end_tree(self._process)
        end_holder(self.folder)  # whoever else works on it: a job of an earlier session is known by its lock alone

    def results(self) -> Results:
        try:
            return Results.from_document(read_document(self.folder / RESULTS))
        except (OSError, DocumentError) as error:
            raise ClientError("client-garbled", details=self.log_tail(), reason=str(error)) from error

    def log_tail(self, characters: int = 4000) -> str:
        try:
            with (self.folder / LOG).open("rb") as log:
                log.seek(0, os.SEEK_END)
                log.seek(max(0, log.tell() - 4 * characters))
                return log.read().decode("utf-8", errors="replace")[-characters:]
        except OSError:
            return ""

    def _read_status(self) -> List[Status]:
        """Whole lines only: the last one may still be on its way."""
        try:
            with (self.folder / STATUS).open("rb") as lines:
                lines.seek(self._read_bytes)
                raw = lines.read()
        except OSError:  # not there yet, or held by another program: the next look tries again
            return []
        whole = raw[: raw.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        return [status for status in map(_status, whole.splitlines()) if status is not None]

    def _may_still_begin(self) -> bool:
        """Whether somebody else has just started it, and it has had no time to take its lock."""
        if self._process is not None or self.status is not None or (self.folder / EXIT_CODE).exists():
            return False
        try:
            return time.time() - (self.folder / REQUEST).stat().st_mtime < STARTUP_S
        except OSError:
            return False

    def _obituary(self) -> Status:
        last = self.status
        return Status(
            job_id=last.job_id if last else self.folder.name,
            process_id=last.process_id if last else self._process_id,
            state="dismissed" if (self.folder / CANCEL).exists() else "failed",
            progress=last.progress if last else 0.0,
            message=self._cause_of_death(),
        )

    def _cause_of_death(self) -> Message:
        code = self._recorded_exit() if self._process is None else self._process.poll()
        if code is None:
            return client_message("client-vanished")
        if "No module named rs_dino_engine" in self.log_tail():
            return client_message("client-not-installed", python=str(self._python))
        if code < 0:
            return client_message("client-killed", signal=-code)
        return client_message("client-crashed", exit_code=hex(code) if code >= _WINDOWS_EXCEPTION else code)

    def _recorded_exit(self) -> Optional[int]:
        """The exit code that who started the job has kept."""
        try:
            return int((self.folder / EXIT_CODE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None


def write_request(request: Request, folder: Path) -> None:
    """Into the folder of a job, which is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(request.document(), ensure_ascii=False, indent=2)
    (folder / REQUEST).write_text(text, encoding="utf-8")


def said_so_far(folder: Path) -> int:
    """How many bytes a job has said."""
    try:
        return (folder / STATUS).stat().st_size
    except OSError:
        return 0


def _record_exit(process: subprocess.Popen, folder: Path) -> None:
    """Keep the exit code for those who look later; only who started a process learns it."""
    code = process.wait()
    with suppress(FileNotFoundError):  # the folder may have been a temporary one, and be gone
        (folder / EXIT_CODE).write_text(f"{code}\n", encoding="utf-8")


def _status(line: bytes) -> Optional[Status]:
    """None for a line that a crash has cut off."""
    try:
        return Status.from_document(parse_document(line))
    except DocumentError:
        return None
