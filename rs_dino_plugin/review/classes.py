"""The classes that a polygon of a result may have: those of its model, those of its style, those that occur."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional

from qgis.core import QgsCategorizedSymbolRenderer, QgsVectorLayer
from qgis.PyQt.QtGui import QColor

from ..engine_client.documents import DocumentError, Results
from ..i18n import language
from ..layers import file_of
from ..legend import class_tables
from ..recipes import read_recipe
from .polygons import CLASS_ID

_RESULTS = "results.json"
_GREY = "#808080"


class Class(NamedTuple):
    """``name`` is what is written; ``title`` is the name in the user's language."""

    id: int
    name: str
    title: str
    color: QColor


def classes_of(layer: QgsVectorLayer, names: Mapping[int, str]) -> List[Class]:
    """In the order of their ids; ``names`` are those that occur in the layer."""
    found: Dict[int, Class] = {}
    table = _of_model(layer, names)
    for row in table:
        found[row["id"]] = Class(row["id"], str(row["name"]), _title(row), QColor(str(row.get("color") or _GREY)))
    for one in _of_style(layer, names):
        found.setdefault(one.id, one)
    for number, name in names.items():
        if number >= 0:
            found.setdefault(number, Class(number, name, name, _color(number)))
    return [found[number] for number in sorted(found)]


def _of_model(layer: QgsVectorLayer, names: Mapping[int, str]) -> List[Dict[str, Any]]:
    """The table of classes in the results that the layer came with; only one that agrees with what occurs."""
    recipe, file = read_recipe(layer), file_of(layer)
    tables = [list(recipe.classes)] if recipe is not None and recipe.classes else []
    folders = [Path(recipe.job)] if recipe is not None and recipe.job else []
    folders += [file.parent] if file is not None else []
    for table in chain(tables, *(_tables(folder / _RESULTS) for folder in folders)):
        known = {row["id"]: str(row.get("name")) for row in table}
        if all(known.get(number) == name for number, name in names.items() if number >= 0):
            return [row for row in table if row.get("name")]
    return []


def _tables(path: Path) -> Iterable[List[Dict[str, Any]]]:
    try:
        return class_tables(results_of(path))
    except (OSError, ValueError, DocumentError):
        return []


def results_of(path: Path) -> Results:
    """What stands in a ``results.json``."""
    return Results.from_document(json.loads(path.read_text(encoding="utf-8")))


def _of_style(layer: QgsVectorLayer, names: Mapping[int, str]) -> Iterable[Class]:
    renderer = layer.renderer()
    if not isinstance(renderer, QgsCategorizedSymbolRenderer) or renderer.classAttribute() != CLASS_ID:
        return []
    found = []
    for category in renderer.categories():
        number = _number(category.value())
        if number is not None and category.label():
            name = names.get(number, category.label())
            found.append(Class(number, name, category.label(), _opaque(category.symbol().color())))
    return found


def _number(value: Any) -> Optional[int]:
    """Of a category: QGIS 3.22 reads numbers in styles as texts; all that has no category is an empty one."""
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return None


def _title(row: Mapping[str, Any]) -> str:
    return str((row.get("names") or {}).get(language()) or row["name"])


def _opaque(color: QColor) -> QColor:
    return QColor(color.red(), color.green(), color.blue())


def _color(number: int) -> QColor:
    """Colours that differ for numbers that follow each other."""
    return QColor.fromHsv(number * 137 % 360, 170, 200)
