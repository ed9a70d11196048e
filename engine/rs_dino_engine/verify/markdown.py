"""A report for reading."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Sequence

_MARKS = {"passed": "passed", "failed": "**FAILED**", "not run": "not run"}


def markdown(document: Dict[str, Any]) -> str:
    """The document of a :class:`.report.Report` as Markdown."""
    counts = document["counts"]
    verdict = "All checks that were run passed." if document["ok"] else "Some checks failed."
    told = ", ".join(f"{number} {state}" for state, number in counts.items())
    lines = ["# RS-DINO: verification", "", f"{verdict} {told}.", ""]
    for part in ("versions", "machine"):
        for entry in document.get(part, []):
            lines.append(f"- {part}: " + ", ".join(f"{k} {v}" for k, v in entry.items()))
    lines += ["", "## Checks", ""]
    rows = [{"check": c["name"], "": _MARKS[c["state"]], "what was found": c["said"]} for c in document["checks"]]
    lines += _table(rows)
    if document.get("files"):
        lines += ["", "## Files", "", *_table(document["files"])]
    for model in document.get("models", []):
        lines += ["", f"## {model['title']}", ""]
        lines += [f"- {key}: {value}" for key, value in model["facts"].items()]
        lines += ["", *_table(model["speed"])]
        shown = [{k: v for k, v in f.items() if k != "values"} for f in model["fingerprints"]]
        lines += ["", "Answer to the synthetic picture (its values are in report.json):", "", *_table(shown)]
    for title, part in (("Whole runs", "samples"), ("LoveDA", "loveda")):
        if document.get(part):
            rows = [{k: v for k, v in row.items() if k != "classes"} for row in document[part]]
            lines += ["", f"## {title}", "", *_table(rows)]
    return "\n".join(lines) + "\n"


def _table(rows: Sequence[Dict[str, Any]]) -> List[str]:
    return table(rows, _cell) or ["none"]


def table(rows: Sequence[Dict[str, Any]], cell: Callable[[Any], str]) -> List[str]:
    """Rows as a Markdown table, values shown by ``cell``; columns in the order in which they first appear."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    if not columns:
        return []
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    for row in rows:
        lines.append("| " + " | ".join(cell(row.get(column)) for column in columns) + " |")
    return lines


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        value = ", ".join(f"{k}: {v}" for k, v in value.items())
    if isinstance(value, list):
        value = ", ".join(str(v) for v in value)
    return str(value).replace("|", "/").replace("\n", " ")
