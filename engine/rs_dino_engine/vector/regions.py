"""Regions joined across strips: each strip of runs goes in, the regions that ended in it come out as polygons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List

import numpy as np

from .outlines import Path, chains_of, elements_of, successors
from .rings import Rings, Traced, canonical, doubled_areas, joined, trace, untangled
from .runs import VOID, Contacts, Runs, components, contacts_of, last_row, stacked, void_row


@dataclass(frozen=True)
class Polygons:
    """Finished regions, in the order of their last runs, which does not depend on the strips.

    ``rings`` are sorted by polygon, the exterior first; ``first_ring`` has one entry more than there are polygons.
    ``sums`` holds what was counted over a region's pixels, by name.
    """

    rings: Rings
    first_ring: np.ndarray
    label: np.ndarray
    sums: Dict[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.label)


def all_of(batches: List[Polygons]) -> Polygons:
    """Several batches as one."""
    kept = [b for b in batches if len(b)] or batches[:1]
    rings = joined([b.rings for b in kept])
    counts = np.concatenate([np.diff(b.first_ring) for b in kept])
    label = np.concatenate([b.label for b in kept])
    rings = Rings(rings.vertices, rings.sizes, np.repeat(np.arange(len(label)), counts))
    sums = {name: np.concatenate([b.sums[name] for b in kept]) for name in kept[0].sums}
    return Polygons(rings, np.concatenate([[0], np.cumsum(counts)]), label, sums)


class Regions:
    """Follows regions down the raster. Memory holds one strip and the regions that are still open."""

    def __init__(self, width: int, every_node: bool) -> None:
        self._every_node = every_node
        self._row = void_row(width)
        self._open_of_run = np.array([-1])
        self._parts: List[List[Rings]] = []
        self._sums: Dict[str, np.ndarray] = {}
        self._paths: List[Path] = []
        self._next_line = 0

    def add(self, runs: Runs, sums: Dict[str, np.ndarray]) -> Polygons:
        """Take the next strip; ``sums`` are per run. Returns the regions that ended above its last row."""
        block = stacked(self._row, runs)
        contacts = contacts_of(block)
        component = self._components(block, contacts)
        count = int(component.max()) + 1
        before = len(self._row)
        on_row = np.flatnonzero(self._open_of_run >= 0)
        of_open = np.empty(len(self._parts), dtype=np.int64)
        of_open[self._open_of_run[on_row]] = component[on_row]
        traced = self._trace(block, contacts, component, of_open)
        totals = {
            name: np.bincount(component[before:], values, count)
            + (np.bincount(of_open, self._sums[name], count) if len(of_open) else 0)
            for name, values in sums.items()
        }
        label = np.empty(count, dtype=np.int64)
        label[component] = block.label
        last_run = np.zeros(count, dtype=np.int64)
        last_run[component] = np.arange(len(block))
        is_open = np.zeros(count, dtype=bool)
        is_open[component[block.row == block.rows - 1]] = True
        ended = np.flatnonzero(~is_open & (label != VOID))
        ended = ended[np.argsort(last_run[ended])]
        finished = self._finish(traced.rings, ended, of_open, count)
        self._carry(block, component, is_open & (label != VOID), of_open, traced, totals)
        first_ring = np.searchsorted(finished.region, np.arange(len(ended) + 1))
        return Polygons(finished, first_ring, label[ended], {n: v[ended] for n, v in totals.items()})

    def end(self) -> Polygons:
        """The regions that reach the last row."""
        nothing = void_row(self._row.width)
        return self.add(nothing, {name: np.zeros(1) for name in self._sums})

    def _components(self, block: Runs, contacts: Contacts) -> np.ndarray:
        same = block.label[contacts.above] == block.label[contacts.below]
        same &= block.label[contacts.above] != VOID
        known = np.flatnonzero(self._open_of_run >= 0)
        _, first, inverse = np.unique(self._open_of_run[known], return_index=True, return_inverse=True)
        return components(
            len(block),
            np.concatenate([contacts.above[same], known[first][inverse]]),
            np.concatenate([contacts.below[same], known]),
        )

    def _trace(self, block: Runs, contacts: Contacts, component: np.ndarray, of_open: np.ndarray) -> Traced:
        elements = elements_of(contacts, block, self._every_node)
        chains = chains_of(successors(elements, self._paths, block.rows))
        path_component = of_open[[p.region for p in self._paths]] if self._paths else np.zeros(0, np.int64)
        return trace(elements, self._paths, chains, component, path_component, self._next_line - 1)

    def _finish(self, rings: Rings, ended: np.ndarray, of_open: np.ndarray, count: int) -> Rings:
        """All rings of the regions that ended, ``region`` counting from 0 in the order of ``ended``."""
        rank = np.full(count, -1)
        rank[ended] = np.arange(len(ended))
        parts = [rings.take(rank[rings.region] >= 0)]
        parts[0] = Rings(parts[0].vertices, parts[0].sizes, rank[parts[0].region])
        for number in np.flatnonzero(rank[of_open] >= 0).tolist():
            to = int(rank[of_open[number]])
            parts += [Rings(p.vertices, p.sizes, np.full(len(p), to)) for p in self._parts[number]]
        whole = canonical(untangled(joined(parts)))
        hole = doubled_areas(whole) < 0
        start = whole.vertices[whole.offsets[:-1]]
        return whole.take(np.lexsort((start[:, 0], start[:, 1], hole, whole.region)))

    def _carry(
        self,
        block: Runs,
        component: np.ndarray,
        is_open: np.ndarray,
        of_open: np.ndarray,
        traced: Traced,
        totals: Dict[str, np.ndarray],
    ) -> None:
        """Keep what the next strip needs."""
        number = np.full(len(is_open), -1)
        number[is_open] = np.arange(int(is_open.sum()))
        parts: List[List[Rings]] = [[] for _ in range(int(is_open.sum()))]
        for old, of in enumerate(of_open.tolist()):
            if number[of] >= 0:
                parts[number[of]] += self._parts[old]
        going_on = traced.rings.take(is_open[traced.rings.region])
        going_on = going_on.take(np.argsort(going_on.region, kind="stable"))
        bounds = np.concatenate([[0], np.flatnonzero(np.diff(going_on.region)) + 1, [len(going_on)]])
        for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist()):
            if end > begin:
                part = going_on.take(np.arange(begin, end))
                parts[number[int(part.region[0])]].append(part)
        self._parts = parts
        self._sums = {name: values[is_open] for name, values in totals.items()}
        self._paths = [p._replace(region=int(number[p.region])) for p in traced.paths]
        self._next_line += block.rows - 1
        self._row = last_row(block)
        self._open_of_run = number[component[len(block) - len(self._row) :]]
