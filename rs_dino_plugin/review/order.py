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


def least_certain_first(polygons: Polygons, wanted: Filter = ALL) -> np.ndarray:
    """Indexes of the wanted polygons: ascending confidence, unknown ones first; then large before small."""
    kept = np.ones(len(polygons.fid), bool)
    if wanted.class_id is not None:
        kept &= polygons.class_id == wanted.class_id
    if wanted.below is not None:
        kept &= ~(polygons.confidence >= wanted.below)
    if wanted.least > 0:
        kept &= polygons.area >= wanted.least
    if wanted.inside is not None:
        kept &= np.isin(polygons.fid, wanted.inside)
    unsure = np.nan_to_num(polygons.confidence, nan=-1.0)
    order = np.lexsort((polygons.fid, -np.nan_to_num(polygons.area), unsure))
    found: np.ndarray = order[kept[order]]
    return found
