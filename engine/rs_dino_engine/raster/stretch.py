"""How a raster's values become what a model expects; one for the whole raster or mosaic, never per window."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Dict, List, Optional, Tuple, Union

import numpy as np

from ..errors import UserError
from ..messages import Message, message
from ..models.spec import InputSpec
from .blocks import Block, scattered, valid_values
from .mosaic import RasterMosaic
from .source import RasterSource

Source = Union[RasterSource, RasterMosaic]

BLOCK_PX = 128
BLOCKS_PER_SIDE = (8, 24)  # a second, denser sample where the first finds too few valid pixels
ENOUGH_PIXELS = 4096
DEFAULT_PERCENTILES = (2.0, 98.0)


@dataclass(frozen=True)
class Stretch:
    """Per band: ``clip(x, low, high) * gain + bias`` is what the model's mean and std speak about.

    Infinite bounds clip nothing. ``how`` says where the numbers come from.
    """

    low: Tuple[float, ...]
    high: Tuple[float, ...]
    gain: Tuple[float, ...]
    bias: Tuple[float, ...]
    how: Message

    def affine(self, mean: np.ndarray, std: np.ndarray) -> Tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """``(a, b, low, high)``, float32 ``(bands,)``: normalised = clip(x, low, high) * a + b."""
        mean, std = np.asarray(mean, dtype=np.float64), np.asarray(std, dtype=np.float64)
        a = np.asarray(self.gain) / std
        b = (np.asarray(self.bias) - mean) / std
        bounds = np.array(self.low, np.float32), np.array(self.high, np.float32)
        return a.astype(np.float32), b.astype(np.float32), bounds[0], bounds[1]

    def as_dict(self) -> Dict[str, Any]:
        """JSON's shape; infinite bounds are null."""
        numbers = {k: v for k, v in asdict(self).items() if k != "how"}
        plain = {k: [x if np.isfinite(x) else None for x in v] for k, v in numbers.items()}
        return {**plain, "how": {"code": self.how.code, "params": self.how.params}}

    @classmethod
    def from_dict(cls, data: Dict[str, Any]) -> "Stretch":
        """Back from :meth:`as_dict`."""
        low = tuple(-np.inf if x is None else float(x) for x in data["low"])
        high = tuple(np.inf if x is None else float(x) for x in data["high"])
        gain, bias = tuple(map(float, data["gain"])), tuple(map(float, data["bias"]))
        return cls(low, high, gain, bias, message(data["how"]["code"], **data["how"]["params"]))


def make_stretch(source: Source, spec: InputSpec, wanted: str, metric: bool = False) -> Stretch:
    """Decide the stretch for ``source`` (its selected bands) and a model's input.

    ``wanted``: ``auto``, ``none``, ``percentiles=2,98``, ``range=lo,hi`` (onto 0-1), ``scale=f``. ``metric``: what
    comes out has a scale of its own (heights), so values that lie within 0-1 already stay as they are. Raises
    ``UserError`` for anything else, for a raster without a valid pixel where percentiles are needed, and where
    a model of physical values meets integers of unknown scale.
    """
    kind, numbers = _parse(wanted)
    bands = len(source.bands)
    if kind == "none":
        return _scaled(bands, 1.0, 0.0, message("stretch-none"))
    if kind == "range":
        return _onto_unit([numbers] * bands, message("stretch-range", low=numbers[0], high=numbers[1]))
    if kind == "scale":
        return _scaled(bands, numbers[0], 0.0, message("stretch-scale", scale=numbers[0]))
    if kind == "percentiles":
        return _percentiles(source, sample_values(source), numbers)
    if spec.values == "physical":
        return _physical(source, spec)
    if source.dtype == np.uint8:
        return _scaled(bands, 1 / 255, 0.0, message("stretch-uint8"))
    sample = sample_values(source)
    if metric and within_unit(source.dtype, sample):
        return _onto_unit([(0.0, 1.0)] * bands, message("stretch-unit"))
    return _percentiles(source, sample, DEFAULT_PERCENTILES)


def within_unit(dtype: Any, values: np.ndarray) -> bool:
    """Whether these are fractions: floating point, none below 0 or above 1."""
    return bool(np.issubdtype(dtype, np.floating) and values.size and values.min() >= 0 and values.max() <= 1)


def _parse(wanted: str) -> Tuple[str, Tuple[float, ...]]:
    kind, _, rest = wanted.strip().partition("=")
    counts = {"auto": 0, "none": 0, "percentiles": 2, "range": 2, "scale": 1}
    try:
        numbers = tuple(float(part) for part in rest.split(",")) if rest else ()
    except ValueError:
        raise UserError("stretch-unknown", wanted=wanted) from None
    good = kind in counts and len(numbers) == counts[kind] and all(np.isfinite(numbers))
    if good and len(numbers) == 2:
        good = numbers[0] < numbers[1] and (kind == "range" or (numbers[0] >= 0 and numbers[1] <= 100))
    if good and kind == "scale":
        good = numbers[0] > 0
    if not good:
        raise UserError("stretch-unknown", wanted=wanted)
    return kind, numbers


def _scaled(bands: int, gain: Any, bias: Any, how: Message) -> Stretch:
    gains, biases = np.broadcast_to(gain, bands), np.broadcast_to(bias, bands)
    unbounded = (-np.inf,) * bands, (np.inf,) * bands
    return Stretch(*unbounded, tuple(float(g) for g in gains), tuple(float(b) for b in biases), how)


def _onto_unit(bounds: List[Tuple[float, ...]], how: Message) -> Stretch:
    """Each band's bounds onto 0-1; a band of one value becomes the middle."""
    low, high = tuple(float(b[0]) for b in bounds), tuple(float(b[1]) for b in bounds)
    gain = tuple(1 / (h - lo) if h > lo else 0.0 for lo, h in zip(low, high))
    bias = tuple(-lo * g if g else 0.5 for lo, g in zip(low, gain))
    return Stretch(low, high, gain, bias, how)


def _physical(source: Source, spec: InputSpec) -> Stretch:
    bands = len(source.bands)
    if source.scale is not None and source.offset is not None:
        return _scaled(bands, source.scale, source.offset, message("stretch-tags"))
    if np.issubdtype(source.dtype, np.floating):
        return _scaled(bands, 1.0, 0.0, message("stretch-values", quantity=spec.quantity or "values"))
    if spec.integer_scale is not None:
        return _scaled(bands, spec.integer_scale, 0.0, message("stretch-model", scale=spec.integer_scale))
    raise UserError("stretch-no-scale", path=source.path, quantity=spec.quantity or "physical values")


def _percentiles(source: Source, sample: np.ndarray, percents: Tuple[float, ...]) -> Stretch:
    if sample.shape[1] == 0:
        raise UserError("raster-empty", path=source.path)
    bounds: List[Tuple[float, ...]] = []
    for band in sample:
        low, high = np.percentile(band, percents)
        if low == high:  # most of the band is one value: keep what differs from it
            low, high = band.min(), band.max()
        bounds.append((float(low), float(high)))
    spoken = "; ".join(f"{low:.6g} to {high:.6g}" for low, high in bounds)
    how = message("stretch-percentiles", low=percents[0], high=percents[1], pixels=int(sample.shape[1]), bounds=spoken)
    return _onto_unit(bounds, how)


def sample_values(source: Source) -> np.ndarray:
    """Valid pixels (bands, n) float64 of a seeded sample of blocks over the whole raster.

    A small raster is read whole, and one with hardly any valid pixel is searched from end to end.
    """
    for per_side in BLOCKS_PER_SIDE:
        if source.height * source.width <= (per_side * BLOCK_PX) ** 2:
            break
        found = _gather(source, scattered(source.height, source.width, per_side, BLOCK_PX))
        if found.shape[1] >= ENOUGH_PIXELS:
            return found
    return _gather(source, _all_blocks(source), keep=(BLOCKS_PER_SIDE[1] * BLOCK_PX) ** 2)


def _all_blocks(source: Source) -> List[Block]:
    side = 1024
    rows, cols = range(0, source.height, side), range(0, source.width, side)
    return [(r, min(r + side, source.height), c, min(c + side, source.width)) for r in rows for c in cols]


def _gather(source: Source, blocks: List[Block], keep: Optional[int] = None) -> np.ndarray:
    """Valid values of the blocks; above ``keep`` values every other one is dropped, so memory stays bounded."""
    taken: List[np.ndarray] = []
    count, step = 0, 1
    for block in blocks:
        values = valid_values(*source.read(*block))
        taken.append(values[:, ::step].copy())
        count += taken[-1].shape[1]
        if keep is not None and count > 2 * keep:
            taken, step = [np.concatenate(taken, axis=1)[:, ::2]], step * 2
            count = taken[0].shape[1]
    if not taken:
        return np.empty((len(source.bands), 0))
    return np.concatenate(taken, axis=1).astype(np.float64)
