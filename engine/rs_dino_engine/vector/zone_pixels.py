"""The pixels of a raster that lie in a polygon, strip by strip.

Every polygon is read on its own, so that polygons may overlap and memory does not grow. A pixel belongs to a polygon
when its centre lies inside.
"""

from __future__ import annotations

from typing import Any, Iterator, List, NamedTuple, Optional

import numpy as np

from ..raster.aoi import Aoi
from ..raster.geometries import clipped_to_grid, parts_of
from ..raster.grid import pixel_area_m2
from ..raster.source import RasterSource

STRIP_PX = 2**22
"""Pixels that are read at once."""


class Strip(NamedTuple):
    """Known values of the pixels inside, and their areas in m² (0 without a CRS)."""

    values: np.ndarray
    areas: np.ndarray


class Zone:
    """A polygon on a raster's grid."""

    def __init__(self, inside: List[Any]) -> None:
        self._aoi = Aoi(inside)
        bounds = np.array([part.bounds for part in inside])
        self.west, self.north = bounds[:, :2].min(0)
        self.east, self.south = bounds[:, 2:].max(0)

    def rasterize(self, row0: int, row1: int, col0: int, col1: int) -> np.ndarray:
        """Which pixels of the window belong to the polygon: bool (rows, cols)."""
        return self._aoi.rasterize(row0, row1, col0, col1)

    def strips(self, raster: RasterSource) -> Iterator[Strip]:
        """What the raster's first band holds inside; strips without a known pixel are left out."""
        col0, row0 = int(np.floor(self.west)), int(np.floor(self.north))
        col1, row1 = int(np.ceil(self.east)), int(np.ceil(self.south))
        rows = max(1, STRIP_PX // max(1, col1 - col0))
        for first in range(row0, row1, rows):
            end = min(first + rows, row1)
            known = self.rasterize(first, end, col0, col1)
            if not known.any():
                continue
            read = raster.read(first, end, col0, col1)
            if read.valid is not None:
                known &= read.valid
            known &= np.isfinite(read.pixels[0])
            if not known.any():
                continue
            lines = pixel_area_m2(raster.crs, raster.transform, np.arange(first, end), (col0 + col1) / 2)
            each = np.zeros(end - first) if lines is None else lines
            yield Strip(read.pixels[0][known], np.broadcast_to(each[:, None], known.shape)[known])


def zone_of(shape: Any, crs: Any, raster: RasterSource) -> Optional[Zone]:
    """The part of a shape's polygons that lies on the raster; None where there is none."""
    polygons = parts_of([shape], ["Polygon"])
    inside = clipped_to_grid(polygons, crs, raster.crs, raster.transform, raster.width, raster.height)
    return Zone(inside) if inside else None
