"""Whether a run may write where it is told to: said before hours of work, not after them."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Iterator, List, Mapping

from osgeo import gdal
from qgis.core import (
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingUtils,
    QgsProperty,
    QgsRasterLayer,
)

from ..catalog import Task
from ..errors import PluginError
from ..gdal_exceptions import GdalExceptions
from ..i18n import tr
from ..layers import file_behind, file_of
from ..placing import check_destination
from . import parameters as declared


def files_read(
    algorithm: QgsProcessingAlgorithm, parameters: Mapping[str, Any], context: QgsProcessingContext
) -> List[Path]:
    """The files behind everything that a run is given; on the main thread."""
    found: List[Path] = []
    for definition in algorithm.parameterDefinitions():
        if not definition.isDestination():
            for value in _single_values(parameters.get(definition.name())):
                found += _files_of(value, context)
    return found


def check_destinations(
    algorithm: QgsProcessingAlgorithm, task: Task, wanted: Mapping[str, Path], read: List[Path]
) -> None:
    """Raise :class:`PluginError` when nothing is wanted, when a result cannot be written where it is wanted, or would
    be written over another one or over what the run ``read``\\ s."""
    if not wanted and task.id not in declared.TOLD:
        raise PluginError(tr("No result is asked for: choose at least one."))
    provider = algorithm.provider()
    endings = {
        "raster": provider.supportedOutputRasterLayerExtensions(),
        "vector": provider.supportedOutputVectorLayerExtensions(),
        "table": provider.supportedOutputTableExtensions(),
    }
    titles = {}
    for target in declared.destinations(task):
        path = wanted.get(target.name)
        if path is None:
            continue
        title, known = tr(target.output.title), endings.get(target.output.kind)
        if known and path.suffix.lower()[1:] not in known:
            text = tr("“{title}” cannot be written as {path}: give a name that ends with {endings}.")
            raise PluginError(text.format(title=title, path=path, endings=", ".join("." + one for one in known)))
        check_destination(path)
        if any(_is_same(path, one) for one in read):
            text = tr("“{title}” would be written over {path}, which this run reads. Choose another name.")
            raise PluginError(text.format(title=title, path=path))
        other = titles.setdefault(os.path.normcase(str(path.absolute())), title)
        if other != title:
            text = tr("“{one}” and “{other}” cannot both be written to {path}.")
            raise PluginError(text.format(one=other, other=title, path=path))


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return False


def _single_values(value: Any) -> Iterator[Any]:
    """Out of lists, and out of what Processing wraps around a layer."""
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        value = value.source
    if isinstance(value, QgsProperty):
        value = value.staticValue()
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from _single_values(one)
    elif isinstance(value, (str, QgsMapLayer)):
        yield value


def _files_of(value: Any, context: QgsProcessingContext) -> List[Path]:
    layer = value
    if isinstance(value, str):
        layer = QgsProcessingUtils.mapLayerFromString(value, context, False)
    path = file_of(layer) if layer is not None else file_behind(value)
    if path is None or not path.is_file():
        return []
    if layer is None or isinstance(layer, QgsRasterLayer):
        return [path, *_parts_of(path)]
    return [path]


def _parts_of(path: Path) -> List[Path]:
    """What a virtual raster is made of."""
    with GdalExceptions(), suppress(RuntimeError):  # it may be no raster at all
        return [Path(name) for name in gdal.OpenEx(str(path), gdal.OF_RASTER).GetFileList() or []]
    return []
