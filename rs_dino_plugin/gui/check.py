"""Asks the engine what a run will cost, without blocking anything."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import List, Optional

from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..engine_client.client import Client, ClientError, Job
from ..engine_client.documents import Request, Status
from ..errors import from_client, sentence
from ..i18n import tr
from ..workload import costs

POLL_MS = 100
FOLDER = "preflight"


class Check(QObject):
    """One preflight: ``done`` carries the :class:`Costs`, ``refused`` a sentence and details."""

    done = pyqtSignal(object)
    refused = pyqtSignal(str, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._job: Optional[Job] = None
        self._folder: Optional[Path] = None
        self._said: List[Status] = []
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    def start(self, client: Client, request: Request, folder: Path) -> None:
        """Check a request in a folder below the job's; :class:`PluginError` when the engine cannot be started."""
        self._folder, self._said = folder / FOLDER, []
        inputs = {**request.inputs, "preflight": True, "output": str(self._folder / "results")}
        try:
            self._job = client.start(Request(request.process_id, inputs), self._folder)
        except ClientError as error:
            raise from_client(error) from error
        self._timer.start()

    def cancel(self, folder: Path) -> None:
        """Stop asking, and delete the job's ``folder`` as soon as the engine has left it."""
        job, self._job = self._job, None
        self._timer.stop()

        def end() -> None:
            if job is not None:
                job.end()
            shutil.rmtree(str(folder), ignore_errors=True)

        threading.Thread(target=end, name="rs-dino-end", daemon=True).start()

    def _look(self) -> None:
        job = self._job
        if job is None:
            return
        self._said += job.news()
        if job.status is None or not job.status.is_final:
            return
        self._timer.stop()
        status, self._job = job.status, None
        try:
            if status.state != "successful":
                text = sentence(status.message) if status.message else tr("The job failed without saying why.")
                self.refused.emit(text, job.log_tail())
                return
            found = costs(job.results(), self._said)
        except ClientError as error:
            self.refused.emit(str(from_client(error)), error.details)
            return
        shutil.rmtree(str(self._folder), ignore_errors=True)
        self.done.emit(found)
