"""The ends of live mode's ramp of values: those that a full run would take of what has been seen so far, in its
round numbers, and never narrower than before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Optional, Tuple

import numpy as np

from ..patience import patiently
from ..raster.sink import LayerInfo
from ..raster.style import ramp_ends
from .products import Layer, Tally

Ends = Tuple[float, float]


class LiveRamp:
    """``ends``: None as long as no value was seen. What it has seen is kept in ``path``, for a later session there."""

    def __init__(self, layer: Layer, info: LayerInfo, path: Path) -> None:
        self._layer, self._info, self._path = layer, info, path
        self._tally = Tally()
        self.ends: Optional[Ends] = None
        if path.exists():
            kept = json.loads(path.read_text(encoding="ascii"))
            self._tally.statistics[layer.name] = kept["statistics"]
            self.ends = (kept["ends"][0], kept["ends"][1])

    def see(self, values: np.ndarray) -> None:
        """``values`` (bands, h, w) are shown now."""
        self._tally.add_values(self._layer, values)

    def follow(self) -> bool:
        """Widen the ends to what has been seen; True when that changes them."""
        statistics = self._tally.summary(self._layer.name)
        if statistics is None:
            return False
        ends = ramp_ends(self._info, statistics)
        if self.ends is not None:
            both = {"minimum": min(ends[0], self.ends[0]), "maximum": max(ends[1], self.ends[1])}
            ends = ramp_ends(self._info, both)
        if ends == self.ends:
            return False
        self.ends = ends
        kept = {"statistics": self._tally.statistics[self._layer.name], "ends": ends}
        patiently(lambda: self._path.write_text(json.dumps(kept), encoding="ascii"))
        return True
