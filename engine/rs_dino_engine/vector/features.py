"""Finished regions as polygons on the map, with what is known about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
import shapely

from ..raster.grid import apply
from .ground import Ground
from .regions import Polygons
from .rings import Rings, following

_SMALL_RING = 64
"""Rings with fewer vertices are measured with the pixel size at their middle, edge by edge beyond."""


@dataclass(frozen=True)
class Features:
    """Polygons as they are written; metres are NaN without a CRS, ``confidence`` (mean, %) without its raster."""

    geometry: np.ndarray
    label: np.ndarray
    pixels: np.ndarray
    area_m2: np.ndarray
    perim_m: np.ndarray
    confidence: np.ndarray

    def __len__(self) -> int:
        return len(self.label)


def features_of(polygons: Polygons, transform: Any, ground: Optional[Ground]) -> Features:
    """Polygons with pixel-exact outlines; exteriors run counter-clockwise on the map, holes clockwise."""
    sums = polygons.sums
    nothing = np.full(len(polygons), np.nan)
    perimeters = nothing if ground is None else _perimeters(polygons, ground)
    counted = sums.get("confidence_pixels")
    with np.errstate(invalid="ignore", divide="ignore"):
        confidence = nothing if counted is None else sums["confidence"] / counted
    return Features(
        geometry_of(polygons, transform),
        polygons.label,
        sums["pixels"].astype(np.int64),
        sums["area_m2"] if ground is not None else nothing,
        perimeters,
        confidence,
    )


def geometry_of(polygons: Polygons, transform: Any) -> np.ndarray:
    """shapely polygons in map coordinates."""
    rings = polygons.rings
    sizes = rings.sizes + 1  # the first vertex comes again at the end
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    step = np.arange(int(offsets[-1])) - np.repeat(offsets[:-1], sizes)
    size = np.repeat(rings.sizes, sizes)
    if transform.determinant < 0:  # rows count down the map: what ran clockwise runs counter-clockwise
        step = size - step
    step[step == size] = 0
    vertices = rings.vertices[step + np.repeat(rings.offsets[:-1], sizes)]
    x, y = apply(transform, (vertices[:, 0] >> 1).astype(float), vertices[:, 1].astype(float))
    geometry: np.ndarray = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, np.column_stack([x, y]), (offsets, polygons.first_ring)
    )
    return geometry


def _perimeters(polygons: Polygons, ground: Ground) -> np.ndarray:
    rings = polygons.rings
    lengths = np.empty(len(rings))
    small = rings.sizes <= _SMALL_RING
    lengths[small] = _by_ring(rings.take(small), ground)
    lengths[~small] = _by_edge(rings.take(~small), ground)
    if not len(polygons):
        return np.zeros(0)
    return np.add.reduceat(lengths, polygons.first_ring[:-1])


def _by_ring(rings: Rings, ground: Ground) -> np.ndarray:
    if not len(rings):
        return np.zeros(0)
    x, y = (rings.vertices[:, 0] >> 1).astype(float), rings.vertices[:, 1].astype(float)
    after, starts = following(rings.sizes), rings.offsets[:-1]
    right = np.add.reduceat(np.abs(x[after] - x), starts) / 2
    down = np.add.reduceat(np.abs(y[after] - y), starts) / 2
    x, y = np.add.reduceat(x, starts) / rings.sizes, np.add.reduceat(y, starts) / rings.sizes
    return ground.lengths(x - right, y, x + right, y) + ground.lengths(x, y - down, x, y + down)


def _by_edge(rings: Rings, ground: Ground) -> np.ndarray:
    if not len(rings):
        return np.zeros(0)
    x, y = (rings.vertices[:, 0] >> 1).astype(float), rings.vertices[:, 1].astype(float)
    after = following(rings.sizes)
    return np.add.reduceat(ground.lengths(x, y, x[after], y[after]), rings.offsets[:-1])
