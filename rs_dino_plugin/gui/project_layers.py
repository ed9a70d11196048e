"""The layers of the project in the order of the layer tree, and the signals that say that they have changed."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence, Tuple

from qgis.core import QgsLayerTreeLayer, QgsMapLayer, QgsProject, QgsVectorLayer, QgsWkbTypes


def layers_in_order(project: QgsProject) -> List[QgsMapLayer]:
    """Every layer that the tree shows."""
    found = [node.layer() for node in project.layerTreeRoot().findLayers()]
    return [layer for layer in found if layer is not None]


def has_polygons(layer: QgsMapLayer) -> bool:
    """Whether it is a layer of polygons."""
    return isinstance(layer, QgsVectorLayer) and layer.geometryType() == QgsWkbTypes.GeometryType.PolygonGeometry


def titles_of(project: QgsProject, layers: Sequence[QgsMapLayer]) -> List[str]:
    """The layers' names; those that several have, with the groups that tell them apart, the outermost first."""
    root, titles = project.layerTreeRoot(), [layer.name() for layer in layers]
    groups = [_groups(root.findLayer(layer.id())) for layer in layers]
    for depth in range(max(map(len, groups), default=0)):
        here = [one[depth] if depth < len(one) else "" for one in groups]
        told = {title: {here[i] for i, other in enumerate(titles) if other == title} for title in titles}
        titles = [
            f"{title} · {group}" if group and len(told[title]) > 1 else title for title, group in zip(titles, here)
        ]
    return titles


def _groups(node: Optional[QgsLayerTreeLayer]) -> List[str]:
    names: List[str] = []
    above = node.parent() if node is not None else None
    while above is not None and above.parent() is not None:
        names.insert(0, above.name())
        above = above.parent()
    return names


def layer_signals(project: QgsProject) -> Tuple[Any, ...]:
    """The tree's own: the project tells of new layers before they stand in the tree. A project that is opened fills
    the tree before it has its layers."""
    root = project.layerTreeRoot()
    return root.addedChildren, root.removedChildren, root.nameChanged, project.readProject
