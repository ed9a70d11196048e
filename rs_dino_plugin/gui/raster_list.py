"""The rasters of the project, with a box to tick; results of earlier runs are not among them."""

from __future__ import annotations

from pathlib import Path
from typing import List, Optional, Sequence

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem

from ..errors import PluginError
from ..i18n import tr
from ..layers import raster_source
from ..recipes import is_result
from .project_layers import layer_signals, layers_in_order

LAYER, SOURCE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_ROWS_SHOWN = 3


class RasterList(QListWidget):
    """Follows the project. An item is a layer, or a file of an earlier request that is not in the project."""

    chosen = pyqtSignal()

    def __init__(self, project: QgsProject) -> None:
        super().__init__()
        self.setObjectName("rsDinoRasters")
        self.setAccessibleName(tr("Rasters"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._project = project
        self._filling = False
        for signal in layer_signals(project):
            signal.connect(self.refresh)
        self.itemChanged.connect(self._item_changed)
        self.refresh()

    def sizeHint(self) -> QSize:
        height = _ROWS_SHOWN * (self.fontMetrics().height() + 6) + 2 * self.frameWidth()
        return QSize(160, height)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def leave_project(self) -> None:
        """Stop following the project."""
        for signal in layer_signals(self._project):
            signal.disconnect(self.refresh)

    def refresh(self, *_: object) -> None:
        """List what is there now; what was ticked stays ticked."""
        ticked = [item.data(LAYER) or item.data(SOURCE) for item in self._ticked()]
        files = [item.data(SOURCE) for item in self._ticked() if item.data(SOURCE)]
        self._filling = True
        self.clear()
        for layer in layers_in_order(self._project):
            if isinstance(layer, QgsRasterLayer) and layer.isValid() and not is_result(layer):
                self._add(layer.name(), LAYER, layer.id(), layer.id() in ticked).setToolTip(layer.source())
        for file in files:
            self._add_file(file)
        self._filling = False
        self.chosen.emit()

    def tick_first_choice(self, active: Optional[QgsMapLayer]) -> None:
        """Tick the layer that is active in QGIS, or the only one there is, unless something is ticked."""
        if self._ticked() or not self.count():
            return
        for item in self._items():
            if self.count() == 1 or (active is not None and item.data(LAYER) == active.id()):
                item.setCheckState(Qt.CheckState.Checked)

    def tick_sources(self, sources: Sequence[str]) -> None:
        """Tick just these rasters; what is not in the project is listed as a file."""
        left = list(sources)
        for item in self._items():
            layer = self._project.mapLayer(item.data(LAYER)) if item.data(LAYER) else None
            source = _source(layer) if layer is not None else item.data(SOURCE)
            item.setCheckState(Qt.CheckState.Checked if source in left else Qt.CheckState.Unchecked)
            if source in left:
                left.remove(source)
        for source in left:
            self._add_file(source)
        self.chosen.emit()

    def layers(self) -> List[QgsRasterLayer]:
        """The ticked layers."""
        found = [self._project.mapLayer(item.data(LAYER)) for item in self._ticked() if item.data(LAYER)]
        return [layer for layer in found if layer is not None]

    def sources(self) -> List[str]:
        """What the engine opens, in the order shown; :class:`PluginError` for a layer that is not a file."""
        files = [item.data(SOURCE) for item in self._ticked() if item.data(SOURCE)]
        return [raster_source(layer) for layer in self.layers()] + files

    def _add(self, text: str, role: int, value: str, ticked: bool) -> QListWidgetItem:
        item = QListWidgetItem(text)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        item.setData(role, value)
        self.addItem(item)
        return item

    def _add_file(self, source: str) -> None:
        text = tr("{name} (not in the project)").format(name=Path(source).name)
        self._add(text, SOURCE, source, True).setToolTip(source)

    def _items(self) -> List[QListWidgetItem]:
        return [self.item(row) for row in range(self.count())]

    def _ticked(self) -> List[QListWidgetItem]:
        return [item for item in self._items() if item.checkState() == Qt.CheckState.Checked]

    def _item_changed(self, *_: object) -> None:
        if not self._filling:
            self.chosen.emit()


def _source(layer: QgsRasterLayer) -> str:
    try:
        return raster_source(layer)
    except PluginError:
        return ""
