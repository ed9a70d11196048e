"""Saves a layer as a GeoTIFF, in any thread: the values that its provider gives, or its picture."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from qgis.core import QgsProviderRegistry, QgsRasterBlockFeedback, QgsRasterFileWriter, QgsRasterPipe, QgsRectangle
from qgis.PyQt.QtCore import Qt

from .errors import PluginError
from .export_plan import Export
from .foreign import unopened
from .i18n import tr
from .raster_holes import Holes, Rectangle, filled

_BLOCK_PX = 512
"""What is asked of a server at once: a few tiles."""
_OPTIONS = ["TILED=YES", "COMPRESS=DEFLATE", "BIGTIFF=IF_SAFER"]


def write_raster(export: Export, feedback: QgsRasterBlockFeedback) -> Optional[str]:
    """Write it whole, or nothing: None when ``feedback`` was cancelled, else what has to be said of the picture, which
    may be nothing. Raises :class:`PluginError`."""
    part = export.path.with_name("part-" + export.path.name)
    export.path.parent.mkdir(parents=True, exist_ok=True)
    try:
        pipe = _opened(export)
        if not _written(export, pipe, str(part), feedback):
            return None
        holes = _filled(export, pipe, str(part), feedback) if export.is_picture else Holes(0, 1)
        if feedback.isCanceled():
            return None
        if holes.empty == holes.total:
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
    return holes.word(export.source.name)


def _opened(export: Export) -> QgsRasterPipe:
    source = export.source
    provider = QgsProviderRegistry.instance().createProvider(source.provider, source.source)
    pipe = QgsRasterPipe()
    if provider is None or not provider.isValid() or not pipe.set(provider):
        raise unopened(source)
    return pipe


def _written(export: Export, pipe: QgsRasterPipe, path: str, feedback: QgsRasterBlockFeedback) -> bool:
    writer = QgsRasterFileWriter(path)
    set_options = getattr(writer, "setCreationOptions", None) or writer.setCreateOptions  # the former from 3.42 on
    set_options(_OPTIONS)
    writer.setMaxTileWidth(_BLOCK_PX)
    writer.setMaxTileHeight(_BLOCK_PX)
    error = writer.writeRaster(
        pipe, export.columns, export.rows, export.extent, export.crs, export.transforms, feedback
    )
    if feedback.isCanceled():
        return False
    if error != QgsRasterFileWriter.WriterError.NoError:
        raise PluginError(
            tr("“{name}” could not be saved as a raster.").format(name=export.source.name),
            "; ".join([f"QgsRasterFileWriter: {int(error)}", *feedback.errors()]),
        )
    return True


def _filled(export: Export, pipe: QgsRasterPipe, path: str, feedback: QgsRasterBlockFeedback) -> Holes:
    """Ask once more for what did not come."""
    own = QgsRasterBlockFeedback()  # whose progress nobody looks at
    feedback.canceled.connect(own.cancel, Qt.ConnectionType.DirectConnection)
    size_x, size_y = export.extent.width() / export.columns, export.extent.height() / export.rows

    def ask(place: Rectangle, patch: str) -> bool:
        left, top = export.extent.xMinimum() + place.col * size_x, export.extent.yMaximum() - place.row * size_y
        extent = QgsRectangle(left, top - place.rows * size_y, left + place.columns * size_x, top)
        part = replace(export, extent=extent, columns=place.columns, rows=place.rows)
        return _written(part, pipe, patch, own)

    return filled(path, export.part_px, ask, feedback)
