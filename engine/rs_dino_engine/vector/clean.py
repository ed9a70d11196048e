"""Small polygons given to their surroundings, and holes filled, on labels, so that no gap can appear.

The rules, which do not depend on the strips:

* Holes. Regions that one polygon encloses, and that are together not larger than ``fill_holes_m2``, take its class.
  Nodata is never filled.
* Minimum area. A region smaller than ``min_area_m2`` takes the class of that neighbour, among those large enough,
  with which it shares the longest border (of equal borders the larger neighbour, then the one that begins further up).
  This is repeated, as regions grow. Where only small regions touch each other, the largest of them takes in its
  neighbours. What still is too small touches nothing but nodata, and is left out.
"""

from __future__ import annotations

from typing import Callable, Optional, Tuple

import numpy as np

from .adjacency import Graph, Numbering, graph_of
from .labels import LabelRaster
from .runs import VOID, Runs, components, relabelled


def cleaning(
    raster: LabelRaster,
    min_area_m2: float,
    fill_holes_m2: float,
    check_cancel: Callable[[], None],
    progress: Callable[[float], None],
) -> Callable[[int, Runs], Runs]:
    """Read the raster once and decide; the function returned relabels the runs of its strips, from the top."""
    mapped = graph_of(raster, check_cancel, progress)
    graph, region = mapped.graph, mapped.region
    if fill_holes_m2 > 0:
        graph, to = filled(graph, fill_holes_m2)
        region = to[region]
    if min_area_m2 > 0:
        graph, to = merged(graph, min_area_m2, check_cancel)
        region = to[region]
    label = np.append(graph.label[region], VOID)  # number -1 is void
    numbering = Numbering(raster.width)

    def change(first_row: int, runs: Runs) -> Runs:
        return relabelled(runs, label[numbering.add(runs).numbers])

    return change


class _Steps:
    """A graph that is contracted step by step, remembering where every region went."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.to = np.arange(len(graph.label))

    def relabel(self, label: np.ndarray) -> None:
        self.graph, to = self.graph.contracted(label)
        self.to = to[self.to]


def filled(graph: Graph, limit: float) -> Tuple[Graph, np.ndarray]:
    """Fill holes up to ``limit``; returns the graph and the new number of each region."""
    steps = _Steps(graph)
    while True:
        label = _fill_alone(steps.graph, limit)
        if label is None:
            label = _fill_groups(steps.graph, limit)
        if label is None:
            return steps.graph, steps.to
        steps.relabel(label)


def _fill_alone(graph: Graph, limit: float) -> Optional[np.ndarray]:
    """Small regions with one neighbour."""
    count = len(graph.label)
    neighbours = np.bincount(graph.a, minlength=count) + np.bincount(graph.b, minlength=count)
    small = (neighbours == 1) & ~graph.at_edge & (graph.area <= limit)
    label = graph.label.copy()
    for inner, outer in ((graph.a, graph.b), (graph.b, graph.a)):
        here = small[inner]
        label[inner[here]] = graph.label[outer[here]]
    return label if small.any() else None


def _fill_groups(graph: Graph, limit: float) -> Optional[np.ndarray]:
    """Groups of small regions that touch each other and, together, one other region."""
    small = ~graph.at_edge & (graph.area <= limit)
    both = small[graph.a] & small[graph.b]
    group = components(len(small), graph.a[both], graph.b[both])
    count = int(group.max()) + 1 if len(group) else 0
    least, most = np.full(count, len(small)), np.full(count, -1)
    for inner, outer in ((graph.a, graph.b), (graph.b, graph.a)):
        out = small[inner] & ~small[outer]
        np.minimum.at(least, group[inner[out]], outer[out])
        np.maximum.at(most, group[inner[out]], outer[out])
    total = np.bincount(group, graph.area, count)
    fill = small & (least == most)[group] & (total <= limit)[group]
    if not fill.any():
        return None
    label = graph.label.copy()
    label[fill] = graph.label[most[group[fill]]]
    return label


def merged(graph: Graph, limit: float, check_cancel: Callable[[], None]) -> Tuple[Graph, np.ndarray]:
    """Give regions below ``limit`` to their neighbours; what has none becomes void."""
    steps = _Steps(graph)
    while True:
        check_cancel()
        now = steps.graph
        small = now.area < limit
        inner, outer = np.concatenate([now.a, now.b]), np.concatenate([now.b, now.a])
        length = np.concatenate([now.length, now.length])
        can = small[inner] & ~small[outer]
        if not can.any():
            can = small[inner] & _leads(now, small)[outer]
        if not can.any():
            break
        inner, outer, length = inner[can], outer[can], length[can]
        order = np.lexsort((outer, -now.area[outer], -length, inner))
        inner, outer = inner[order], outer[order]
        first = np.concatenate([[True], inner[1:] != inner[:-1]])
        label = now.label.copy()
        label[inner[first]] = now.label[outer[first]]
        steps.relabel(label)
    label = np.where(steps.graph.area < limit, VOID, steps.graph.label)
    steps.relabel(label)
    return steps.graph, steps.to


def _leads(graph: Graph, small: np.ndarray) -> np.ndarray:
    """The largest region of each group of small ones that touch."""
    both = small[graph.a] & small[graph.b]
    group = components(len(small), graph.a[both], graph.b[both])
    order = np.lexsort((np.arange(len(small)), -graph.area, group))
    first = np.concatenate([[True], group[order][1:] != group[order][:-1]])
    leads = np.zeros(len(small), dtype=bool)
    leads[order[first]] = True
    return leads & small
