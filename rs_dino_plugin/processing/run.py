"""One job from start to end, with its progress, messages and cancel in Processing's feedback."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any, List, Optional

from qgis.PyQt.QtCore import QLocale

from ..assessment import accuracy_table, assessment_of, said
from ..engine_client.client import Client, ClientError, Job
from ..engine_client.documents import Message, Request, Results, Status
from ..errors import PluginError, failure, from_client, sentence
from ..i18n import tr

POLL_S = 0.1
CANCEL_GRACE_S = 20.0
"""A job stops at its next batch by itself; one that does not is ended."""

REPEAT_PERCENT = 10.0
_SAID = re.compile(r"\s*(\d+ %|Warning: |rs-dino: )")
"""Lines of an engine's log that hold messages."""


def run_job(client: Client, request: Request, folder: Path, feedback: Any) -> Optional[Results]:
    """Run a job; None when the user cancelled it, :class:`PluginError` when it failed."""
    try:
        return _follow(client.start(request, folder), feedback)
    except ClientError as error:
        raise from_client(error) from error


def _follow(job: Job, feedback: Any) -> Optional[Results]:
    said = _Said(feedback)
    cancelled_at: Optional[float] = None
    while True:
        for status in job.news():
            said.show(status)
        if job.status is not None and job.status.is_final:
            return _end_of(job, job.status, said)
        if feedback.isCanceled() and cancelled_at is None:
            feedback.pushInfo(tr("Cancelling…"))
            job.cancel()
            cancelled_at = time.monotonic()
        if cancelled_at is not None and time.monotonic() - cancelled_at > CANCEL_GRACE_S:
            job.end()
            return None
        time.sleep(POLL_S)


def say_what_was_found(results: Results, feedback: Any) -> None:
    """How good a map is, or the area of each class; of several models' one after the other."""
    assessment = assessment_of(results)
    if assessment is not None:
        feedback.pushInfo(said(assessment))
        for line in accuracy_table(assessment).as_text().split("\n"):
            feedback.pushInfo(line)
    tables = [table for name, table in results.values.items() if name == "classes" or name.endswith("_classes")]
    for entry in [row for table in tables for row in table or []]:
        share, area_m2 = QLocale().toString(100 * float(entry["share"]), "f", 1), entry["area_m2"]
        text = tr("{name}: {share} %") if area_m2 is None else tr("{name}: {area} ({share} %)")
        feedback.pushInfo(text.format(name=entry["name"], area=_area(area_m2 or 0.0), share=share))


def for_experts(details: str) -> str:
    """Out of an engine's log: what was not said already, in the user's language."""
    return "\n".join(line for line in details.splitlines() if not _SAID.match(line)).strip()


def _area(area_m2: float) -> str:
    """An area in the unit that suits it."""
    unit, size_m2 = next(((u, s) for u, s in (("km²", 1e6), ("ha", 1e4)) if area_m2 >= s), ("m²", 1.0))
    return "{} {}".format(QLocale().toString(area_m2 / size_m2, "f", 2 if size_m2 > 1 else 0), unit)


class _Said:
    """What the feedback shows of a job. The same message comes again with every progress, with other values:
    it is shown now and then, and with its last values; a text comes once."""

    def __init__(self, feedback: Any) -> None:
        self._feedback = feedback
        self._last_code = ""
        self._last_progress = 0.0
        self._warnings: List[str] = []
        self._last_text = self._held = ""

    def show(self, status: Status) -> None:
        self._feedback.setProgress(status.progress)
        message = status.message
        if status.is_final:
            self._release()
        if message is None or status.state in ("failed", "dismissed"):
            return
        if status.metrics.get("warning"):
            self.warn(message)
            return
        text = sentence(message)
        if message.code != self._last_code:
            self._release()
        elif status.progress < self._last_progress + REPEAT_PERCENT:
            self._held = text
            return
        self._say(text)
        self._last_code, self._last_progress = message.code, status.progress

    def _release(self) -> None:
        """Say what was held back."""
        if self._held:
            self._say(self._held)

    def _say(self, text: str) -> None:
        self._held = ""
        if text != self._last_text:
            self._feedback.pushInfo(text)
            self._last_text = text

    def warn(self, message: Message) -> None:
        text = sentence(message)
        if text not in self._warnings:
            self._warnings.append(text)
            self._feedback.pushWarning(text)


def _end_of(job: Job, status: Status, said: _Said) -> Optional[Results]:
    if status.state == "dismissed":
        return None
    if status.state == "failed":
        if status.message is not None:
            raise failure(status.message, details=job.log_tail())
        raise PluginError(tr("The job failed without saying why."), details=job.log_tail())
    results = job.results()
    for message in results.messages:
        said.warn(message)
    return results
