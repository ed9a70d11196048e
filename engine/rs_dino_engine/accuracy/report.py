"""An assessment as a page to read."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

_NO = "–"
_FINE_BELOW = 100
"""Hectares of a map below which areas are shown to the square metre."""


def write_report(path: Path, name: str, document: Dict[str, Any], notes: Sequence[str]) -> None:
    """A page in Markdown: what the figures are, the table, what to know about it."""
    lines = [f"# Accuracy of {name}", "", *said(document), ""]
    lines += _markdown(shown_rows(document))
    lines += ["", *(f"- {note}" for note in notes)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def said(document: Dict[str, Any]) -> List[str]:
    """The sentence that comes first."""
    if document["kind"] == "heights":
        r2 = "" if document["r2"] is None else f", R² {document['r2']:.2f}"
        return [
            f"{document['references']} references: mean error {document['mae']:.2f} m, RMSE {document['rmse']:.2f} m, "
            f"bias {document['bias']:+.2f} m{r2}."
        ]
    overall = document["overall"]
    return [
        f"{document['references']} references: overall accuracy {percent(overall['value'], overall['half_width'])}."
    ]


def shown_rows(document: Dict[str, Any]) -> List[Dict[str, str]]:
    """The table as a person reads it; values as text."""
    if document["kind"] == "heights":
        return [
            {
                "reference height": f"from {one['from_m']:g} m",
                "references": str(one["references"]),
                "mean error": f"{one['mae']:.2f} m",
                "bias": f"{one['bias']:+.2f} m",
            }
            for one in document["bins"]
        ]
    unit = document["unit"]
    digits = 2 if sum(one["mapped"] for one in document["classes"]) >= _FINE_BELOW else 4
    return [
        {
            "class": one["name"],
            "references": str(one["on_map"]),
            "user's accuracy": percent(**one["users"]),
            "producer's accuracy": percent(**one["producers"]),
            "F1": _NO if one["f1"] is None else f"{one['f1']:.2f}",
            "IoU": _NO if one["iou"] is None else f"{one['iou']:.2f}",
            "mapped": area(one["mapped"], None, unit, digits),
            "estimated": area(unit=unit, digits=digits, **one["area"]),
        }
        for one in document["classes"]
    ]


def percent(value: Optional[float], half_width: Optional[float]) -> str:
    """A share with its interval, in percent."""
    if value is None:
        return _NO
    return f"{100 * value:.1f}" + (" %" if half_width is None else f" ± {100 * half_width:.1f} %")


def area(value: Optional[float], half_width: Optional[float], unit: str, digits: int) -> str:
    """An area with its interval."""
    if value is None:
        return _NO
    return f"{value:,.{digits}f}" + (f" {unit}" if half_width is None else f" ± {half_width:,.{digits}f} {unit}")


def _markdown(rows: Sequence[Dict[str, str]]) -> List[str]:
    if not rows:
        return []
    lines = ["| " + " | ".join(rows[0]) + " |", "|" + " --- |" * len(rows[0])]
    return lines + ["| " + " | ".join(v.replace("|", "/") for v in row.values()) + " |" for row in rows]
