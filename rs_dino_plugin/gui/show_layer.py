"""Leads a person to a layer: in the layer tree, and on the map."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsCoordinateTransform, QgsCsException, QgsMapLayer, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication

_MARGIN = 1.05


def show_layer(iface: Any, layer: QgsMapLayer) -> None:
    """Make a layer the current one, scroll to it, and move the map when it shows nothing of the layer."""
    view = iface.layerTreeView()
    view.setCurrentLayer(layer)
    view.scrollTo(view.currentIndex())
    _move(iface.mapCanvas(), layer)


def reveal_layer(iface: Any, layer: QgsMapLayer) -> None:
    """Scroll the layer tree to a layer and its group, and change nothing else; not while somebody is at work in it."""
    view, focus = iface.layerTreeView(), QApplication.focusWidget()
    writes = focus is not None and focus is not view and view.isAncestorOf(focus)
    node = QgsProject.instance().layerTreeRoot().findLayer(layer.id())
    if node is None or writes or QApplication.mouseButtons() != Qt.MouseButton.NoButton:
        return
    for one in (node, node.parent()):  # the group's line has the last word, where not both find room
        view.scrollTo(view.node2index(one))


def _move(canvas: QgsMapCanvas, layer: QgsMapLayer) -> None:
    if layer.extent().isEmpty():
        return
    crs = canvas.mapSettings().destinationCrs()
    try:
        extent = QgsCoordinateTransform(layer.crs(), crs, QgsProject.instance()).transformBoundingBox(layer.extent())
    except QgsCsException:
        return
    if not canvas.extent().intersects(extent):
        extent.scale(_MARGIN)
        canvas.setExtent(extent)
        canvas.refresh()
