"""What a layer of result polygons says of each of them, without their geometries: they may be many."""

from __future__ import annotations

import time
import zlib
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

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
_CHECK_EVERY = 500


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
    order: np.ndarray
    """Indexes of all: ascending confidence, unknown ones first; then large before small."""

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
    found: List[int] = []
    rows: List[Sequence[Any]] = []
    for feature in source.getFeatures(request):
        if len(found) % _CHECK_EVERY == 0 and _should_stop(is_cancelled):
            break
        found.append(feature.id())
        rows.append(feature.attributes())
    area_field, area_in = (fields.area, "m2") if fields.area >= 0 else (fields.pixels, "pixels")
    ids, names = _classes(_column(rows, fields.class_id), _column(rows, fields.name))
    fid, confidence, area = np.array(found, np.int64), _numbers(rows, fields.confidence), _numbers(rows, area_field)
    unsure = np.nan_to_num(confidence, nan=-1.0)
    order = np.lexsort((fid, -np.nan_to_num(area), unsure))
    return Polygons(fid, ids, confidence, area, names, area_in if area_field >= 0 else "", order)


def inside(source: QgsVectorLayerFeatureSource, place: QgsRectangle, is_cancelled: Callable[[], bool]) -> np.ndarray:
    """Ids of the polygons in ``place``, which is in the layer's CRS; in any thread."""
    request = QgsFeatureRequest().setFlags(QgsFeatureRequest.Flag.NoGeometry).setNoAttributes().setFilterRect(place)
    fids: List[int] = []
    for feature in source.getFeatures(request):
        if len(fids) % _CHECK_EVERY == 0 and _should_stop(is_cancelled):
            break
        fids.append(feature.id())
    return np.array(fids, np.int64)


def fingerprint(polygons: Polygons) -> str:
    """What stays the same while a layer is the same result, though its classes may be edited."""
    return f"{len(polygons.fid)}-{zlib.crc32(polygons.fid.tobytes() + polygons.area.tobytes()):08x}"


def _should_stop(is_cancelled: Callable[[], bool]) -> bool:
    time.sleep(0)  # the window is to have its turn: who computes keeps it for 5 ms otherwise
    return is_cancelled()


def _column(rows: Sequence[Sequence[Any]], index: int) -> List[Any]:
    """What stands in a field; None where there is nothing."""
    if index < 0:
        return [None] * len(rows)
    values = (row[index] for row in rows)
    return [value if isinstance(value, (int, float, str)) else None for value in values]  # QGIS' NULL is none of them


def _numbers(rows: Sequence[Sequence[Any]], index: int) -> np.ndarray:
    values = _column(rows, index)
    return np.array([value if isinstance(value, (int, float)) else np.nan for value in values], float)


def _classes(numbers: Sequence[Any], given: Sequence[Any]) -> Tuple[np.ndarray, Dict[int, str]]:
    """Ids and their names. Where there are names only, they are numbered in their order; -1: no class."""
    if not any(isinstance(number, (int, float)) for number in numbers):
        found = {name: i for i, name in enumerate(sorted({str(name) for name in given if name is not None}))}
        ids = [found[str(name)] if name is not None else -1 for name in given]
        return np.array(ids, np.int64), {number: name for name, number in found.items()}
    names: Dict[int, str] = {}
    ids = [int(number) if isinstance(number, (int, float)) else -1 for number in numbers]
    for number, name in zip(ids, given):
        if number >= 0 and number not in names:
            names[number] = str(number if name is None else name)
    return np.array(ids, np.int64), names
