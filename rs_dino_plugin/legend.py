"""Class names in the user's language, where the model knows them."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Mapping

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsMapLayer,
    QgsPalettedRasterRenderer,
    QgsRasterLayer,
    QgsVectorLayer,
)

from .engine_client.documents import Results
from .i18n import language


def class_names(results: Results) -> Dict[str, str]:
    """From a class's own name to its name in the user's language; of several models' classes together."""
    tables = [table for name, table in results.values.items() if name == "classes" or name.endswith("_classes")]
    return translated_names([row for table in tables for row in table or []])


def translated_names(classes: Iterable[Mapping[str, Any]]) -> Dict[str, str]:
    """The same of classes that carry their ``name`` and their ``names`` in other languages."""
    found: Dict[str, str] = {}
    for entry in classes:
        name = (entry.get("names") or {}).get(language())
        if name:
            found[str(entry["name"])] = str(name)
    return found


def translate_legend(layer: QgsMapLayer, names: Dict[str, str]) -> None:
    """Put names of classes into a layer's legend; values, colours and fields stay."""
    if names and isinstance(layer, QgsRasterLayer):
        _translate_palette(layer, names)
    elif names and isinstance(layer, QgsVectorLayer):
        _translate_categories(layer, names)


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
