"""Which pixels are real: nodata values, NaN, masks and alpha, brought to one boolean array."""

from __future__ import annotations

from typing import NamedTuple, Optional, Sequence, Tuple

import numpy as np

# Float rasters carry "no value" as the lowest float and its rounded relatives (-3.4e38, -3.40282e38, 1e38 …),
# often not the one they declare. Nothing measured on Earth comes near it.
ABSURD = 1e37


class NodataRule(NamedTuple):
    """How a nodata value shows in the bands that are read.

    ``values`` holds one value a band, None where the dtype cannot hold it (it never occurs then).
    ``every_band``: a pixel is void only if all bands hold their nodata value. That is so for values that an
    ordinary pixel may hold in one band (0 in a dark red, 255 in a white); for -9999 or NaN one band suffices.
    """

    values: Tuple[Optional[float], ...]
    every_band: bool
    floating: bool


def nodata_rule(nodata: Sequence[Optional[float]], dtype: np.dtype) -> NodataRule:
    """Make the rule for the selected bands, whose values arrive as ``dtype``."""
    values = tuple(_representable(value, dtype) for value in nodata)
    integer = np.issubdtype(dtype, np.integer)
    ordinary = all(v is None or v == 0 or (integer and v > 0) for v in values)
    return NodataRule(values, ordinary, not integer and dtype != np.bool_)


def _representable(value: Optional[float], dtype: np.dtype) -> Optional[float]:
    if value is None or np.isnan(value):
        return None  # NaN is looked for in every float raster, declared or not
    if np.issubdtype(dtype, np.integer):
        info = np.iinfo(dtype)
        inside = info.min <= value <= info.max and float(value).is_integer()
        return value if inside else None
    return value


def never_void(rule: NodataRule) -> bool:
    """True when no pixel can be void by its value."""
    return not rule.floating and all(value is None for value in rule.values)


def valid_by_value(pixels: np.ndarray, rule: NodataRule) -> Optional[np.ndarray]:
    """Where ``pixels`` (bands, h, w) hold values: bool (h, w), or None when that is everywhere."""
    if never_void(rule):
        return None
    void: Optional[np.ndarray] = None
    for band, value in zip(pixels, rule.values):
        if value is None:
            if rule.every_band:
                void = None
                break  # this band is never void, so no pixel is
            continue
        hit = _equals(band, value)
        if void is None:
            void = hit
        elif rule.every_band:
            void &= hit
        else:
            void |= hit
    if rule.floating:
        void = _with_absurd(pixels, void)
    if void is None or not void.any():
        return None
    return ~void


def _equals(band: np.ndarray, value: float) -> np.ndarray:
    if not np.issubdtype(band.dtype, np.floating):
        return band == value
    stored = band.dtype.type(value)
    # A nodata value that went through text or float32 is a few units in the last place away.
    return np.abs(band - stored) <= 4 * np.spacing(np.abs(stored))


def _with_absurd(pixels: np.ndarray, void: Optional[np.ndarray]) -> Optional[np.ndarray]:
    for band in pixels:
        wrong = ~(np.abs(band) < ABSURD)  # NaN compares false, so it is caught too
        if wrong.any():
            void = wrong if void is None else void | wrong
    return void
