"""Which pixels of a layer are saved as a raster for the engine: where, and how fine."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QLocale

from .area import Area
from .errors import PluginError
from .foreign import Source, source_of
from .ground import metres_per_unit
from .i18n import tr

MOST_PX = 400_000_000
_BEYOND_WORDS_PX = 10**12
"""Of more than that nobody wants to know the number."""
USUAL_GSD_M = 0.6
"""Where neither a model nor a map says how fine: what DINOv3 for satellite images was trained on."""
_TILE_PX = 256
_WORLD_M = 20037508.342789244
"""The corner of the tiles of web maps."""


@dataclass(frozen=True)
class Export:
    """Plain values, for another thread. ``gsd_m``: the pixel's width on the ground. ``part_px``: the side of a square
    that is clear where one answer of a server fails."""

    source: Source
    path: Path
    extent: QgsRectangle
    crs: QgsCoordinateReferenceSystem
    columns: int
    rows: int
    gsd_m: float
    is_picture: bool
    transforms: QgsCoordinateTransformContext
    part_px: int = 128

    def word(self) -> str:
        """What is said about it."""
        text = tr("“{name}” is not a file: what you chose of it is saved as a raster at {size} m per pixel first.")
        return text.format(name=self.source.name, size=QLocale().toString(self.gsd_m, "f", 2))


def planned(layer: QgsRasterLayer, path: Path, frame: Optional[Area], gsd_m: Optional[float]) -> Export:
    """The export of a layer to ``path``. ``frame`` is what is wanted of it, None the whole; ``gsd_m`` the pixel size
    on the ground that is wanted of what has no pixels of its own.

    Raises :class:`PluginError` where the whole has no end, nothing is in the frame, or it is too large.
    """
    has_pixels = layer.width() > 0 and layer.height() > 0
    extent = _extent(layer, frame, has_pixels)
    metres = metres_per_unit(extent, layer.crs())
    if has_pixels:
        size_x, size_y = layer.rasterUnitsPerPixelX(), layer.rasterUnitsPerPixelY()
        extent = _snapped(extent, layer.extent().xMinimum(), layer.extent().yMaximum(), size_x, size_y)
        extent = extent.intersect(layer.extent())
    else:
        size_x = size_y = _nearest((gsd_m or USUAL_GSD_M) / metres, layer.dataProvider().nativeResolutions())
        if _is_xyz(layer):
            tile = _TILE_PX * size_x
            extent = _snapped(extent, -_WORLD_M, _WORLD_M, tile, tile)
    columns, rows = max(1, round(extent.width() / size_x)), max(1, round(extent.height() / size_y))
    if columns * rows > MOST_PX:
        raise PluginError(_too_large(layer.name(), columns, rows))
    corner = QgsPointXY(extent.xMinimum(), extent.yMaximum())
    return Export(
        source=source_of(layer),
        path=path,
        extent=QgsRectangle(corner.x(), corner.y() - rows * size_y, corner.x() + columns * size_x, corner.y()),
        crs=layer.crs(),
        columns=columns,
        rows=rows,
        gsd_m=size_x * metres,
        is_picture=layer.dataProvider().dataType(1) in (Qgis.DataType.ARGB32, Qgis.DataType.ARGB32_Premultiplied),
        transforms=QgsProject.instance().transformContext(),
        part_px=_TILE_PX if _is_xyz(layer) else _TILE_PX // 2,  # a tile, wherever it lies, holds such a square
    )


def frame_of(vectors: Optional[str]) -> Optional[Area]:
    """The frame of the geometries in a file; None without a file."""
    if not vectors:
        return None
    layer = QgsVectorLayer(vectors, "frame", "ogr")
    if not layer.isValid() or layer.featureCount() == 0:
        raise PluginError(tr("The area of interest cannot be read: {path}").format(path=vectors))
    return Area(QgsGeometry.fromRect(layer.extent()), layer.crs())


def file_name(name: str) -> str:
    """A layer's name as the name of a GeoTIFF."""
    return (re.sub(r'[<>:"/\\|?*\x00-\x1f%]', "_", name)[:32].strip(" .") or "raster") + ".tif"


def _extent(layer: QgsRasterLayer, frame: Optional[Area], has_pixels: bool) -> QgsRectangle:
    whole = layer.extent()
    if frame is None:
        if not has_pixels:
            text = tr("“{name}” is a map service, which has no end: choose an area of it.")
            raise PluginError(text.format(name=layer.name()))
        return whole
    extent = frame.geometry.boundingBox()
    if frame.crs.isValid() and layer.crs().isValid():
        try:
            extent = QgsCoordinateTransform(frame.crs, layer.crs(), QgsProject.instance()).transformBoundingBox(extent)
        except QgsCsException as error:
            reason = tr("The area cannot be brought into the coordinates of “{name}”.").format(name=layer.name())
            raise PluginError(reason, str(error)) from error
    extent = extent.intersect(whole) if extent.intersects(whole) else QgsRectangle()
    if extent.isEmpty():
        raise PluginError(tr("The area lies beside the raster. Choose another one, or move the map there."))
    return extent


def _nearest(wanted: float, natives: list) -> float:
    """The service's own resolution that is nearest to the wanted one; any is as good where it has none."""
    return min(natives, key=lambda one: abs(math.log(one / wanted)), default=wanted)


def _is_xyz(layer: QgsRasterLayer) -> bool:
    return layer.providerType() == "wms" and "type=xyz" in layer.source()


def _snapped(extent: QgsRectangle, left: float, top: float, size_x: float, size_y: float) -> QgsRectangle:
    """The smallest frame around ``extent`` on a grid that begins at the corner ``left``, ``top``."""
    near = 1e-6  # of a pixel: what is on the grid already stays there
    return QgsRectangle(
        left + math.floor((extent.xMinimum() - left) / size_x + near) * size_x,
        top - math.ceil((top - extent.yMinimum()) / size_y - near) * size_y,
        left + math.ceil((extent.xMaximum() - left) / size_x - near) * size_x,
        top - math.floor((top - extent.yMaximum()) / size_y + near) * size_y,
    )


def _too_large(name: str, columns: int, rows: int) -> str:
    number = QLocale().toString
    if columns * rows > _BEYOND_WORDS_PX:
        return tr("“{name}” would be far too large here. Choose a smaller area.").format(name=name)
    return tr(
        "“{name}” would be {columns} × {rows} pixels here, {count} million; at most {most} million are saved at once."
        " Choose a smaller area."
    ).format(
        name=name,
        columns=number(columns),
        rows=number(rows),
        count=number(columns * rows / 1e6, "f", 0),
        most=number(MOST_PX / 1e6, "f", 0),
    )
