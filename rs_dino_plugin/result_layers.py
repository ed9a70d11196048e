"""Results as layers: in a group beside their raster, one entry a run, styled, with their recipe."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

from qgis.core import (
    QgsLayerTreeGroup,
    QgsLayerTreeLayer,
    QgsLayerTreeNode,
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

from .catalog import Task
from .engine_client.documents import Request, Results
from .field_words import put_into_words
from .foreign import NONE_EXPORTED, Exported, found_in
from .i18n import stamp, tr
from .layer_order import depth, hides_nothing, lifted
from .layers import raster_source
from .legend import class_names, class_table, name_lines, translate_legend
from .output_titles import titled
from .recipes import JOB, Recipe, is_mosaic, is_result, rasters_of, write_recipe
from .review.style import offer
from .visibility import make_visible

RASTER_OF_GROUP = "rsdino/raster"
_BETWEEN = "\n"
"""The sheets of a mosaic in that."""
_RASTERS, _VECTORS = (".tif",), (".gpkg", ".geojson", ".shp", ".fgb", ".csv")


class Finished(NamedTuple):
    """A job that succeeded, and when it began, as the list of jobs says. ``exported`` says of which layers its rasters
    were saved; ``polygons`` is the name of the layer whose polygons it was run in, where there was one.
    """

    task: Task
    request: Request
    results: Results
    folder: Path
    began_s: float
    exported: Exported = NONE_EXPORTED
    polygons: str = ""


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
    what can be laid over it without hiding it. A layer is called by what it is and its raster, for most lists of QGIS
    say nothing else of it. Returns them in the task's order."""
    added: List[QgsMapLayer] = []
    for raster, layers in loaded.items():
        sheets = rasters_of(finished.request) if is_mosaic(finished.request) else [raster]
        group = group_of(project, sheets, finished.exported)
        group = lifted(group, partial(_hides, sheets=_sheets_of(group), polygons=finished.polygons))
        entry = _new_entry(group, finished)
        for layer in sorted(layers, key=depth):
            offer(layer)
            layer.setName(_free_name(project, f"{layer.name()} · {group.name()}"))
            project.addMapLayer(layer, addToLegend=False)
            node = entry.addLayer(layer)
            name_lines(node)
            node.setItemVisibilityChecked(layer is layers[0] or hides_nothing(layer))
            node.setExpanded(layer is layers[0])
        for group in (entry.parent(), entry):
            open_anew(group)
        added += layers
    return added


def split_loaded(project: QgsProject, finished: Finished, loaded: Loaded) -> Tuple[List[QgsMapLayer], Loaded]:
    """The layers of the job that are in the project already, the main one first; and, of what was loaded, the rest."""
    mine = {
        layer.source(): layer
        for layer in project.mapLayers().values()
        if layer.isValid() and layer.customProperty(JOB) == str(finished.folder)
    }
    there = [mine[layer.source()] for layers in loaded.values() for layer in layers if layer.source() in mine]
    rest = {raster: [one for one in layers if one.source() not in mine] for raster, layers in loaded.items()}
    return there, {raster: layers for raster, layers in rest.items() if layers}


def open_anew(group: QgsLayerTreeGroup) -> None:
    """Unfold a group that has got its first layer: it was shown empty, and QGIS opens it only when told anew."""
    group.setExpanded(False)
    group.setExpanded(True)


def is_opaque_map(layer: QgsMapLayer) -> bool:
    """Whether a layer covers what lies below it: those the opacity slider is for."""
    return isinstance(layer, QgsRasterLayer)


def newest_opaque(project: QgsProject) -> List[QgsMapLayer]:
    """Those of the last run in the project, topmost first; [] where it has none."""
    shown = [node.layer() for node in project.layerTreeRoot().findLayers()]
    found = [one for one in shown if one is not None and one.isValid() and is_opaque_map(one) and is_result(one)]
    jobs = {one.id(): Path(str(one.customProperty(JOB) or "")).name for one in found}  # names of jobs sort by time
    newest = max(jobs.values(), default="")
    return [one for one in found if jobs[one.id()] == newest][: None if newest else 1]


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
        raster = rasters[0] if is_mosaic(finished.request) else raster
        found.setdefault(raster, []).append(
            _File(raster, name.split(stem + "_", 1)[1] if stem is not None else name, path)
        )
    for files in found.values():
        files.sort(key=lambda one: order.index(one.output) if one.output in order else len(order))
    return found


def _layer(one: _File, finished: Finished, names: Dict[str, str]) -> Optional[QgsMapLayer]:
    if not one.path.exists():
        return None
    title = titled(finished.task, one.output)
    made = QgsRasterLayer if one.path.suffix.lower() in _RASTERS else QgsVectorLayer
    layer = made(str(one.path), title)  # both take the style beside or inside the file
    if not layer.isValid():
        return None
    translate_legend(layer, names)
    put_into_words(layer, one.output, finished.request)
    classes = class_table(finished.results)
    write_recipe(layer, Recipe(finished.request, str(finished.folder), one.output, finished.exported, classes))
    return layer


def _free_name(project: QgsProject, name: str) -> str:
    """A number tells layers of several runs apart."""
    taken = {layer.name() for layer in project.mapLayers().values()}
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name} ({number})"
    return free


def group_of(project: QgsProject, sheets: Sequence[str], exported: Exported = NONE_EXPORTED) -> QgsLayerTreeGroup:
    """The group of the results of a raster, or of a mosaic of several: right above the raster, or the topmost of them
    and of their own groups, or on top when it is not in the project. What was saved of a layer for a job has the
    layer's group."""
    root = project.layerTreeRoot()
    keys = [_key(sheet, exported) for sheet in sheets]
    groups = {str(group.customProperty(RASTER_OF_GROUP)): group for group in root.findGroups(True)}
    if _BETWEEN.join(keys) in groups:
        return groups[_BETWEEN.join(keys)]
    nodes = [_node_of(project, sheet, exported) for sheet in sheets]
    node = next((one for one in root.findLayers() if one in nodes), None)
    parent = node.parent() if node is not None else root
    over = [node, *(groups[key] for key in keys if key in groups)]
    index = min((number for number, one in enumerate(parent.children()) if one in over), default=0)
    source = exported.get(sheets[0])
    name = nodes[0].name() if nodes[0] is not None else source.name if source is not None else Path(sheets[0]).stem
    if len(sheets) > 1:
        name = tr("{raster} (mosaic of {count})").format(raster=name, count=len(sheets))
    group = parent.insertGroup(index, name or "RS-DINO")
    group.setCustomProperty(RASTER_OF_GROUP, _BETWEEN.join(keys))
    return group


def _hides(node: QgsLayerTreeNode, sheets: Set[str], polygons: str) -> bool:
    """Whether a node above a group of results is results of the same sheets, or the filled polygons that were meant."""
    if isinstance(node, QgsLayerTreeGroup):
        return bool(sheets & _sheets_of(node))
    layer = node.layer()
    is_meant = isinstance(layer, QgsVectorLayer) and layer.name() == polygons and not is_result(layer)
    return is_meant and not hides_nothing(layer)


def _sheets_of(group: QgsLayerTreeGroup) -> Set[str]:
    return set(filter(None, str(group.customProperty(RASTER_OF_GROUP) or "").split(_BETWEEN)))


def _key(raster: str, exported: Exported) -> str:
    source = exported.get(raster)
    return raster if source is None else "|".join(source.without_password()[1:])


def _node_of(project: QgsProject, raster: str, exported: Exported) -> Optional[QgsLayerTreeLayer]:
    if raster in exported:
        layer = found_in(project, exported[raster])
        return project.layerTreeRoot().findLayer(layer.id()) if layer is not None else None
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
    entry = group.insertGroup(0, f"{stamp(finished.began_s)} · {tr(finished.task.title)}")  # a narrow tree cuts the end
    make_visible(entry)
    return entry
