"""Tops and crowns of trees in one piece of a height map: variable-window maxima, then watershed.

A pixel is a top where nothing within half a crown's width is higher. How wide a crown of some height is follows
Popescu & Wynne 2004 (Photogrammetric Engineering & Remote Sensing 70(5), all trees): 2.51503 + 0.00901 h² metres.
Crowns grow from the tops downhill (marker-controlled watershed) and end where heights fall below a share of the
top's, or beyond the reach of a crown.
"""

from __future__ import annotations

import importlib.util
from typing import Dict, NamedTuple, Optional, Tuple

import numpy as np

from ..errors import UserError

CROWN_BASE_M, CROWN_GROWTH = 2.51503, 0.00901
CROWN_LIMIT_M = 16.0
"""No crown is taken to be wider."""
CROWN_SHARE = 0.5
"""Of its top's height that a crown's pixels have at least."""
REACH = 1.5
"""Of half the expected width that a crown may extend."""
NEIGHBOURS_M = REACH * CROWN_LIMIT_M
"""What has to be known around a tree: a crown reaches half so far, and what competes for its pixels stands no farther
away than its own reach."""
COARSEST_M = 2.0
"""Single trees cannot be told apart on coarser pixels."""


def check_package() -> None:
    """Raise ``UserError`` where the package that grows crowns is missing."""
    if importlib.util.find_spec("skimage") is None:
        raise UserError("trees-need", package="scikit-image")


def check_step(step_m: Optional[Tuple[float, float]]) -> Tuple[float, float]:
    """Raise ``UserError`` on pixels of unknown size, or too coarse for single trees."""
    if step_m is None:
        raise UserError("trees-no-scale")
    if max(step_m) > COARSEST_M:
        raise UserError("trees-coarse", gsd=round(max(step_m), 2), limit=COARSEST_M)
    return step_m


class Piece(NamedTuple):
    """``heights`` (rows, cols) in metres, NaN where there are none; ``step_m``: ground metres of a pixel, down and
    right."""

    heights: np.ndarray
    step_m: "tuple[float, float]"


class Tops(NamedTuple):
    """Pixels of the tops, the highest first."""

    rows: np.ndarray
    cols: np.ndarray
    heights: np.ndarray


def crown_radius_m(heights: np.ndarray) -> np.ndarray:
    """Half the width that a crown of such heights is expected to have."""
    return np.minimum(CROWN_BASE_M + CROWN_GROWTH * np.square(heights), CROWN_LIMIT_M) / 2


def find_tops(piece: Piece, least_m: float) -> Tops:
    """All tops of at least ``least_m``. Of a plateau of equal heights the first pixel counts."""
    heights = np.where(np.isnan(piece.heights), -np.inf, piece.heights)
    rows, cols = np.nonzero(_local_maxima(heights) & (heights >= least_m))
    found = heights[rows, cols]
    reach = crown_radius_m(found)
    keep = np.ones(len(rows), dtype=bool)
    classes = np.maximum(1, np.round(reach / min(piece.step_m))).astype(int)
    padded = np.pad(heights, int(classes.max(initial=1)), constant_values=-np.inf)
    margin = int(classes.max(initial=1))
    for size in np.unique(classes):
        chosen = np.flatnonzero(classes == size)
        keep[chosen] = _highest(padded, rows[chosen] + margin, cols[chosen] + margin, int(size), piece.step_m)
    rows, cols, found = rows[keep], cols[keep], found[keep]
    order = np.lexsort((cols, rows, -found))
    return Tops(rows[order], cols[order], found[order])


def _local_maxima(heights: np.ndarray) -> np.ndarray:
    """Nothing around is higher; of equal neighbours the one that comes first in reading order counts."""
    padded = np.pad(heights, 1, constant_values=-np.inf)
    high, wide = heights.shape
    top = np.isfinite(heights)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            if down == right == 0:
                continue
            other = padded[1 + down : 1 + down + high, 1 + right : 1 + right + wide]
            top &= heights > other if (down, right) < (0, 0) else heights >= other
    return top


def _highest(
    padded: np.ndarray, rows: np.ndarray, cols: np.ndarray, size: int, step_m: "tuple[float, float]"
) -> np.ndarray:
    """Whether nothing within ``size`` pixels (of the finer side) is higher, for tops of one expected width."""
    reach = size * min(step_m)
    down, right = (int(reach // step) for step in step_m)
    offsets = [
        (y, x)
        for y in range(-down, down + 1)
        for x in range(-right, right + 1)
        if (y or x) and (y * step_m[0]) ** 2 + (x * step_m[1]) ** 2 <= reach**2
    ]
    mine, alone = padded[rows, cols], np.ones(len(rows), dtype=bool)
    for y, x in offsets:
        other = padded[rows + y, cols + x]
        alone &= mine > other if (y, x) < (0, 0) else mine >= other
    return alone


def grow_crowns(piece: Piece, tops: Tops, least_m: float) -> np.ndarray:
    """``(rows, cols)`` int32: the number of the top (from 1) whose crown a pixel belongs to, 0 for none."""
    from skimage.segmentation import watershed

    heights = np.nan_to_num(piece.heights, nan=-1.0)
    markers = np.zeros(heights.shape, dtype=np.int32)
    markers[tops.rows, tops.cols] = np.arange(1, len(tops.rows) + 1)
    if not len(tops.rows):
        return markers
    crowns = watershed(-heights, markers, mask=heights >= least_m).astype(np.int32)
    return _trimmed(piece, heights, tops, crowns)


def _trimmed(piece: Piece, heights: np.ndarray, tops: Tops, crowns: np.ndarray) -> np.ndarray:
    """Without pixels that are too low for their top or too far from it."""
    rows, cols = np.nonzero(crowns)
    number = crowns[rows, cols] - 1
    away = np.hypot((rows - tops.rows[number]) * piece.step_m[0], (cols - tops.cols[number]) * piece.step_m[1])
    reach = REACH * crown_radius_m(tops.heights) + max(piece.step_m)
    out = (heights[rows, cols] < CROWN_SHARE * tops.heights[number]) | (away > reach[number])
    crowns[rows[out], cols[out]] = 0
    return crowns


def sizes(crowns: np.ndarray, heights: np.ndarray, count: int) -> Dict[str, np.ndarray]:
    """Per crown 1 … ``count``: ``pixels`` and ``mean`` height."""
    flat, values = crowns.ravel(), np.nan_to_num(heights, nan=0.0).ravel()
    pixels = np.bincount(flat, minlength=count + 1)[1 : count + 1]
    total = np.bincount(flat, weights=values, minlength=count + 1)[1 : count + 1]
    return {"pixels": pixels, "mean": total / np.maximum(pixels, 1)}
