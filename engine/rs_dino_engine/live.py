"""The live sessions of a worker, heard line by line.

``{"live": folder}`` opens the session whose request lies in the folder; ``{"live": folder, "number": n, "rows":
[a, b], "cols": [a, b], "most_s": s}`` looks at a rectangle of its output; ``{"live": folder, "close": true}`` ends it.
A session is a job that goes on until it is closed: its folder is locked, and its status lines tell what is there.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional

from .errors import EngineError
from .jobs import JobFolder, Listener
from .messages import Message, message
from .protocol import DISMISSED, FAILED, RUNNING
from .validation import checked_inputs, known_task

if TYPE_CHECKING:
    from .predict.live import Live, Look
    from .raster.stretch import Source

MOST_S = 20.0
"""A look that would take longer is not begun, unless the line says otherwise."""


class LiveDesk:
    """One session at a time: a new one closes the one before."""

    def __init__(
        self,
        wake: Callable[[], None],
        listener: Optional[Listener],
        explain: Callable[[BaseException, Path], EngineError],
    ) -> None:
        """``wake`` is called from any thread when :meth:`advance` has something to do; ``explain`` says what an
        unexpected exception means."""
        self._wake, self._listener, self._explain = wake, listener, explain
        self._job: Optional[JobFolder] = None
        self._live: "Optional[Live]" = None
        self._source: "Optional[Source]" = None

    def hear(self, line: Dict[str, Any]) -> None:
        """One line of the wire; one that cannot be understood, or speaks of somebody else's session, is only noted."""
        try:
            folder = Path(line["live"])
            if "rows" not in line and not line.get("close"):
                self.close(message("live-ended"))
                self._open(folder)
            elif self._job is None or self._job.folder != folder:
                return
            elif line.get("close"):
                self.close(message("live-ended"))
            else:
                self._look(line)
        except (EngineError, OSError, ValueError, TypeError, KeyError, IndexError) as error:
            print(f"live: {error}", file=sys.stderr)

    def advance(self) -> None:
        """Go on with what is being computed."""
        if self._live is not None:
            self._guarded(self._live.advance)

    def pause(self) -> None:
        """Stop computing, so that a job has the machine for itself; the next look goes on."""
        if self._live is not None:
            self._guarded(self._live.pause)

    def close(self, said: Message) -> None:
        """End the session, if there is one. Its pieces stay in its folder."""
        self._end(DISMISSED, said)

    def _open(self, folder: Path) -> None:
        job = JobFolder(folder, listener=self._listener)
        job.take()
        self._job = job
        self._guarded(lambda: self._begin(job))

    def _begin(self, job: JobFolder) -> None:
        from .predict.live_open import open_live  # loads torch, which other jobs of a worker may do without

        request = job.request()
        task = known_task(request.process_id)
        inputs: Any = checked_inputs(task, request.inputs)
        job.write_status(RUNNING, message("job-started"))
        opened = open_live(task.id, inputs, job, job.folder, self._tell, self._wake)
        self._live, self._source = opened.live, opened.source
        job.write_status(RUNNING, message("live-ready"), {"live": opened.facts})

    def _look(self, line: Dict[str, Any]) -> None:
        from .predict.pieces import Rectangle

        rows, cols = line["rows"], line["cols"]
        wanted = Rectangle(int(rows[0]), int(rows[1]), int(cols[0]), int(cols[1]))
        number, most_s = int(line["number"]), float(line.get("most_s", MOST_S))
        live = self._live
        if live is not None:
            self._guarded(lambda: live.look(number, wanted, most_s))

    def _tell(self, look: "Look") -> None:
        if self._job is not None and self._live is not None:
            self._job.write_status(RUNNING, None, {"look": look._asdict(), **self._live.figures})

    def _guarded(self, work: Callable[[], None]) -> None:
        """What goes wrong ends the session, with its reason, and not the worker."""
        try:
            work()
        except EngineError as error:
            self._fail(error)
        except Exception as error:
            assert self._job is not None
            self._fail(self._explain(error, self._job.folder), traceback.format_exc())

    def _fail(self, error: EngineError, details: str = "") -> None:
        if self._job is not None and (error.detail or details):
            self._job.log(error.detail or details)
        self._end(FAILED, error.message)

    def _end(self, status: str, said: Message) -> None:
        job, live, source = self._job, self._live, self._source
        self._job, self._live, self._source = None, None, None
        if live is not None:
            live.stop()
        if source is not None:
            source.close()
        if job is not None:
            try:
                job.end(status, said)
            finally:
                job.__exit__()
