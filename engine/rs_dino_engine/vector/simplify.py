"""Simpler borders that neighbours still share.

Each arc is simplified on its own (Douglas and Peucker, 1973), so there are no gaps; what would make outlines cross is
found, and the arcs concerned are simplified less, in the end not at all, so there are no overlaps either. It needs the
borders of the whole map at once: about 300 bytes a vertex.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Callable, Optional

import numpy as np
import shapely

from .arcs import Arcs, arcs_of, rings_along
from .features import Outlines, signed_areas
from .regions import Polygons
from .right_angles import squared
from .rings import Rings, doubled_areas

_EXACT_BELOW_PX = 0.4
"""A pixel staircase has no simpler form within this distance."""
_LOCAL_ROUNDS = 6
"""So often only the arcs near a fault are taken back; after that all arcs of a polygon that has one."""
_PLACE = re.compile(r"\[(-?[\d.e+-]+) (-?[\d.e+-]+)")


@dataclass(frozen=True)
class RightAngles:
    """Which polygons get right angles, and the ground size of a pixel (right, down)."""

    polygons: np.ndarray
    pixel_size: np.ndarray


def simplified(
    polygons: Polygons,
    width: int,
    height: int,
    tolerance_px: float,
    square: Optional[RightAngles],
    check_cancel: Callable[[], None],
) -> Outlines:
    """Simplify a whole map, ``width`` by ``height`` pixels, whose rings carry node marks."""
    arcs = arcs_of(polygons.rings, width, height)
    polygon_of = np.repeat(np.arange(len(polygons)), np.diff(polygons.first_ring))
    tolerance = np.full(len(arcs.exact), float(tolerance_px))
    fixed = np.full(len(arcs.exact), None, dtype=object)
    if square is not None:
        exteriors = polygons.first_ring[:-1]
        rings = exteriors[square.polygons & arcs.alone[exteriors]]
        fixed = squared(arcs, rings, tolerance_px or 1.0, square.pixel_size)
    for attempt in itertools.count():  # ends: every round leaves some arc closer to the exact one
        check_cancel()
        lines = _lines(arcs, tolerance, fixed)
        reach = 2 * tolerance_px + 2 if attempt < _LOCAL_ROUNDS else np.inf
        bad = _crossing(lines, tolerance, fixed) | _spoilt(arcs, lines, polygons, polygon_of, reach)
        bad &= (tolerance > 0) | ~shapely.is_missing(fixed)
        if not bad.any():
            break
        was_fixed = ~shapely.is_missing(fixed)
        fixed = _unfixed(fixed, bad, arcs)
        halve = bad & ~was_fixed
        tolerance[halve] = np.where(tolerance[halve] / 2 < _EXACT_BELOW_PX, 0.0, tolerance[halve] / 2)
    rings = rings_along(arcs, lines)
    return Outlines(rings.vertices, rings.sizes, polygons.first_ring)


def _lines(arcs: Arcs, tolerance: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    lines = arcs.exact.copy()
    moving = tolerance > 0
    lines[moving] = shapely.simplify(arcs.exact[moving], tolerance[moving], preserve_topology=False)
    given = ~shapely.is_missing(fixed)
    lines[given] = fixed[given]
    return lines


def _unfixed(fixed: np.ndarray, bad: np.ndarray, arcs: Arcs) -> np.ndarray:
    """Give up right angles of rings with a bad arc; both arcs of such a ring go together."""
    uses = arcs.first_use[:-1][arcs.alone]
    one, other = arcs.arc[uses], arcs.arc[uses + 1]
    give_up = bad.copy()
    give_up[one] |= bad[other]
    give_up[other] |= bad[one]
    result = fixed.copy()
    result[give_up] = None
    return result


def _crossing(lines: np.ndarray, tolerance: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """Arcs that meet others elsewhere than in common end points, or themselves."""
    bad = ~shapely.is_simple(lines)
    moved = np.flatnonzero((tolerance > 0) | ~shapely.is_missing(fixed))
    tree = shapely.STRtree(lines)
    one, other = tree.query(lines[moved], predicate="intersects")
    one = moved[one]
    apart = one != other
    one, other = one[apart], other[apart]
    # interiors and boundaries of the two have nothing in common, except boundary with boundary
    wrong = ~shapely.relate_pattern(lines[one], lines[other], "FF*F*****")
    bad[one[wrong]] = True
    bad[other[wrong]] = True
    return bad


def _spoilt(arcs: Arcs, lines: np.ndarray, polygons: Polygons, polygon_of: np.ndarray, reach_px: float) -> np.ndarray:
    """Arcs that leave a ring without area or inside out, or a hole outside of its polygon."""
    bad = np.zeros(len(lines), dtype=bool)
    rings = rings_along(arcs, lines)
    hole = doubled_areas(polygons.rings) < 0
    flat = (rings.sizes < 3) | ((signed_areas(rings.vertices, rings.sizes) < 0) != hole)
    use_ring = np.repeat(np.arange(len(rings)), np.diff(arcs.first_use))
    bad[arcs.arc[flat[use_ring]]] = True
    sound = np.ones(len(polygons), dtype=bool)
    sound[polygon_of[flat]] = False
    for index in np.flatnonzero(sound)[~shapely.is_valid(shapes_of(rings, polygons.first_ring, sound))].tolist():
        uses = slice(arcs.first_use[polygons.first_ring[index]], arcs.first_use[polygons.first_ring[index + 1]])
        mine = arcs.arc[uses]
        shape = shapes_of(rings, polygons.first_ring, np.arange(len(polygons)) == index)[0]
        found = _PLACE.search(str(shapely.is_valid_reason(shape)))
        near = np.ones(len(mine), dtype=bool)
        if found is not None:
            place = shapely.points(float(found.group(1)), float(found.group(2)))
            near = shapely.distance(arcs.exact[mine], place) <= reach_px
        bad[mine[near] if near.any() else mine] = True
    return bad


def shapes_of(rings: Rings, first_ring: np.ndarray, which: np.ndarray) -> np.ndarray:
    """shapely polygons (column, row) of some of the polygons."""
    counts = np.diff(first_ring)
    chosen = rings.take(np.repeat(which, counts))
    sizes = chosen.sizes + 1
    starts = np.cumsum(sizes) - sizes
    step = np.arange(int(sizes.sum())) - np.repeat(starts, sizes)
    step[step == np.repeat(chosen.sizes, sizes)] = 0
    points = chosen.vertices[step + np.repeat(chosen.offsets[:-1], sizes)].astype(float)
    shapes: np.ndarray = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON,
        points,
        (np.concatenate([[0], np.cumsum(sizes)]), np.concatenate([[0], np.cumsum(counts[which])])),
    )
    return shapes
