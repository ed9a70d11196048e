"""Does a raster look like the pictures that a model was taught on? Judged by brightness, contrast and colours of its
places."""

from __future__ import annotations

from typing import List, Optional, Tuple

import numpy as np

from ..messages import Message, message
from ..models.spec import ModelSpec, Seen
from ..raster.blocks import scattered, valid_values
from ..raster.stretch import Source, Stretch
from .looks import distance, gained, look

PLACES_PER_SIDE = 6
ENOUGH_VALID = 0.25
"""A place with a smaller valid share says nothing."""
UNLIKE_SHARE = 0.5
"""From this share of unlike places on a person is told."""
_PIXELS = 8192
"""So many of a place's pixels are enough to know its look."""
_MARGIN, _FACTOR = 0.05, 1.5
"""How far a mean may lie outside what was seen (in units of the input), and how many times a spread may."""


def unlike(source: Source, stretch: Stretch, spec: ModelSpec) -> Optional[Message]:
    """A warning where most of a seeded sample of places lies outside what training saw; None where nothing is known."""
    seen = spec.input.seen
    if seen is None:
        return None
    judged = [_is_unlike(values, seen) for values in _places(source, stretch, _side_px(source, seen))]
    if not judged or np.mean(judged) < UNLIKE_SHARE:
        return None
    return message("seen-unlike", raster=source.name, model=spec.title, share=round(100 * float(np.mean(judged))))


def _side_px(source: Source, seen: Seen) -> Tuple[int, int]:
    """Places as large on the ground as the chips were, within reason."""
    gsd = source.gsd_m
    wanted = (seen.side_px, seen.side_px) if gsd is None else (seen.side_m / gsd.row, seen.side_m / gsd.col)
    rows, cols = (int(np.clip(round(side), 16, 1024)) for side in wanted)
    return min(rows, source.height), min(cols, source.width)


def _places(source: Source, stretch: Stretch, side: Tuple[int, int]) -> List[np.ndarray]:
    """Values (bands, n) in the units of the model's mean and std, of places that begin in each cell of a grid."""
    low, high, gain, bias = (np.array(v)[:, None] for v in (stretch.low, stretch.high, stretch.gain, stretch.bias))
    found: List[np.ndarray] = []
    for row, _, col, _ in scattered(source.height - side[0] + 1, source.width - side[1] + 1, PLACES_PER_SIDE, 1):
        values = valid_values(*source.read(row, row + side[0], col, col + side[1]))
        if values.shape[1] >= ENOUGH_VALID * side[0] * side[1]:
            found.append(np.clip(values.astype(np.float64), low, high) * gain + bias)
    return found


def _is_unlike(values: np.ndarray, seen: Seen) -> bool:
    mean, spread = values.mean(1), values.std(1)
    means, spreads = np.array(seen.mean), np.array(seen.std)
    strange = (mean < means[:, 0] - _MARGIN) | (mean > means[:, 1] + _MARGIN)
    strange |= (spread < spreads[:, 0] / _FACTOR) | (spread > spreads[:, 1] * _FACTOR)
    if strange.any() or seen.looks is None:
        return bool(strange.any())
    some = values[:, :: values.shape[1] // _PIXELS | 1]  # an odd step does not keep to a few columns
    away = distance(look(some), seen.looks)
    return away > seen.looks.farthest or gained(some, away, seen.looks) > seen.looks.gain
