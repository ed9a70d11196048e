"""The folder that the jobs of a person lie in. Nothing is kept beside it: what is listed is what lies there."""

from __future__ import annotations

import json
import re
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Dict, List, Mapping, NamedTuple, Optional, Tuple

from .documents import DocumentError, Message, Request, Status, read_document
from .local import REQUEST, LocalJob
from .waiting import waits

AREA = "area.gpkg"
"""The area of interest of a job, where the request needs a file of its own for it."""
RESULTS_FOLDER = "results"
NAMES = "names.json"
"""In a job's folder: what the layers of its rasters were called."""
_NAME_CHARACTERS = 32
"""Paths on Windows are short."""


class JobStore:
    """Makes the folders of jobs and finds them again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new_folder(self, process_id: str, name: str) -> Path:
        """Make a folder for a job; names sort by time. It counts as a job from its request on."""
        clean = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name)[:_NAME_CHARACTERS].strip(" .") or "raster"
        stem = f"{time.strftime('%Y%m%d-%H%M%S')}-{process_id}-{clean}"
        number = 1
        while True:
            folder = self.folder / (stem if number == 1 else f"{stem}-{number}")
            try:
                folder.mkdir(parents=True)
            except FileExistsError:
                number += 1
            else:
                return folder

    def folders(self) -> List[Path]:
        """The folders that may hold a job, newest first."""
        with suppress(OSError):
            return sorted((path for path in self.folder.iterdir() if path.is_dir()), reverse=True)
        return []


class Pace:
    """How long a job will still take, from the progress seen since the first look at it."""

    def __init__(self) -> None:
        self._first: Optional[Tuple[float, float]] = None
        self._last: Optional[Tuple[float, float]] = None

    def see(self, progress: float, at_s: float) -> None:
        """Note a progress in percent; the time before the first one is not counted, for it loads the model."""
        if progress > 0:
            self._first = self._first or (progress, at_s)
            self._last = (progress, at_s)

    def left_s(self) -> Optional[float]:
        """Seconds; None until two different progresses were seen."""
        if self._first is None or self._last is None or self._last[0] <= self._first[0]:
            return None
        per_percent = (self._last[1] - self._first[1]) / (self._last[0] - self._first[0])
        return per_percent * (100.0 - self._last[0])


class News(NamedTuple):
    """What one look at a job brought: whether anything is new, and whether it ended just now."""

    changed: bool
    ended: bool


class KnownJob:
    """A job of the list: what its folder says, and what was heard while it was followed."""

    def __init__(self, request: Request, job: LocalJob, started_here: bool) -> None:
        self.request = request
        self.job = job
        self.started_here = started_here
        self.warnings: List[Message] = []
        self.said: Optional[Message] = None
        self.cancel_asked_s: Optional[float] = None
        self.ending: Optional[threading.Thread] = None
        """Ends a job that did not stop when it was asked to."""
        self.pace = Pace()
        self.created_s = _created_s(job.folder)
        self.names = _read_names(job.folder)
        self.waits = waits(job.folder)

    @property
    def folder(self) -> Path:
        return self.job.folder

    @property
    def status(self) -> Optional[Status]:
        return self.job.status

    @property
    def state(self) -> str:
        """``waiting``, or what the job's status says."""
        if self.waits:
            return "waiting"
        return self.status.state if self.status is not None else "accepted"

    @property
    def is_final(self) -> bool:
        return self.status is not None and self.status.is_final

    def begin_anew(self, job: LocalJob) -> None:
        """Follow another run of the same job."""
        self.job, self.started_here, self.waits = job, True, False
        self.said, self.cancel_asked_s, self.ending, self.pace = None, None, None, Pace()

    def look(self) -> News:
        """Read what is new in the folder: a few system calls."""
        if self.waits:
            self.waits = waits(self.folder)  # another QGIS may have begun with it
        if self.is_final or self.waits:
            return News(False, False)
        fresh = self.job.news()
        for status in fresh:
            self.pace.see(status.progress, time.monotonic())
            if status.message is None:
                continue
            if status.metrics.get("warning"):
                if status.message not in self.warnings:
                    self.warnings.append(status.message)
            else:
                self.said = status.message
        return News(bool(fresh), self.is_final)


def known_job(folder: Path) -> Optional[KnownJob]:
    """The job of a folder, after a first look; None when it holds none."""
    try:
        request = Request.from_document(read_document(folder / REQUEST))
    except (OSError, DocumentError):
        return None
    job = LocalJob(folder, request.process_id)
    job.skip_to_end()
    known = KnownJob(request, job, started_here=False)
    known.look()
    return known


def write_names(names: Mapping[str, str], folder: Path) -> None:
    """Keep with a job what its rasters are called, by their paths."""
    (folder / NAMES).write_text(json.dumps(dict(names), ensure_ascii=False), encoding="utf-8")


def _read_names(folder: Path) -> Dict[str, str]:
    with suppress(OSError, ValueError, AttributeError):
        kept = json.loads((folder / NAMES).read_text(encoding="utf-8"))
        return {str(path): str(name) for path, name in kept.items()}
    return {}


def _created_s(folder: Path) -> float:
    with suppress(OSError):
        return (folder / REQUEST).stat().st_mtime
    return time.time()
