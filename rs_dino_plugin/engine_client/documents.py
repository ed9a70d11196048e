"""The three documents of a job - request, status, results - as this side reads and writes them.

Their shapes are the engine's too; ``tests/contract`` holds documents that both sides must agree on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Mapping, NamedTuple, Optional

STATES = ("accepted", "running", "successful", "failed", "dismissed")
FINAL_STATES = ("successful", "failed", "dismissed")


class DocumentError(ValueError):
    """A document is not what the protocol says it is."""


class Message(NamedTuple):
    """What somebody should know: a code with the values its sentence names, and the sentence in English."""

    code: str
    params: Dict[str, Any]
    text: str

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Message":
        return cls(str(_member(document, "code")), dict(document.get("params") or {}), str(document.get("text", "")))

    def document(self) -> Dict[str, Any]:
        return {"code": self.code, "params": self.params, "text": self.text}


@dataclass(frozen=True)
class Request:
    """What is to be done: the content of ``request.json``."""

    process_id: str
    inputs: Dict[str, Any]
    outputs: Dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Request":
        return cls(
            str(_member(document, "processID")), dict(_member(document, "inputs")), dict(document.get("outputs") or {})
        )

    def document(self) -> Dict[str, Any]:
        return {"processID": self.process_id, "inputs": self.inputs, "outputs": self.outputs}


@dataclass(frozen=True)
class Status:
    """How far a job is: one line of ``status.ndjson``. ``progress`` is in percent."""

    job_id: str
    process_id: str
    state: str
    progress: float = 0.0
    message: Optional[Message] = None
    metrics: Dict[str, Any] = field(default_factory=dict)

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Status":
        state = _member(document, "status")
        if state not in STATES:
            raise DocumentError(f"{state!r} is not a state of a job")
        message = document.get("message")
        return cls(
            str(_member(document, "jobID")),
            str(document.get("processID", "")),
            str(state),
            float(document.get("progress") or 0.0),
            Message.from_document(message) if message else None,
            dict(document.get("metrics") or {}),
        )

    def document(self) -> Dict[str, Any]:
        made: Dict[str, Any] = {
            "jobID": self.job_id,
            "processID": self.process_id,
            "status": self.state,
            "progress": self.progress,
        }
        if self.message is not None:
            made["message"] = self.message.document()
        if self.metrics:
            made["metrics"] = self.metrics
        return made


class Link(NamedTuple):
    """A file that a job made. ``href`` is a path or a URL."""

    href: str
    type: str
    title: str

    def path(self, folder: Path) -> Path:
        """The file on this machine; a relative ``href`` is relative to the job's ``folder``."""
        if self.href.startswith("file:"):
            from urllib.parse import urlsplit
            from urllib.request import url2pathname  # loads all of HTTP

            return Path(url2pathname(urlsplit(self.href).path))
        return folder / self.href


@dataclass(frozen=True)
class Results:
    """What a job made: the content of ``results.json``, files apart from values."""

    links: Dict[str, Link]
    values: Dict[str, Any]

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Results":
        links: Dict[str, Link] = {}
        values: Dict[str, Any] = {}
        for name, entry in document.items():
            if not isinstance(entry, Mapping) or not ("href" in entry or "value" in entry):
                raise DocumentError(f"the result {name!r} has neither href nor value")
            if "href" in entry:
                links[name] = Link(str(entry["href"]), str(entry.get("type", "")), str(entry.get("title", "")))
            else:
                values[name] = entry["value"]
        return cls(links, values)

    @property
    def messages(self) -> List[Message]:
        """What the engine warned of while it ran."""
        return [Message.from_document(entry) for entry in self.values.get("messages") or []]


def read_document(path: Path) -> Dict[str, Any]:
    """A JSON object out of a file; :class:`DocumentError` when it is something else."""
    return parse_document(path.read_bytes())


def parse_document(raw: bytes) -> Dict[str, Any]:
    try:
        document = json.loads(raw.decode("utf-8"))
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise DocumentError(f"not JSON: {error}") from error
    if not isinstance(document, dict):
        raise DocumentError("not a JSON object")
    return document


def _member(document: Mapping[str, Any], name: str) -> Any:
    if name not in document:
        raise DocumentError(f"{name} is missing")
    return document[name]
