"""Resampling along one axis, the same for a window as for the whole raster.

A triangle filter, widened when shrinking (antialiased bilinear), with taps that depend on the position in the
whole axis only. So a window that is read alone gives the very values the whole would give there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

import numpy as np


@dataclass(frozen=True)
class Resampler:
    """Takes ``n_in`` samples to ``n_out``; ``step`` is the number of input samples per output sample."""

    n_in: int
    n_out: int
    step: float

    @property
    def identity(self) -> bool:
        return self.n_in == self.n_out and self.step == 1.0

    def taps(self, first: int, last: int) -> Tuple[int, int]:
        """Input samples ``[lo, hi)`` that outputs ``[first, last)`` are made of."""
        return self._low(first), self._high(last - 1)

    def _radius(self) -> float:
        return max(1.0, self.step)

    def _low(self, out: int) -> int:
        if self.identity:
            return out
        return min(max(0, int(np.floor((out + 0.5) * self.step - self._radius() + 0.5))), self.n_in - 1)

    def _high(self, out: int) -> int:
        if self.identity:
            return out + 1
        return max(min(self.n_in, int(np.floor((out + 0.5) * self.step + self._radius() + 0.5))), self._low(out) + 1)

    def first_touching(self, sample: int) -> int:
        """The first output that is made of input ``sample`` or a later one (``n_out`` when none is)."""
        lo, hi = 0, self.n_out
        while lo < hi:
            middle = (lo + hi) // 2
            if self._high(middle) > sample:
                hi = middle
            else:
                lo = middle + 1
        return lo

    def end_touching(self, sample: int) -> int:
        """One past the last output that is made of an input before ``sample``."""
        lo, hi = 0, self.n_out
        while lo < hi:
            middle = (lo + hi) // 2
            if self._low(middle) < sample:
                lo = middle + 1
            else:
                hi = middle
        return lo

    def matrix(self, first: int, last: int, lo: int, hi: int) -> np.ndarray:
        """Weights ``(last - first, hi - lo)`` of inputs ``[lo, hi)`` in outputs ``[first, last)``, float32.

        A row sums to 1 when all of its taps lie in ``[lo, hi)``.
        """
        if self.identity:
            return np.eye(last - first, hi - lo, first - lo, dtype=np.float32)
        centre = (np.arange(first, last) + 0.5) * self.step
        samples = np.arange(lo, hi) + 0.5
        weights = np.maximum(0.0, 1.0 - np.abs(samples[None, :] - centre[:, None]) / self._radius())
        return (weights / self._totals(first, last)[:, None]).astype(np.float32)

    def _totals(self, first: int, last: int) -> np.ndarray:
        """The sum of each output's weights over the whole axis, so that the axis' ends are not darker."""
        centre = (np.arange(first, last) + 0.5) * self.step
        radius = self._radius()
        reach = int(np.ceil(radius)) + 1
        samples = np.floor(centre)[:, None] + np.arange(-reach, reach + 1)[None, :]
        weights = np.maximum(0.0, 1.0 - np.abs(samples + 0.5 - centre[:, None]) / radius)
        weights[(samples < 0) | (samples >= self.n_in)] = 0.0
        return weights.sum(axis=1)
