"""Scores of heights against the same figures computed plainly."""

import numpy as np
import pytest
from rs_dino_engine.datasets.target import HEIGHTS
from rs_dino_engine.training.height_scores import HeightEvaluation, HeightTally


def _data(seed=0, count=5000):
    rng = np.random.default_rng(seed)
    true = rng.choice([0.0, 1.2, 7.5, 12.3, 24.0, 61.0], count)
    return true, true + rng.normal(1.0, 3.0, count)


def _labels(true):
    return np.rint(true * 100).astype(np.uint16)


def test_figures():
    true, found = _data()
    labels = _labels(true)
    labels[::7] = HEIGHTS.unknown
    tally = HeightTally()
    for part in np.array_split(np.arange(len(true)), 9):
        tally.add(labels[part], found[part])
    seen = labels != HEIGHTS.unknown
    true, found = true[seen], found[seen]
    error = found - true
    scores = tally.scores()
    assert scores["pixels"] == seen.sum()
    assert scores["mae"] == pytest.approx(np.abs(error).mean(), abs=1e-3)
    assert scores["rmse"] == pytest.approx(np.sqrt((error**2).mean()), abs=1e-3)
    assert scores["bias"] == pytest.approx(error.mean(), abs=1e-3)
    assert scores["r2"] == pytest.approx(1 - (error**2).sum() / ((true - true.mean()) ** 2).sum(), abs=2e-3)
    assert scores["constant_mae"] == pytest.approx(np.abs(true - np.median(true)).mean(), abs=0.1)
    tall = next(b for b in scores["bins"] if b["from_m"] == 20.0)
    assert tall["pixels"] == (true == 24.0).sum()
    assert tall["mae"] == pytest.approx(np.abs(error[true == 24.0]).mean(), abs=1e-3)
    assert sum(b["pixels"] for b in scores["bins"]) == seen.sum()


def test_a_plot_of_one_height_has_no_r2():
    tally = HeightTally()
    tally.add(np.full(10, 500, np.uint16), np.full(10, 4.0))
    assert tally.scores()["r2"] is None
    assert tally.scores()["mae"] == pytest.approx(1.0)


def test_several_data_sets_count_alike():
    tallies = {}
    for name, error in (("large", 1.0), ("small", 3.0)):
        count = 1000 if name == "large" else 10
        tallies[name] = HeightTally()
        tallies[name].add(np.full(count, 1000, np.uint16), np.full(count, 10.0 + error))
    evaluation = HeightEvaluation(tallies)
    assert evaluation.value == pytest.approx(-2.0)
    report = evaluation.report()
    assert report["mae"] == pytest.approx((1000 + 30) / 1010, abs=1e-3)
    assert report["data_sets"]["small"]["mae"] == pytest.approx(3.0)


def test_nothing_known_is_not_the_best():
    tally = HeightTally()
    tally.add(np.full(4, HEIGHTS.unknown, np.uint16), np.zeros(4))
    assert HeightEvaluation({"a": tally}).value == float("-inf")
    assert HeightEvaluation({"a": tally}).report()["mae"] is None
