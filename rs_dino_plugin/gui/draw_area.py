"""Map tools that draw by hand: an area, an outline, a line. Drag, or click the corners one by one."""

from __future__ import annotations

from typing import List, Optional

from qgis.core import QgsGeometry, QgsPointXY, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapTool, QgsRubberBand
from qgis.PyQt.QtCore import QPoint, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QKeyEvent
from qgis.PyQt.QtWidgets import QApplication

_COLOR = QColor(230, 126, 34)


class DrawAreaTool(QgsMapTool):
    """``drawn`` carries the polygon in the canvas' CRS. Right click or Enter ends a polygon, Esc gives up."""

    drawn = pyqtSignal(QgsGeometry)
    given_up = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self._band = area_band(canvas)
        self._pressed: Optional[QPoint] = None
        self._corners: List[QgsPointXY] = []

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.pos()

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:
        if self._corners:
            self._show(self._figure([*self._corners, event.mapPoint()]))
        elif self._pressed is not None:
            self._show(self._dragged(self._pressed, event.pos()))

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self._end_polygon()
            return
        pressed, self._pressed = self._pressed, None
        if pressed is None:
            return
        is_drag = (event.pos() - pressed).manhattanLength() >= QApplication.startDragDistance()
        if is_drag and not self._corners:
            self._end(self._dragged(pressed, event.pos()))
        else:
            self._corners.append(event.mapPoint())

    def canvasDoubleClickEvent(self, event: QgsMapMouseEvent) -> None:
        self._end_polygon()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._end_polygon()
        elif event.key() == Qt.Key.Key_Backspace and self._corners:
            self._corners.pop()
            self._show(self._figure(self._corners))
        elif event.key() == Qt.Key.Key_Escape:
            self._clear()
            self.given_up.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()  # QGIS would pass it on to what else listens, such as deleting features

    def deactivate(self) -> None:
        self._clear()
        super().deactivate()

    def remove(self) -> None:
        """Take the tool's drawing out of the canvas."""
        self.canvas().scene().removeItem(self._band)

    def _figure(self, corners: List[QgsPointXY]) -> QgsGeometry:
        return QgsGeometry.fromPolygonXY([corners])

    def _dragged(self, one: QPoint, other: QPoint) -> QgsGeometry:
        """Between two points of the screen, as a rectangle that is right on a rotated map, too."""
        corners = (one, QPoint(other.x(), one.y()), other, QPoint(one.x(), other.y()))
        return QgsGeometry.fromPolygonXY([[self.toMapCoordinates(corner) for corner in corners]])

    def _end_polygon(self) -> None:
        self._end(self._figure(self._corners))

    def _end(self, geometry: QgsGeometry) -> None:
        """Hand the area over; one without an inside is dropped."""
        self._clear()
        if not geometry.isNull() and geometry.area() > 0:
            geometry = geometry.makeValid()
            self.drawn.emit(geometry)

    def _show(self, geometry: QgsGeometry) -> None:
        self._band.setToGeometry(geometry, None)

    def _clear(self) -> None:
        self._pressed, self._corners = None, []
        self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)


class DrawOutlineTool(DrawAreaTool):
    """Hands over what was drawn as it is: whoever asked for it says what is wrong with it."""

    def _end(self, geometry: QgsGeometry) -> None:
        self._clear()
        self.drawn.emit(geometry)


class DrawLineTool(DrawOutlineTool):
    """``drawn`` carries a line; a dragged one is straight."""

    def _figure(self, corners: List[QgsPointXY]) -> QgsGeometry:
        return QgsGeometry.fromPolylineXY(corners)

    def _dragged(self, one: QPoint, other: QPoint) -> QgsGeometry:
        return self._figure([self.toMapCoordinates(one), self.toMapCoordinates(other)])


def area_band(canvas: QgsMapCanvas, is_filled: bool = True) -> QgsRubberBand:
    """An outline on the map that marks an area; filled while it is drawn, not over what is made in it."""
    band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
    band.setStrokeColor(_COLOR)
    band.setFillColor(QColor(_COLOR.red(), _COLOR.green(), _COLOR.blue(), 30 if is_filled else 0))
    band.setWidth(2)
    return band
