"""Heights as a relief: a second layer of the same file, shaded, that is laid over the colours."""

from __future__ import annotations

from typing import Optional

from qgis.core import QgsBilinearRasterResampler, QgsHillshadeRenderer, QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.PyQt.QtGui import QPainter

from .ground import metres_per_unit
from .i18n import tr
from .recipes import read_recipe, write_recipe

OUTPUT = "hillshade"
_AZIMUTH_DEG, _ALTITUDE_DEG = 315.0, 45.0
"""The sun of maps: from the north-west, so that what is high looks high."""
_BRIGHTER = 75
"""What is flat is not darkened: its shade is 180 of 255."""


def has_heights(layer: Optional[QgsMapLayer]) -> bool:
    """Whether a layer is a canopy-height result."""
    recipe = read_recipe(layer)
    is_height = recipe is not None and recipe.output.replace("-", "_").endswith("canopy_height")
    return isinstance(layer, QgsRasterLayer) and is_height


def add_hillshade(project: QgsProject, heights: QgsRasterLayer) -> QgsRasterLayer:
    """Put the relief right above the heights, where it darkens them; the one that is there already, if it is."""
    node = project.layerTreeRoot().findLayer(heights.id())
    found = next((one for one in project.mapLayers().values() if _is_relief_of(one, heights)), None)
    if found is not None:
        return found
    layer = QgsRasterLayer(heights.source(), tr("Hillshade"), "gdal")
    renderer = QgsHillshadeRenderer(layer.dataProvider(), 1, _AZIMUTH_DEG, _ALTITUDE_DEG)
    renderer.setZFactor(1 / metres_per_unit(heights.extent(), heights.crs()))
    layer.setRenderer(renderer)
    layer.brightnessFilter().setBrightness(_BRIGHTER)
    layer.resampleFilter().setZoomedInResampler(QgsBilinearRasterResampler())
    layer.setBlendMode(QPainter.CompositionMode.CompositionMode_Multiply)
    layer.setCrs(heights.crs())
    recipe = read_recipe(heights)
    if recipe is not None:
        write_recipe(layer, recipe._replace(output=OUTPUT))
    project.addMapLayer(layer, addToLegend=False)
    parent = node.parent() if node is not None else project.layerTreeRoot()
    made = parent.insertLayer(parent.children().index(node) if node is not None else 0, layer)
    made.setExpanded(False)
    return layer


def _is_relief_of(layer: QgsMapLayer, heights: QgsRasterLayer) -> bool:
    recipe = read_recipe(layer)
    return recipe is not None and recipe.output == OUTPUT and layer.source() == heights.source()
