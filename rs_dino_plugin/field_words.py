"""Tables of figures in the user's language: names of fields, and classes in them. Files stay as they are, for
scripts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Dict, Optional

from qgis.core import (
    QgsApplication,
    QgsEditorWidgetSetup,
    QgsMapLayer,
    QgsValueMapFieldFormatter,
    QgsVectorLayer,
)

from .engine_client.documents import Request
from .i18n import tr
from .legend import names_in_file

OUTPUTS = ("zones", "table", "accuracy", "confusion")
"""Results that hold figures."""
_VALUES = ("class", "majority", "map", "heights", "what")
"""Fields whose values are words of ours or names of classes."""
_NAMED = ("zonal", "evaluate", "sample-points")
"""Tasks whose layers are named after what they were made of."""
_NULL_OPTION = "|option:EMPTY_STRING_AS_NULL=YES"
_MEASURE = re.compile(r"(.+)_(ha|px|pct)")


def put_into_words(layer: QgsMapLayer, output: str, request: Request) -> None:
    """Give a table of figures its words; another layer stays as it is."""
    if output not in OUTPUTS or not isinstance(layer, QgsVectorLayer):
        return
    if layer.source().lower().endswith(".csv"):  # which knows no empty value of its own
        layer.setDataSource(layer.source() + _NULL_OPTION, layer.name(), "ogr")
    raster = str(request.inputs.get("raster") or "")
    classes = names_in_file(raster) if raster and Path(raster).is_file() else {}
    known = _words()
    for index, field in enumerate(layer.fields()):
        title = known.get(field.name()) or _of_class(field.name(), classes) or classes.get(field.name())
        if title:
            layer.setFieldAlias(index, title)
        if field.name() in _VALUES:
            _show_values(layer, index, {**classes, **_value_words()})


def title_of(task: str, title: str, request: Request, polygons: str) -> str:
    """What a layer is called: a table of figures after its raster and its polygons."""
    names = [Path(str(request.inputs.get("raster") or "")).stem, polygons]
    return " · ".join([title, *(name for name in names if name)]) if task in _NAMED else title


def _show_values(layer: QgsVectorLayer, index: int, words: Dict[str, str]) -> None:
    values = layer.uniqueValues(index)
    there = sorted(value for value in values if isinstance(value, str) and value)
    if any(words.get(value, value) != value for value in there):
        entries = [{words.get(value, value): value} for value in there]
        if len(there) < len(values):
            entries.append({QgsApplication.nullRepresentation(): QgsValueMapFieldFormatter.NULL_VALUE})
        layer.setEditorWidgetSetup(index, QgsEditorWidgetSetup("ValueMap", {"map": entries}))


def _of_class(name: str, classes: Dict[str, str]) -> Optional[str]:
    """Of a field such as ``low_vegetation_ha``."""
    found = _MEASURE.fullmatch(name)
    if found is None:
        return None
    plain, unit = found.groups()
    title = next((said for own, said in classes.items() if "_".join(own.split()) == plain), plain.replace("_", " "))
    units = {"ha": "ha", "px": tr("pixels"), "pct": "%"}
    return tr("{name} ({unit})").format(name=title, unit=units[unit])


def _value_words() -> Dict[str, str]:
    return {"all": tr("all"), "total": tr("total"), "references": tr("References"), "area_pct": tr("Area (%)")}


def _words() -> Dict[str, str]:
    """By the field's name."""
    return {
        "known_ha": tr("Known area (ha)"),
        "known_px": tr("Known area (pixels)"),
        "majority": tr("Largest class"),
        "mean_m": tr("Mean height (m)"),
        "max_m": tr("Highest (m)"),
        "p25_m": tr("25th percentile (m)"),
        "p50_m": tr("Median (m)"),
        "p75_m": tr("75th percentile (m)"),
        "p95_m": tr("95th percentile (m)"),
        "sd_m": tr("Standard deviation (m)"),
        "cover_pct": tr("Tree cover (%)"),
        "area_m2": tr("Area (m²)"),
        "trees": tr("Trees"),
        "trees_ha": tr("Trees per hectare"),
        "class_id": tr("Class number"),
        "class": tr("Class"),
        "on_map": tr("References on the map's class"),
        "in_ref": tr("References of the class"),
        "users": tr("User's accuracy"),
        "users_ci": tr("User's accuracy ±"),
        "producers": tr("Producer's accuracy"),
        "producers_ci": tr("Producer's accuracy ±"),
        "f1": "F1",
        "iou": "IoU",
        "mapped_ha": tr("Mapped area (ha)"),
        "mapped_px": tr("Mapped area (pixels)"),
        "mapped_pct": tr("Mapped area (%)"),
        "area_ha": tr("Estimated area (ha)"),
        "area_px": tr("Estimated area (pixels)"),
        "area_ci": tr("Estimated area ±"),
        "overall": tr("Overall accuracy"),
        "overall_ci": tr("Overall accuracy ±"),
        "what": tr("Figures"),
        "map": tr("Class on the map"),
        "total": tr("total"),
        "heights": tr("Reference height"),
        "references": tr("References"),
        "mae_m": tr("Mean error (m)"),
        "bias_m": tr("Bias (m)"),
        "rmse_m": "RMSE (m)",
        "r2": "R²",
    }
