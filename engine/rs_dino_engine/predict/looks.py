"""How a picture looks, in a few numbers, and how far that is from what a training has shown."""

from __future__ import annotations

from typing import List

import numpy as np

from ..models.spec import Looks

_LEAST = 0.01
"""Added to brightness and spreads before logarithms, in units of the input: as much as noise of 8 bits."""
FAINT = 4.0
"""A picture that is too dark is tried this much brighter."""


def look(values: np.ndarray) -> np.ndarray:
    """Values (bands, n) in 0-1 -> brightness, contrast of each band, differences of neighbouring bands (their mean,
    their spread, and whether they grow with brightness), skewness. Colour balance and order of bands are in these
    together, not in any one of them."""
    values = np.asarray(values, dtype=np.float64)
    brightness, differences = values.mean(0), np.diff(values, axis=0)
    spread = brightness.std() + _LEAST
    around = brightness - brightness.mean()
    mean = max(float(brightness.mean()), 0.0) + 2 * _LEAST
    parts: List[np.ndarray] = [
        np.log([mean]),
        np.log(values.std(1) + _LEAST),
        np.log(differences.std(1) + _LEAST),
        differences.mean(1) / mean,
        (differences * around).mean(1) / spread,
        np.array([(around**3).mean() / spread**3]),
    ]
    return np.concatenate(parts)


def mistakes(values: np.ndarray) -> List[np.ndarray]:
    """What the values (bands, n) in 0-1 would be, had one of the usual mistakes been made: bands in reverse order,
    inverted, far too dark."""
    undone = [1 - values, np.clip(values * FAINT, 0, 1)]
    return undone if len(values) == 1 else [values[::-1], *undone]


def distance(found: np.ndarray, seen: Looks) -> float:
    """Mahalanobis' distance of a look from those of the training."""
    away = found - np.asarray(seen.mean)
    return float(np.sqrt(away @ np.linalg.solve(np.asarray(seen.covariance), away)))


def gained(values: np.ndarray, found: float, seen: Looks) -> float:
    """By how much values (bands, n) would be nearer than ``found``, their distance, were one of the mistakes undone."""
    return found - min(distance(look(one), seen) for one in mistakes(values))
