"""The map during a review: the current polygon marked and in view, and the tools that draw over it."""

from __future__ import annotations

from typing import Optional, Sequence

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsMapTool, QgsRubberBand
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor

from .draw_area import DrawLineTool, DrawOutlineTool

_MARK = QColor(255, 0, 200)
"""Neither a colour of land cover nor one of the style “Review”."""
_CONTEXT = 4.0
"""How much wider than the polygon the map is: the polygon fills a quarter of it."""
LINE, OUTLINE = "line", "outline"


class ReviewMap(QObject):
    """``drawn`` carries the geometry in the map's CRS; ``ended`` tells that drawing has ended, however."""

    drawn = pyqtSignal(str, QgsGeometry)
    ended = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        super().__init__()
        self._canvas, self._project = canvas, project
        self._tools = {LINE: DrawLineTool(canvas), OUTLINE: DrawOutlineTool(canvas)}
        for tool in self._tools.values():
            tool.drawn.connect(self._drawn)
            tool.given_up.connect(self.stop_drawing)
            tool.deactivated.connect(self._deactivated)
        self.drawing: Optional[str] = None
        """What is being drawn now."""
        self._earlier_tool: Optional[QgsMapTool] = None
        self._others = _band(canvas, 1, 120)
        self._current = _band(canvas, 3, 255)

    def remove(self) -> None:
        """Take everything off the map."""
        self.stop_drawing()
        for tool in self._tools.values():
            tool.remove()
        for band in (self._others, self._current):
            self._canvas.scene().removeItem(band)

    def mark(
        self,
        current: Optional[QgsGeometry],
        others: Sequence[QgsGeometry] = (),
        crs: Optional[QgsCoordinateReferenceSystem] = None,
    ) -> None:
        """Outline a polygon, and thinly its other parts; None: nothing."""
        polygon = QgsWkbTypes.GeometryType.PolygonGeometry
        for band, shapes in ((self._current, [current] if current is not None else []), (self._others, others)):
            band.reset(polygon)
            for shape in shapes:
                band.addGeometry(shape, crs, False)
            band.updatePosition()
            band.update()

    def look_at(self, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem, least: float) -> None:
        """Move the map there, with some context; ``least``: how wide it is at least, in the units of ``crs``."""
        box = geometry.boundingBox()
        box.scale(_CONTEXT)
        if max(box.width(), box.height()) < least:
            box.grow((least - max(box.width(), box.height())) / 2)
        try:
            self._canvas.setExtent(self.to_map(crs).transformBoundingBox(box))
        except QgsCsException:  # it has no place in the map's CRS
            return
        self._canvas.refresh()

    def visible(self, crs: QgsCoordinateReferenceSystem) -> QgsRectangle:
        """What the map shows, in a CRS."""
        shown = QgsGeometry.fromPolygonXY([[QgsPointXY(one) for one in self._canvas.mapSettings().visiblePolygon()]])
        return self.to_layer(shown, crs).boundingBox()

    def draw(self, kind: str) -> None:
        """Let a line or an outline be drawn."""
        earlier = self._earlier_tool if self.drawing is not None else self._canvas.mapTool()
        self._canvas.setMapTool(self._tools[kind])
        self.drawing, self._earlier_tool = kind, earlier
        self._canvas.setFocus()

    @property
    def edits(self) -> bool:
        """Whether the map's tool is one that changes layers: keys are meant for it."""
        tool = self._canvas.mapTool()
        return tool is not None and bool(tool.flags() & QgsMapTool.Flag.EditTool)

    def stop_drawing(self) -> None:
        """Give the map back to the tool that had it."""
        kind, earlier = self.drawing, self._earlier_tool
        if kind is None:
            return
        if earlier is not None and not sip.isdeleted(earlier):
            self._canvas.setMapTool(earlier)
        else:
            self._canvas.unsetMapTool(self._tools[kind])

    def to_layer(self, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> QgsGeometry:
        """What was drawn, in the layer's CRS."""
        moved = QgsGeometry(geometry)
        moved.transform(QgsCoordinateTransform(self._canvas.mapSettings().destinationCrs(), crs, self._project))
        return moved

    def to_map(self, crs: QgsCoordinateReferenceSystem) -> QgsCoordinateTransform:
        """From a CRS to the map's; where one of them is unknown, nothing is changed."""
        return QgsCoordinateTransform(crs, self._canvas.mapSettings().destinationCrs(), self._project)

    def _drawn(self, geometry: QgsGeometry) -> None:
        kind = self.drawing
        self.stop_drawing()
        if kind is not None:
            self.drawn.emit(kind, geometry)

    def _deactivated(self) -> None:
        """Also when another tool of QGIS was taken."""
        self.drawing = self._earlier_tool = None
        self.ended.emit()


def _band(canvas: QgsMapCanvas, width: int, alpha: int) -> QgsRubberBand:
    band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
    band.setStrokeColor(QColor(_MARK.red(), _MARK.green(), _MARK.blue(), alpha))
    band.setSecondaryStrokeColor(QColor(255, 255, 255, alpha))
    band.setFillColor(QColor(0, 0, 0, 0))
    band.setBrushStyle(Qt.BrushStyle.NoBrush)
    band.setWidth(width)
    return band
