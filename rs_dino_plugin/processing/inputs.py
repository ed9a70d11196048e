"""What the user chose, as the engine's inputs: plain values only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Collection, Dict, List, Mapping, Optional, Tuple

from qgis.core import (
    QgsGeometry,
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingUtils,
    QgsRasterLayer,
    QgsVectorLayer,
)

from ..area import Area, is_more_than_its_file, write_area, write_source
from ..catalog import Input, Task
from ..errors import PluginError
from ..export_plan import Export, file_name, frame_of, planned
from ..foreign import is_foreign
from ..i18n import tr
from ..layers import absolute, file_behind, raster_source
from ..model_cards import CHECKPOINTS, finest_gsd_m
from ..recipes import models_in
from . import parameters as declared

_READABLE_VECTORS = ["gpkg", "geojson", "shp", "fgb"]


def targets(algorithm: QgsProcessingAlgorithm, task: Task, parameters: Dict[str, Any], context: Any) -> Dict[str, str]:
    """Where each wanted output goes, by the destination's name, to the letter as QGIS knows it."""
    found = {}
    for target in declared.destinations(task):
        is_layer = target.output.kind in declared.LAYERS
        read = algorithm.parameterAsOutputLayer if is_layer else algorithm.parameterAsFileOutput
        path = read(parameters, target.name, context)
        if path:
            found[target.name] = path
    return found


def asked_for(task: Task, wanted: Mapping[str, Path]) -> Dict[str, Any]:
    """The inputs that ask for outputs and say their format, out of the destinations that were given."""
    asked: Dict[str, Any] = {}
    suffixes = {t.output.name: wanted[t.name].suffix[1:] for t in declared.destinations(task) if t.name in wanted}
    for entry in task.inputs:
        suffix = suffixes.get(declared.FORMAT_OF.get(entry.name, ""))
        if suffix in entry.choices:
            asked[entry.name] = suffix
    for target in declared.destinations(task):
        requester = target.output.requested_by
        if requester is None:
            continue
        if requester.choice is None:
            asked[requester.input] = bool(asked.get(requester.input)) or target.name in wanted  # it may make several
        else:
            asked.setdefault(requester.input, [])
            if target.name in wanted:
                asked[requester.input].append(requester.choice)
    return asked


class RequestedInputs:
    """Reads parameters on the main thread, where layers may be touched."""

    def __init__(
        self, algorithm: QgsProcessingAlgorithm, task: Task, parameters: Dict[str, Any], context: Any, feedback: Any
    ) -> None:
        self._algorithm = algorithm
        self._task = task
        self._parameters = parameters
        self._context = context
        self._feedback = feedback
        self._foreign: List[Tuple[QgsRasterLayer, Path]] = []

    def exports(self, inputs: Mapping[str, Any]) -> List[Export]:
        """What has to be saved as rasters before the engine is given ``inputs``, which name those rasters already."""
        if not self._foreign:
            return []
        gsd_m, frame = finest_gsd_m(models_in(inputs)), frame_of(inputs.get("aoi"))
        return [planned(layer, path, frame, gsd_m) for layer, path in self._foreign]

    def inputs(self, without: Collection[str] = ()) -> Dict[str, Any]:
        """The request's inputs but those named ``without``. What is left at None is left out: the engine has its
        own defaults."""
        values = {
            parameter.input.name: self._read(parameter.input, parameter.name)
            for parameter in declared.parameters(self._task)
            if parameter.input.name not in without
        }
        found = {name: value for name, value in values.items() if value is not None}
        if declared.AREA not in without and self._parameters.get(declared.EXTENT):
            found[declared.AREA] = self._rectangle(found)
        return found

    def _read(self, entry: Input, name: str) -> Any:
        if self._parameters.get(name) is None and not entry.required and entry.default is None:
            return None
        return _READERS[entry.kind](self, entry, name)

    def _rasters(self, entry: Input, name: str) -> Any:
        if not declared.takes_many(self._task, entry):
            return [self._raster(entry, name)]
        layers = self._algorithm.parameterAsLayerList(self._parameters, name, self._context)
        return [self._source(layer) for layer in layers]

    def _raster(self, entry: Input, name: str) -> str:
        layer = self._algorithm.parameterAsRasterLayer(self._parameters, name, self._context)
        if layer is None:
            raise PluginError(tr("The raster {name} cannot be opened.").format(name=self._parameters.get(name)))
        return self._source(layer)

    def _source(self, layer: QgsRasterLayer) -> str:
        """The file of a layer, or the one that it is going to be saved as."""
        if not is_foreign(layer):
            return raster_source(layer)
        path = Path(QgsProcessingUtils.generateTempFilename(file_name(layer.name())))
        self._foreign.append((layer, path))
        return str(path)

    def _geometries(self, entry: Input, name: str) -> Optional[str]:
        """A file with the geometries: memory layers, filters and selections are written to one, and so is what a layer
        has beyond its file, joins and edits that were not saved."""
        value = self._parameters[name]
        source = self._algorithm.parameterAsSource(self._parameters, name, self._context)
        if source is not None and source.featureCount() == 0:
            raise PluginError(tr("“{name}” has no features.").format(name=source.sourceName()))
        if is_more_than_its_file(value, self._context):
            path = Path(QgsProcessingUtils.generateTempFilename(name.lower() + ".gpkg"))
            write_source(source, path, self._feedback)
            return str(path)
        path = self._algorithm.parameterAsCompatibleSourceLayerPath(
            self._parameters, name, self._context, _READABLE_VECTORS, "gpkg", self._feedback
        )
        if not path and isinstance(value, str) and value.strip():
            raise PluginError(tr("“{title}” cannot be opened: {path}").format(title=tr(entry.title), path=value))
        file, bar, layer = path.partition("|")
        return absolute(file) + bar + layer if path else None

    def _rectangle(self, found: Mapping[str, Any]) -> str:
        """A file with the rectangle that was given as an extent."""
        if declared.AREA in found:
            raise PluginError(tr("Give an extent or an area of interest, not both."))
        rectangle = self._algorithm.parameterAsExtent(self._parameters, declared.EXTENT, self._context)
        crs = self._algorithm.parameterAsExtentCrs(self._parameters, declared.EXTENT, self._context)
        if rectangle.isEmpty():
            raise PluginError(tr("The extent is empty."))
        path = Path(QgsProcessingUtils.generateTempFilename("extent.gpkg"))
        write_area(Area(QgsGeometry.fromRect(rectangle), crs), path)
        return str(path)

    def _bands(self, entry: Input, name: str) -> Optional[List[int]]:
        text = self._parameters.get(name)
        if isinstance(text, str):
            try:
                return [int(word) for word in text.replace(",", " ").replace(";", " ").split()] or None
            except ValueError:
                raise PluginError(tr("{bands} are not band numbers.").format(bands=text)) from None
        return self._algorithm.parameterAsInts(self._parameters, name, self._context) or None

    def _recipe(self, entry: Input, name: str) -> Any:
        text = self._text(entry, name)
        try:
            return json.loads(text) if text else None
        except ValueError as error:
            sentence = tr("“{title}” is not JSON: {reason}")
            raise PluginError(sentence.format(title=tr(entry.title), reason=error)) from error

    def _choice(self, entry: Input, name: str) -> str:
        return entry.choices[self._algorithm.parameterAsEnum(self._parameters, name, self._context)]

    def _choices(self, entry: Input, name: str) -> List[str]:
        return [entry.choices[i] for i in self._algorithm.parameterAsEnums(self._parameters, name, self._context)]

    def _integer(self, entry: Input, name: str) -> int:
        return self._algorithm.parameterAsInt(self._parameters, name, self._context)

    def _number(self, entry: Input, name: str) -> float:
        return self._algorithm.parameterAsDouble(self._parameters, name, self._context)

    def _flag(self, entry: Input, name: str) -> bool:
        return self._algorithm.parameterAsBool(self._parameters, name, self._context)

    def _text(self, entry: Input, name: str) -> Optional[str]:
        return self._algorithm.parameterAsString(self._parameters, name, self._context).strip() or None

    def _file(self, entry: Input, name: str) -> Optional[str]:
        layer = self._layer(name) if entry.layers else None
        if isinstance(layer, QgsRasterLayer):
            return self._source(layer)
        if isinstance(layer, QgsVectorLayer):
            return self._geometries(entry, name)
        text = self._text(entry, name)
        return absolute(text) if text else None

    def _layer(self, name: str) -> Optional[QgsMapLayer]:
        """The layer of the project that a text means, by its id, name or source; what is no layer is a path. A model
        hands on the layers that it is given with what is said about them."""
        value = self._parameters.get(name)
        if isinstance(value, QgsProcessingFeatureSourceDefinition):
            value = value.source.staticValue()
        if isinstance(value, QgsMapLayer):
            return value
        text = str(value or "").strip()
        is_part = "|" in text and file_behind(text).is_file()  # such as a table of a GeoPackage
        return QgsProcessingUtils.mapLayerFromString(text, self._context, is_part)

    def _model(self, entry: Input, name: str) -> Optional[str]:
        text = self._text(entry, name)
        return model_named(text) if text else None

    def _models(self, entry: Input, name: str) -> List[str]:
        return [model_named(line.strip()) for line in (self._text(entry, name) or "").splitlines() if line.strip()]


def model_named(text: str) -> str:
    """A bare word is a model's name, even where a file is called the same; one with the ending of a file is none."""
    is_word = Path(text).name == text and Path(text).suffix.lower() not in CHECKPOINTS
    return text if is_word else absolute(text)


_READERS: Dict[str, Callable[[RequestedInputs, Input, str], Any]] = {
    "rasters": RequestedInputs._rasters,
    "raster": RequestedInputs._raster,
    "bands": RequestedInputs._bands,
    "model": RequestedInputs._model,
    "models": RequestedInputs._models,
    "aoi": RequestedInputs._geometries,
    "places": RequestedInputs._geometries,
    "field": RequestedInputs._text,
    "choice": RequestedInputs._choice,
    "choices": RequestedInputs._choices,
    "number": RequestedInputs._number,
    "integer": RequestedInputs._integer,
    "flag": RequestedInputs._flag,
    "text": RequestedInputs._text,
    "recipe": RequestedInputs._recipe,
    "file": RequestedInputs._file,
    "device": RequestedInputs._text,
}
