"""The picture that a result was made of, seen without the result's rasters over it."""

from __future__ import annotations

from typing import List

from qgis.core import QgsProject, QgsRasterLayer

from ..recipes import is_result


class PictureView:
    """Switches the rasters of results off in the layer tree, and those that it switched off on again."""

    def __init__(self, project: QgsProject) -> None:
        self._project = project
        self._hidden: List[str] = []

    def clear(self) -> bool:
        """Whether anything was in the way."""
        for node in self._project.layerTreeRoot().findLayers():
            layer = node.layer()
            if isinstance(layer, QgsRasterLayer) and is_result(layer) and node.isVisible():
                node.setItemVisibilityChecked(False)
                self._hidden.append(layer.id())
        return bool(self._hidden)

    def restore(self) -> None:
        """As it was, but for what is not there any more."""
        hidden, self._hidden = self._hidden, []
        for identifier in hidden:
            node = self._project.layerTreeRoot().findLayer(identifier)
            if node is not None:
                node.setItemVisibilityChecked(True)
