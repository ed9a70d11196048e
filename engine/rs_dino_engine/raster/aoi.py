"""The area of interest: polygons in any CRS, brought onto a raster's grid."""

from __future__ import annotations

import math
from typing import Any, List, NamedTuple, Optional, Tuple

import numpy as np
import shapely
from affine import Affine

from ..errors import UserError
from .geometries import clipped_to_grid, parts_of, read_geometries

SNAP_PX = 1e-6
"""A border this near to one between pixels lies on it: coordinates of a map are rounded."""


class Box(NamedTuple):
    """Pixels of a grid: rows ``[row0, row1)``, columns ``[col0, col1)``."""

    row0: int
    row1: int
    col0: int
    col1: int


class Aoi:
    """Polygons in pixel coordinates of a grid; disjoint (they may touch), clipped to the grid."""

    def __init__(self, polygons: List[Any]) -> None:
        self._tree = shapely.STRtree(np.array(polygons, dtype=object))
        rings = [ring for polygon in polygons for ring in (polygon.exterior, *polygon.interiors)]
        points = [shapely.get_coordinates(ring) for ring in rings]
        starts, ends = np.concatenate([p[:-1] for p in points]), np.concatenate([p[1:] for p in points])
        up = starts[:, 1] <= ends[:, 1]  # each edge downwards in rows, so that both sides of a border agree
        self._top = np.where(up[:, None], starts, ends)
        self._bottom = np.where(up[:, None], ends, starts)

    def intersects(self, row0: int, row1: int, col0: int, col1: int) -> bool:
        """True when a polygon touches the window (ends excluded)."""
        return bool(self._tree.query(shapely.box(col0, row0, col1, row1), predicate="intersects").size)

    def grown(self, px: float, height: int, width: int) -> "Aoi":
        """The same polygons and ``px`` pixels around them, clipped to a grid."""
        around = shapely.union_all(shapely.buffer(self._tree.geometries, px))
        inside = shapely.clip_by_rect(around, 0, 0, width, height)
        return Aoi([part for part in shapely.get_parts(inside) if part.geom_type == "Polygon"])

    def box_in(self, within: Box) -> Optional[Box]:
        """The pixels of ``within`` that the bounding box of the polygons there touches; None where none lies there."""
        row0, row1, col0, col1 = within
        parts = shapely.clip_by_rect(self._tree.geometries, col0, row0, col1, row1)
        parts = parts[shapely.area(parts) > 0]
        if not len(parts):
            return None
        west, north, east, south = shapely.total_bounds(parts)
        rows, cols = _snapped(north, south, row0, row1), _snapped(west, east, col0, col1)
        return Box(*rows, *cols)

    def rasterize(self, row0: int, row1: int, col0: int, col1: int) -> np.ndarray:
        """Which pixels of the window have their centre inside: bool (rows, cols), however the grid is cut.

        Even-odd rule along the rows of centres. Crossings are computed in the grid's coordinates from the same
        numbers for every window; GDAL's rasterize, moved from window to window, flips pixels on ties.
        """
        shape = (row1 - row0, col1 - col0)
        if not self.intersects(row0, row1, col0, col1):
            return np.zeros(shape, dtype=bool)
        first = np.clip(np.ceil(self._top[:, 1] - 0.5), row0, row1).astype(np.int64)
        end = np.clip(np.ceil(self._bottom[:, 1] - 0.5), row0, row1).astype(np.int64)
        edges = np.flatnonzero((end > first) & (np.minimum(self._top[:, 0], self._bottom[:, 0]) < col1))
        count = end[edges] - first[edges]
        edge = np.repeat(edges, count)
        before = np.repeat(np.cumsum(count) - count, count)
        rows = np.repeat(first[edges], count) + np.arange(edge.size) - before
        top, bottom = self._top[edge], self._bottom[edge]
        share = (rows + 0.5 - top[:, 1]) / (bottom[:, 1] - top[:, 1])
        cols = np.ceil(top[:, 0] + share * (bottom[:, 0] - top[:, 0]) - 0.5)
        crossings = np.zeros((shape[0], shape[1] + 1), dtype=np.int32)
        np.add.at(crossings, (rows - row0, np.clip(cols, col0, col1).astype(np.int64) - col0), 1)
        return np.asarray(np.cumsum(crossings, axis=1)[:, :-1] % 2 == 1)


def read_aoi(path: str, crs: Any, transform: Affine, height: int, width: int) -> Aoi:
    """Read the polygons of a vector file (``file.gpkg|layername=x`` names a layer) for a grid.

    Their CRS may be any; without one, or where the grid has none, their coordinates are taken as the grid's.
    Raises ``UserError``: unreadable, no polygon, or none on the grid.
    """
    read = read_geometries(path, "aoi-missing", "aoi-unreadable")
    polygons = parts_of(read.shapes, ["Polygon"])
    if not polygons:
        raise UserError("aoi-empty", path=path)
    inside = clipped_to_grid(polygons, read.crs, crs, transform, width, height)
    if not inside:
        raise UserError("aoi-no-overlap", path=path)
    return Aoi([part for part in shapely.get_parts(shapely.union_all(inside)) if part.geom_type == "Polygon"])


def _snapped(low: float, high: float, first: int, end: int) -> Tuple[int, int]:
    """Outwards to whole pixels of ``[first, end)``, at least one of them."""
    begin = min(max(first, math.floor(low + SNAP_PX)), end - 1)
    return begin, max(begin + 1, min(end, math.ceil(high - SNAP_PX)))
