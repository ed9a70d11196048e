"""Where a task runs: everywhere, in what the map shows, in a drawn area, in polygons of a layer."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsDistanceArea,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QLocale, pyqtSignal
from qgis.PyQt.QtGui import QHideEvent, QShowEvent
from qgis.PyQt.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from ..area import Area, write_area, write_features
from ..errors import PluginError
from ..ground import metres_per_unit
from ..i18n import tr
from ..layers import file_behind
from ..recipes import is_result
from .draw_area import DrawAreaTool, area_band
from .narrow_box import narrow_box
from .project_layers import has_polygons, layer_signals, layers_in_order

WHOLE, CANVAS, DRAWN, FEATURES, FILE = "whole", "canvas", "drawn", "features", "file"


class WhereBox(QWidget):
    """Says at every choice what it comes to. The drawn area stays marked on the map while it is the choice."""

    changed = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        super().__init__()
        self._canvas, self._project = canvas, project
        self._area: Optional[Area] = None
        self._file = ""
        self._tool = DrawAreaTool(canvas)
        self._tool.drawn.connect(self.set_drawn)
        self._tool.given_up.connect(self.stop_drawing)
        self._tool.deactivated.connect(self._drawing_ended)
        self._earlier_tool = None
        self._band = area_band(canvas, is_filled=False)
        self.box = narrow_box("rsDinoWhere", tr("Where"))
        for key, text in (
            (WHOLE, tr("The whole raster")),
            (CANVAS, tr("What the map shows")),
            (DRAWN, tr("A drawn area")),
            (FEATURES, tr("Polygons of a layer")),
        ):
            self.box.addItem(text, key)
        self.draw = QPushButton(tr("Draw on the map"))
        self.draw.setObjectName("rsDinoDraw")
        self.draw.setCheckable(True)
        self.draw.clicked.connect(self._start_or_stop)
        self.layer = narrow_box("rsDinoAreaLayer", tr("Polygon layer"))
        self.note = QLabel()
        self.note.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for widget in (self.box, self.draw, self.layer, self.note):
            layout.addWidget(widget)
        self.box.currentIndexChanged.connect(self._place_chosen)
        self.layer.currentIndexChanged.connect(self._layer_chosen)
        self.layer.activated.connect(self._layer_taken)
        self._is_taken = False
        self._watched: Optional[QgsVectorLayer] = None
        for signal in layer_signals(project):
            signal.connect(self._list_layers)
        self._list_layers()
        self._show()

    def leave_project(self) -> None:
        """Take everything off the map and stop following the project."""
        for signal in layer_signals(self._project):
            signal.disconnect(self._list_layers)
        self._watch(None)
        self._canvas.unsetMapTool(self._tool)
        self._tool.remove()
        self._canvas.scene().removeItem(self._band)

    def choice(self) -> str:
        return str(self.box.currentData())

    def choose(self, key: str) -> None:
        self.box.setCurrentIndex(self.box.findData(key))

    def choose_file(self, path: str) -> None:
        """The area of an earlier run, as a file."""
        self._file = path
        if self.box.findData(FILE) < 0:
            self.box.addItem(tr("The area of the earlier run"), FILE)
        self.choose(FILE)
        self._show()

    def set_drawn(self, geometry: QgsGeometry) -> None:
        """Take an area in the map's CRS."""
        self._area = Area(geometry, self._map_crs())
        self.stop_drawing()
        self.choose(DRAWN)
        self._show()

    def write(self, path: Path, choice: Optional[str] = None) -> Optional[str]:
        """The file with the area of interest, ``path`` where one has to be written; None for the whole raster.
        ``choice``: instead of the box's.

        :class:`PluginError` when there is nothing to write.
        """
        choice = choice or self.choice()
        if choice == WHOLE:
            return None
        if choice == FILE:
            if not file_behind(self._file).is_file():
                raise PluginError(_gone())
            return _copied(Path(self._file), path)
        if choice == FEATURES:
            layer = self._polygons()
            if layer is None:
                raise PluginError(tr("Choose a polygon layer, or another place to run on."))
            write_features(layer, path)
        elif choice == DRAWN:
            if self._area is None:
                raise PluginError(tr("Draw an area on the map first."))
            write_area(self._area, path)
        else:
            write_area(self.visible(), path)
        return str(path)

    def layer_name(self, choice: Optional[str] = None) -> str:
        """Of the polygons to run in; empty for the other choices. ``choice``: instead of the box's."""
        layer = self._polygons() if (choice or self.choice()) == FEATURES else None
        return str(layer.name()) if layer is not None else ""

    def visible(self) -> Area:
        """What the map shows."""
        corners = [QgsPointXY(corner) for corner in self._canvas.mapSettings().visiblePolygon()]
        return Area(QgsGeometry.fromPolygonXY([corners]), self._map_crs())

    def area(self, choice: Optional[str] = None) -> Optional[Area]:
        """The drawn or visible area; None for the other choices. ``choice``: instead of the box's."""
        return {CANVAS: self.visible(), DRAWN: self._area}.get(choice or self.choice())

    def frame(self, choice: Optional[str] = None) -> Optional[Area]:
        """The same, and of the polygons of a layer the rectangle around those that are used."""
        layer = self._polygons() if (choice or self.choice()) == FEATURES else None
        if layer is None:
            return self.area(choice)
        box = layer.boundingBoxOfSelected() if layer.selectedFeatureCount() else layer.extent()
        return Area(QgsGeometry.fromRect(box), layer.crs()) if not box.isEmpty() else None

    def gsd_m(self) -> float:
        """The width of a pixel of the map on the ground."""
        return self._canvas.mapUnitsPerPixel() * metres_per_unit(self._canvas.extent(), self._map_crs())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._mark()

    def hideEvent(self, event: QHideEvent) -> None:
        """What cannot be seen here is not marked on the map either."""
        super().hideEvent(event)
        self.stop_drawing()
        self._mark()

    def _map_crs(self) -> QgsCoordinateReferenceSystem:
        return self._canvas.mapSettings().destinationCrs()

    def _show(self, *_: object) -> None:
        choice = self.choice()
        self.draw.setVisible(choice == DRAWN)
        self.layer.setVisible(choice == FEATURES)
        if choice != DRAWN:
            self.stop_drawing()
        self._mark()
        self.note.setText(self._note(choice))
        self.note.setVisible(bool(self.note.text()))
        self.changed.emit()

    def _mark(self) -> None:
        """Outline the drawn area on the map, while it is the choice and this is seen."""
        if self.isVisible() and self.choice() == DRAWN and self._area is not None:
            self._band.setToGeometry(self._area.geometry, self._area.crs)
        else:
            self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)  # hidden, it would come back by itself

    def _note(self, choice: str) -> str:
        if choice == DRAWN and self.draw.isChecked():
            return tr("Drag a rectangle, or click the corners of a polygon and end with a right click.")
        if choice == DRAWN and self._area is not None:
            return tr("Drawn: {area}").format(area=_size(self._area, self._project))
        if choice == FEATURES and self._polygons() is not None:
            layer = self._polygons()
            selected, count = layer.selectedFeatureCount(), layer.featureCount()
            if not selected:
                return tr("Nothing is selected in it: all {count} are used.").format(count=count)
            return tr("Selected: {selected} of {count}").format(selected=selected, count=count)
        if choice == FEATURES:
            return tr("There is no polygon layer in the project.")
        if choice != FILE:
            return ""
        return self._file if file_behind(self._file).is_file() else _gone()

    def _start_or_stop(self, wanted: bool) -> None:
        if not wanted:
            self.stop_drawing()
            return
        self._earlier_tool = self._canvas.mapTool()
        self._canvas.setMapTool(self._tool)
        self._canvas.setFocus()
        self._show()

    def stop_drawing(self) -> None:
        """Give the map back to the tool that had it."""
        if self._canvas.mapTool() is self._tool:
            if self._earlier_tool is not None:
                self._canvas.setMapTool(self._earlier_tool)
            else:
                self._canvas.unsetMapTool(self._tool)

    def _drawing_ended(self) -> None:
        """Also when another tool of QGIS was taken."""
        self._earlier_tool = None
        self.draw.setChecked(False)
        self.note.setText(self._note(self.choice()))
        self.note.setVisible(bool(self.note.text()))

    def _list_layers(self, *_: object) -> None:
        before = self.layer.currentData()
        self.layer.blockSignals(True)
        self.layer.clear()
        layers = [layer for layer in layers_in_order(self._project) if has_polygons(layer)]
        for layer in sorted(layers, key=is_result):
            self.layer.addItem(layer.name(), layer.id())
        kept = self.layer.findData(before) if self._is_taken else -1
        self.layer.setCurrentIndex(kept if kept >= 0 else self._likely())
        self.layer.blockSignals(False)
        self._layer_chosen()

    def _place_chosen(self, *_: object) -> None:
        if self.choice() == FEATURES and not self._is_taken:
            self.layer.setCurrentIndex(self._likely())
        self._show()

    def _layer_taken(self, *_: object) -> None:
        """By a person."""
        self._is_taken = True

    def _likely(self) -> int:
        """Which of the list somebody means who has not chosen: the active layer, else one with a selection, else the
        first, which is none of our results where there are others."""
        active = self._canvas.currentLayer()
        listed = [self._project.mapLayer(self.layer.itemData(row)) for row in range(self.layer.count())]
        layers = [layer for layer in listed if layer is not None]
        meant = [layer for layer in layers if layer is active] + [one for one in layers if one.selectedFeatureCount()]
        return self.layer.findData(meant[0].id()) if meant else min(0, self.layer.count() - 1)

    def _layer_chosen(self, *_: object) -> None:
        self._watch(self._polygons())
        self._show()

    def _polygons(self) -> Optional[QgsVectorLayer]:
        identifier = self.layer.currentData()
        return self._project.mapLayer(identifier) if identifier else None

    def _watch(self, layer: Optional[QgsVectorLayer]) -> None:
        """Follow the selection of one layer."""
        if self._watched is not None:
            with suppress(RuntimeError, TypeError):  # when the layer is gone, its connections are, too
                self._watched.selectionChanged.disconnect(self._show)
        self._watched = layer
        if layer is not None:
            layer.selectionChanged.connect(self._show)


def _gone() -> str:
    return tr("The area of the earlier run is gone: choose another one.")


def _copied(file: Path, path: Path) -> str:
    """The area of an earlier job goes into the new one's folder: the earlier one may be deleted."""
    if file.suffix == path.suffix:
        return str(shutil.copy(str(file), str(path)))
    return str(file)


def _size(area: Area, project: QgsProject) -> str:
    """The area on the ground, in hectares or square kilometres."""
    measure = QgsDistanceArea()
    measure.setSourceCrs(area.crs, project.transformContext())
    measure.setEllipsoid(project.ellipsoid())
    units = QgsUnitTypes.AreaUnit
    m2 = measure.convertAreaMeasurement(measure.measureArea(area.geometry), units.AreaSquareMeters)
    if m2 >= 1e6:
        return tr("{number} km²").format(number=QLocale().toString(m2 / 1e6, "f", 2))
    return tr("{number} ha").format(number=QLocale().toString(m2 / 1e4, "f", 2))
