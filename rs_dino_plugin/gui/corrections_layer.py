"""The corrections as a layer of the project, above the result that they are of, in the colours of the classes."""

from __future__ import annotations

from pathlib import Path
from typing import Optional, Sequence

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsFillSymbol,
    QgsProject,
    QgsRendererCategory,
    QgsVectorLayer,
)

from ..i18n import tr
from ..layers import file_of
from ..review.classes import Class
from ..review.corrections import CLASS_FIELD
from ..visibility import make_visible


def show_corrections(
    project: QgsProject, result: QgsVectorLayer, path: Path, classes: Sequence[Class]
) -> Optional[QgsVectorLayer]:
    """The layer of a file of corrections, to be seen, and added where it is not there yet; None where it cannot be
    opened."""
    layer = _in_project(project, path)
    if layer is not None:
        node = project.layerTreeRoot().findLayer(layer.id())
        if node is not None:
            make_visible(node)
        return layer
    layer = QgsVectorLayer(str(path), tr("Corrections of {name}").format(name=result.name()))
    if not layer.isValid():
        return None
    layer.setRenderer(_renderer(classes))
    project.addMapLayer(layer, addToLegend=False)
    node = project.layerTreeRoot().findLayer(result.id())
    parent = node.parent() if node is not None else project.layerTreeRoot()
    shown = parent.insertLayer(parent.children().index(node) if node is not None else 0, layer)
    shown.setExpanded(False)
    make_visible(shown)
    return layer


def _in_project(project: QgsProject, path: Path) -> Optional[QgsVectorLayer]:
    for layer in project.mapLayers().values():
        if isinstance(layer, QgsVectorLayer) and layer.isValid() and file_of(layer) == path:
            return layer
    return None


def _renderer(classes: Sequence[Class]) -> QgsCategorizedSymbolRenderer:
    categories = []
    for one in classes:
        symbol = QgsFillSymbol.createSimple(
            {"outline_color": one.color.darker(150).name(), "outline_width": "0.6", "outline_width_unit": "MM"}
        )
        color = one.color.lighter(100)
        color.setAlpha(110)
        symbol.setColor(color)
        categories.append(QgsRendererCategory(one.name, symbol, one.title))
    return QgsCategorizedSymbolRenderer(CLASS_FIELD, categories)
