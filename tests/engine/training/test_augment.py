"""Crops: labels move with their pixels, the same seed gives the same crop, values stay in range."""

import numpy as np
import pytest
import torch
from rs_dino_engine.training.augment import Augmentation, crop
from rs_dino_engine.training.schedule import factor

STILL = Augmentation(turn=False, zoom=(1, 1), brightness=0, contrast=0, gamma=0, tint=0, saturation=0, noise=0, blur=0)


def _chip(side=96):
    """Every pixel's value is its label, so that a crop that tears them apart shows."""
    ids = (np.add.outer(np.arange(side) // 12 * 8, np.arange(side) // 12) % 250).astype(np.uint8)
    return np.stack([ids] * 3), ids


@pytest.mark.parametrize("turn", [False, True])
def test_labels_move_with_pixels(turn):
    image, ids = _chip()
    for seed in range(12):
        found = crop(image, ids, 48, STILL._replace(turn=turn), np.random.default_rng(seed))
        assert found.image.shape == (3, 48, 48)
        assert torch.equal((found.image[0] * 255).round().to(torch.uint8), found.labels)


def test_zoomed_labels_stay_ids():
    image, ids = _chip()
    for seed in range(8):
        found = crop(image, ids, 48, STILL._replace(zoom=(0.5, 2.0)), np.random.default_rng(seed))
        assert found.labels.shape == (48, 48)
        assert set(np.unique(found.labels.numpy())) <= set(np.unique(ids))
        near = (found.image[0] * 255 - found.labels.float()).abs()
        assert near.median() < 2


def test_same_seed_same_crop_and_values_in_range():
    image, ids = _chip()
    one = crop(image, ids, 64, Augmentation(), np.random.default_rng([3, 1, 4]))
    two = crop(image, ids, 64, Augmentation(), np.random.default_rng([3, 1, 4]))
    other = crop(image, ids, 64, Augmentation(), np.random.default_rng([3, 1, 5]))
    assert torch.equal(one.image, two.image)
    assert torch.equal(one.labels, two.labels)
    assert not torch.equal(one.image, other.image)
    for seed in range(20):
        found = crop(image, ids, 64, Augmentation(), np.random.default_rng(seed)).image
        assert float(found.min()) >= 0
        assert float(found.max()) <= 1


def test_schedules_rise_then_fall():
    for kind in ("cosine", "poly"):
        values = [factor(i, 100, 10, kind) for i in range(100)]
        assert values[:10] == [(i + 1) / 10 for i in range(10)]
        assert all(a >= b for a, b in zip(values[10:], values[11:]))
        assert values[-1] < 0.05
    assert factor(50, 100, 10, "constant") == 1
    with pytest.raises(ValueError, match="nonsense"):
        factor(50, 100, 10, "nonsense")


def test_colours_of_a_data_set_can_be_kept():
    image, ids = _chip()
    how = Augmentation(turn=False, zoom=(1, 1), noise=0, blur=0)
    plain, kept = (crop(image, ids, 96, a, np.random.default_rng(4)).image for a in (STILL, how.with_color(0.0)))
    half, full = (
        (crop(image, ids, 96, how.with_color(f), np.random.default_rng(4)).image - plain).abs().mean()
        for f in (0.5, 1.0)
    )
    assert torch.allclose(plain, kept, atol=2e-4)
    assert 0 < float(half) < float(full)
