"""Borders cut into arcs between the points where three or more regions meet.

An arc belongs to the outlines on both its sides. What is done to an arc is done once, so neighbours keep one common
border. Outlines that meet nobody at such a point are cut at their first and last vertex.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from .rings import Rings, following, spread


@dataclass(frozen=True)
class Arcs:
    """``exact`` holds each arc once, as a line in pixel coordinates. Ring ``r`` walks along
    ``arc[first_use[r]:first_use[r + 1]]``, each backwards where ``backwards`` says so. ``alone`` tells rings that
    are made of two arcs which nobody else but the one neighbour shares."""

    exact: np.ndarray
    arc: np.ndarray
    backwards: np.ndarray
    first_use: np.ndarray
    alone: np.ndarray


def arcs_of(rings: Rings, width: int, height: int) -> Arcs:
    """Cut rings whose marked vertices are the points where borders meet (``every_node``) into arcs.

    The raster's own corners count as such points, so that they stay where they are.
    """
    x, y = (rings.vertices[:, 0] >> 1).astype(np.int64), rings.vertices[:, 1].astype(np.int64)
    code = y << 32 | x
    ring_of = np.repeat(np.arange(len(rings)), rings.sizes)
    node = (rings.vertices[:, 0] & 1).astype(bool) | (((x == 0) | (x == width)) & ((y == 0) | (y == height)))
    meetings = np.add.reduceat(node.astype(np.int64), rings.offsets[:-1])
    _anchor(node, meetings, code, rings, ring_of)
    at = np.flatnonzero(node)
    counts = np.bincount(ring_of[at], minlength=len(rings))
    first_use = np.concatenate([[0], np.cumsum(counts)])
    following_node = np.roll(at, -1)
    lasts = first_use[1:] - 1
    following_node[lasts] = at[first_use[:-1]] + rings.sizes  # round the ring's end
    lengths = following_node - at + 1
    after = following(rings.sizes)
    before = np.empty_like(after)
    before[after] = np.arange(len(after))
    end = at[np.roll(np.arange(len(at)), -1)]
    end[lasts] = at[first_use[:-1]]
    forth, back = _departure(code, x, y, at, after[at]), _departure(code, x, y, end, before[end])
    backwards = _less(back, forth)
    key = np.where(backwards[:, None], back, forth)
    _, example, arc = np.unique(key, axis=0, return_index=True, return_inverse=True)
    exact = _lines(x, y, rings, ring_of, at, lengths, backwards, example)
    return Arcs(exact, arc.reshape(-1), backwards, first_use, meetings == 0)


def _anchor(node: np.ndarray, meetings: np.ndarray, code: np.ndarray, rings: Rings, ring_of: np.ndarray) -> None:
    """Give rings with less than two nodes their first, and if need be their last vertex (by row and column)."""
    few = np.flatnonzero(meetings < 2)
    starts = rings.offsets[:-1]
    first = np.flatnonzero(code == np.minimum.reduceat(code, starts)[ring_of])
    last = np.flatnonzero(code == np.maximum.reduceat(code, starts)[ring_of])
    node[last[few]] = True
    # a ring that meets others in its last vertex alone gets its first one too
    lonely = few[np.add.reduceat(node.astype(np.int64), starts)[few] < 2]
    node[first[lonely]] = True


def _departure(code: np.ndarray, x: np.ndarray, y: np.ndarray, at: np.ndarray, towards: np.ndarray) -> np.ndarray:
    """A point and the direction in which an arc leaves it: no two arcs share both."""
    direction = np.sign(x[towards] - x[at]) * 3 + np.sign(y[towards] - y[at])
    return np.column_stack([code[at], direction])


def _less(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a[:, 0] < b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] < b[:, 1]))


def _lines(
    x: np.ndarray,
    y: np.ndarray,
    rings: Rings,
    ring_of: np.ndarray,
    at: np.ndarray,
    lengths: np.ndarray,
    backwards: np.ndarray,
    example: np.ndarray,
) -> np.ndarray:
    sizes, start = lengths[example], at[example]
    step = spread(np.zeros(len(example), dtype=np.int64), sizes)
    turned = np.repeat(backwards[example], sizes)
    step = np.where(turned, np.repeat(sizes, sizes) - 1 - step, step)
    ring = ring_of[start]
    place = np.repeat(start - rings.offsets[ring], sizes) + step
    size = np.repeat(rings.sizes[ring], sizes)
    place = np.where(place >= size, place - size, place) + np.repeat(rings.offsets[ring], sizes)
    points = np.column_stack([x[place], y[place]]).astype(float)
    lines: np.ndarray = shapely.linestrings(points, indices=np.repeat(np.arange(len(example)), sizes))
    return lines


def rings_along(arcs: Arcs, lines: np.ndarray) -> Rings:
    """The rings again, along ``lines`` in the place of the exact arcs. ``vertices`` are floats (column, row)."""
    points = shapely.get_coordinates(lines)
    sizes = shapely.get_num_coordinates(lines)
    first = np.cumsum(sizes) - sizes
    used = sizes[arcs.arc] - 1  # each arc gives its last point to the next one
    step = spread(np.zeros(len(used), dtype=np.int64), used)
    turned = np.repeat(arcs.backwards, used)
    place = np.repeat(first[arcs.arc], used) + np.where(turned, np.repeat(used, used) - step, step)
    of_ring = np.add.reduceat(used, arcs.first_use[:-1])
    return Rings(points[place], of_ring, np.zeros(len(of_ring), dtype=np.int64))
