"""The estimators against a published example, against hand formulas on single samples, and against simulation."""

from __future__ import annotations

from typing import Tuple

import numpy as np
import pytest
from rs_dino_engine.accuracy.estimators import Estimates, Z, estimates

# Olofsson et al. 2014, section 5: deforestation, forest gain, stable forest, stable non-forest; Landsat pixels
COUNTS = np.array([[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]])
MAPPED_PX = np.array([200_000.0, 150_000.0, 3_200_000.0, 6_450_000.0])
HA = 0.09


def by_class(table: np.ndarray) -> np.ndarray:
    """Strata that are the classes of the map."""
    cube = np.zeros((len(table), *table.shape), int)
    cube[range(len(table)), range(len(table))] = table
    return cube


def equation_7(j: int) -> float:
    """Half width of producer's accuracy, as the paper writes its variance."""
    n = COUNTS.sum(1)
    users, shares = COUNTS[j, j] / n[j], COUNTS[:, j] / n
    area = (MAPPED_PX * shares).sum()
    producers = MAPPED_PX[j] * users / area
    others = [i for i in range(4) if i != j]
    variance = MAPPED_PX[j] ** 2 * (1 - producers) ** 2 * users * (1 - users) / (n[j] - 1)
    variance += producers**2 * sum(MAPPED_PX[i] ** 2 * shares[i] * (1 - shares[i]) / (n[i] - 1) for i in others)
    return float(Z * np.sqrt(variance) / area)


def test_the_example_of_olofsson_2014():
    assert COUNTS.sum() == 640
    found = estimates(by_class(COUNTS), MAPPED_PX)
    assert found.areas[0].value == pytest.approx(235_086, abs=1)
    assert found.areas[0].half_width == pytest.approx(68_418, abs=1)
    in_ha = estimates(by_class(COUNTS), MAPPED_PX * HA)
    assert [round(a.value) for a in in_ha.areas] == [21_158, 11_686, 285_770, 581_386]
    assert [round(a.half_width) for a in in_ha.areas] == [6_158, 3_756, 15_510, 16_282]
    assert (round(found.overall.value, 2), round(found.overall.half_width, 2)) == (0.95, 0.02)
    assert [round(u.value, 2) for u in found.users] == [0.88, 0.73, 0.93, 0.96]
    assert [round(u.half_width, 2) for u in found.users] == [0.07, 0.10, 0.04, 0.02]
    assert [round(p.value, 2) for p in found.producers] == [0.75, 0.85, 0.93, 0.96]
    assert round(found.producers[0].half_width, 2) == 0.21
    assert [p.half_width for p in found.producers] == pytest.approx([equation_7(j) for j in range(4)])
    assert found.proportions.sum() == pytest.approx(1)
    assert found.proportions[2].sum() == pytest.approx(0.32)


def by_hand(stratum: np.ndarray, mapped: np.ndarray, real: np.ndarray, areas: np.ndarray, i: int) -> Tuple[float, ...]:
    """Overall accuracy, user's, producer's and area of class ``i`` with half widths, unit by unit as Cochran's
    Sampling Techniques has separate means and the combined ratio."""
    total = areas.sum()

    def mean(y: np.ndarray) -> Tuple[float, float]:
        value = sum(areas[h] * y[stratum == h].mean() for h in range(len(areas))) / total
        parts = [areas[h] ** 2 * y[stratum == h].var(ddof=1) / (stratum == h).sum() for h in range(len(areas))]
        return value, Z * np.sqrt(sum(parts)) / total

    def ratio(y: np.ndarray, x: np.ndarray) -> Tuple[float, float]:
        value = mean(y)[0] / mean(x)[0]
        return value, mean(y - value * x)[1] / mean(x)[0]

    hit = (mapped == i) & (real == i)
    return (
        *mean((mapped == real).astype(float)),
        *ratio(hit.astype(float), (mapped == i).astype(float)),
        *ratio(hit.astype(float), (real == i).astype(float)),
        *mean((real == i) * total),
    )


@pytest.mark.parametrize("own_strata", [False, True])
def test_sample_units_one_by_one_give_the_same(own_strata):
    rng = np.random.default_rng(3)
    areas = np.array([10.0, 55.0, 35.0])
    mapped = rng.integers(0, 3, 90)
    real = np.where(rng.random(90) < 0.7, mapped, rng.integers(0, 3, 90))
    stratum = rng.integers(0, 3, 90) if own_strata else mapped
    cube = np.zeros((3, 3, 3), int)
    np.add.at(cube, (stratum, mapped, real), 1)
    found = estimates(cube, areas)
    for i in range(3):
        wanted = by_hand(stratum, mapped, real, areas, i)
        got = (*found.overall, *found.users[i], *found.producers[i], *found.areas[i])
        assert got == pytest.approx(wanted, rel=1e-9)
        p = found.proportions
        assert found.f1[i] == pytest.approx(2 * p[i, i] / (p[i].sum() + p[:, i].sum()))
        assert found.iou[i] == pytest.approx(p[i, i] / (p[i].sum() + p[:, i].sum() - p[i, i]))


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """4000 maps of known accuracy are sampled; 95 % of the intervals should hold it."""
    rng = np.random.default_rng(0)
    truth = np.array([[0.8, 0.1, 0.1], [0.1, 0.7, 0.2], [0.05, 0.1, 0.85]])  # shares of the reference in each stratum
    areas = np.array([20.0, 30.0, 50.0])
    real_area, overall = areas @ truth, float((areas * np.diag(truth)).sum() / areas.sum())
    producer = areas[1] * truth[1, 1] / real_area[1]
    inside = np.zeros(3)
    for _ in range(4000):
        found = estimates(by_class(np.array([rng.multinomial(80, row) for row in truth])), areas)
        for k, (estimate, true) in enumerate(
            ((found.overall, overall), (found.areas[1], real_area[1]), (found.producers[1], producer))
        ):
            inside[k] += abs(estimate.value - true) <= estimate.half_width
    assert (np.abs(inside / 4000 - 0.95) < 0.015).all(), inside / 4000


def test_what_a_sample_does_not_tell():
    one = by_class(np.array([[8, 2, 0], [0, 1, 0], [0, 0, 0]]))
    found = estimates(one, np.array([50.0, 30.0, 20.0]))
    assert found.overall.half_width is None and found.areas[0].half_width is None
    assert found.users[0].half_width is not None, "the other stratum has nothing to do with it"
    assert found.users[1] == (1.0, None)
    assert found.users[2] == (None, None) and found.producers[2] == (None, None) and found.f1[2] is None
    assert sum(a.value for a in found.areas) == pytest.approx(80), "the third stratum is not spoken of"
    with pytest.raises(ValueError, match="no stratum"):
        estimates(np.zeros((1, 1, 1), int), np.array([1.0]))


def test_a_sample_without_errors():
    found: Estimates = estimates(by_class(np.diag([5, 7])), np.array([1.0, 3.0]))
    assert found.overall == (1.0, 0.0) and found.users == [(1.0, 0.0)] * 2 and found.iou == [1.0, 1.0]
