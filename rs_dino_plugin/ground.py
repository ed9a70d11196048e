"""How long a map unit is on the ground."""

from __future__ import annotations

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsDistanceArea,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)


def metres_per_unit(extent: QgsRectangle, crs: QgsCoordinateReferenceSystem) -> float:
    """On the ground, along x, in the middle of ``extent``; 1 without a CRS."""
    if not crs.isValid():
        return 1.0
    measure = QgsDistanceArea()
    measure.setSourceCrs(crs, QgsProject.instance().transformContext())
    measure.setEllipsoid(crs.ellipsoidAcronym() or "EPSG:7030")
    middle, step = extent.center(), extent.width() / 100
    return measure.measureLine(middle, QgsPointXY(middle.x() + step, middle.y())) / step
