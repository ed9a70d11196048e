"""Which layers of a run lie above which, and which of them hide nothing."""

from __future__ import annotations

from typing import Callable, Dict, List

from qgis.core import (
    QgsLayerTreeGroup,
    QgsLayerTreeLayer,
    QgsLayerTreeNode,
    QgsMapLayer,
    QgsProject,
    QgsRenderContext,
    QgsSimpleFillSymbolLayer,
    QgsSimpleLineSymbolLayer,
    QgsSymbolLayer,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import Qt

from .recipes import REQUEST

_ABOVE = (QgsWkbTypes.GeometryType.PointGeometry, QgsWkbTypes.GeometryType.LineGeometry)


def depth(layer: QgsMapLayer) -> int:
    """For sorting from top to bottom: points, lines, polygons, and rasters, which would hide them all."""
    if not isinstance(layer, QgsVectorLayer):
        return len(_ABOVE) + 1
    return _ABOVE.index(layer.geometryType()) if layer.geometryType() in _ABOVE else len(_ABOVE)


def hides_nothing(layer: QgsMapLayer) -> bool:
    """Whether what lies below can still be seen: points, lines, and polygons that are drawn as outlines only."""
    if not isinstance(layer, QgsVectorLayer) or layer.renderer() is None:
        return False
    if layer.geometryType() in _ABOVE:
        return True
    symbols = layer.renderer().symbols(QgsRenderContext())
    return bool(symbols) and all(_is_open(part) for symbol in symbols for part in symbol.symbolLayers())


def lifted(group: QgsLayerTreeGroup, hides: Callable[[QgsLayerTreeNode], bool]) -> QgsLayerTreeGroup:
    """A group, moved right above the first of the nodes beside it that lie above it and would hide it."""
    parent = group.parent()
    above = parent.children()[: parent.children().index(group)]
    index = next((number for number, node in enumerate(above) if node.isVisible() and hides(node)), None)
    if index is None:
        return group
    moved = group.clone()
    parent.insertChildNode(index, moved)
    parent.removeChildNode(group)
    return moved


def arrange_run(layer_id: str) -> None:
    """Put the layers of this layer's run in order, within the places in the layer tree that they have: Processing adds
    them one by one, by the names of their files."""
    project = QgsProject.instance()
    layer = project.mapLayer(layer_id)
    request = layer.customProperty(REQUEST) if layer is not None else None
    if not request:
        return
    root = project.layerTreeRoot()
    by_parent: Dict[QgsLayerTreeGroup, List[QgsLayerTreeLayer]] = {}
    for node in root.findLayers():
        if node.layer() is not None and node.layer().customProperty(REQUEST) == request:
            by_parent.setdefault(node.parent(), []).append(node)
    for parent, nodes in by_parent.items():
        _arrange(parent, nodes)


def _arrange(parent: QgsLayerTreeGroup, nodes: List[QgsLayerTreeLayer]) -> None:
    wanted = sorted(nodes, key=lambda node: depth(node.layer()))
    if wanted == nodes:
        return
    clones = [node.clone() for node in wanted]
    for old, new in zip(nodes, clones):
        parent.insertChildNode(parent.children().index(old), new)
    for old in nodes:
        parent.removeChildNode(old)


def _is_open(part: QgsSymbolLayer) -> bool:
    if isinstance(part, QgsSimpleFillSymbolLayer):
        return part.brushStyle() == Qt.BrushStyle.NoBrush
    return isinstance(part, QgsSimpleLineSymbolLayer)
