"""The three documents a job is made of: request, status lines, results.

Names are those of OGC API - Processes. A file is named by a plain path or, in a request or results that a
carrier moves to another machine, by ``{"href": …}``; :func:`relocate` is the only place that rewrites hrefs.
The files in ``tests/contract`` are examples that this module reads and writes byte for byte.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

from .errors import UserError
from .messages import Message

ACCEPTED, RUNNING, SUCCESSFUL, FAILED, DISMISSED = "accepted", "running", "successful", "failed", "dismissed"
STATUSES = (ACCEPTED, RUNNING, SUCCESSFUL, FAILED, DISMISSED)
FINAL = (SUCCESSFUL, FAILED, DISMISSED)


@dataclass(frozen=True)
class Request:
    """What is asked for: a task (``processID``), its inputs, and which outputs (none named: all)."""

    process_id: str
    inputs: Dict[str, Any]
    outputs: Dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> Dict[str, Any]:
        return {"processID": self.process_id, "inputs": self.inputs, "outputs": self.outputs}

    @classmethod
    def from_dict(cls, document: Any, source: str = "request") -> "Request":
        """Raises ``UserError("request-invalid")`` naming ``source`` when it is not a request."""
        if not isinstance(document, dict):
            raise UserError("request-invalid", path=source, reason="it is not a JSON object")
        if not isinstance(document.get("processID"), str):
            raise UserError("request-invalid", path=source, reason="it has no processID")
        inputs, outputs = document.get("inputs", {}), document.get("outputs", {})
        if not isinstance(inputs, dict) or not isinstance(outputs, dict):
            raise UserError("request-invalid", path=source, reason="inputs and outputs must be JSON objects")
        return cls(document["processID"], inputs, outputs)

    @classmethod
    def read(cls, path: Path) -> "Request":
        try:
            document = json.loads(path.read_bytes().decode("utf-8-sig"))
        except FileNotFoundError:
            raise UserError("request-missing", path=str(path)) from None
        except (ValueError, OSError) as error:
            raise UserError("request-invalid", path=str(path), reason=str(error)) from None
        return cls.from_dict(document, str(path))

    def write(self, path: Path) -> None:
        write_document(path, self.as_dict())


@dataclass(frozen=True)
class StatusLine:
    """One line of ``status.ndjson``; ``message`` is the document ``{code, params, text}``."""

    job_id: str
    process_id: str
    status: str
    progress: float
    message: Optional[Dict[str, Any]] = None
    metrics: Dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> Dict[str, Any]:
        document: Dict[str, Any] = {
            "jobID": self.job_id,
            "processID": self.process_id,
            "status": self.status,
            "progress": _short(self.progress),
        }
        if self.message is not None:
            document["message"] = self.message
        if self.metrics:
            document["metrics"] = self.metrics
        return document

    def as_line(self) -> str:
        """One line of JSON with its line feed; values that JSON lacks (NaN, infinity) become null."""
        return _dumps(self.as_dict()) + "\n"

    @classmethod
    def from_line(cls, line: str) -> "StatusLine":
        """Raises ``ValueError`` for anything that is not a status line (a line cut off by a crash, say)."""
        document = json.loads(line)
        if not isinstance(document, dict) or document.get("status") not in STATUSES:
            raise ValueError("not a status line")
        return cls(
            str(document.get("jobID", "")),
            str(document.get("processID", "")),
            document["status"],
            float(document.get("progress") or 0),
            document.get("message"),
            document.get("metrics") or {},
        )


def read_status(path: Path) -> List[StatusLine]:
    """Every whole status line of a file, oldest first; none when there is no file yet."""
    try:
        text = path.read_bytes().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return []
    found = []
    for line in text.split("\n"):
        try:
            found.append(StatusLine.from_line(line))
        except ValueError:
            continue
    return found


def results_document(entries: Mapping[str, Any], messages: List[Message]) -> Dict[str, Any]:
    """``results.json``: what the task returned, its warnings under ``messages``.

    Raises ``TypeError`` when an entry is neither a file (``href``) nor a value.
    """
    document = {}
    for name, entry in entries.items():
        if not isinstance(entry, Mapping) or not ("href" in entry or "value" in entry):
            raise TypeError(f"the result {name} has neither href nor value")
        document[name] = plain(entry)
    said = list(document.get("messages", {}).get("value", []))
    for one in messages:
        if plain(one.as_dict()) not in said:
            said.append(plain(one.as_dict()))
    document["messages"] = {"value": said}
    return document


def relocate(document: Any, mapping: Mapping[str, str]) -> Any:
    """A copy of a request or results in which every ``href`` that is, or lies below, a key of ``mapping`` is moved.

    The longest key wins; hrefs that no key covers stay. An empty target makes hrefs relative to the key's folder.
    """
    keys = sorted(mapping, key=len, reverse=True)

    def moved(href: str) -> str:
        for key in keys:
            if href == key:
                return mapping[key] or "."
            base = key.rstrip("/\\")
            if href.startswith((base + "/", base + "\\")):
                rest = href[len(base) + 1 :]
                return mapping[key].rstrip("/\\") + "/" + rest if mapping[key] else rest
        return href

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: moved(v) if k == "href" and isinstance(v, str) else walk(v) for k, v in value.items()}
        if isinstance(value, list):
            return [walk(v) for v in value]
        return value

    return walk(document)


def write_document(path: Path, document: Any) -> None:
    """Write a document so that a reader sees the old one or the whole new one."""
    text = _dumps(document, indent=2) + "\n"
    part = path.with_name(f".{path.name}.{os.getpid()}.part")  # two jobs may write into one folder at once
    try:
        with part.open("wb") as file:
            file.write(text.encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        if part.exists():
            part.unlink()
        raise


def plain(value: Any) -> Any:
    """The value in JSON's own types: paths as text, NumPy scalars as numbers, NaN and infinity as null."""
    if isinstance(value, bool) or value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    if hasattr(value, "tolist"):  # NumPy and torch
        return plain(value.tolist())
    return str(value)


def _dumps(document: Any, indent: Optional[int] = None) -> str:
    text = json.dumps(plain(document), ensure_ascii=False, indent=indent, allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # a file name that is not UTF-8 on disk: escaped it comes back as it was
        text = json.dumps(plain(document), ensure_ascii=True, indent=indent, allow_nan=False)
    return text


def _short(progress: float) -> float:
    rounded = round(float(progress), 2)
    return int(rounded) if rounded == int(rounded) else rounded
