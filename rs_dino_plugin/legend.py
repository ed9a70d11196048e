"""The legends of results: classes in the user's language, where the model knows them, and lines that can be read."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, Dict, Iterable, List, Mapping

from osgeo import gdal
from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsLayerTreeLayer,
    QgsMapLayer,
    QgsMapLayerLegendUtils,
    QgsMultiBandColorRenderer,
    QgsPalettedRasterRenderer,
    QgsRasterLayer,
    QgsSingleBandPseudoColorRenderer,
    QgsVectorLayer,
)

from .engine_client.documents import Results
from .gdal_exceptions import GdalExceptions
from .i18n import language, tr

_CLASSES = "RSDINO_CLASSES"
_COLUMNS = ("id", "name", "names", "color")


def class_names(results: Results) -> Dict[str, str]:
    """From a class's own name to its name in the user's language; of several models' classes together."""
    return translated_names([row for table in class_tables(results) for row in table])


def class_tables(results: Results) -> List[List[Dict[str, Any]]]:
    """What is known of the classes of each model: ``id``, ``name``, ``names`` in other languages, ``color``."""
    tables = [table for name, table in results.values.items() if name == "classes" or name.endswith("_classes")]
    return [
        [{key: row[key] for key in _COLUMNS if key in row} for row in table if isinstance(row.get("id"), int)]
        for table in tables
        if table
    ]


def class_table(results: Results) -> List[Dict[str, Any]]:
    """The first of them; empty where there is none."""
    return next(iter(class_tables(results)), [])


def translated_names(classes: Iterable[Mapping[str, Any]]) -> Dict[str, str]:
    """The same of classes that carry their ``name`` and their ``names`` in other languages."""
    found: Dict[str, str] = {}
    for entry in classes:
        name = (entry.get("names") or {}).get(language())
        if name:
            found[str(entry["name"])] = str(name)
    return found


def translate_legend(layer: QgsMapLayer, names: Dict[str, str]) -> None:
    """Put names of classes into a layer's legend, beside those that its file brings; values, colours and fields
    stay."""
    if isinstance(layer, QgsRasterLayer):
        _translate_palette(layer, {**names_in_file(layer.source()), **names})
    elif names and isinstance(layer, QgsVectorLayer):
        _translate_categories(layer, names)


def name_lines(node: QgsLayerTreeLayer) -> None:
    """Say in the layer tree what a result's values are: QGIS names the band and how it is stored."""
    layer = node.layer()
    renderer = layer.renderer() if isinstance(layer, QgsRasterLayer) else None
    if isinstance(renderer, QgsMultiBandColorRenderer):
        lines = [tr("Component {number}").format(number=number) for number in (1, 2, 3)]
    elif isinstance(renderer, QgsPalettedRasterRenderer):
        lines = [tr("Class")]
    elif isinstance(renderer, QgsSingleBandPseudoColorRenderer):
        unit = _unit(layer)
        lines = [tr("in {unit}").format(unit=unit) if unit else tr("Value")]
    else:
        return
    for number, line in enumerate(lines):
        QgsMapLayerLegendUtils.setLegendNodeUserLabel(node, number, line)
    layer.legendChanged.emit()  # the tree has the lines already


def names_in_file(raster: str) -> Dict[str, str]:
    """From a class's own name to the one in the user's language, as a label raster knows them."""
    with GdalExceptions(), suppress(ValueError, TypeError, AttributeError, KeyError, RuntimeError):  # or foreign
        return translated_names(json.loads(gdal.Open(raster).GetMetadataItem(_CLASSES) or "[]"))
    return {}


def _unit(layer: QgsRasterLayer) -> str:
    with GdalExceptions(), suppress(RuntimeError):
        dataset = gdal.Open(layer.source())  # which has to live as long as its band
        return dataset.GetRasterBand(1).GetUnitType()
    return ""


def _translate_palette(layer: QgsRasterLayer, names: Dict[str, str]) -> None:
    renderer = layer.renderer()
    if not isinstance(renderer, QgsPalettedRasterRenderer):
        return
    for entry in renderer.classes():
        if entry.label in names:
            renderer.setLabel(entry.value, names[entry.label])
    layer.emitStyleChanged()


def _translate_categories(layer: QgsVectorLayer, names: Dict[str, str]) -> None:
    renderer = layer.renderer()
    if not isinstance(renderer, QgsCategorizedSymbolRenderer):
        return
    for index, category in enumerate(renderer.categories()):
        if category.label() in names:
            renderer.updateCategoryLabel(index, names[category.label()])
    layer.emitStyleChanged()
