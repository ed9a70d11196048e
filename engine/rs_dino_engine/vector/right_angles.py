"""Outlines with right angles, for what people have built.

A ring is simplified, its edges are sorted into those along its main direction and those across, and each run of
one sort becomes one straight line at its mean place. The result is taken when it keeps the area and the place.
"""

from __future__ import annotations

from typing import Optional

import numpy as np
import shapely

from .arcs import Arcs

_AREA_CHANGE_AT_MOST = 0.04
_OVERLAP_AT_LEAST = 0.8
"""Of intersection over union with the exact outline."""
_TRIED = (2.0, 1.5, 1.0, 0.75, 0.5)
"""Parts of the tolerance at which edges are looked for, coarse first."""


def squared(arcs: Arcs, rings: np.ndarray, tolerance_px: float, pixel_size: np.ndarray) -> np.ndarray:
    """For each arc the line to take instead, or None. ``rings`` are rings made of two arcs (``Arcs.alone``);
    ``pixel_size`` (right, down) is that on the ground, so that angles are right there."""
    lines = np.full(len(arcs.exact), None, dtype=object)
    for ring in rings.tolist():
        use = int(arcs.first_use[ring])
        one, other = int(arcs.arc[use]), int(arcs.arc[use + 1])
        # both arcs run from the ring's first to its last vertex
        there, back = shapely.get_coordinates(arcs.exact[one]), shapely.get_coordinates(arcs.exact[other])
        best = square_ring(np.concatenate([there, back[-2:0:-1]]) * pixel_size, tolerance_px * float(pixel_size.max()))
        if best is not None:
            best = best / pixel_size
            half = len(best) // 2
            lines[one] = shapely.linestrings(best[: half + 1])
            lines[other] = shapely.linestrings(np.concatenate([best[half:], best[:1]])[::-1])
    return lines


def square_ring(outline: np.ndarray, tolerance: float) -> Optional[np.ndarray]:
    """Vertices (n, 2) of an outline with right angles only, or None where none comes close to the given one."""
    exact = shapely.polygons(outline)
    for part in _TRIED:
        found = _with_tolerance(outline, tolerance * part)
        if found is not None and _alike(exact, found):
            return found
    return None


def _with_tolerance(outline: np.ndarray, tolerance: float) -> Optional[np.ndarray]:
    closed = shapely.linestrings(np.concatenate([outline, outline[:1]]))
    line = shapely.simplify(closed, tolerance, preserve_topology=False)
    corners = shapely.get_coordinates(line)[:-1]
    if len(corners) < 4:
        corners = outline
    angle = _main_direction(corners)
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]])
    here = corners @ turn  # the main direction becomes the first axis
    edges = np.roll(here, -1, axis=0) - here
    along = np.abs(edges[:, 0]) >= np.abs(edges[:, 1])
    change = np.flatnonzero(along != np.roll(along, 1))
    if len(change) < 4:
        return None
    start = int(change[0])
    here, edges, along = np.roll(here, -start, axis=0), np.roll(edges, -start, axis=0), np.roll(along, -start)
    group = np.cumsum(along != np.roll(along, 1)) - 1
    weight = np.hypot(edges[:, 0], edges[:, 1])
    middle = here + edges / 2
    across = np.where(along, middle[:, 1], middle[:, 0])
    place = np.bincount(group, across * weight) / np.bincount(group, weight)
    kind = along[np.concatenate([[True], group[1:] != group[:-1]])]
    before = np.roll(place, 1)
    square = np.where(kind[:, None], np.column_stack([before, place]), np.column_stack([place, before]))
    result: np.ndarray = square @ turn.T
    return result


def _main_direction(corners: np.ndarray) -> float:
    """The direction, up to quarter turns, that most of the length of the edges follows."""
    edges = np.roll(corners, -1, axis=0) - corners
    angle, length = np.arctan2(edges[:, 1], edges[:, 0]), np.hypot(edges[:, 0], edges[:, 1])
    return float(np.arctan2((length**2 * np.sin(4 * angle)).sum(), (length**2 * np.cos(4 * angle)).sum()) / 4)


def _alike(exact: shapely.Polygon, outline: np.ndarray) -> bool:
    other = shapely.polygons(outline)
    if not other.is_valid or abs(other.area / exact.area - 1) > _AREA_CHANGE_AT_MOST:
        return False
    common = shapely.intersection(exact, other).area
    return bool(common / (exact.area + other.area - common) >= _OVERLAP_AT_LEAST)
