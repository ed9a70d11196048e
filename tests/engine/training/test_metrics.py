"""Scores against straightforward numpy."""

import numpy as np
import pytest
from rs_dino_engine.datasets.label_table import IGNORED, LabelTable
from rs_dino_engine.training.metrics import Confusion, scores


def test_scores_are_what_counting_gives():
    rng = np.random.default_rng(1)
    labels, predicted = rng.integers(0, 4, 5000).astype(np.uint8), rng.integers(0, 4, 5000)
    labels[rng.random(5000) < 0.1] = IGNORED
    table = Confusion(np.eye(4, dtype=bool))
    for part in np.array_split(np.arange(5000), 7):  # streamed
        table.add(labels[part], predicted[part])
    found = scores(table.table, list("abcd"))
    known = labels != IGNORED
    assert found["oa"] == pytest.approx((labels[known] == predicted[known]).mean(), abs=1e-4)
    ious, f1s = [], []
    for i, name in enumerate("abcd"):
        true, said = labels[known] == i, predicted[known] == i
        ious.append((true & said).sum() / (true | said).sum())
        f1s.append(2 * (true & said).sum() / (true.sum() + said.sum()))
        assert found["classes"][name]["iou"] == pytest.approx(ious[-1], abs=1e-4)
        assert found["classes"][name]["precision"] == pytest.approx((true & said).sum() / said.sum(), abs=1e-4)
        assert found["classes"][name]["recall"] == pytest.approx((true & said).sum() / true.sum(), abs=1e-4)
    assert found["miou"] == pytest.approx(np.mean(ious), abs=1e-3)
    assert found["f1"] == pytest.approx(np.mean(f1s), abs=1e-3)
    assert found["pixels"] == known.sum()


def test_absent_classes_stay_out_of_the_means():
    found = scores(np.array([[5, 0, 1], [0, 4, 0], [0, 0, 0]]), list("abc"))
    assert found["classes"]["c"]["iou"] is None
    assert found["miou"] == pytest.approx((5 / 6 + 1) / 2, abs=1e-4)


def test_a_class_that_is_never_found_scores_zero():
    found = scores(np.array([[0, 3], [0, 3]]), ["a", "b"])
    assert found["classes"]["a"] == {"iou": 0.0, "f1": 0.0, "precision": 0.0, "recall": 0.0}


def test_sets_count_when_the_class_is_allowed():
    table = LabelTable(["a", "b", "c"])
    either = table.id_of(["b", "c"])
    confusion = Confusion(table.allowed())
    confusion.add(np.array([either, either, either, 0], np.uint8), np.array([1, 2, 0, 0]))
    assert confusion.agreement() == 0.75
    assert confusion.table.sum() == 1
    assert confusion.merged([[0], [1, 2]]).tolist() == [[1, 0], [1, 2]]
    assert scores(confusion.table, list("abc"))["oa"] == 1.0


def test_nothing_labelled_gives_none():
    confusion = Confusion(np.eye(2, dtype=bool))
    confusion.add(np.full((2, 2), IGNORED, np.uint8), np.zeros((2, 2), int))
    assert confusion.agreement() is None
    assert scores(confusion.table, ["a", "b"])["miou"] is None
