"""The rasters of the project, with a box to tick; results of earlier runs are not among them."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Set, Union

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem

from .. import notices
from ..foreign import NONE_EXPORTED, Exported, Source, found_in, is_foreign, layer_of
from ..i18n import tr
from ..layers import raster_source, source_or_nothing
from ..recipes import is_result
from .project_layers import layer_signals, layers_in_order

LAYER, SOURCE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_ROWS_SHOWN = 3


class RasterList(QListWidget):
    """Follows the project. An item is a layer, or what an earlier request worked on that is not in the project: a file,
    or the source of a layer that was no file."""

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
        self._sources: Dict[str, Source] = {}
        self._opened: Dict[str, QgsRasterLayer] = {}
        for signal in layer_signals(project):
            signal.connect(self.refresh)
        notices.listen_result(self.refresh)  # Processing gives layers their recipes when they are in the project
        self.itemChanged.connect(self._item_changed)
        self.refresh()

    def sizeHint(self) -> QSize:
        height = _ROWS_SHOWN * (self.fontMetrics().height() + 6) + 2 * self.frameWidth()
        return QSize(160, height)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.sizeHint().height())

    def leave_project(self) -> None:
        """Stop following the project."""
        notices.stop_listening_result(self.refresh)
        for signal in layer_signals(self._project):
            signal.disconnect(self.refresh)

    def refresh(self, *_: object) -> None:
        """List what is there now; what was ticked stays ticked, and the first raster that comes is."""
        before = {item.data(LAYER) for item in self._items()}
        ticked = [item.data(LAYER) or item.data(SOURCE) for item in self._ticked()]
        files = [item.data(SOURCE) for item in self._ticked() if item.data(SOURCE)]
        self._filling = True
        self.clear()
        for layer in layers_in_order(self._project):
            if isinstance(layer, QgsRasterLayer) and layer.isValid() and not is_result(layer):
                self._add(layer.name(), LAYER, layer.id(), layer.id() in ticked).setToolTip(_told(layer))
        for file in files:
            self._add_file(file)
        self._tick_first_to_come(before)
        self._filling = False
        self.chosen.emit()

    def tick_first_choice(self, active: Optional[QgsMapLayer]) -> None:
        """Tick the layer that is active in QGIS, or the only one there is, unless something is ticked."""
        if self._ticked() or not self.count():
            return
        for item in self._items():
            if self.count() == 1 or (active is not None and item.data(LAYER) == active.id()):
                item.setCheckState(Qt.CheckState.Checked)

    def tick_sources(self, sources: Sequence[str], exported: Exported = NONE_EXPORTED) -> None:
        """Tick just these rasters; what is not in the project is listed beside it. ``exported`` says of which layers
        some of them were saved: those layers are ticked."""
        self._sources.update(exported)
        layers = {one: found_in(self._project, exported[one]) for one in sources if one in exported}
        left = list(sources)
        for item in self._items():
            layer = self._project.mapLayer(item.data(LAYER)) if item.data(LAYER) else None
            of_layer = next((one for one, other in layers.items() if other is not None and other is layer), "")
            source = of_layer or (source_or_nothing(layer) if layer is not None else item.data(SOURCE))
            item.setCheckState(Qt.CheckState.Checked if source in left else Qt.CheckState.Unchecked)
            if source in left:
                left.remove(source)
        for source in left:
            self._add_file(source)
        self.chosen.emit()

    def layers(self) -> List[QgsRasterLayer]:
        """The ticked layers of the project."""
        found = [self._project.mapLayer(item.data(LAYER)) for item in self._ticked() if item.data(LAYER)]
        return [layer for layer in found if layer is not None]

    def rasters(self) -> List[Union[str, QgsRasterLayer]]:
        """What is ticked, in the order shown: what the engine opens, or a layer that has to be saved for it.

        :class:`PluginError` when the layer of an earlier request cannot be opened any more.
        """
        layers = [layer if is_foreign(layer) else raster_source(layer) for layer in self.layers()]
        return layers + [self._opened_again(item.data(SOURCE)) for item in self._ticked() if item.data(SOURCE)]

    def names(self, paths: Sequence[str]) -> Dict[str, str]:
        """What the ticked layers are called, by the ``paths`` that a request has for what is ticked."""
        return {path: layer.name() for path, layer in zip(paths, self.layers())}

    def _tick_first_to_come(self, before: Set[str]) -> None:
        """A map in the background, which comes first in many projects, is not meant."""
        items = [item for item in self._items() if item.data(LAYER)]
        if self._ticked() or all(item.data(LAYER) in before for item in items):
            return
        files = [item for item in items if not is_foreign(self._project.mapLayer(item.data(LAYER)))]
        if len(files) == 1 and files[0].data(LAYER) not in before:
            files[0].setCheckState(Qt.CheckState.Checked)

    def _opened_again(self, source: str) -> Union[str, QgsRasterLayer]:
        if source not in self._sources:
            return source
        if source not in self._opened:
            self._opened[source] = layer_of(self._sources[source])
        return self._opened[source]

    def _add(self, text: str, role: int, value: str, ticked: bool) -> QListWidgetItem:
        item = QListWidgetItem(text)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        item.setData(role, value)
        self.addItem(item)
        return item

    def _add_file(self, source: str) -> None:
        of_layer = self._sources.get(source)
        name = of_layer.name if of_layer is not None else Path(source).name
        text = tr("{name} (not in the project)").format(name=name)
        self._add(text, SOURCE, source, True).setToolTip(of_layer.source if of_layer is not None else source)

    def _items(self) -> List[QListWidgetItem]:
        return [self.item(row) for row in range(self.count())]

    def _ticked(self) -> List[QListWidgetItem]:
        return [item for item in self._items() if item.checkState() == Qt.CheckState.Checked]

    def _item_changed(self, *_: object) -> None:
        if not self._filling:
            self.chosen.emit()


def _told(layer: QgsRasterLayer) -> str:
    """The tooltip of a layer."""
    if layer.providerType() == "gdal":
        return str(layer.source())
    said = tr(
        "“{name}” is not a file: what you choose of it is saved as a raster first. Many services do not allow to fetch"
        " large areas: look at the terms of this one."
    )
    return f"<p>{said.format(name=escape(layer.name()))}</p>"
