"""What the map shows of a live session's raster, in its pixels."""

from __future__ import annotations

import math
from typing import Any, Mapping, NamedTuple, Optional, Tuple

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)

COARSEST = 4.0
"""So many pixels of the model's grid may fall on one of the map's, each way; beyond, the map shows too little of what
the model sees."""


class View(NamedTuple):
    """``rows`` and ``cols``: first and end, in the output; None where the map does not show the raster. ``coarse``: how
    many pixels of the model's grid fall on one of the map's, each way."""

    rows: Optional[Tuple[int, int]]
    cols: Optional[Tuple[int, int]]
    coarse: float

    @property
    def is_too_coarse(self) -> bool:
        return self.coarse > COARSEST


NOTHING = View(None, None, 0.0)


def view_of(settings: QgsMapSettings, crs: QgsCoordinateReferenceSystem, facts: Mapping[str, Any]) -> View:
    """``facts``: what the engine says of the session; ``crs``: of its raster."""
    corners = QgsGeometry.fromPolygonXY([[QgsPointXY(corner) for corner in settings.visiblePolygon()]])
    if not crs.isValid() or not settings.destinationCrs().isValid():
        shown = corners.boundingBox()
    else:
        transform = QgsCoordinateTransform(settings.destinationCrs(), crs, QgsProject.instance().transformContext())
        try:
            shown = transform.transformBoundingBox(corners.boundingBox())
        except QgsCsException:
            return NOTHING
    found = _pixels(shown, facts["transform"])
    if found is None:
        return NOTHING
    (row0, row1), (col0, col1) = found
    down, across = facts["model_px"]
    size = settings.outputSize()
    coarse = math.sqrt((row1 - row0) * down * (col1 - col0) * across / max(1, size.width() * size.height()))
    rows = max(0, math.floor(row0)), min(int(facts["height"]), math.ceil(row1))
    cols = max(0, math.floor(col0)), min(int(facts["width"]), math.ceil(col1))
    if rows[0] >= rows[1] or cols[0] >= cols[1]:
        return NOTHING
    return View(rows, cols, coarse)


def _pixels(shown: QgsRectangle, transform: Any) -> Optional[Tuple[Tuple[float, float], Tuple[float, float]]]:
    """Rows and columns of a rectangle's corners, least and most; ``transform`` in GDAL's order."""
    x0, a, b, y0, d, e = transform
    determinant = a * e - b * d
    if not determinant or not shown.isFinite():
        return None
    rows, cols = [], []
    for x in (shown.xMinimum(), shown.xMaximum()):
        for y in (shown.yMinimum(), shown.yMaximum()):
            cols.append((e * (x - x0) - b * (y - y0)) / determinant)
            rows.append((a * (y - y0) - d * (x - x0)) / determinant)
    return (min(rows), max(rows)), (min(cols), max(cols))
