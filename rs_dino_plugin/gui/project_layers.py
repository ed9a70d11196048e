"""The layers of the project in the order of the layer tree, and the signals that say that they have changed."""

from __future__ import annotations

from typing import Any, List, Tuple

from qgis.core import QgsMapLayer, QgsProject


def layers_in_order(project: QgsProject) -> List[QgsMapLayer]:
    """Every layer that the tree shows."""
    found = [node.layer() for node in project.layerTreeRoot().findLayers()]
    return [layer for layer in found if layer is not None]


def layer_signals(project: QgsProject) -> Tuple[Any, ...]:
    """The tree's own: the project tells of new layers before they stand in the tree. A project that is opened fills
    the tree before it has its layers."""
    root = project.layerTreeRoot()
    return root.addedChildren, root.removedChildren, root.nameChanged, project.readProject
