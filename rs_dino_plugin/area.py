"""Areas and other geometries as files with their CRS: what the engine is given of a map or a layer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, List, NamedTuple, Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureSink,
    QgsFeedback,
    QgsFields,
    QgsGeometry,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingFeatureSource,
    QgsProcessingFeatureSourceDefinition,
    QgsProject,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

from .errors import PluginError
from .i18n import tr
from .lasting import passes

_PARTS_OF_A_SIDE = 16
"""A straight side on the map may be a curve on the raster."""


class Area(NamedTuple):
    """A polygon, and the CRS its coordinates are in (an invalid one: the raster's own)."""

    geometry: QgsGeometry
    crs: QgsCoordinateReferenceSystem


def write_area(area: Area, path: Path) -> None:
    """Write one polygon."""
    layer = QgsVectorLayer("Polygon", "area", "memory")
    layer.setCrs(area.crs)
    feature = QgsFeature()
    feature.setGeometry(area.geometry.densifyByCount(_PARTS_OF_A_SIDE))
    layer.dataProvider().addFeatures([feature])
    _write(layer, path, selected=False)


def write_features(layer: QgsVectorLayer, path: Path) -> None:
    """Write the selected polygons of a layer with their fields, all of them when none is selected."""
    if layer.featureCount() == 0:
        raise PluginError(tr("The layer “{name}” has no polygon.").format(name=layer.name()))
    _write(layer, path, selected=layer.selectedFeatureCount() > 0)


def is_more_than_its_file(value: Any, context: Optional[QgsProcessingContext]) -> bool:
    """Whether a layer, as Processing is given it, has edits that are not saved, or fields that its file has not."""
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        value = value.source.staticValue()
    layer = value
    if not isinstance(value, QgsMapLayer):  # without a project, on the command line, it is a file
        project = context.project() if context is not None else None
        layer = project.mapLayer(str(value)) if project is not None else None
    if not isinstance(layer, QgsVectorLayer):
        return False
    fields, own = layer.fields(), QgsFields.FieldOrigin.OriginProvider
    return layer.isModified() or any(fields.fieldOrigin(i) != own for i in range(fields.count()))


def write_source(source: QgsProcessingFeatureSource, path: Path, feedback: QgsFeedback) -> None:
    """Write features as they are seen in QGIS."""
    options = _options()
    arguments = (str(path), source.fields(), source.wkbType(), source.sourceCrs())
    writer = QgsVectorFileWriter.create(*arguments, QgsProject.instance().transformContext(), options)
    for feature in source.getFeatures():
        if feedback.isCanceled() or not writer.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
            break
    if writer.hasError() != QgsVectorFileWriter.WriterError.NoError:
        raise PluginError(tr("“{name}” cannot be written: {reason}").format(
            name=source.sourceName(), reason=writer.errorMessage()
        ))  # fmt: skip
    del writer  # closes the file


def _options() -> QgsVectorFileWriter.SaveVectorOptions:
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = "area"
    options.fileEncoding = "UTF-8"
    options.layerOptions = ["FID=rs_dino_fid"]  # features that are new in a layer have no fid of their own yet
    return options


def _write(layer: QgsVectorLayer, path: Path, selected: bool) -> None:
    options = _options()
    options.onlySelectedFeatures = selected
    context = QgsProject.instance().transformContext()
    done: List[object] = list(QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(path), context, options))
    if done[0] != QgsVectorFileWriter.WriterError.NoError:
        raise PluginError(tr("The area of interest cannot be written: {reason}").format(reason=done[1]))


def kept(path: Path, folder: Path) -> str:
    """A file that Processing deletes when QGIS ends is kept in ``folder``."""
    if not passes(path):
        return str(path)
    return str(shutil.copy(str(path), str(folder / path.name)))
