"""Which regions there are, how large, and how long their common borders: the map as a graph.

The graph takes some dozens of bytes a region and a border, for the whole raster; it is made only when regions are
to be merged, which cannot be decided strip by strip.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, List, NamedTuple, Tuple

import numpy as np

from .labels import LabelRaster
from .runs import VOID, Contacts, Runs, components, contacts_of, last_row, stacked, void_row


class Numbered(NamedTuple):
    """Numbers of a strip's runs; and of the strip with the row above it: runs, contacts and numbers."""

    numbers: np.ndarray
    block: Runs
    contacts: Contacts
    block_numbers: np.ndarray


class Numbering:
    """Gives every run the number of its region, strip by strip; numbers of regions that meet later are ``joined``.

    The same strips give the same numbers. The least number of a region is in the order of its first pixel. Void
    runs have -1.
    """

    def __init__(self, width: int) -> None:
        self._row = void_row(width)
        self._row_numbers = np.array([-1])
        self.count = 0
        self.joined: List[np.ndarray] = []

    def add(self, runs: Runs) -> Numbered:
        """Number the next strip."""
        block = stacked(self._row, runs)
        contacts = contacts_of(block)
        above, below = contacts.above, contacts.below
        same = (block.label[above] == block.label[below]) & (block.label[above] != VOID)
        known = np.flatnonzero(self._row_numbers >= 0)
        _, first, inverse = np.unique(self._row_numbers[known], return_index=True, return_inverse=True)
        component = components(
            len(block), np.concatenate([above[same], known[first][inverse]]), np.concatenate([below[same], known])
        )
        number = np.full(int(component.max()) + 1, np.iinfo(np.int64).max)
        np.minimum.at(number, component[known], self._row_numbers[known])
        self.joined.append(np.column_stack([number[component[known]], self._row_numbers[known]]))
        label = np.empty(len(number), dtype=np.int64)
        label[component] = block.label
        number[label == VOID] = -1
        new = np.flatnonzero(number == np.iinfo(np.int64).max)
        number[new] = self.count + np.arange(len(new))
        self.count += len(new)
        numbers = number[component]
        before = len(self._row)
        self._row = last_row(block)
        self._row_numbers = numbers[len(block) - len(self._row) :]
        return Numbered(numbers[before:], block, contacts, numbers)


@dataclass(frozen=True)
class Graph:
    """Regions with label, area and whether they touch the raster's edge or void; borders ``a``-``b``, each once,
    and their length."""

    label: np.ndarray
    area: np.ndarray
    at_edge: np.ndarray
    a: np.ndarray
    b: np.ndarray
    length: np.ndarray

    def contracted(self, label: np.ndarray) -> Tuple["Graph", np.ndarray]:
        """The graph after regions were given other labels, and the new number of each old region."""
        same = label[self.a] == label[self.b]
        to = components(len(label), self.a[same], self.b[same])
        count = int(to.max()) + 1 if len(to) else 0
        new_label = np.empty(count, dtype=np.int64)
        new_label[to] = label
        a, b, length = _summed(to[self.a], to[self.b], self.length, count)
        edge = np.bincount(to, self.at_edge, count) > 0
        return Graph(new_label, np.bincount(to, self.area, count), edge, a, b, length), to


def graph_of(raster: LabelRaster, check_cancel: Callable[[], None], progress: Callable[[float], None]) -> "Mapped":
    """Read the raster once and make its graph."""
    numbering, sides = Numbering(raster.width), _Sides(raster)
    labels: List[np.ndarray] = []
    areas: List[np.ndarray] = []
    row = 0
    for strip in raster.strips(sums=False):
        check_cancel()
        before = numbering.count
        numbered = numbering.add(strip.runs)
        numbers = numbered.numbers
        real = numbers >= 0
        label = np.zeros(numbering.count - before, dtype=np.int64)
        new = numbers >= before
        label[numbers[new] - before] = strip.runs.label[new]
        labels.append(label)
        ids, inverse = np.unique(numbers[real], return_inverse=True)
        areas.append(np.column_stack([ids, np.bincount(inverse, raster.areas(strip.runs, row)[real], len(ids))]))
        sides.add(numbered)
        row = strip.next_row
        progress(row / raster.height)
    sides.add(numbering.add(void_row(raster.width)))
    pairs = np.concatenate(numbering.joined)
    node = components(numbering.count, pairs[:, 0], pairs[:, 1])
    count = int(node.max()) + 1 if len(node) else 0
    label = np.empty(count, dtype=np.int64)
    label[node] = np.concatenate(labels)
    all_areas = np.concatenate(areas)
    area = np.bincount(node[all_areas[:, 0].astype(np.int64)], all_areas[:, 1], count)
    return Mapped(sides.graph(label, area, node), node)


@dataclass(frozen=True)
class Mapped:
    """A graph, and which of its regions each number of :class:`Numbering` belongs to."""

    graph: Graph
    region: np.ndarray


class _Sides:
    """Collects common borders. Lengths are in map units, of pixel sides."""

    def __init__(self, raster: LabelRaster) -> None:
        t = raster.transform
        self._across, self._down = float(np.hypot(t.a, t.d)), float(np.hypot(t.b, t.e))
        self._pairs: List[Tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._edge: List[np.ndarray] = []

    def add(self, strip: Numbered) -> None:
        block, contacts, numbers = strip.block, strip.contacts, strip.block_numbers
        above, below = numbers[contacts.above], numbers[contacts.below]
        beside = np.flatnonzero((block.start[1:] > 0) & (block.row[1:] > 0))
        first = np.concatenate([above, numbers[beside]])
        second = np.concatenate([below, numbers[beside + 1]])
        length = np.concatenate([(contacts.end - contacts.start) * self._across, np.full(len(beside), self._down)])
        at_side = (block.start == 0) | (block.end == block.width)
        void = (first < 0) | (second < 0)
        edge = np.concatenate([numbers[at_side], np.maximum(first, second)[void]])
        self._edge.append(np.unique(edge[edge >= 0]))
        keep = ~void & (first != second)
        if keep.any():
            self._pairs.append(_summed(first[keep], second[keep], length[keep], int(numbers.max()) + 1))

    def graph(self, label: np.ndarray, area: np.ndarray, node: np.ndarray) -> Graph:
        count = len(label)
        at_edge = np.zeros(count, dtype=bool)
        at_edge[node[np.concatenate(self._edge)]] = True
        if not self._pairs:
            none = np.zeros(0, dtype=np.int64)
            return Graph(label, area, at_edge, none, none, np.zeros(0))
        a, b, length = (np.concatenate([p[k] for p in self._pairs]) for k in range(3))
        return Graph(label, area, at_edge, *_summed(node[a], node[b], length, count))


def _summed(a: np.ndarray, b: np.ndarray, length: np.ndarray, count: int) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each pair once, the smaller number first, with its total length; pairs of one region with itself fall out."""
    apart = a != b
    low, high = np.minimum(a, b)[apart], np.maximum(a, b)[apart]
    key, inverse = np.unique(low * count + high, return_inverse=True)
    return key // max(count, 1), key % max(count, 1), np.bincount(inverse, length[apart], len(key))
