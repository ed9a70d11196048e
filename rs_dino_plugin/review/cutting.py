"""Splitting a polygon along a line, and replacing its outline: what is drawn by hand may be wrong."""

from __future__ import annotations

from typing import List

from qgis.core import QgsGeometry, QgsWkbTypes

from ..errors import PluginError
from ..i18n import tr

_SLIVER = 1e-9
"""Share of the polygon below which a part is a slip of arithmetic."""


def split(polygon: QgsGeometry, line: QgsGeometry) -> List[QgsGeometry]:
    """The parts, at least two; both in one CRS. :class:`PluginError` where the line does not cut the polygon."""
    if len(line.asPolyline()) < 2:
        raise PluginError(tr("Draw a line of at least two points."))
    if not line.isSimple():
        raise PluginError(tr("The line crosses itself: draw it without a loop."))
    rest = QgsGeometry(polygon)
    # by name: without, QGIS 3.40 takes the curve for a list of points, by a call that QGIS 4 has not
    _, cut_off, _ = rest.splitGeometry(curve=line.constGet().clone(), preserveCircular=False, topological=False)
    parts = [part for part in [rest, *cut_off] if part.area() > polygon.area() * _SLIVER]
    if len(parts) < 2:
        raise PluginError(tr("The line does not cut the polygon in two: begin and end it outside."))
    return [multi(part) for part in parts]


def outline(drawn: QgsGeometry) -> QgsGeometry:
    """A drawn polygon as it can be kept. :class:`PluginError` where it has too few corners or crosses itself."""
    if len({(point.x(), point.y()) for point in drawn.vertices()}) < 3:
        raise PluginError(tr("Draw at least three corners."))
    if not drawn.isGeosValid():
        raise PluginError(tr("The outline crosses itself: draw it without a loop."))
    return multi(drawn)


def multi(geometry: QgsGeometry) -> QgsGeometry:
    """As a multi-polygon in two dimensions."""
    made = QgsGeometry(geometry)
    made.convertToMultiType()
    if QgsWkbTypes.hasZ(made.wkbType()) or QgsWkbTypes.hasM(made.wkbType()):
        made.get().dropZValue()
        made.get().dropMValue()
    return made
