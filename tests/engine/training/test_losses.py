"""Losses against torch's own, and over label sets against probabilities written out."""

import numpy as np
import pytest
import torch
from rs_dino_engine.datasets.label_table import IGNORED, LabelTable
from rs_dino_engine.training.losses import HeightLoss, LabelSetLoss, class_weights, id_weights
from torch.nn import functional


def test_single_classes_are_cross_entropy():
    torch.manual_seed(0)
    logits, labels = torch.randn(2, 3, 5, 4), torch.randint(0, 3, (2, 5, 4))
    labels[0, :2] = IGNORED
    weights = np.array([0.5, 1.0, 2.0])
    ours = LabelSetLoss(np.eye(3, dtype=bool), weights)(logits, labels)
    theirs = functional.cross_entropy(logits, labels, torch.tensor(weights, dtype=torch.float32), ignore_index=IGNORED)
    torch.testing.assert_close(ours, theirs)


def test_sets_add_probabilities_up():
    table = LabelTable(["a", "b", "c"])
    either = table.id_of(["b", "c"])
    logits = torch.randn(1, 3, 2, 2)
    labels = torch.tensor([[[either, 0], [IGNORED, 1]]])
    p = logits.softmax(1)[0]
    wanted = -(torch.log(p[1, 0, 0] + p[2, 0, 0]) + torch.log(p[0, 0, 1]) + torch.log(p[1, 1, 1])) / 3
    loss = LabelSetLoss(table.allowed(), np.ones(len(table)))(logits, labels)
    torch.testing.assert_close(loss, wanted, atol=1e-5, rtol=1e-5)


def test_partial_labels_teach_what_they_can():
    """ "not a" at one place and "a or b" at another leave b, although nobody ever said b."""
    table = LabelTable(["a", "b", "c"])
    labels = torch.tensor([[[table.id_of(["b", "c"]), table.id_of(["a", "b"])]]])
    logits = torch.zeros(1, 3, 1, 1, requires_grad=True)
    optimizer = torch.optim.Adam([logits], lr=0.1)
    loss_of = LabelSetLoss(table.allowed(), np.ones(len(table)))
    for _ in range(200):
        optimizer.zero_grad()
        loss_of(logits.expand(1, 3, 1, 2), labels).backward()
        optimizer.step()
    assert logits.softmax(1)[0, 1, 0, 0] > 0.9


def test_a_set_of_everything_says_nothing():
    table = LabelTable(["a", "b"])
    assert table.id_of(["a", "b"]) == IGNORED
    assert len(table) == 2


def test_a_batch_without_labels_gives_zero_and_finite_gradients():
    logits = torch.randn(1, 2, 3, 3, requires_grad=True)
    loss = LabelSetLoss(np.eye(2, dtype=bool), np.ones(2))(logits, torch.full((1, 3, 3), IGNORED))
    loss.backward()
    assert loss.item() == 0
    assert torch.isfinite(logits.grad).all()


def test_rare_classes_weigh_more_within_limits():
    weights = class_weights(np.array([1_000_000, 10_000, 10, 0]), 4)
    assert weights[0] < weights[1] <= weights[2]
    assert weights[2] / weights[0] <= 16 + 1e-9
    assert weights[3] == 1
    seen = np.array([1_000_000, 10_000, 10, 0])
    assert np.isclose((weights * seen).sum() / seen.sum(), 1)
    assert np.allclose(class_weights(seen, 4, power=0), 1)


def test_weights_of_sets_are_means():
    assert id_weights(np.array([1.0, 3.0]), np.array([[True, False], [True, True]])).tolist() == [1.0, 2.0]


def test_smoothing_keeps_extreme_answers_from_being_free():
    logits = torch.tensor([[[[50.0]], [[0.0]]]])
    labels = torch.zeros(1, 1, 1, dtype=torch.long)
    assert LabelSetLoss(np.eye(2, dtype=bool), np.ones(2))(logits, labels) < 1e-6
    assert LabelSetLoss(np.eye(2, dtype=bool), np.ones(2), smoothing=0.1)(logits, labels) > 1


def test_heights_are_compared_in_metres_where_they_are_known():
    labels = torch.tensor([[[150, 65535], [0, 2000]]], dtype=torch.int32)
    outputs = torch.tensor([[[[0.25, 9.0], [-0.4, 1.5]]]], requires_grad=True)
    loss = HeightLoss(scale=10.0)(outputs, labels)
    assert loss.item() == pytest.approx((1.0 + 0.0 + 5.0) / 3)
    loss.backward()
    assert outputs.grad.flatten().tolist() == pytest.approx([10 / 3, 0.0, 0.0, -10 / 3])


def test_a_batch_without_heights_is_no_loss():
    assert HeightLoss()(torch.ones(1, 1, 2, 2), torch.full((1, 2, 2), 65535, dtype=torch.int32)).item() == 0.0
