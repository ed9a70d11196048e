"""Metres and square metres of pixels, on the ellipsoid, in any CRS.

A pixel's ground size changes slowly over a raster. It is computed exactly on a net of nodes (geodesics of the
CRS's ellipsoid) and interpolated linearly between them, so that millions of pixels and edges cost little.
Where latitude depends on the row alone (degrees, Mercator) areas need no interpolation: every row has its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple, Optional

import numpy as np
from pyproj import Geod, Transformer

from ..raster.grid import apply, pixel_area_m2, to_geographic, to_pyproj

_NODES_AT_MOST = 250_000
_SPACINGS_PX = (512, 256, 128, 64, 32, 16, 8, 4, 2, 1)
_TOLERANCE, _TOLERANCE_WITH_ROW_AREAS = 1e-7, 1e-6
_BASE_M = 100.0
"""Half the length of the geodesics that are measured at a node: long for their precision, short for locality."""


class _LonLat(NamedTuple):
    lon: np.ndarray
    lat: np.ndarray


class _Place:
    """Pixel coordinates (column, row; whole numbers are pixel corners) to longitude and latitude."""

    def __init__(self, to_lonlat: Transformer, geod: Geod, transform: Any) -> None:
        self.geod, self._to_lonlat, self._transform = geod, to_lonlat, transform

    def __call__(self, x: np.ndarray, y: np.ndarray) -> _LonLat:
        lon, lat = self._to_lonlat.transform(*apply(self._transform, x, y))
        return _LonLat(np.asarray(lon), np.clip(np.asarray(lat), -90, 90))


@dataclass(frozen=True)
class _Metric:
    """First fundamental form of the pixel grid at points: metres² of a step right, both, down."""

    e: np.ndarray
    f: np.ndarray
    g: np.ndarray

    @property
    def area(self) -> np.ndarray:
        return np.sqrt(np.maximum(self.e * self.g - self.f * self.f, 0))


class Ground:
    """Areas and lengths of a pixel grid on the ellipsoid; see :func:`ground_of`."""

    def __init__(self, place: _Place, crs: Any, transform: Any, width: int, height: int) -> None:
        self._place = place
        self._width, self._height = width, height
        self._row_area = self._zones(crs, transform)
        self._half_px = self._base_px()
        middle = self._metric(np.array([width / 2]), np.array([height / 2]))
        self.pixel_m = np.array([np.sqrt(middle.e[0]), np.sqrt(middle.g[0])])
        """Size of the pixel in the middle: right, down."""
        self.spacing = self._choose_spacing()
        """Pixels within which the size of a pixel changes evenly enough to be interpolated."""
        columns = np.arange(0, width + self.spacing, self.spacing, dtype=float)
        rows = np.arange(0, height + self.spacing, self.spacing, dtype=float)
        grid_x, grid_y = np.meshgrid(np.minimum(columns, width), np.minimum(rows, height))
        metric = self._metric(grid_x.ravel(), grid_y.ravel())
        shape = grid_x.shape
        self._nodes = _Metric(metric.e.reshape(shape), metric.f.reshape(shape), metric.g.reshape(shape))

    def run_areas(self, row: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        """m² of runs of pixels: row ``row``, columns ``start`` to ``end`` (exclusive)."""
        if self._row_area is not None:
            return self._row_area[row] * (end - start)
        if not len(row):
            return np.zeros(0)
        first = int(row[0])
        rows = np.arange(first, int(row[-1]) + 1)
        at = (rows + 0.5) / self.spacing
        upper = at.astype(np.int64)
        part = (at - upper)[:, None]
        density = self._nodes.area
        density = density[upper] * (1 - part) + density[upper + 1] * part
        total = np.zeros_like(density)
        np.cumsum((density[:, 1:] + density[:, :-1]) * (self.spacing / 2), axis=1, out=total[:, 1:])
        return self._integral(density, total, row - first, end) - self._integral(density, total, row - first, start)

    def lengths(self, x0: np.ndarray, y0: np.ndarray, x1: np.ndarray, y1: np.ndarray) -> np.ndarray:
        """Metres from (x0, y0) to (x1, y1), pixel coordinates: by the pixel size at the middle, for lines longer
        than ``spacing`` also at the ends (Simpson's rule)."""
        dx, dy = x1 - x0, y1 - y0
        result = self._lengths_at((x0 + x1) / 2, (y0 + y1) / 2, dx, dy)
        long = np.flatnonzero(np.maximum(np.abs(dx), np.abs(dy)) > self.spacing)
        if len(long):
            ends = self._lengths_at(x0[long], y0[long], dx[long], dy[long])
            ends += self._lengths_at(x1[long], y1[long], dx[long], dy[long])
            result[long] = (ends + 4 * result[long]) / 6
        return result

    def _lengths_at(self, x: np.ndarray, y: np.ndarray, dx: np.ndarray, dy: np.ndarray) -> np.ndarray:
        """Metres of steps (dx, dy) with the pixel size at (x, y)."""
        x, y = x / self.spacing, y / self.spacing
        columns = self._nodes.e.shape[1]
        i, j = y.astype(np.int64), x.astype(np.int64)
        np.minimum(i, self._nodes.e.shape[0] - 2, out=i)
        np.minimum(j, columns - 2, out=j)
        down, right = y - i, x - j
        corner = i * columns + j
        weights = ((1 - down) * (1 - right), (1 - down) * right, down * (1 - right), down * right)
        squared = np.zeros(len(dx))
        for grid, factor in ((self._nodes.e, dx * dx), (self._nodes.f, 2 * dx * dy), (self._nodes.g, dy * dy)):
            if not grid.any():
                continue
            flat = grid.ravel()
            value = weights[0] * flat[corner] + weights[1] * flat[corner + 1]
            value += weights[2] * flat[corner + columns] + weights[3] * flat[corner + columns + 1]
            squared += value * factor
        return np.sqrt(np.maximum(squared, 0))

    def _integral(self, density: np.ndarray, total: np.ndarray, row: np.ndarray, column: np.ndarray) -> np.ndarray:
        """Area of a row from column 0 to ``column``: the density is linear between nodes."""
        node = np.minimum(column // self.spacing, density.shape[1] - 2)
        beyond = column - node * self.spacing
        flat = row * density.shape[1] + node
        left, right = density.ravel()[flat], density.ravel()[flat + 1]
        return total.ravel()[flat] + beyond * (left + (right - left) * beyond / (2 * self.spacing))

    def _base_px(self) -> float:
        x, y = np.array([self._width / 2]), np.array([self._height / 2])
        a, b = self._place(x - 0.5, y), self._place(x + 0.5, y)
        size = float(self._place.geod.inv(a.lon, a.lat, b.lon, b.lat)[2][0])
        return min(max(_BASE_M / size, 1e-3), 64.0) if size > 0 else 1.0

    def _metric(self, x: np.ndarray, y: np.ndarray) -> _Metric:
        half, geod = self._half_px, self._place.geod
        x0, x1 = np.maximum(x - half, 0), np.minimum(x + half, self._width)
        y0, y1 = np.maximum(y - half, 0), np.minimum(y + half, self._height)
        west, east, north, south = self._place(x0, y), self._place(x1, y), self._place(x, y0), self._place(x, y1)
        across, _, right = geod.inv(west.lon, west.lat, east.lon, east.lat)
        along, _, down = geod.inv(north.lon, north.lat, south.lon, south.lat)
        right, down = right / (x1 - x0), down / (y1 - y0)
        cosine = np.cos(np.radians(np.asarray(along) - np.asarray(across)))
        cosine[np.abs(cosine) < 1e-7] = 0  # north is perpendicular to east; what is left is rounding
        metric = [np.nan_to_num(v, nan=0.0, posinf=0.0) for v in (right * right, right * down * cosine, down * down)]
        return _Metric(*metric)

    def _choose_spacing(self) -> int:
        """The widest spacing at which linear interpolation is good enough, within a bound on nodes."""
        tolerance = _TOLERANCE if self._row_area is None else _TOLERANCE_WITH_ROW_AREAS
        least = math.sqrt((self._width + 1) * (self._height + 1) / _NODES_AT_MOST)
        for spacing in _SPACINGS_PX:
            if spacing / 2 < least or spacing == 1:
                return spacing
            if spacing > max(self._width, self._height) and spacing > 8:
                continue
            if self._error(spacing) < tolerance:
                return spacing
        return 1

    def _error(self, spacing: int) -> float:
        worst = 0.0
        for fx in (0.0, 0.5, 1.0):
            for fy in (0.0, 0.5, 1.0):
                x = fx * max(self._width - spacing, 0) + np.array([0.0, 0.5, 1.0, 0.0, 0.0]) * spacing
                y = fy * max(self._height - spacing, 0) + np.array([0.0, 0.0, 0.0, 0.5, 1.0]) * spacing
                area = self._metric(np.minimum(x, self._width), np.minimum(y, self._height)).area
                for a, middle, b in (area[:3], area[[0, 3, 4]]):
                    if middle > 0:
                        worst = max(worst, abs((a + b) / 2 - middle) / float(middle))
        return worst

    def _zones(self, crs: Any, transform: Any) -> Optional[np.ndarray]:
        """m² of a pixel in each row where longitude depends on the column alone, latitude on the row alone."""
        probe = np.linspace(0, 1, 5)
        grid_x, grid_y = np.meshgrid(probe * self._width, probe * self._height)
        at = self._place(grid_x, grid_y)
        lon = at.lon[0, 0] + (at.lon[0, -1] - at.lon[0, 0]) * probe
        if not (np.allclose(at.lon, lon, rtol=0, atol=1e-9) and np.allclose(at.lat, at.lat[:, :1], rtol=0, atol=1e-9)):
            return None
        return pixel_area_m2(crs, transform, np.arange(self._height), self._width / 2)


def ground_of(crs: Any, transform: Any, width: int, height: int) -> Optional[Ground]:
    """The ground sizes of a raster's pixels (``crs`` as rasterio has it); None where nothing ties it to the Earth."""
    known = to_pyproj(crs)
    way = to_geographic(known) if known is not None else None
    if way is None or transform.is_degenerate:
        return None
    return Ground(_Place(way[0], way[1], transform), crs, transform, width, height)
