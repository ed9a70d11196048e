"""Which polygons are looked at, and in which order."""

from __future__ import annotations

from typing import NamedTuple, Optional

import numpy as np

from .polygons import Polygons


class Filter(NamedTuple):
    """``below``: percent of confidence; ``least``: area, in the polygons' own unit; ``inside``: feature ids."""

    class_id: Optional[int] = None
    below: Optional[float] = None
    least: float = 0.0
    inside: Optional[np.ndarray] = None


ALL = Filter()


_FEW_PIXELS = 8
_LITTLE = 0.05
"""Share of the area of all polygons."""


def small_below(polygons: Polygons) -> float:
    """An area below which polygons are of a few pixels and together next to nothing of the map; 0 where none are, and
    where they do not come first anyway."""
    known = np.sort(polygons.area[polygons.area > 0])
    if not (len(known) and polygons.area_in and polygons.has_confidence):
        return 0.0
    pixel = 1.0 if polygons.area_in == "pixels" else float(known[0])
    together = int(np.searchsorted(np.cumsum(known), _LITTLE * known.sum(), side="right"))
    least = min(_FEW_PIXELS * pixel, float(known[min(together, len(known) - 1)]))
    return least if known[0] < least else 0.0


def least_certain_first(polygons: Polygons, wanted: Filter = ALL) -> np.ndarray:
    """Indexes of the wanted polygons, in the order of :attr:`Polygons.order`."""
    order = polygons.order
    kept = np.ones(len(polygons.fid), bool)
    if wanted.class_id is not None:
        kept &= polygons.class_id == wanted.class_id
    if wanted.below is not None:
        kept &= ~(polygons.confidence >= wanted.below)
    if wanted.least > 0:
        kept &= ~(polygons.area < wanted.least)
    if wanted.inside is not None:
        kept &= np.isin(polygons.fid, wanted.inside)
    found: np.ndarray = order[kept[order]]
    return found
