"""“Accuracy…” and what belongs to it, in the context menu of rasters with one band."""

from __future__ import annotations

from functools import partial
from typing import Any, Dict, List, Optional, Tuple

from qgis.core import Qgis, QgsMapLayer, QgsMapLayerType, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from ..i18n import tr
from ..lasting import sample_file
from ..layers import file_of
from ..paths import icon
from ..processing.parameters import INPUT
from .processing_dialogs import ProcessingDialogs

MENU = "RS-DINO"
_SAMPLE = "rsdino:samplepoints"
_FRACTIONS = (Qgis.DataType.Float32, Qgis.DataType.Float64)


class MapTablesMenu(QObject):
    """Follows the project: rasters that may be maps of classes or heights get the entries."""

    def __init__(self, iface: Any, dialogs: ProcessingDialogs) -> None:
        super().__init__()
        self._iface, self._dialogs = iface, dialogs
        self.actions: Dict[str, QAction] = {}
        for algorithm, text in _entries():
            action = QAction(QIcon(icon("rs_dino")), text, self)
            action.setObjectName("rsDinoLayer_" + algorithm.partition(":")[2])
            action.triggered.connect(partial(self._open, algorithm))
            iface.addCustomActionForLayerType(action, MENU, QgsMapLayerType.RasterLayer, False)
            self.actions[algorithm] = action
        self._project = QgsProject.instance()
        self._project.layersAdded.connect(self.offer)
        self.offer(list(self._project.mapLayers().values()))

    def close(self) -> None:
        self._project.layersAdded.disconnect(self.offer)
        for action in self.actions.values():
            self._iface.removeCustomActionForLayerType(action)

    def _open(self, algorithm: str, *_: object) -> None:
        """Processing's dialog, filled in with the layer."""
        layer = self._iface.layerTreeView().currentLayer()
        self._dialogs.open(algorithm, _filled(algorithm, layer))

    def offer(self, layers: List[QgsMapLayer]) -> None:
        """Give the entries to those of the layers that have one band and are files; points are spread over classes,
        and heights have none."""
        for layer in layers:
            if isinstance(layer, QgsRasterLayer) and layer.providerType() == "gdal" and layer.bandCount() == 1:
                for algorithm, action in self.actions.items():
                    if algorithm != _SAMPLE or layer.dataProvider().dataType(1) not in _FRACTIONS:
                        self._iface.addCustomActionForLayer(action, layer)


def _filled(algorithm: str, layer: Optional[QgsMapLayer]) -> Dict[str, Any]:
    """What the dialog begins with; points that somebody is going to label are kept."""
    if layer is None:
        return {}
    filled: Dict[str, Any] = {INPUT: layer.id()}
    path = file_of(layer)
    if algorithm == _SAMPLE and path is not None:
        filled["POINTS"] = str(sample_file(path))
    return filled


def _entries() -> Tuple[Tuple[str, str], ...]:
    return (
        ("rsdino:evaluate", tr("Accuracy…")),
        ("rsdino:zonal", tr("Zonal table…")),
        (_SAMPLE, tr("Sample points…")),
    )
