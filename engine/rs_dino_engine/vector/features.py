"""Finished regions as polygons on the map, with what is known about each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
import shapely

from ..raster.grid import apply
from .ground import Ground
from .regions import Polygons
from .rings import following


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


@dataclass(frozen=True)
class Outlines:
    """Rings of polygons: ``points`` (n, 2) are (column, row), anywhere on the pixel grid. The exterior comes first;
    ``first_ring`` has one entry more than there are polygons."""

    points: np.ndarray
    sizes: np.ndarray
    first_ring: np.ndarray

    @property
    def offsets(self) -> np.ndarray:
        return np.concatenate([[0], np.cumsum(self.sizes)])


def exact_outlines(polygons: Polygons) -> Outlines:
    """The pixels' own outlines."""
    vertices = polygons.rings.vertices
    points = np.column_stack([vertices[:, 0] >> 1, vertices[:, 1]]).astype(float)
    return Outlines(points, polygons.rings.sizes, polygons.first_ring)


def features_of(
    polygons: Polygons, transform: Any, ground: Optional[Ground], outlines: Optional[Outlines] = None
) -> Features:
    """Polygons on the map, with the pixels' outlines or with ``outlines``; area and perimeter are those of the
    polygon written, pixels and confidence those of its labels."""
    sums = polygons.sums
    nothing = np.full(len(polygons), np.nan)
    perimeters = areas = nothing
    drawn = exact_outlines(polygons) if outlines is None else outlines
    if ground is not None and len(polygons):
        areas = sums["area_m2"]
        if outlines is not None:
            of_ring = signed_areas(outlines.points, outlines.sizes)
            areas = areas / sums["pixels"] * np.add.reduceat(of_ring, outlines.first_ring[:-1])
        lengths = _ring_lengths(drawn, ground, axis_parallel=outlines is None)
        perimeters = np.add.reduceat(lengths, polygons.first_ring[:-1])
    counted = sums.get("confidence_pixels")
    with np.errstate(invalid="ignore", divide="ignore"):
        confidence = nothing if counted is None else sums["confidence"] / counted
    pixels = sums["pixels"].astype(np.int64)
    return Features(geometry_of(drawn, transform), polygons.label, pixels, areas, perimeters, confidence)


def geometry_of(outlines: Outlines, transform: Any) -> np.ndarray:
    """shapely polygons in map coordinates; exteriors run counter-clockwise, holes clockwise."""
    if not len(outlines.sizes):
        return np.zeros(0, dtype=object)
    sizes = outlines.sizes + 1  # the first vertex comes again at the end
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    step = np.arange(int(offsets[-1])) - np.repeat(offsets[:-1], sizes)
    size = np.repeat(outlines.sizes, sizes)
    if transform.determinant < 0:  # rows count down the map: what ran clockwise runs counter-clockwise
        step = size - step
    step[step == size] = 0
    points = outlines.points[step + np.repeat(outlines.offsets[:-1], sizes)]
    placed = np.column_stack(apply(transform, points[:, 0], points[:, 1]))
    geometry: np.ndarray = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, placed, (offsets, outlines.first_ring)
    )
    return geometry


def signed_areas(points: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Areas of rings in pixels; holes run the other way and count negative."""
    (x, y), after, starts = points.T, following(sizes), np.cumsum(sizes) - sizes
    # relative to each ring's first point: exact far from the raster's corner
    first = np.repeat(starts, sizes)
    x, y = x - x[first], y - y[first]
    areas: np.ndarray = np.add.reduceat(x * y[after] - x[after] * y, starts) / 2
    return areas


def _ring_lengths(outlines: Outlines, ground: Ground, axis_parallel: bool) -> np.ndarray:
    """Metres round each ring. Small rings along rows and columns need the pixel's size only at their middle."""
    x, y = outlines.points.T
    after, starts, sizes = following(outlines.sizes), outlines.offsets[:-1], outlines.sizes
    lengths = np.empty(len(sizes))
    right = np.add.reduceat(np.abs(x[after] - x), starts) / 2
    down = np.add.reduceat(np.abs(y[after] - y), starts) / 2
    small = (np.maximum(right, down) <= ground.spacing / 2) & axis_parallel
    right, down = right[small], down[small]
    middle_x, middle_y = (np.add.reduceat(v, starts)[small] / sizes[small] for v in (x, y))
    lengths[small] = ground.lengths(middle_x - right, middle_y, middle_x + right, middle_y)
    lengths[small] += ground.lengths(middle_x, middle_y - down, middle_x, middle_y + down)
    if not small.all():
        edges = np.flatnonzero(np.repeat(~small, sizes))
        one, other = edges, after[edges]
        per_edge = ground.lengths(x[one], y[one], x[other], y[other])
        ends = np.cumsum(sizes[~small])
        lengths[~small] = np.add.reduceat(per_edge, ends - sizes[~small])
    return lengths
