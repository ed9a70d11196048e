"""One axis of a prediction: window offsets, blending weights, and who finishes which output pixel.

Between neighbouring windows i and i+1 lies one zone in which the weight moves from the first to the second;
outside the zones exactly one window counts. With ``t_i`` rising from 0 to 1 over zone i, window i weighs
``t_(i-1) - t_i``: the sum telescopes to 1 everywhere, by construction.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Dict, NamedTuple, Tuple

import numpy as np

from .resample import Resampler


class Span(NamedTuple):
    """Outputs that a window contributes to, ``[first, end)``, of which ``[first, final)`` are finished by it."""

    first: int
    final: int
    end: int


@dataclass(frozen=True)
class Axis:
    """Rows or columns of a plan.

    ``n_raster`` pixels of the raster are ``n_model`` pixels of the model's grid; windows are ``window_px`` long
    there and begin at ``offsets``; the network gives one cell per ``cell_px``; the output has ``n_out`` pixels.
    """

    n_raster: int
    n_model: int
    n_out: int
    window_px: int
    overlap_px: int
    margin_px: int
    cell_px: int
    offsets: Tuple[int, ...]

    @property
    def n_cells(self) -> int:
        """Cells that hold at least a part of the raster."""
        return -(-self.n_model // self.cell_px)

    @property
    def window_cells(self) -> int:
        return self.window_px // self.cell_px

    @property
    def to_model(self) -> Resampler:
        """Raster pixels -> model pixels."""
        return Resampler(self.n_raster, self.n_model, self.n_raster / self.n_model)

    @property
    def to_output(self) -> Resampler:
        """Cells -> output pixels."""
        step = 1.0 if self.n_out == self.n_cells else self.n_model / self.n_out / self.cell_px
        return Resampler(self.n_cells, self.n_out, step)

    def zone(self, window: int) -> Tuple[int, int]:
        """Cells ``[begin, end]`` over which the weight moves from ``window`` to the next."""
        shared = self.overlap_px // self.cell_px
        margin = min(-(-self.margin_px // self.cell_px), shared // 2)  # rounded to cells it may not fit in any more
        end = self.offsets[window] // self.cell_px + self.window_cells
        return end - shared + margin, end - margin

    def support(self, window: int) -> Tuple[int, int]:
        """Cells ``[begin, end)`` of the whole axis in which a window weighs more than nothing."""
        begin = 0 if window == 0 else self.zone(window - 1)[0]
        end = self.n_cells if window == len(self.offsets) - 1 else self.zone(window)[1]
        return begin, min(end, self.n_cells)

    def weights(self, window: int) -> np.ndarray:
        """Weights of a window on its :meth:`support`, float32."""
        begin, end = self.support(window)
        cells = np.arange(begin, end) + 0.5
        rising = np.ones(len(cells)) if window == 0 else self._ramp(window - 1, cells)
        falling = np.zeros(len(cells)) if window == len(self.offsets) - 1 else self._ramp(window, cells)
        return (rising - falling).astype(np.float32)

    def _ramp(self, window: int, cells: np.ndarray) -> np.ndarray:
        begin, end = self.zone(window)
        if end <= begin:
            return (cells > begin).astype(np.float64)
        return np.clip((cells - begin) / (end - begin), 0.0, 1.0)

    def span(self, window: int) -> Span:
        """Which outputs a window takes part in, and which of them are finished once it is done."""
        return _span(self, window)

    def output_matrix(self, window: int) -> np.ndarray:
        """``(outputs of the span, cells of the support)``: weight and resampling in one, float32."""
        begin, end = self.support(window)
        span = self.span(window)
        return self.to_output.matrix(span.first, span.end, begin, end) * self.weights(window)[None, :]

    def check(self) -> None:
        """Assert that the weights of all windows sum to 1 in every cell."""
        total = np.zeros(self.n_cells)
        for window in range(len(self.offsets)):
            begin, end = self.support(window)
            total[begin:end] += self.weights(window)
        if not np.allclose(total, 1.0, atol=1e-6):
            raise AssertionError("the blending weights do not sum to 1")

    def as_dict(self) -> Dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Dict[str, Any]) -> "Axis":
        return cls(**{**data, "offsets": tuple(data["offsets"])})


@lru_cache(maxsize=4096)
def _span(axis: Axis, window: int) -> Span:
    outputs = axis.to_output
    last = window == len(axis.offsets) - 1
    begin, end = axis.support(window)
    first = 0 if window == 0 else outputs.first_touching(begin)
    if last:
        return Span(first, axis.n_out, axis.n_out)
    return Span(first, outputs.first_touching(axis.zone(window)[0]), outputs.end_touching(end))


def make_axis(
    n_raster: int,
    n_model: int,
    n_out: int,
    window_px: int,
    overlap_px: int,
    margin_px: int,
    cell_px: int,
    stride_px: int,
) -> Axis:
    """Place windows along an axis.

    The axis is padded (virtually) to a multiple of the stride; offsets are multiples of the stride; the last
    window moves back inside. ``overlap_px`` is what neighbours share at least.
    """
    padded = max(-(-n_model // stride_px) * stride_px, window_px)
    step = max(stride_px, (window_px - overlap_px) // stride_px * stride_px)
    offsets = list(range(0, max(1, padded - window_px), step))
    if offsets[-1] + window_px < padded:
        offsets.append(padded - window_px)
    axis = Axis(n_raster, n_model, n_out, window_px, window_px - step, margin_px, cell_px, tuple(offsets))
    axis.check()
    return axis


def reflect(index: np.ndarray, length: int) -> np.ndarray:
    """Indices outside ``[0, length)`` mirrored back inside, without repeating the border."""
    if length == 1:
        return np.zeros_like(index)
    period = 2 * (length - 1)
    folded = np.mod(index, period)
    return np.where(folded >= length, period - folded, folded)
