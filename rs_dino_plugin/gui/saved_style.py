"""“Save Features As…” leaves a layer's style behind: a GeoPackage that was just saved of a result gets it back."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any, List, Optional, Set

from qgis.core import QgsMapLayer, QgsProject, QgsReadWriteContext, QgsVectorLayer
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtXml import QDomDocument

from ..layers import file_of
from ..recipes import is_result

_JUST_NOW_S = 60.0


class SavedStyle(QObject):
    """Follows the project. A layer that has a style of its own, or is not new, is left alone."""

    def __init__(self, iface: Any) -> None:
        super().__init__()
        self._iface = iface
        self._project = QgsProject.instance()
        self._project.layersAdded.connect(self.give)

    def close(self) -> None:
        self._project.layersAdded.disconnect(self.give)

    def give(self, layers: List[QgsMapLayer]) -> None:
        """Give the styles of results to those of the layers that were just saved of them, and keep it in the file."""
        for layer in layers:
            if _is_just_saved(layer):
                result = self._result_of(layer)
                if result is not None:
                    _copy_looks(result, layer)
                    # the former from 3.42 on
                    keep = getattr(layer, "saveStyleToDatabaseV2", None) or layer.saveStyleToDatabase
                    keep(layer.name(), "", True, "")

    def _result_of(self, saved: QgsVectorLayer) -> Optional[QgsVectorLayer]:
        """The current layer, as it is when somebody saves it; else the only result that is like it."""
        alike = [one for one in self._project.mapLayers().values() if is_result(one) and _is_like(one, saved)]
        current = self._iface.layerTreeView().currentLayer()
        if current in alike:
            return current
        same = [one for one in alike if one.featureCount() == saved.featureCount()]
        return same[0] if len(same) == 1 else None


def _is_just_saved(layer: QgsMapLayer) -> bool:
    if not isinstance(layer, QgsVectorLayer) or layer.providerType() != "ogr" or is_result(layer):
        return False
    path = file_of(layer)
    with suppress(OSError):
        if path is not None and path.suffix.lower() == ".gpkg" and time.time() - path.stat().st_mtime < _JUST_NOW_S:
            return layer.listStylesInDatabase()[0] <= 0
    return False


def _is_like(result: QgsMapLayer, saved: QgsVectorLayer) -> bool:
    if not isinstance(result, QgsVectorLayer) or result.geometryType() != saved.geometryType():
        return False
    return _fields(result) == _fields(saved)


def _fields(layer: QgsVectorLayer) -> Set[str]:
    return {field.name() for field in layer.fields()} - {"fid"}


def _copy_looks(source: QgsVectorLayer, target: QgsVectorLayer) -> None:
    """Not what the source is: its recipe stays with it."""
    category = QgsMapLayer.StyleCategory
    looks = category.Symbology | category.Labeling | category.Rendering | category.Fields | category.Forms
    document = QDomDocument()
    source.exportNamedStyle(document, QgsReadWriteContext(), looks)
    target.importNamedStyle(document, looks)
    target.triggerRepaint()
