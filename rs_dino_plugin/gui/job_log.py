"""What a job has said, in the user's language, and below it the engine's own log."""

from __future__ import annotations

from itertools import groupby
from typing import List

from ..engine_client.documents import Status
from ..engine_client.job_store import KnownJob
from ..errors import sentence
from ..i18n import tr

_CHARACTERS = 200_000


def log_of(job: KnownJob) -> str:
    """Empty where there is nothing."""
    log = job.job.log_tail(_CHARACTERS).strip()
    parts = ["\n".join(_sentences(job.job.said()))]
    if log:
        parts.append(tr("The engine's log, as it stands in a bug report:") + "\n\n" + log)
    return "\n\n".join(part for part in parts if part)


def _sentences(said: List[Status]) -> List[str]:
    """Of steps that were told again and again, such as windows, only the last."""
    messages = [status.message for status in said if status.message is not None]
    steps = groupby(messages, key=lambda one: one.code)
    return [sentence(list(told)[-1]) for _, told in steps]
