"""What a layer of result polygons says of each of them, without their geometries: they may be many."""

from __future__ import annotations

import zlib
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

import numpy as np
from qgis.core import (
    QgsFeatureRequest,
    QgsMapLayer,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
    QgsWkbTypes,
)

CLASS_ID, CLASS, CONFIDENCE, AREA, PIXELS = "class_id", "class", "confidence", "area_m2", "pixels"
CORRECTED = ("source_fid", "state")
"""Fields that only a layer of corrections has."""
_CHECK_EVERY = 2000


class Fields(NamedTuple):
    """Indexes of the fields of a layer; -1 for those that it has not."""

    class_id: int
    name: int
    confidence: int
    area: int
    pixels: int


class Polygons(NamedTuple):
    """One entry a polygon. ``confidence`` in percent and ``area`` in m² (else pixels, else 0) may be NaN."""

    fid: np.ndarray
    class_id: np.ndarray
    confidence: np.ndarray
    area: np.ndarray
    names: Dict[int, str]
    """Names of the classes that occur."""
    area_in: str
    """``m2``, ``pixels``, or nothing."""

    @property
    def has_confidence(self) -> bool:
        return bool(np.isfinite(self.confidence).any())


def fields_of(layer: QgsVectorLayer) -> Fields:
    found = layer.fields()
    return Fields(*(found.lookupField(name) for name in (CLASS_ID, CLASS, CONFIDENCE, AREA, PIXELS)))


def is_reviewable(layer: Optional[QgsMapLayer]) -> bool:
    """Whether a layer has polygons with classes, and is not what a review has made."""
    if not isinstance(layer, QgsVectorLayer) or not layer.isValid():
        return False
    if layer.geometryType() != QgsWkbTypes.GeometryType.PolygonGeometry:
        return False
    fields = fields_of(layer)
    is_corrections = all(layer.fields().lookupField(name) >= 0 for name in CORRECTED)
    return (fields.class_id >= 0 or fields.name >= 0) and not is_corrections


def read(source: QgsVectorLayerFeatureSource, fields: Fields, is_cancelled: Callable[[], bool]) -> Polygons:
    """Attributes of all polygons; in any thread."""
    wanted = [index for index in fields if index >= 0]
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry).setSubsetOfAttributes(wanted)
    fids: List[int] = []
    classes: List[Tuple[Any, Any]] = []
    confidence: List[float] = []
    area: List[float] = []
    area_field, area_in = (fields.area, "m2") if fields.area >= 0 else (fields.pixels, "pixels")
    for feature in source.getFeatures(request):
        if len(fids) % _CHECK_EVERY == 0 and is_cancelled():
            break
        fids.append(feature.id())
        classes.append((_value(feature, fields.class_id), _value(feature, fields.name)))
        confidence.append(_number(feature, fields.confidence))
        area.append(_number(feature, area_field))
    ids, names = _classes(classes)
    return Polygons(
        np.array(fids, np.int64),
        ids,
        np.array(confidence, float),
        np.array(area, float),
        names,
        area_in if area_field >= 0 else "",
    )


def inside(source: QgsVectorLayerFeatureSource, place: QgsRectangle, is_cancelled: Callable[[], bool]) -> np.ndarray:
    """Ids of the polygons in ``place``, which is in the layer's CRS; in any thread."""
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry).setNoAttributes().setFilterRect(place)
    fids: List[int] = []
    for feature in source.getFeatures(request):
        if len(fids) % _CHECK_EVERY == 0 and is_cancelled():
            break
        fids.append(feature.id())
    return np.array(fids, np.int64)


def fingerprint(polygons: Polygons) -> str:
    """What stays the same while a layer is the same result, though its classes may be edited."""
    return f"{len(polygons.fid)}-{zlib.crc32(polygons.fid.tobytes() + polygons.area.tobytes()):08x}"


def _value(feature: Any, index: int) -> Any:
    value = feature.attribute(index) if index >= 0 else None
    return value if isinstance(value, (int, float, str)) else None  # QGIS' NULL is none of them


def _number(feature: Any, index: int) -> float:
    value = _value(feature, index)
    return float(value) if isinstance(value, (int, float)) else float("nan")


def _classes(rows: List[Tuple[Any, Any]]) -> Tuple[np.ndarray, Dict[int, str]]:
    """Ids and their names. Where there are names only, they are numbered in their order; -1: no class."""
    has_ids = any(isinstance(number, (int, float)) for number, _ in rows)
    if not has_ids:
        numbers = {name: i for i, name in enumerate(sorted({str(name) for _, name in rows if name is not None}))}
        ids = [numbers[str(name)] if name is not None else -1 for _, name in rows]
        return np.array(ids, np.int64), {number: name for name, number in numbers.items()}
    names: Dict[int, str] = {}
    ids = [int(number) if isinstance(number, (int, float)) else -1 for number, _ in rows]
    for number, (_, name) in zip(ids, rows):
        if number >= 0 and number not in names:
            names[number] = str(number if name is None else name)
    return np.array(ids, np.int64), names
