"""What the context menu of layers that were made here offers: to run them again, and a relief of heights."""

from __future__ import annotations

from typing import Any, List

from qgis.core import QgsMapLayer, QgsMapLayerType, QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from .. import notices
from ..hillshade import add_hillshade, has_heights
from ..i18n import tr
from ..paths import icon
from ..recipes import is_result, read_recipe

_TYPES = (QgsMapLayerType.RasterLayer, QgsMapLayerType.VectorLayer)


class RunAgainMenu(QObject):
    """Follows the project: layers with a recipe get the entries. ``wanted`` carries the recipe."""

    wanted = pyqtSignal(object)

    def __init__(self, iface: Any) -> None:
        super().__init__()
        self._iface = iface
        self._action = QAction(QIcon(icon("rs_dino")), tr("Run again with RS-DINO"), self)
        self._action.setObjectName("rsDinoRunLayerAgain")
        self._action.triggered.connect(self._run)
        self._relief = QAction(QIcon(icon("rs_dino")), tr("Add a hillshade"), self)
        self._relief.setObjectName("rsDinoHillshade")
        self._relief.triggered.connect(self._shade)
        for kind in _TYPES:
            iface.addCustomActionForLayerType(self._action, "", kind, False)
        iface.addCustomActionForLayerType(self._relief, "", QgsMapLayerType.RasterLayer, False)
        self._project = QgsProject.instance()
        self._project.layersAdded.connect(self.offer)
        notices.listen_result(self._offer_one)  # Processing gives layers their recipes when they are in the project
        self.offer(list(self._project.mapLayers().values()))

    def close(self) -> None:
        notices.stop_listening_result(self._offer_one)
        self._project.layersAdded.disconnect(self.offer)
        for action in (self._action, self._relief):
            self._iface.removeCustomActionForLayerType(action)

    def offer(self, layers: List[QgsMapLayer]) -> None:
        """Give the entries to those of the layers that have a recipe."""
        for layer in layers:
            if is_result(layer):
                self._iface.addCustomActionForLayer(self._action, layer)
            if has_heights(layer):
                self._iface.addCustomActionForLayer(self._relief, layer)

    def _offer_one(self, layer: QgsMapLayer) -> None:
        self.offer([layer])

    def _run(self) -> None:
        recipe = read_recipe(self._iface.layerTreeView().currentLayer())
        if recipe is not None:
            self.wanted.emit(recipe)

    def _shade(self) -> None:
        layer = self._iface.layerTreeView().currentLayer()
        if has_heights(layer):
            add_hillshade(self._project, layer)
