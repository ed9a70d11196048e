"""What a carrier of jobs offers, wherever the engine is: this machine, another one, behind a tunnel."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Dict, List, Optional

from .documents import Message, Request, Results, Status

TEXTS: Dict[str, str] = {
    "client-no-start": "The engine could not be started with {python}: {reason}",
    "client-not-installed": "RS-DINO's engine is not installed in {python}.",
    "client-killed": "The system ended the engine (signal {signal}), most often because memory ran out."
    " Try a smaller tile size or batch size, or close other programs.",
    "client-crashed": "The engine stopped without a result (exit code {exit_code}).",
    "client-vanished": "The engine stopped without a result.",
    "client-not-ended": "The job did not stop, and its process could not be ended from here.",
    "client-garbled": "The engine's answer cannot be understood: {reason}",
}
"""What a client itself has to say; the engine's own messages are in the catalogue."""


class ClientError(Exception):
    """A job could not be started or followed; carries the message and details for experts."""

    def __init__(self, code: str, details: str = "", **params: object) -> None:
        self.message = client_message(code, **params)
        self.details = details
        super().__init__(self.message.text)


def client_message(code: str, **params: object) -> Message:
    """A message of this side; a code that is not in ``TEXTS`` raises ``KeyError``."""
    return Message(code, dict(params), TEXTS[code].format(**params))


class Job(ABC):
    """One run, followed from outside."""

    status: Optional[Status] = None
    """The last status that was read."""

    @abstractmethod
    def news(self) -> List[Status]:
        """Status lines since the last call. A job that died is reported as failed, once."""

    @abstractmethod
    def cancel(self) -> None:
        """Ask the job to stop at its next batch."""

    @abstractmethod
    def end(self) -> None:
        """Stop the job at once, with every process it started. It may go on where that is not in our power."""

    @abstractmethod
    def results(self) -> Results:
        """What a successful job made; :class:`ClientError` when that cannot be read."""

    @abstractmethod
    def said(self) -> List[Status]:
        """What it has said so far, for somebody who comes later."""

    @abstractmethod
    def log_tail(self, characters: int = 4000) -> str:
        """The end of the job's log."""


class Client(ABC):
    """Starts jobs."""

    @abstractmethod
    def start(self, request: Request, folder: Path) -> Job:
        """Start a job in a new ``folder``; :class:`ClientError` when it cannot be started."""
