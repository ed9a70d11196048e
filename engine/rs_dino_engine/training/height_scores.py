"""Scores of heights from streamed sums: nothing but small tables is kept, whatever the number of pixels."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ..datasets.target import HEIGHTS, METRES

BINS_M = (0.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 50.0)
"""Lower limits of the height bins that are scored apart."""
_STEP_M = 0.1
_STEPS = 1400


class HeightTally:
    """Errors of predicted heights, over all pixels and by height."""

    def __init__(self) -> None:
        bins = len(BINS_M)
        self._count, self._absolute, self._squared, self._signed = (np.zeros(bins) for _ in range(4))
        self._histogram = np.zeros(_STEPS, np.int64)

    def add(self, labels: np.ndarray, predicted_m: np.ndarray) -> None:
        """Labels in centimetres and predictions in metres, of the same shape; what is unknown is left out."""
        known = labels != HEIGHTS.unknown
        true = labels[known].astype(np.float64) * METRES
        error = predicted_m[known].astype(np.float64) - true
        where = np.clip(np.searchsorted(BINS_M, true, side="right") - 1, 0, None)
        for total, values in ((self._count, None), (self._absolute, np.abs(error)), (self._signed, error)):
            total += np.bincount(where, values, minlength=len(BINS_M))
        self._squared += np.bincount(where, error * error, minlength=len(BINS_M))
        self._histogram += np.bincount((true / _STEP_M).astype(int).clip(0, _STEPS - 1), minlength=_STEPS)

    def merge(self, other: "HeightTally") -> None:
        """Take another's pixels in."""
        for mine, theirs in zip(vars(self).values(), vars(other).values()):
            mine += theirs

    def scores(self) -> Dict[str, Any]:
        """MAE, RMSE, bias (predicted less true) in metres, R² = 1 - Σe² / Σ(y - ȳ)², the MAE that the best constant
        would have, and MAE and bias by height."""
        pixels = int(self._count.sum())
        if not pixels:
            return {"pixels": 0, "mae": None, "rmse": None, "bias": None, "r2": None, "constant_mae": None, "bins": []}
        spread, constant = self._constant()
        squared = self._squared.sum()
        return {
            "pixels": pixels,
            "mae": _rounded(self._absolute.sum() / pixels),
            "rmse": _rounded(np.sqrt(squared / pixels)),
            "bias": _rounded(self._signed.sum() / pixels),
            "r2": _rounded(1.0 - squared / spread) if spread > 0 else None,
            "constant_mae": _rounded(constant),
            "bins": self._bins(),
        }

    def _constant(self) -> Tuple[float, float]:
        """Σ(y - ȳ)², and the mean distance from the median."""
        centres = (np.arange(_STEPS) + 0.5) * _STEP_M
        count = self._histogram.sum()
        mean = (centres * self._histogram).sum() / count
        median = centres[np.searchsorted(np.cumsum(self._histogram), count / 2)]
        spread = float(((centres - mean) ** 2 * self._histogram).sum())
        return spread, float((np.abs(centres - median) * self._histogram).sum() / count)

    def _bins(self) -> List[Dict[str, Any]]:
        limits: List[Optional[float]] = [*BINS_M[1:], None]
        return [
            {
                "from_m": low,
                "to_m": high,
                "pixels": int(count),
                "mae": _rounded(absolute / count),
                "bias": _rounded(signed / count),
            }
            for low, high, count, absolute, signed in zip(
                BINS_M, limits, self._count.tolist(), self._absolute.tolist(), self._signed.tolist()
            )
            if count
        ]


def _rounded(value: Any) -> float:
    return round(float(value), 4)


class HeightEvaluation(NamedTuple):
    """One tally a data set."""

    tallies: Dict[str, HeightTally]

    @property
    def value(self) -> float:
        """What "best" means: the mean over data sets of the mean error, the smaller the better."""
        found = [t.scores()["mae"] for t in self.tallies.values()]
        known = [v for v in found if v is not None]
        return -sum(known) / len(known) if known else float("-inf")

    def report(self) -> Dict[str, Any]:
        """Scores for people and for the model's card."""
        whole = HeightTally()
        for tally in self.tallies.values():
            whole.merge(tally)
        out = whole.scores()
        if len(self.tallies) > 1:
            out["data_sets"] = {name: tally.scores() for name, tally in self.tallies.items()}
        return out
