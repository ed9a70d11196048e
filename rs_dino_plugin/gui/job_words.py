"""A job in words: its title, how it is, how long it will take."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from ..catalog import Task, catalogue
from ..engine_client.documents import Message, Request
from ..engine_client.job_store import KnownJob
from ..errors import sentence
from ..i18n import moment, short_moment, tr
from ..recipes import is_mosaic, rasters_of

MOSAIC_READ = "mosaic"
"""The engine's message that several rasters are read as one."""


def task_of(request: Request) -> Optional[Task]:
    """None for a task that a newer plugin has asked for."""
    return catalogue().task(request.process_id)


def title(job: KnownJob) -> str:
    """The task and the first raster, as its layer was called."""
    task = task_of(job.request)
    name = tr(task.title) if task is not None else job.request.process_id
    rasters = [job.names.get(one) or Path(one).stem for one in rasters_of(job.request)]
    if not rasters:
        return name
    if is_mosaic(job.request):
        mosaic = tr("{raster} (mosaic of {count})").format(raster=rasters[0], count=len(rasters))
        return tr("{task}: {raster}").format(task=name, raster=mosaic)
    if len(rasters) > 1:
        return tr("{task}: {raster} and {count} more").format(task=name, raster=rasters[0], count=len(rasters) - 1)
    return tr("{task}: {raster}").format(task=name, raster=rasters[0])


def row(job: KnownJob) -> str:
    """When it began, the title, and where it runs unless that is everywhere: runs that are alike are told apart."""
    area = job.request.inputs.get("aoi")
    where = [job.names.get(str(area)) or tr("part of it")] if area else []
    return " · ".join([short_moment(job.created_s), title(job), *where])


def is_as_wished(message: Message) -> bool:
    """Whether it says no more than what the person has chosen."""
    return message.code == MOSAIC_READ


def state(job: KnownJob) -> str:
    """One or two words, with the percentage while it runs."""
    if job.state == "running":
        if job.cancel_asked_s is not None:
            return tr("stopping")
        return tr("{percent} %").format(percent=round(job.status.progress) if job.status is not None else 0)
    return {
        "waiting": tr("waiting"),
        "accepted": tr("starting"),
        "successful": tr("done"),
        "failed": tr("failed"),
        "dismissed": tr("cancelled"),
    }[job.state]


def details(job: KnownJob) -> str:
    """What the job says now, what it warned of, and the time left or when it began."""
    lines = [tr("It begins when the job before it has ended.")] if job.waits else []
    if job.status is not None and job.is_final and job.status.message is not None:
        lines.append(sentence(job.status.message))
    elif job.said is not None:
        lines.append(sentence(job.said))
    left = job.pace.left_s() if job.state == "running" else None
    if left is not None:
        lines.append(tr("About {time} left.").format(time=duration(left)))
    for message in job.warnings:
        text = sentence(message)
        lines.append(text if is_as_wished(message) else tr("Note: {text}").format(text=text))
    if job.waits:
        return "\n".join(lines)
    lines.append(tr("Started {when}").format(when=moment(job.created_s)))
    return "\n".join(lines)


def duration(seconds: float) -> str:
    """A time as people say it: seconds, minutes, or hours and minutes."""
    if seconds < 90:
        return tr("{count} s").format(count=max(1, round(seconds)))
    minutes = round(seconds / 60)
    if minutes < 90:
        return tr("{count} min").format(count=minutes)
    return tr("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
