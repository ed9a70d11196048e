"""Results as layers: in a group beside their raster, one entry a run, styled, with their recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Dict, List, NamedTuple, Optional

from qgis.core import (
    QgsLayerTreeGroup,
    QgsLayerTreeLayer,
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from .catalog import Task, catalogue
from .engine_client.documents import Request, Results
from .field_words import put_into_words
from .foreign import NONE_EXPORTED, Exported, found_in
from .i18n import moment, tr
from .layer_order import depth, hides_nothing
from .layers import raster_source
from .legend import class_names, class_tables, name_lines, translate_legend
from .recipes import Recipe, is_result, rasters_of, write_recipe
from .review.style import offer

RASTER_OF_GROUP = "rsdino/raster"
_RASTERS, _VECTORS = (".tif",), (".gpkg", ".geojson", ".shp", ".fgb", ".csv")


class Finished(NamedTuple):
    """A job that succeeded. ``exported`` says of which layers its rasters were saved."""

    task: Task
    request: Request
    results: Results
    folder: Path
    ended_s: float
    exported: Exported = NONE_EXPORTED


class _File(NamedTuple):
    """One result: the raster it belongs to, the output it is, and where it lies."""

    raster: str
    output: str
    path: Path


Loaded = Dict[str, List[QgsMapLayer]]
"""Layers by the raster they were made of."""


def load_results(finished: Finished) -> Loaded:
    """Open every result as a layer, in any thread. Files that are gone are left out."""
    names = class_names(finished.results)
    found = {
        raster: [layer for layer in (_layer(one, finished, names) for one in files) if layer is not None]
        for raster, files in _by_raster(finished).items()
    }
    return {raster: layers for raster, layers in found.items() if layers}


def add_results(project: QgsProject, finished: Finished, loaded: Loaded) -> List[QgsMapLayer]:
    """Put layers into the project, on the main thread; the newest entry is the one that is seen: its main result, and
    what can be laid over it without hiding it. Returns them in the task's order."""
    added: List[QgsMapLayer] = []
    for raster, layers in loaded.items():
        entry = _new_entry(group_of(project, raster, finished.exported), finished)
        for layer in sorted(layers, key=depth):
            offer(layer)
            project.addMapLayer(layer, addToLegend=False)
            node = entry.addLayer(layer)
            name_lines(node)
            node.setItemVisibilityChecked(layer is layers[0] or hides_nothing(layer))
            node.setExpanded(layer is layers[0])
        for group in (entry.parent(), entry):
            open_anew(group)
        added += layers
    return added


def open_anew(group: QgsLayerTreeGroup) -> None:
    """Unfold a group that has got its first layer: it was shown empty, and QGIS opens it only when told anew."""
    group.setExpanded(False)
    group.setExpanded(True)


def is_opaque_map(layer: QgsMapLayer) -> bool:
    """Whether a layer covers what lies below it: those the opacity slider is for."""
    return isinstance(layer, QgsRasterLayer)


def _by_raster(finished: Finished) -> Dict[str, List[_File]]:
    """Files in the order of the task's outputs, by the raster they belong to."""
    rasters = rasters_of(finished.request)
    stems = {
        str(one.get("name")): str(one.get("raster"))
        for one in (finished.results.values.get("summary") or {}).get("rasters", [])
    }
    order = [output.name for output in finished.task.outputs]
    found: Dict[str, List[_File]] = {}
    for name, link in finished.results.links.items():
        path = link.path(finished.folder)
        if path.suffix.lower() not in _RASTERS + _VECTORS:
            continue
        stem = next((one for one in sorted(stems, key=len, reverse=True) if name.startswith(one + "_")), None)
        raster = stems[stem] if stem is not None else (rasters[0] if rasters else "")
        found.setdefault(raster, []).append(
            _File(raster, name.split(stem + "_", 1)[1] if stem is not None else name, path)
        )
    for files in found.values():
        files.sort(key=lambda one: order.index(one.output) if one.output in order else len(order))
    return found


def _layer(one: _File, finished: Finished, names: Dict[str, str]) -> Optional[QgsMapLayer]:
    if not one.path.exists():
        return None
    title = _title(finished.task, one.output)
    made = QgsRasterLayer if one.path.suffix.lower() in _RASTERS else QgsVectorLayer
    layer = made(str(one.path), title)  # both take the style beside or inside the file
    if not layer.isValid():
        return None
    translate_legend(layer, names)
    put_into_words(layer, one.output, finished.request)
    classes = next(iter(class_tables(finished.results)), [])
    write_recipe(layer, Recipe(finished.request, str(finished.folder), one.output, finished.exported, classes))
    return layer


def _title(task: Task, name: str) -> str:
    """A result's title; “several maps” gives results of other tasks, with a model's name where two are alike."""
    outputs = [*task.outputs, *(output for other in catalogue().tasks for output in other.outputs)]
    for output in outputs:
        if name.replace("-", "_") == output.name:
            return tr(output.title)
    for output in outputs:
        if name.replace("-", "_").endswith("_" + output.name):
            return f"{tr(output.title)} ({name[: -len(output.name) - 1]})"
    return name


def group_of(project: QgsProject, raster: str, exported: Exported = NONE_EXPORTED) -> QgsLayerTreeGroup:
    """The group of a raster's results: right above the raster, or on top when it is not in the project. What was saved
    of a layer for a job has the layer's group."""
    root, source = project.layerTreeRoot(), exported.get(raster)
    key = raster if source is None else "|".join(source.without_password()[1:])
    for group in root.findGroups(True):
        if group.customProperty(RASTER_OF_GROUP) == key:
            return group
    if source is None:
        node = _node_of(project, raster)
    else:
        layer = found_in(project, source)
        node = root.findLayer(layer.id()) if layer is not None else None
    parent = node.parent() if node is not None else root
    index = parent.children().index(node) if node is not None else 0
    name = source.name if source is not None else Path(raster).stem
    group = parent.insertGroup(index, node.name() if node is not None else name or "RS-DINO")
    group.setCustomProperty(RASTER_OF_GROUP, key)
    return group


def _node_of(project: QgsProject, raster: str) -> Optional[QgsLayerTreeLayer]:
    for node in project.layerTreeRoot().findLayers():
        layer = node.layer()
        is_file = isinstance(layer, QgsRasterLayer) and layer.providerType() == "gdal" and not is_result(layer)
        if is_file and raster_source(layer) == raster:
            return node
    return None


def _new_entry(group: QgsLayerTreeGroup, finished: Finished) -> QgsLayerTreeGroup:
    """A sub-entry on top of the group; those of earlier runs stay, folded and out of sight."""
    for child in group.children():
        child.setExpanded(False)
        child.setItemVisibilityChecked(False)
    entry = group.insertGroup(0, f"{tr(finished.task.title)} · {moment(finished.ended_s)}")
    group.setItemVisibilityCheckedParentRecursive(True)
    return entry
