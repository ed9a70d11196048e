"""What a running task sees of its job."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

from typing_extensions import Protocol

from ..messages import Message


class Job(Protocol):
    """Where a task writes, and how it speaks. :class:`rs_dino_engine.jobs.JobFolder` is the real one."""

    outputs: Path
    """Results are built here and nowhere else; they are published when the task succeeded."""
    checkpoint: Path
    """State to resume from; empty in a fresh job."""
    resume: bool
    """Whether a run that was interrupted is to be continued from ``checkpoint``."""

    def report(self, progress: Optional[float] = None, message: Optional[Message] = None, **metrics: Any) -> None:
        """Say how far the task is (0-100), what it does now, and figures that are known."""

    def warn(self, message: Message) -> None:
        """Say something the person should know; it is shown at once and kept in results.json."""

    def log(self, text: str) -> None:
        """Write details for experts into log.txt."""

    def check_cancel(self) -> None:
        """Raise :class:`rs_dino_engine.errors.Cancelled` when the job was asked to stop."""
