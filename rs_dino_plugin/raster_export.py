"""Saves a layer as a GeoTIFF, in any thread: the values that its provider gives, or its picture."""

from __future__ import annotations

import numpy
from osgeo import gdal
from qgis.core import QgsProviderRegistry, QgsRasterBlockFeedback, QgsRasterFileWriter, QgsRasterPipe

from .errors import PluginError
from .export_plan import Export
from .foreign import unopened
from .i18n import tr

_BLOCK_PX = 512
"""What is asked of a server at once: a few tiles."""
_OPTIONS = ["TILED=YES", "COMPRESS=DEFLATE", "BIGTIFF=IF_SAFER"]
_ALPHA = 4


def write_raster(export: Export, feedback: QgsRasterBlockFeedback) -> bool:
    """Write it whole, or nothing: False when ``feedback`` was cancelled. Raises :class:`PluginError`."""
    part = export.path.with_name("part-" + export.path.name)
    export.path.parent.mkdir(parents=True, exist_ok=True)
    try:
        if not _written(export, str(part), feedback):
            return False
        if export.is_picture and not _shows_something(str(part)):
            raise PluginError(
                tr(
                    "“{name}” gave no picture of this area: its server does not answer, refuses, or has nothing there."
                ).format(name=export.source.name),
                "; ".join(feedback.errors()),
            )
        part.replace(export.path)
    finally:
        if part.exists():
            part.unlink()
    return True


def _written(export: Export, path: str, feedback: QgsRasterBlockFeedback) -> bool:
    source = export.source
    provider = QgsProviderRegistry.instance().createProvider(source.provider, source.source)
    pipe = QgsRasterPipe()
    if provider is None or not provider.isValid() or not pipe.set(provider):
        raise unopened(source)
    writer = QgsRasterFileWriter(path)
    writer.setCreateOptions(_OPTIONS)
    writer.setMaxTileWidth(_BLOCK_PX)
    writer.setMaxTileHeight(_BLOCK_PX)
    error = writer.writeRaster(
        pipe, export.columns, export.rows, export.extent, export.crs, export.transforms, feedback
    )
    if feedback.isCanceled():
        return False
    if error != QgsRasterFileWriter.WriterError.NoError:
        raise PluginError(
            tr("“{name}” could not be saved as a raster.").format(name=source.name),
            "; ".join([f"QgsRasterFileWriter: {int(error)}", *feedback.errors()]),
        )
    return True


def _shows_something(path: str) -> bool:
    """Whether any pixel of a picture is not clear. A provider says nothing of tiles that did not come."""
    dataset = gdal.Open(path)
    if dataset.RasterCount < _ALPHA:
        return True
    alpha = dataset.GetRasterBand(_ALPHA)
    return any(
        numpy.any(alpha.ReadAsArray(0, row, dataset.RasterXSize, min(_BLOCK_PX, dataset.RasterYSize - row)))
        for row in range(0, dataset.RasterYSize, _BLOCK_PX)
    )
