"""How good a map is, in the user's words: the sentence and the table of an accuracy assessment."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional

from qgis.PyQt.QtCore import QLocale

from .engine_client.documents import Results
from .i18n import language, tr

_NO = "–"
_FINE_BELOW = 100
"""Hectares of a map below which areas are shown to the square metre."""


class Table(NamedTuple):
    """``names`` are the columns' titles, ``rows`` what stands in them."""

    names: List[str]
    rows: List[List[str]]

    def as_text(self) -> str:
        """Columns apart by tabs, as spreadsheets paste them."""
        return "\n".join("\t".join(line) for line in [self.names, *self.rows])


def assessment_of(results: Results) -> Optional[Dict[str, Any]]:
    """The document of an assessment; None where a job has made none."""
    found = results.values.get("assessment")
    return found if isinstance(found, dict) else None


def said(document: Mapping[str, Any]) -> str:
    """The sentence that comes first."""
    count = QLocale().toString(int(document["references"]))
    if document["kind"] == "heights":
        return tr("{count} references: mean error {mae} m, RMSE {rmse} m, bias {bias} m, R² {r2}.").format(
            count=count,
            mae=_number(document["mae"]),
            rmse=_number(document["rmse"]),
            bias=_number(document["bias"]),
            r2=_number(document["r2"]),
        )
    overall = _percent(document["overall"])
    return tr("{count} references: overall accuracy {overall}.").format(count=count, overall=overall)


def accuracy_table(document: Mapping[str, Any]) -> Table:
    """A row a class, or a row a bin of heights."""
    if document["kind"] == "heights":
        names = [tr("Reference height"), tr("References"), tr("Mean error"), tr("Bias")]
        return Table(names, [_height_row(one) for one in document["bins"]])
    names = [
        tr("Class"),
        tr("References"),
        tr("User's accuracy"),
        tr("Producer's accuracy"),
        "F1",
        "IoU",
        tr("Mapped area"),
        tr("Estimated area"),
    ]
    unit = "ha" if document["unit"] == "ha" else tr("pixels")
    digits = 2 if sum(one["mapped"] for one in document["classes"]) >= _FINE_BELOW else 4
    if document["unit"] != "ha":
        digits = 0
    return Table(names, [_class_row(one, unit, digits) for one in document["classes"]])


def confusion_table(document: Mapping[str, Any]) -> Optional[Table]:
    """Numbers of references: a row a class of the map, a column a class of the references; None for heights."""
    if document["kind"] != "classes":
        return None
    names = [class_name(one) for one in document["classes"]]
    rows = [[name, *(str(count) for count in line)] for name, line in zip(names, document["counts"])]
    return Table([tr("Map ↓  Reference →"), *names], rows)


def class_name(one: Mapping[str, Any]) -> str:
    """In the user's language where the model knows it."""
    return str((one.get("names") or {}).get(language()) or one["name"])


def _class_row(one: Mapping[str, Any], unit: str, digits: int) -> List[str]:
    return [
        class_name(one),
        str(one["on_map"]),
        _percent(one["users"]),
        _percent(one["producers"]),
        _number(one["f1"]),
        _number(one["iou"]),
        "{} {}".format(_number(one["mapped"], digits), unit),
        _with_interval(one["area"], digits, unit),
    ]


def _height_row(one: Mapping[str, Any]) -> List[str]:
    low, high = QLocale().toString(one["from_m"], "g", 4), one["to_m"]
    if high is None:
        heights = tr("from {low} m").format(low=low)
    else:
        heights = tr("{low} to {high} m").format(low=low, high=QLocale().toString(high, "g", 4))
    return [heights, str(one["references"]), _number(one["mae"]) + " m", _number(one["bias"]) + " m"]


def _percent(estimate: Mapping[str, Any]) -> str:
    shares = {key: None if value is None else 100 * value for key, value in estimate.items()}
    return _with_interval(shares, 1, "%")


def _with_interval(estimate: Mapping[str, Any], digits: int, unit: str) -> str:
    if estimate["value"] is None:
        return _NO
    value = _number(estimate["value"], digits)
    if estimate["half_width"] is not None:
        value = "{} ± {}".format(value, _number(estimate["half_width"], digits))
    return f"{value} {unit}"


def _number(value: Optional[float], digits: int = 2) -> str:
    return _NO if value is None else QLocale().toString(float(value), "f", digits)
