"""A worker on this machine that live mode speaks with; the jobs it works on are live sessions."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Tuple

from .client import ClientError
from .command import run_command
from .documents import Request
from .environment import engine_environment
from .local import LOG, LocalJob, said_so_far, write_request
from .lock import is_held
from .process import end_tree, start_detached

IDLE_S = 600
"""A worker that is not asked anything for so long leaves."""
LEAVE_S = 3.0
"""How long a worker may take to leave once nobody speaks to it any more."""
STALE_S = 3600.0
_LINE = "live"
"""What a worker that keeps live sessions says it hears."""


class LiveSession(LocalJob):
    """What is shown of one raster; ends when it is closed, or with its worker."""

    def __init__(self, folder: Path, request: Request, process: subprocess.Popen, python: Path) -> None:
        # what an earlier session in this folder has said is not this one's
        super().__init__(folder, request.process_id, process, python, said_so_far(folder))
        self.request = request
        self._worker = process

    def look(self, number: int, rows: Tuple[int, int], cols: Tuple[int, int]) -> None:
        """From now on these rows and columns of the output, first and end, are what counts."""
        _say(self._worker, {"live": str(self.folder), "number": number, "rows": rows, "cols": cols})

    def close(self) -> None:
        _say(self._worker, {"live": str(self.folder), "close": True})

    def log_tail(self, characters: int = 4000) -> str:
        """The session's log, or what the worker said before it had one."""
        return super().log_tail(characters) or LocalJob(self.folder.parent).log_tail(characters)


class LiveWorker:
    """Stays warm while one session follows the other. ``folder`` is its own, and goes with it."""

    def __init__(self, python: Path, folder: Path, environment: Optional[Mapping[str, str]] = None) -> None:
        self.python, self.folder = python, folder
        self._environment = engine_environment(os.environ if environment is None else environment, os.pathsep)
        self._process: Optional[subprocess.Popen] = None
        self._sessions = 0
        self.knows_live: Optional[bool] = None
        """Whether the engine does; None as long as that is not known."""

    def open(self, request: Request, folder: Optional[Path] = None) -> LiveSession:
        """Begin a session in place of the one before; ``folder``: that of an earlier one, whose pieces are used again.
        :class:`ClientError` when no worker can be started."""
        if folder is None:
            folder = self.next_folder()
            self._sessions += 1
        write_request(request, folder)
        process = self._running()
        session = LiveSession(folder, request, process, self.python)
        _say(process, {"live": str(folder)})
        return session

    def next_folder(self) -> Path:
        """Of the session that :meth:`open` begins next."""
        return self.folder / str(self._sessions)

    def leave(self) -> None:
        """The worker ends, at once or soon, and its folder goes; nobody waits for that."""
        process, self._process = self._process, None
        threading.Thread(target=_end, args=(process, self.folder), name="rs-dino-live-end", daemon=True).start()

    def _running(self) -> subprocess.Popen:
        if self._process is None or self._process.poll() is not None:
            _hang_up(self._process)
            command = [str(self.python), "-m", "rs_dino_engine", "worker", "--idle", str(IDLE_S)]
            try:
                log = self.folder / LOG
                self._process = start_detached(command, self._environment, self.folder, log, subprocess.PIPE)
                if self.knows_live is None:
                    threading.Thread(target=self._ask, name="rs-dino-live-ask", daemon=True).start()
            except OSError as error:
                raise ClientError("client-no-start", python=str(self.python), reason=str(error)) from error
        return self._process

    def _ask(self) -> None:
        self.knows_live = knows_live(self.python, self._environment)


def knows_live(python: Path, environment: Mapping[str, str]) -> Optional[bool]:
    """Whether an engine keeps live sessions: its worker is silent where it does not. It takes half a second; None where
    the engine does not answer, which whoever starts it will see."""
    try:
        done = run_command([str(python), "-m", "rs_dino_engine", "describe"], environment, Path.home(), answers=True)
        answer = json.loads(done.answer)
        return _LINE in answer.get("x-rsdino", {}).get("worker", ())
    except (OSError, ValueError, AttributeError):
        return None


def sweep(root: Path) -> None:
    """Delete what sessions have left below ``root`` whose QGIS did not end as it should have."""
    with suppress(OSError):
        for folder in root.iterdir():
            is_old = time.time() - folder.stat().st_mtime > STALE_S
            if is_old and not any(is_held(one) for one in folder.iterdir() if one.is_dir()):
                shutil.rmtree(str(folder), ignore_errors=True)


def _say(process: subprocess.Popen, line: Dict[str, Any]) -> None:
    """A worker that has ended does not hear it; that is noticed where its status is read."""
    if process.stdin is not None:
        with suppress(OSError, ValueError):
            process.stdin.write((json.dumps(line) + "\n").encode("utf-8"))
            process.stdin.flush()


def _hang_up(process: Optional[subprocess.Popen]) -> None:
    """A worker that nobody speaks to any more leaves."""
    if process is not None and process.stdin is not None:
        with suppress(OSError, ValueError):
            process.stdin.close()


def _end(process: Optional[subprocess.Popen], folder: Path) -> None:
    _hang_up(process)
    if process is not None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(LEAVE_S)
        end_tree(process)
    shutil.rmtree(str(folder), ignore_errors=True)
