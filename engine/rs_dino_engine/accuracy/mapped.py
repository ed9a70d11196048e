"""What a map holds of each class, and of each stratum of it: pixels and areas, strip by strip."""

from __future__ import annotations

from typing import Callable, Dict, NamedTuple, Optional

import numpy as np

from ..errors import UserError
from ..raster.source import RasterSource, open_raster
from ..vector.labels import LabelRaster, unchanged
from ..vector.runs import VOID, Runs, runs_of


class Mapped(NamedTuple):
    """By id. ``area_m2`` is None where nothing ties the raster to the ground."""

    pixels: Dict[int, int]
    area_m2: Optional[Dict[int, float]]


def mapped(labels: str, progress: Callable[[float], None], strata: Optional[str] = None) -> Mapped:
    """The classes of a label raster, or its ``strata`` (a raster of ids on the same grid) where the labels are known.

    ``progress`` hears the share that is done, and may raise. Raises ``UserError``: rasters that hold no labels, or
    strata on another grid.
    """
    pixels: Dict[int, float] = {}
    area: Dict[int, float] = {}
    with LabelRaster(strata or labels) as raster, open_raster(labels, expand_palette=False) as over:
        if strata is not None:
            check_same_grid(raster, over, strata, labels)
        for strip in raster.strips(unchanged if strata is None else _where_known(over)):
            known = strip.runs.label != VOID
            ids, place = np.unique(strip.runs.label[known], return_inverse=True)
            for name, total in (("pixels", pixels), ("area_m2", area)):
                if name not in strip.sums:
                    continue
                for number, value in zip(ids.tolist(), np.bincount(place, strip.sums[name][known], len(ids)).tolist()):
                    total[number] = total.get(number, 0.0) + value
            progress(strip.next_row / raster.height)
        has_ground = raster.ground is not None
    return Mapped({i: round(n) for i, n in sorted(pixels.items())}, dict(sorted(area.items())) if has_ground else None)


def check_same_grid(one: LabelRaster, other: RasterSource, strata: str, labels: str) -> None:
    """Raise ``UserError`` where two rasters do not lie pixel on pixel."""
    same = (one.width, one.height) == (other.width, other.height)
    if not (same and one.transform.almost_equals(other.transform, 1e-6 * abs(one.transform.a or 1.0))):
        raise UserError("strata-other-grid", strata=strata, labels=labels)


def _where_known(labels: RasterSource) -> Callable[[int, Runs], Runs]:
    def void_elsewhere(first: int, runs: Runs) -> Runs:
        valid = labels.read(first, first + runs.rows, 0, runs.width).valid
        if valid is None:
            return runs
        ids = np.repeat(runs.label, runs.end - runs.start).reshape(runs.rows, runs.width)
        return runs_of(np.where(valid, ids, VOID))

    return void_elsewhere
