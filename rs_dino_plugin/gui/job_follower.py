"""Follows jobs: finds them in their folders, starts new ones one after the other, and tells what is new. It asks no
process, only files."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..engine_client import waiting
from ..engine_client.client import Client, ClientError, client_message
from ..engine_client.documents import Message, Request
from ..engine_client.job_store import JobStore, KnownJob, known_job
from ..engine_client.local import LocalEngine, LocalJob, said_so_far
from ..errors import EngineUnusable, from_client
from ..notices import engine_works
from ..settings import found_engine

POLL_MS = 400
CANCEL_GRACE_S = 20.0
"""A job stops at its next batch by itself; one that does not is ended."""
MOST_LISTED = 200


class JobFollower(QObject):
    """``jobs`` is newest first. A look at a job takes a few system calls, and only running ones are looked at."""

    added = pyqtSignal(object)
    changed = pyqtSignal(object)
    ended = pyqtSignal(object)
    removed = pyqtSignal(object)

    def __init__(self, store: JobStore) -> None:
        super().__init__()
        self.store = store
        self.jobs: List[KnownJob] = []
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.look)
        self._finder = QTimer(self)
        self._finder.setInterval(0)
        self._finder.timeout.connect(self._find_one)
        self._to_find: Iterator[Path] = iter(())

    def find(self) -> None:
        """List the jobs of the store that are not listed yet, one at each turn of the event loop."""
        listed = {job.folder for job in self.jobs}
        self._to_find = iter([one for one in self.store.folders()[:MOST_LISTED] if one not in listed])
        self._finder.start()

    def start(self, client: Client, request: Request, folder: Path) -> KnownJob:
        """Start a job in a folder of the store, or have it wait while another one runs; :class:`PluginError` when the
        engine cannot be started."""
        if self.is_busy():
            waiting.put_in_line(request, folder)
            known = KnownJob(request, LocalJob(folder, request.process_id), started_here=True)
        else:
            try:
                job: Any = client.start(request, folder)
            except ClientError as error:
                raise from_client(error) from error
            known = KnownJob(request, job, started_here=True)
        self._list(known)
        return known

    def is_busy(self) -> bool:
        """Whether a job runs, whoever started it."""
        return any(not job.is_final and not job.waits for job in self.jobs)

    def start_now(self, job: KnownJob) -> None:
        """Start a job that waits, whatever else runs. Why it cannot be started becomes its end."""
        if not waiting.take(job.folder):
            return
        self._begin(job, lambda engine: engine.start(job.request, job.folder))

    def resume(self, job: KnownJob) -> None:
        """Go on with a job that failed or was cancelled, from where it was."""
        if job.is_final and waiting.can_resume(job.folder):
            self._begin(job, lambda engine: engine.resume(job.request, job.folder))

    def _begin(self, job: KnownJob, run: Callable[[LocalEngine], LocalJob]) -> None:
        try:
            job.begin_anew(run(LocalEngine(found_engine().path)))
        except ClientError as error:
            self._end_unstarted(job, "failed", error.message)
        except (EngineUnusable, OSError) as error:
            self._end_unstarted(job, "failed", Message("", {}, str(error)))
        self._timer.start()
        self.changed.emit(job)

    def look(self) -> None:
        """Read what is new of the jobs that run."""
        for job in [one for one in self.jobs if not one.is_final]:
            was_tried = job.ending is not None and not job.ending.is_alive()  # before the look, which sees its end
            news = job.look()
            if news.changed:
                self.changed.emit(job)
            if news.ended and job.state == "successful":
                engine_works()
            if news.ended:
                self.ended.emit(job)
            elif was_tried:
                job.said, job.cancel_asked_s, job.ending = client_message("client-not-ended"), None, None
                self.changed.emit(job)
            elif job.cancel_asked_s is not None and job.ending is None:
                self._end_if_late(job, job.cancel_asked_s)
        if not self.is_busy() and not self._finder.isActive():  # what runs may not have been found yet
            first = next((one for one in reversed(self.jobs) if one.waits), None)
            if first is not None:
                self.start_now(first)
        if all(one.is_final for one in self.jobs):
            self._timer.stop()

    def cancel(self, job: KnownJob) -> None:
        """Ask a job to stop."""
        if job.waits and waiting.take(job.folder):
            self._end_unstarted(job, "dismissed", Message("cancelled", {}, "Cancelled."))
            self.look()
        elif not job.is_final and job.cancel_asked_s is None:
            with suppress(OSError):  # its folder may be gone, or on a disk that is not there
                job.job.cancel()
            job.cancel_asked_s = time.monotonic()
            self.changed.emit(job)

    def forget(self, job: KnownJob) -> None:
        """Take a job off the list; its folder is the caller's business."""
        self.jobs.remove(job)
        self.removed.emit(job)

    def job_of(self, folder: str) -> Optional[KnownJob]:
        return next((job for job in self.jobs if str(job.folder) == folder), None)

    def stop(self) -> None:
        """Follow nothing any more; jobs go on by themselves."""
        self._timer.stop()
        self._finder.stop()

    def _end_if_late(self, job: KnownJob, asked_s: float) -> None:
        if time.monotonic() - asked_s > CANCEL_GRACE_S:
            job.ending = threading.Thread(target=job.job.end, name="rs-dino-end", daemon=True)
            job.ending.start()

    def _end_unstarted(self, job: KnownJob, state: str, message: Message) -> None:
        """The end of a job that nothing works on; the next look finds it."""
        said_bytes = said_so_far(job.folder)
        with suppress(OSError):  # where nothing can be written, the next look finds that nothing works on it
            waiting.end_unstarted(job.request, job.folder, state, message)
        job.begin_anew(LocalJob(job.folder, job.request.process_id, said_bytes=said_bytes))

    def _find_one(self) -> None:
        folder = next(self._to_find, None)
        if folder is None:
            self._finder.stop()
            return
        if all(job.folder != folder for job in self.jobs):
            found = known_job(folder)
            if found is not None:
                self._list(found)

    def _list(self, job: KnownJob) -> None:
        self.jobs.append(job)
        self.jobs.sort(key=lambda one: (one.created_s, one.folder.name), reverse=True)
        self.added.emit(job)
        if not job.is_final:
            self._timer.start()
