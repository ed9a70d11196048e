"""A map of heights against references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List

import numpy as np

from ..datasets.labels import HIGHEST_M, LOWEST_M
from ..datasets.target import HEIGHTS, METRES
from ..errors import UserError
from ..messages import Message, message
from ..raster.paths import raster_stem
from ..raster.source import open_raster
from ..training.height_scores import HeightTally
from .labels import Assessment
from .references import notes_on, read_references, sampled

if TYPE_CHECKING:
    from ..tasks.evaluate import Inputs
    from ..tasks.job import Job


def assess_heights(inputs: "Inputs", job: "Job") -> Assessment:
    """Errors in metres over all references and by height, as a training scores heights."""
    with open_raster(inputs.raster, bands=[1], expand_palette=False) as raster:
        read = read_references(inputs.references, inputs.field, raster, inputs.seed)
        on_map = sampled(raster, read.row, read.col)
    metres = np.array([_metres(value, inputs.field) for value in read.value[on_map.known]], float)
    empty = ~np.isfinite(metres)
    odd = ~empty & ((metres < LOWEST_M) | (metres > HIGHEST_M))
    others: List[Message] = []
    if odd.any():
        low, high = round(LOWEST_M), round(HIGHEST_M)
        others.append(message("references-odd-heights", count=int(odd.sum()), of=read.total, low=low, high=high))
    use = ~(empty | odd)
    notes = notes_on(read, on_map.known, empty, use, inputs.field, others)
    job.report(50.0, message("accuracy-comparing", count=int(use.sum()), raster=raster_stem(inputs.raster)))
    tally = HeightTally()
    steps = np.rint(np.clip(metres[use], 0.0, None) / METRES).astype(HEIGHTS.dtype)
    tally.add(steps, on_map.value[on_map.known][use])
    scores = tally.scores()
    document = {"kind": "heights", "references": scores.pop("pixels"), "polygons": read.polygons, "unit": "m", **scores}
    for row in document["bins"]:
        row["references"] = row.pop("pixels")
    return Assessment(document, notes)


def _metres(value: Any, field: str) -> float:
    """NaN for what is empty."""
    text = "" if value is None or value != value else str(value).strip().replace(",", ".")
    try:
        return float(text) if text else float("nan")
    except ValueError:
        raise UserError("references-not-numbers", field=field, value=str(value)) from None
