"""Accuracy and area of classes from a stratified sample, with 95 % confidence intervals.

Olofsson et al. 2014, "Good practices for estimating area and assessing accuracy of land change", Remote Sensing of
Environment 148, 42-57, for strata that are the map's classes; Stehman 2014, "Estimating area and map accuracy for
stratified random sampling when the strata are different from the map classes", International Journal of Remote
Sensing 35, 4923-4939, for any others. The second holds the first as a special case, so there is one code for both.
Strata are taken as large beside their samples: no finite population correction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, NamedTuple, Optional

import numpy as np

Z = 1.96
"""Standard errors to either side of an estimate that make an interval of 95 %."""
FEWEST = 2
"""Samples of a stratum without which its variance, and so no interval, is known."""


class Estimate(NamedTuple):
    """A value and half the width of its interval; either is None where the sample does not tell."""

    value: Optional[float]
    half_width: Optional[float] = None


@dataclass(frozen=True)
class Estimates:
    """Per class in the order of the counts. ``proportions`` (classes of the map, classes of the reference) are shares
    of the area; ``areas`` are in the unit of the strata's."""

    overall: Estimate
    users: List[Estimate]
    producers: List[Estimate]
    areas: List[Estimate]
    f1: List[Optional[float]]
    iou: List[Optional[float]]
    proportions: np.ndarray


def estimates(counts: np.ndarray, areas: np.ndarray) -> Estimates:
    """From ``counts`` (strata, classes of the map, classes of the reference) and the strata's ``areas``.

    Strata without a sample are left out: estimates are then about the area of the others. Raises ``ValueError``
    where no stratum with an area has a sample.
    """
    sizes = counts.sum((1, 2))
    used = (sizes > 0) & (areas > 0)
    if not used.any():
        raise ValueError("no stratum has a sample")
    counts, sizes, total = counts[used].astype(float), sizes[used].astype(float), float(areas[used].sum())
    weights = areas[used] / total
    proportions = np.einsum("h,hij->ij", weights / sizes, counts)
    shares = counts / sizes[:, None, None]
    hits = shares.diagonal(axis1=1, axis2=2)
    mapped, real = shares.sum(2), shares.sum(1)
    each = range(counts.shape[1])
    area_shares = [_mean(real[:, j], sizes, weights) for j in each]
    hit, rows, columns = np.diag(proportions), proportions.sum(1), proportions.sum(0)
    return Estimates(
        overall=_mean(hits.sum(1), sizes, weights),
        users=[_ratio(hits[:, i], mapped[:, i], sizes, weights, mapped[:, i] > 0) for i in each],
        producers=[_ratio(hits[:, j], real[:, j], sizes, weights, np.ones(len(sizes), bool)) for j in each],
        areas=[Estimate(total * (a.value or 0.0), _times(total, a.half_width)) for a in area_shares],
        f1=_divided(2 * hit, rows + columns),
        iou=_divided(hit, rows + columns - hit),
        proportions=proportions,
    )


def _mean(share: np.ndarray, sizes: np.ndarray, weights: np.ndarray) -> Estimate:
    """The share of the area that has some property, from its share in each stratum's sample.

    Overall accuracy: Olofsson et al. eqs. 1 and 5; area of a class: eqs. 8 to 11, with cells by eq. 4.
    """
    value = float((weights * share).sum())
    if (sizes < FEWEST).any():
        return Estimate(value)
    variance = float((weights**2 * share * (1 - share) / (sizes - 1)).sum())
    return Estimate(value, Z * variance**0.5)


def _ratio(part: np.ndarray, whole: np.ndarray, sizes: np.ndarray, weights: np.ndarray, needed: np.ndarray) -> Estimate:
    """The share of an area ``whole`` that also is ``part`` of it, from their shares in each stratum's sample.

    User's accuracy: Olofsson et al. eqs. 2 and 6; producer's accuracy: eqs. 3 and 7. Both are the combined ratio
    estimator of Stehman (2014), whose variance has s²(part) + R² s²(whole) - 2 R s(part, whole) of each stratum, with
    s(part, whole) = n / (n - 1) (p(part) - p(part) p(whole)), as ``part`` lies inside ``whole``. Strata that are not
    ``needed`` hold nothing of either.
    """
    below = float((weights * whole).sum())
    if below <= 0:
        return Estimate(None)
    ratio = float((weights * part).sum()) / below
    if (sizes[needed] < FEWEST).any():
        return Estimate(ratio)
    spread = part * (1 - part) + ratio**2 * whole * (1 - whole) - 2 * ratio * part * (1 - whole)
    variance = float((weights[needed] ** 2 * spread[needed] / (sizes[needed] - 1)).sum()) / below**2
    return Estimate(ratio, Z * max(variance, 0.0) ** 0.5)


def _divided(above: np.ndarray, below: np.ndarray) -> List[Optional[float]]:
    return [float(a / b) if b > 0 else None for a, b in zip(above, below)]


def _times(total: float, half_width: Optional[float]) -> Optional[float]:
    return None if half_width is None else total * half_width
