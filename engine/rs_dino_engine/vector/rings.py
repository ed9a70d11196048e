"""Rings in one flat array of vertices, and what is done to many of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, NamedTuple, Sequence, Tuple

import numpy as np

from .outlines import Chains, Elements, Path, chains_of


@dataclass(frozen=True)
class Rings:
    """``vertices`` (n, 2) int32 as (2 * column + mark, row), ring after ring without a closing vertex.

    ``mark`` tells the points named in :func:`.outlines.elements_of`; it rides in the lowest bit to save memory.
    """

    vertices: np.ndarray
    sizes: np.ndarray
    region: np.ndarray

    def __len__(self) -> int:
        return len(self.sizes)

    @property
    def offsets(self) -> np.ndarray:
        return np.concatenate([[0], np.cumsum(self.sizes)])

    def take(self, which: np.ndarray) -> "Rings":
        """Some of the rings, in the order given (indices or a boolean array)."""
        which = np.arange(len(self))[which]
        sizes = self.sizes[which]
        return Rings(self.vertices[spread(self.offsets[which], sizes)], sizes, self.region[which])


def spread(first: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """``first[0], first[0]+1, … (sizes[0] of them), first[1], …`` as one array."""
    starts = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum())) + np.repeat(first - starts, sizes)


def joined(parts: Sequence[Rings]) -> Rings:
    """Several sets of rings as one."""
    return Rings(
        np.concatenate([p.vertices for p in parts]),
        np.concatenate([p.sizes for p in parts]),
        np.concatenate([p.region for p in parts]),
    )


def following(sizes: np.ndarray) -> np.ndarray:
    """For each vertex the index of the next one on its ring."""
    after = np.arange(1, int(sizes.sum()) + 1)
    ends = np.cumsum(sizes)
    after[ends - 1] = ends - sizes
    return after


class Traced(NamedTuple):
    """The rings that closed in a strip, and the paths that go on; ``region`` is the strip's component."""

    rings: Rings
    paths: List[Path]


def _vertices(elements: Elements, order: np.ndarray, first_line: int) -> Tuple[np.ndarray, np.ndarray]:
    """The vertices of elements in order, and how many each has (1 where it has no length, else 2)."""
    both = np.empty((len(order), 2, 2), dtype=np.int32)
    both[:, 0, 0] = elements.tail[order] * 2 + elements.tail_mark[order]
    both[:, 1, 0] = elements.head[order] * 2 + elements.head_mark[order]
    both[:, :, 1] = (elements.line[order] + first_line)[:, None]
    keep = np.ones((len(order), 2), dtype=bool)
    keep[:, 1] = elements.tail[order] != elements.head[order]
    # where an outline goes straight on, the head of one element is the tail of the next
    keep[:, 1] &= elements.through[order] < 0
    return both[keep], keep.sum(axis=1)


def trace(
    elements: Elements,
    paths: List[Path],
    chains: Chains,
    component: np.ndarray,
    path_component: np.ndarray,
    first_line: int,
) -> Traced:
    """Turn chains of elements and taken-up paths into rings and paths.

    ``component`` is that of each run, ``path_component`` that of each path; ``first_line`` is the raster row of
    the strip's line 0.
    """
    count = len(elements.tail)
    carried = np.flatnonzero(chains.order >= count)
    simple = chains.closed.copy()
    simple[np.searchsorted(chains.offsets, carried, side="right") - 1] = False
    lengths = np.diff(chains.offsets)
    order = chains.order[spread(chains.offsets[:-1][simple], lengths[simple])]
    vertices, per_element = _vertices(elements, order, first_line)
    starts = np.cumsum(lengths[simple]) - lengths[simple]
    sizes = np.add.reduceat(per_element, starts) if len(starts) else np.zeros(0, dtype=np.int64)
    rings = [Rings(vertices, sizes, component[elements.run[order[starts]]])]
    still_open: List[Path] = []
    ropes = _Ropes(elements, paths, chains, ~simple, first_line)
    for k in np.flatnonzero(~simple).tolist():
        rope = ropes.of(k)
        first, last = int(chains.order[chains.offsets[k]]), int(chains.order[chains.offsets[k + 1] - 1])
        region = int(component[elements.run[first]] if first < count else path_component[first - count])
        if chains.closed[k]:
            ring = np.concatenate(rope)
            rings.append(Rings(ring, np.array([len(ring)]), np.array([region])))
        else:
            tail_x = int(elements.tail[first]) if first < count else paths[first - count].tail_x
            head_x = int(elements.head[last]) if last < count else paths[last - count].head_x
            still_open.append(Path(rope, tail_x, head_x, region))
    return Traced(joined(rings), still_open)


class _Ropes:
    """The vertices of chains that take up a path or become one, in pieces."""

    def __init__(
        self, elements: Elements, paths: List[Path], chains: Chains, which: np.ndarray, first_line: int
    ) -> None:
        self._count, self._paths = len(elements.tail), paths
        lengths = np.diff(chains.offsets)[which]
        walk = chains.order[spread(chains.offsets[:-1][which], lengths)]
        self._vertices, per_element = _vertices(elements, walk[walk < self._count], first_line)
        vertices_of = np.zeros(len(walk), dtype=np.int64)
        vertices_of[walk < self._count] = per_element
        self._before = np.concatenate([[0], np.cumsum(vertices_of)])
        self._walk, self._carried = walk, np.flatnonzero(walk >= self._count)
        first = np.cumsum(lengths) - lengths
        low, high = np.searchsorted(self._carried, first), np.searchsorted(self._carried, first + lengths)
        places = zip(first.tolist(), (first + lengths).tolist(), low.tolist(), high.tolist())
        self._places = dict(zip(np.flatnonzero(which).tolist(), places))

    def of(self, chain: int) -> Tuple[np.ndarray, ...]:
        """The pieces of a chain."""
        begin, end, low, high = self._places[chain]
        pieces: List[np.ndarray] = []
        for at in self._carried[low:high].tolist() + [end]:
            if at > begin:
                # copied: a view would keep the whole strip's vertices as long as the path lives
                pieces.append(self._vertices[self._before[begin] : self._before[at]].copy())
            if at < end:
                pieces.extend(self._paths[int(self._walk[at]) - self._count].vertices)
            begin = at + 1
        return tuple(pieces)


def untangled(rings: Rings) -> Rings:
    """Part the rings of a region at points where its outline meets itself.

    Two pixels of one 4-connected region that touch at a corner only separate what lies in the other two
    quadrants; swapping the successors of the two visits makes two rings that touch in a point, which is valid,
    of one that crosses itself, which is not.
    """
    marked = np.flatnonzero(rings.vertices[:, 0] & 1)
    if not len(marked):
        return rings
    ring_of = np.repeat(np.arange(len(rings)), rings.sizes)
    region = rings.region[ring_of[marked]]
    order = np.lexsort((rings.vertices[marked, 0], rings.vertices[marked, 1], region))
    marked, region = marked[order], region[order]
    point = rings.vertices[marked]
    twice = np.flatnonzero((region[1:] == region[:-1]) & (point[1:] == point[:-1]).all(axis=1))
    if not len(twice):
        return rings
    one, other = marked[twice], marked[twice + 1]
    touched = np.zeros(len(rings), dtype=bool)
    touched[ring_of[one]] = True
    touched[ring_of[other]] = True
    inside = np.flatnonzero(touched[ring_of])
    local = np.empty(len(ring_of), dtype=np.int64)
    local[inside] = np.arange(len(inside))
    after = following(rings.sizes[touched])
    one, other = local[one], local[other]
    after[one], after[other] = after[other], after[one]
    chains = chains_of(after)
    order = inside[chains.order]
    apart = Rings(rings.vertices[order], np.diff(chains.offsets), rings.region[ring_of[order[chains.offsets[:-1]]]])
    return joined([rings.take(~touched), apart])


def canonical(rings: Rings) -> Rings:
    """Each ring turned so that it begins at its topmost, then leftmost vertex; independent of the strips."""
    if not len(rings):
        return rings
    key = rings.vertices[:, 1].astype(np.int64) << 32 | rings.vertices[:, 0]
    starts = rings.offsets[:-1]
    least = np.minimum.reduceat(key, starts)
    turn = np.flatnonzero(key == np.repeat(least, rings.sizes)) - starts
    place = np.arange(len(key)) - np.repeat(starts, rings.sizes) + np.repeat(turn, rings.sizes)
    size = np.repeat(rings.sizes, rings.sizes)
    place -= np.where(place >= size, size, 0)
    return Rings(rings.vertices[place + np.repeat(starts, rings.sizes)], rings.sizes, rings.region)


def doubled_areas(rings: Rings) -> np.ndarray:
    """Twice the signed area in pixels: positive for exteriors, negative for holes."""
    if not len(rings):
        return np.zeros(0, dtype=np.int64)
    x, y = (rings.vertices[:, 0] >> 1).astype(np.int64), rings.vertices[:, 1].astype(np.int64)
    after = following(rings.sizes)
    return np.add.reduceat(x * y[after] - x[after] * y, rings.offsets[:-1])
