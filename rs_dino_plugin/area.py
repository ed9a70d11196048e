"""The area of interest of a job, as a file with its CRS: what the engine is given of a map or a layer."""

from __future__ import annotations

from pathlib import Path
from typing import List, NamedTuple

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsVectorFileWriter,
    QgsVectorLayer,
)

from .errors import PluginError
from .i18n import tr

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


def _write(layer: QgsVectorLayer, path: Path, selected: bool) -> None:
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = "GPKG"
    options.layerName = "area"
    options.onlySelectedFeatures = selected
    options.fileEncoding = "UTF-8"
    context = QgsProject.instance().transformContext()
    done: List[object] = list(QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(path), context, options))
    if done[0] != QgsVectorFileWriter.WriterError.NoError:
        raise PluginError(tr("The area of interest cannot be written: {reason}").format(reason=done[1]))
