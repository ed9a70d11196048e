"""How much of the map a review shows around a polygon that is only a few pixels wide."""

from __future__ import annotations

from typing import Optional

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)

from ..layers import source_or_nothing
from ..recipes import REQUEST, rasters_of, read_recipe
from ..review.session import Review

_LEAST_PIXELS = 80
"""How many pixels of the picture are seen at least."""
_MOST_TIMES = 16
"""How many times the polygon's own width that may be, where the size of a pixel is a guess."""


def least_width(review: Review, project: QgsProject) -> float:
    """In units of the result's CRS; 0 where there is no polygon."""
    if review.current is None:
        return 0.0
    box = review.current.geometry.boundingBox()
    raster = _raster_of(review, project, box)
    pixel = _pixel_side(raster, review, project, box.center()) if raster is not None else None
    if pixel is not None:
        return _LEAST_PIXELS * pixel
    shortest = _shortest_edge(review.current.geometry)  # a pixel's side, unless the outline was smoothed
    return min(_LEAST_PIXELS * shortest, _MOST_TIMES * max(box.width(), box.height()))


def _shortest_edge(geometry: QgsGeometry) -> float:
    corners = [QgsPointXY(one) for one in geometry.vertices()]
    edges = (one.distance(other) for one, other in zip(corners, corners[1:]))
    return min((edge for edge in edges if edge > 0), default=0.0)


def _raster_of(review: Review, project: QgsProject, box: QgsRectangle) -> Optional[QgsRasterLayer]:
    """A layer of the project with the pixels that the polygons were made of: of the same run, or what it read."""
    recipe = read_recipe(review.layer)
    if recipe is None:
        return None
    request, sources = review.layer.customProperty(REQUEST), rasters_of(recipe.request)
    for layer in project.mapLayers().values():
        if not isinstance(layer, QgsRasterLayer) or not layer.isValid():
            continue
        own = layer.customProperty(REQUEST)
        is_of_run = own == request if own else source_or_nothing(layer) in sources
        if is_of_run and (layer.crs() != review.layer.crs() or layer.extent().intersects(box)):
            return layer
    return None


def _pixel_side(raster: QgsRasterLayer, review: Review, project: QgsProject, at: QgsPointXY) -> Optional[float]:
    """The longer side of a raster's pixel at a place, in units of the result's CRS."""
    try:
        there = QgsCoordinateTransform(review.layer.crs(), raster.crs(), project).transform(at)
        x, y = raster.rasterUnitsPerPixelX(), raster.rasterUnitsPerPixelY()
        pixel = QgsRectangle(there.x() - x / 2, there.y() - y / 2, there.x() + x / 2, there.y() + y / 2)
        seen = QgsCoordinateTransform(raster.crs(), review.layer.crs(), project).transformBoundingBox(pixel)
    except QgsCsException:
        return None
    return max(seen.width(), seen.height()) or None
