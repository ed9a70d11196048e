"""Two reports side by side: what differs, and what of it is more than their precision allows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

from ..errors import UserError
from .arithmetic import limit_of
from .fingerprint import distance, sides
from .report import FORMAT

SAME, DIFFERS, INFORMS = "same", "differs", "for information"


class Line(NamedTuple):
    """One thing of both reports."""

    what: str
    state: str
    first: str
    second: str


def read_report(path: Path) -> Dict[str, Any]:
    """Raises ``UserError`` when the file is no report."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        if document["format"] != FORMAT:
            raise ValueError(f"its format is {document['format']}")
        if not isinstance(document["checks"], list):
            raise ValueError("it has no checks")
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = str(error) if type(error) is ValueError else type(error).__name__
        raise UserError("report-unreadable", path=str(path), reason=reason) from error
    return dict(document)


def compare(first: Dict[str, Any], second: Dict[str, Any]) -> List[Line]:
    """Everything that both have, and models or files that only one has."""
    lines = _informing(first, second) + _files(first, second) + _fingerprints(first, second)
    return lines + _checks(first, second) + _results(first, second) + _speeds(first, second)


def _informing(first: Dict[str, Any], second: Dict[str, Any]) -> List[Line]:
    lines = []
    for part in ("versions", "machine"):
        a, b = (_only(d, part) for d in (first, second))
        for key in sorted({*a, *b}):
            if a.get(key) != b.get(key):
                lines.append(Line(key, INFORMS, _text(a.get(key)), _text(b.get(key))))
    return lines


def _files(first: Dict[str, Any], second: Dict[str, Any]) -> List[Line]:
    """By what a file is (its published name where it has one, else its own)."""
    a, b = ({f.get("official") or f["file"]: f["sha256"][:16] for f in d.get("files", [])} for d in (first, second))
    lines = []
    for name in sorted({*a, *b}):
        state = INFORMS if name not in a or name not in b else (SAME if a[name] == b[name] else DIFFERS)
        lines.append(Line(f"sha256 of {name}", state, a.get(name, "-"), b.get(name, "-")))
    return lines


def _fingerprints(first: Dict[str, Any], second: Dict[str, Any]) -> List[Line]:
    """The same device and precision where both have it, else the processor's float32 of one of them."""
    lines = []
    a, b = ({m["model"]: m for m in d.get("models", [])} for d in (first, second))
    for name in sorted(set(a) & set(b)):
        mine, theirs = sides(a[name]["fingerprints"]), sides(b[name]["fingerprints"])
        for key in sorted({*mine, *theirs}):
            one, other = mine.get(key) or _reference(mine), theirs.get(key) or _reference(theirs)
            if one is None or other is None:
                continue
            off = distance(one, other)
            limit = max(limit_of(f["device"], f["dtype"]) for f in (one, other))
            if one["device"] == other["device"] == "cpu" and one["dtype"] == other["dtype"] == "fp32":
                limit *= 10  # other processors sum in another order, layer after layer
            state = SAME if off <= limit else DIFFERS
            lines.append(Line(f"features of {name}, {key}", state, f"off by {off:.1e}", f"at most {limit:.0e}"))
    return lines


def _reference(found: Dict[str, Dict[str, Any]]) -> Optional[Dict[str, Any]]:
    return found.get("cpu fp32")


def _checks(first: Dict[str, Any], second: Dict[str, Any]) -> List[Line]:
    a, b = ({c["name"]: c["state"] for c in d["checks"]} for d in (first, second))
    both = [n for n in a if n in b]
    return [Line(n, SAME if a[n] == b[n] else DIFFERS, a[n], b[n]) for n in both if a[n] != b[n]]


def _results(first: Dict[str, Any], second: Dict[str, Any]) -> List[Line]:
    """Of whole runs and of LoveDA: shown, not judged, since windows and precisions may differ."""
    lines = []
    for part, keys in (("samples", ("mean", "std", "shares", "valid_share")), ("loveda", ("miou", "oa", "pictures"))):
        a, b = ({_title(s): s for s in d.get(part, [])} for d in (first, second))
        for title in sorted(set(a) & set(b)):
            for key in keys:
                one, other = a[title].get(key), b[title].get(key)
                if one != other:
                    lines.append(Line(f"{title}: {key}", INFORMS, _text(one), _text(other)))
    return lines


def _title(sample: Dict[str, Any]) -> str:
    return f"{sample['model']} on {sample.get('raster', 'LoveDA')}, {sample['device']}"


def _speeds(first: Dict[str, Any], second: Dict[str, Any]) -> List[Line]:
    a, b = (
        {
            f"{m['model']}, {s['device']} {s['dtype']}, {s['batch']} together": s
            for m in d.get("models", [])
            for s in m["speed"]
        }
        for d in (first, second)
    )
    return [
        Line(f"seconds a window: {key}", INFORMS, _text(a[key].get("window_s")), _text(b[key].get("window_s")))
        for key in sorted(set(a) & set(b))
    ]


def _only(document: Dict[str, Any], part: str) -> Dict[str, Any]:
    return dict((document.get(part) or [{}])[0])


def _text(value: Any) -> str:
    return "-" if value is None else json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value
