"""The ground under a grid: metres per pixel and square metres per pixel, whatever the CRS."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np
import pyproj
from affine import Affine
from pyproj.exceptions import CRSError


class Gsd(NamedTuple):
    """Ground metres per pixel along a column (one row down) and along a row (one column right)."""

    row: float
    col: float


@lru_cache(maxsize=64)
def _crs_from_wkt(wkt: str) -> pyproj.CRS:
    return pyproj.CRS.from_wkt(wkt)


def to_pyproj(crs: Any) -> Optional[pyproj.CRS]:
    """rasterio's CRS as pyproj's, horizontal part only; None when there is none or PROJ cannot use it."""
    if crs is None or not crs:
        return None
    try:
        full = _crs_from_wkt(crs.to_wkt())
    except CRSError:
        return None
    if full.is_compound:
        full = full.sub_crs_list[0]
    return full


def to_geographic(crs: pyproj.CRS) -> Optional[Tuple[pyproj.Transformer, pyproj.Geod]]:
    """From ``crs`` to longitude/latitude on its own ellipsoid (no datum shift), and that ellipsoid."""
    geographic, geod = crs.geodetic_crs, crs.get_geod()
    if geographic is None or geod is None:
        return None
    try:
        return pyproj.Transformer.from_crs(crs, geographic, always_xy=True), geod
    except (CRSError, pyproj.exceptions.ProjError):
        return None


def gsd(crs: Any, transform: Any, width: int, height: int) -> Optional[Gsd]:
    """Ground metres per pixel at the raster's centre; None without a CRS.

    Measured as geodesics across the central pixel on the CRS's own ellipsoid: degrees, feet, rotation,
    anisotropic pixels and the stretching of Web Mercator come out as they are on the ground. Where the centre
    has no place on Earth (a full-disk view's rim), the CRS's linear unit is used.
    """
    known = to_pyproj(crs)
    if known is None:
        return None
    way = to_geographic(known)
    if way is not None:
        found = _geodesic_gsd(way, transform, width / 2, height / 2)
        if found is not None:
            return found
    return _planar_gsd(known, transform)


def _geodesic_gsd(way: Tuple[pyproj.Transformer, pyproj.Geod], transform: Any, col: float, row: float) -> Optional[Gsd]:
    transformer, geod = way
    cols = np.array([col, col, col - 0.5, col + 0.5])
    rows = np.array([row - 0.5, row + 0.5, row, row])
    lon, lat = transformer.transform(*apply(transform, cols, rows))
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()) or np.abs(lat).max() > 90 + 1e-9:
        return None
    lat = np.clip(lat, -90, 90)
    _, _, down = geod.inv(lon[0], lat[0], lon[1], lat[1])
    _, _, right = geod.inv(lon[2], lat[2], lon[3], lat[3])
    if not (math.isfinite(down) and math.isfinite(right)) or down <= 0 or right <= 0:
        return None
    return Gsd(down, right)


def _planar_gsd(crs: pyproj.CRS, transform: Any) -> Optional[Gsd]:
    if crs.is_geographic or not crs.axis_info:
        return None
    metres = crs.axis_info[0].unit_conversion_factor
    return Gsd(math.hypot(transform.b, transform.e) * metres, math.hypot(transform.a, transform.d) * metres)


def scaled(transform: Affine, row: float, col: float) -> Affine:
    """The transform of a grid whose pixels are ``row`` x ``col`` of the given one's (affine 3 changes operators)."""
    a, b, c, d, e, f = transform[:6]
    return Affine(a * col, b * row, c, d * col, e * row, f)


def shifted(transform: Affine, row: int, col: int) -> Affine:
    """The transform of the same grid whose first pixel is the one at ``(row, col)`` now."""
    a, b, c, d, e, f = transform[:6]
    return Affine(a, b, c + a * col + b * row, d, e, f + d * col + e * row)


def apply(transform: Any, cols: np.ndarray, rows: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """Pixel coordinates (col, row; corner of the first pixel is 0, 0) to map coordinates."""
    x = transform.a * cols + transform.b * rows + transform.c
    y = transform.d * cols + transform.e * rows + transform.f
    return x, y


def pixel_area_m2(crs: Any, transform: Any, rows: Union[np.ndarray, Sequence[int]], col: float) -> Optional[np.ndarray]:
    """Ellipsoidal area in m² of the pixel in column ``col`` of each of ``rows``; None without a CRS.

    Corners (and edge midpoints) go to longitude/latitude, from there to a cylindrical equal-area plane of the
    same ellipsoid (x = a·λ, y = a·q(φ)/2; Snyder 1987, eqs. 3-12 and 10-15), where the shoelace formula gives
    the area. In a plane CRS without a datum the area is the determinant in metres.
    """
    known = to_pyproj(crs)
    if known is None:
        return None
    rows = np.asarray(rows, dtype=float)
    way = to_geographic(known)
    if way is None:
        metres = known.axis_info[0].unit_conversion_factor if known.axis_info else 1.0
        return np.full(rows.shape, abs(transform.a * transform.e - transform.b * transform.d) * metres**2)
    ring = np.array([(0, 0), (0.5, 0), (1, 0), (1, 0.5), (1, 1), (0.5, 1), (0, 1), (0, 0.5)])
    lon, lat = way[0].transform(*apply(transform, col + ring[:, 0][None], rows[:, None] + ring[:, 1][None]))
    return equal_area_shoelace(np.asarray(lon), np.asarray(lat), way[1])


def equal_area_shoelace(lon: np.ndarray, lat: np.ndarray, geod: pyproj.Geod) -> np.ndarray:
    """Area in m² of rings (n, points) given in degrees; NaN where a point has no place on the ellipsoid."""
    lon, lat = np.where(np.isfinite(lon), lon, np.nan), np.where(np.isfinite(lat), lat, np.nan)
    # Longitudes relative to the ring's first point: exact for tiny pixels, and whole across the dateline.
    x = geod.a * np.radians((lon - lon[:, :1] + 180.0) % 360.0 - 180.0)
    y = geod.a * _half_q(np.radians(lat), geod.es)
    y = y - y[:, :1]
    return 0.5 * np.abs(np.sum(x * np.roll(y, -1, axis=1) - np.roll(x, -1, axis=1) * y, axis=1))


def _half_q(lat: np.ndarray, es: float) -> np.ndarray:
    s = np.sin(lat)
    if es < 1e-12:
        return s
    e = math.sqrt(es)
    return 0.5 * (1 - es) * (s / (1 - es * s * s) + np.arctanh(e * s) / e)
