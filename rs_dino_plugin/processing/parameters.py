"""Kinds of inputs and outputs as Processing parameters: the one place that knows both."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple, Optional

from qgis.core import (
    QgsApplication,
    QgsProcessing,
    QgsProcessingParameterBand,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterField,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
    QgsProcessingParameterVectorDestination,
)

from ..catalog import Input, Output, Task, embedded_models
from ..i18n import tr
from ..lasting import free_model_folder
from ..settings import known_models

AREA, EXTENT = "aoi", "EXTENT"
"""An area is given as polygons, or as a rectangle by a parameter that only Processing has."""
INPUT = "INPUT"
"""Name of the parameter for the raster a task works on: the name every Processing user expects."""
SHOWS_CARD = "rsdino/card"
"""In a definition's metadata: what is chosen is a model, whose card is shown."""
LAYERS = ("raster", "vector", "table")
"""Kinds of outputs that QGIS loads."""
WRITES = ("folder", "output-file")
"""Kinds of inputs that say where to write; destinations take their place."""
NOT_IN_QGIS = ("mosaic", "outputs_per_sheet", "preflight")
"""Inputs that make no sense with one raster in and one layer out: batch mode and virtual rasters serve that."""
TOLD = ("evaluate",)
"""Tasks whose figures are shown: none of their files has to be asked for."""
FORMAT_OF = {"polygon_format": "polygons"}
"""Inputs that name the format of an output: here the ending of its destination does."""
DEVICES = ("auto", "cpu", "cuda:0", "mps", "gcu:0")
SUGGESTED_TEXT = "rs_dino_plugin.gui.suggested_text.SuggestedText"

Definition = QgsProcessingParameterDefinition


class Parameter(NamedTuple):
    """An input of a task and the Processing parameter that stands for it."""

    input: Input
    name: str


class Destination(NamedTuple):
    """An output of a task and the Processing destination that stands for it."""

    output: Output
    name: str


def parameters(task: Task) -> List[Parameter]:
    """The inputs of a task that the user sets here, with their names here: the raster, the model, what else must be
    set, the others in the catalogue's order."""
    asked_by_outputs = {output.requested_by.input for output in task.outputs if output.requested_by}
    shown = [
        entry
        for entry in task.inputs
        if entry.kind not in WRITES
        and entry.name not in NOT_IN_QGIS
        and entry.name not in FORMAT_OF
        and entry.name not in asked_by_outputs
    ]
    main = main_raster(task)
    shown.sort(key=lambda entry: (entry is not main, entry.kind not in ("model", "models"), not entry.required))
    return [Parameter(entry, INPUT if entry is main else entry.name.upper()) for entry in shown]


def destinations(task: Task) -> List[Destination]:
    """The outputs of a task, with the names of their destinations."""
    taken = {parameter.name for parameter in parameters(task)}
    names = [output.name.upper() for output in task.outputs]
    return [
        Destination(output, name + "_OUTPUT" if name in taken else name) for output, name in zip(task.outputs, names)
    ]


def writes_folder(task: Task) -> bool:
    """Whether a task writes its results into a folder, under names of its own: any of them may be left there."""
    return any(entry.kind == "folder" for entry in task.inputs)


def takes_extent(task: Task) -> bool:
    """Whether a rectangle may be given instead of the area: it is a limit there, not what the task is about."""
    return any(entry.name == AREA and not entry.required for entry in task.inputs)


def extent() -> Definition:
    """The Processing parameter of a rectangle."""
    made = QgsProcessingParameterExtent(EXTENT, tr("Extent"), optional=True)
    made.setHelp(tr("Only what lies in this rectangle is computed and written; instead of an area of interest."))
    return made


def main_raster(task: Task) -> Optional[Input]:
    """The input that is the raster a task works on."""
    return next((entry for entry in task.inputs if entry.kind in ("rasters", "raster")), None)


def takes_many(task: Task, entry: Input) -> bool:
    """Several rasters fit into one run only where no raster comes out: Processing has one layer a destination."""
    return entry.kind == "rasters" and not any(output.kind == "raster" for output in task.outputs)


def definition(task: Task, parameter: Parameter) -> Definition:
    """The Processing parameter of an input."""
    entry, name = parameter
    made = _MAKERS[entry.kind](task, entry, name)
    if entry.advanced:
        made.setFlags(made.flags() | Definition.Flag.FlagAdvanced)
    made.setHelp(tr(entry.description))
    return made


def destination(task: Task, target: Destination) -> Definition:
    """The Processing destination of an output: optional when something must ask for it, and then made by
    default when the catalogue's default asks. What is no layer is optional, too, and so is a layer beside others."""
    output, name = target
    beside = output.kind in LAYERS and writes_folder(task) and sum(one.kind in LAYERS for one in task.outputs) > 1
    optional = output.requested_by is not None or output.kind in ("report", "file") or beside
    made = _DESTINATIONS[output.kind](name, tr(output.title), optional, _is_default(task, output))
    made.setHelp(tr(output.description))
    return made


def default_value(entry: Input) -> Any:
    """What the dialog begins with; None when nothing is set."""
    return None if entry.required else entry.default


def label(entry: Input) -> str:
    """The title, with the unit."""
    return f"{tr(entry.title)} [{entry.unit}]" if entry.unit else tr(entry.title)


def _is_default(task: Task, output: Output) -> bool:
    if output.requested_by is None:
        return True
    default = default_value(task.input(output.requested_by.input))
    return output.requested_by.choice in default if output.requested_by.choice else bool(default)


def _rasters(task: Task, entry: Input, name: str) -> Definition:
    if not takes_many(task, entry):
        return QgsProcessingParameterRasterLayer(name, tr("Raster"), optional=not entry.required)
    return QgsProcessingParameterMultipleLayers(
        name, label(entry), QgsProcessing.SourceType.TypeRaster, optional=not entry.required
    )


def _raster(task: Task, entry: Input, name: str) -> Definition:
    return QgsProcessingParameterRasterLayer(name, label(entry), optional=not entry.required)


def bands_are_text(task: Task) -> bool:
    """Whether band numbers are written: Processing lists the bands of one raster only."""
    main = main_raster(task)
    return main is None or takes_many(task, main)


def _bands(task: Task, entry: Input, name: str) -> Definition:
    if bands_are_text(task):
        return QgsProcessingParameterString(name, label(entry), optional=not entry.required)
    return QgsProcessingParameterBand(
        name, label(entry), parentLayerParameterName=INPUT, optional=not entry.required, allowMultiple=True
    )


def _aoi(task: Task, entry: Input, name: str) -> Definition:
    polygons = [QgsProcessing.SourceType.TypeVectorPolygon]
    return QgsProcessingParameterFeatureSource(name, label(entry), polygons, optional=not entry.required)


def _places(task: Task, entry: Input, name: str) -> Definition:
    kinds = QgsProcessing.SourceType
    marked = [kinds.TypeVectorPoint, kinds.TypeVectorPolygon]
    return QgsProcessingParameterFeatureSource(name, label(entry), marked, optional=not entry.required)


def _field(task: Task, entry: Input, name: str) -> Definition:
    parent = next(one.name for one in parameters(task) if one.input.name == entry.parent)
    return QgsProcessingParameterField(
        name, label(entry), default_value(entry), parentLayerParameterName=parent, optional=not entry.required
    )


def _choice(task: Task, entry: Input, name: str) -> Definition:
    several = entry.kind == "choices"
    default = default_value(entry)
    if default is not None:
        default = [entry.choices.index(word) for word in default] if several else entry.choices.index(default)
    return QgsProcessingParameterEnum(
        name,
        label(entry),
        [tr(word) for word in entry.choices],
        allowMultiple=several,
        defaultValue=default,
        optional=several or not entry.required,
    )


def _number(task: Task, entry: Input, name: str) -> Definition:
    types = QgsProcessingParameterNumber.Type
    bounds = {
        key: value for key, value in (("minValue", entry.minimum), ("maxValue", entry.maximum)) if value is not None
    }
    return QgsProcessingParameterNumber(
        name,
        label(entry),
        types.Integer if entry.kind == "integer" else types.Double,
        default_value(entry),
        not entry.required and entry.default is None,
        **bounds,
    )


def _flag(task: Task, entry: Input, name: str) -> Definition:
    return QgsProcessingParameterBoolean(name, label(entry), bool(default_value(entry)))


def _text(task: Task, entry: Input, name: str) -> Definition:
    return QgsProcessingParameterString(
        name, label(entry), default_value(entry), multiLine=entry.kind == "recipe", optional=not entry.required
    )


def _file(task: Task, entry: Input, name: str) -> Definition:
    """Text, for what the engine takes as a file may be a folder, too; QGIS' own parameter takes one of them."""
    return _suggesting(_text(task, entry, name), [], browse=True, layers=entry.layers)


def _model(task: Task, entry: Input, name: str) -> Definition:
    made = _suggesting(_text(task, entry, name), [*embedded_models(), *known_models()], browse=True)
    made.setMetadata({**made.metadata(), SHOWS_CARD: True})
    return made


def _models(task: Task, entry: Input, name: str) -> Definition:
    """Several lines of text, for no widget of Processing lists names, folders and files together."""
    title = tr("{title}, one a line").format(title=label(entry))
    made = QgsProcessingParameterString(name, title, multiLine=True, optional=not entry.required)
    return _suggesting(made, [], browse=True)


def _device(task: Task, entry: Input, name: str) -> Definition:
    return _suggesting(_text(task, entry, name), DEVICES, browse=False)


def _suggesting(made: Definition, words: Any, browse: bool, layers: bool = False) -> Definition:
    settings = {"class": SUGGESTED_TEXT, "words": list(words), "browse": browse, "layers": layers}
    made.setMetadata({"widget_wrapper": settings})
    return made


_MAKERS: Dict[str, Callable[[Task, Input, str], Definition]] = {
    "rasters": _rasters,
    "raster": _raster,
    "bands": _bands,
    "model": _model,
    "models": _models,
    "aoi": _aoi,
    "places": _places,
    "field": _field,
    "choice": _choice,
    "choices": _choice,
    "number": _number,
    "integer": _number,
    "flag": _flag,
    "text": _text,
    "recipe": _text,
    "file": _file,
    "device": _device,
}


def _raster_destination(name: str, title: str, optional: bool, by_default: bool) -> Definition:
    return QgsProcessingParameterRasterDestination(name, title, optional=optional, createByDefault=by_default)


def _vector_destination(name: str, title: str, optional: bool, by_default: bool) -> Definition:
    polygons = QgsProcessing.SourceType.TypeVectorPolygon
    return QgsProcessingParameterVectorDestination(name, title, polygons, optional=optional, createByDefault=by_default)


def _table_destination(name: str, title: str, optional: bool, by_default: bool) -> Definition:
    table = QgsProcessing.SourceType.TypeVector
    return QgsProcessingParameterVectorDestination(name, title, table, optional=optional, createByDefault=by_default)


def _folder_destination(name: str, title: str, optional: bool, by_default: bool) -> Definition:
    return QgsProcessingParameterFolderDestination(name, title, optional=optional, createByDefault=by_default)


def _model_destination(name: str, title: str, optional: bool, by_default: bool) -> Definition:
    """Where a person chooses nothing, the model is kept; on a command line everything is named."""
    made = _folder_destination(name, title, optional, by_default)
    if QgsApplication.platform() != "qgis_process":
        made.setDefaultValue(str(free_model_folder("model")))
    return made


def _file_destination(name: str, title: str, optional: bool, by_default: bool) -> Definition:
    """The engine's reports and files that are no layers are JSON."""
    return QgsProcessingParameterFileDestination(
        name, title, tr("JSON files (*.json)"), optional=optional, createByDefault=by_default
    )


_DESTINATIONS: Dict[str, Callable[[str, str, bool, bool], Definition]] = {
    "raster": _raster_destination,
    "vector": _vector_destination,
    "table": _table_destination,
    "model": _model_destination,
    "folder": _folder_destination,
    "report": _file_destination,
    "file": _file_destination,
}
