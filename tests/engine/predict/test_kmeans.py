"""k-means: what it finds is what is there, and the same every time."""

from __future__ import annotations

import numpy as np
import pytest
from rs_dino_engine.predict.kmeans import kmeans

SIZES = (900, 300, 600, 150)


def blobs(seed: int = 0) -> "tuple[np.ndarray, np.ndarray]":
    """Four round clouds far from 0, and their middles."""
    rng = np.random.default_rng(3)
    middles = rng.normal(size=(4, 16)) * 5 + 100
    points = [m + np.random.default_rng(seed).normal(size=(n, 16)) for m, n in zip(middles, SIZES)]
    return np.concatenate(points).astype(np.float32), middles


def test_clouds_are_found_the_largest_first() -> None:
    points, middles = blobs()
    centres, shares = kmeans(points, 4)
    order = np.argsort([-n for n in SIZES])
    assert centres.dtype == np.float32 and np.allclose(centres, middles[order], atol=0.3)
    assert np.allclose(shares, np.array(SIZES)[order] / sum(SIZES))


def test_the_order_of_the_sample_changes_nothing_but_chance() -> None:
    points, _ = blobs()
    turned, _ = kmeans(points[np.random.default_rng(8).permutation(len(points))], 4)
    assert np.allclose(turned, kmeans(points, 4)[0], atol=1e-3)


def test_the_same_every_time() -> None:
    points = np.random.default_rng(0).normal(size=(3000, 24)).astype(np.float32)
    assert np.array_equal(kmeans(points, 9)[0], kmeans(points, 9)[0])


def test_each_centre_is_the_mean_of_what_is_nearest_to_it() -> None:
    points = np.random.default_rng(0).normal(size=(2000, 6)).astype(np.float32)
    centres, shares = kmeans(points, 5)
    nearest = ((points[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
    for number in range(5):
        assert np.allclose(centres[number], points[nearest == number].mean(axis=0), atol=1e-2)
        assert shares[number] == pytest.approx(np.mean(nearest == number), abs=0.01)
    assert (np.diff(shares) <= 0).all()


@pytest.mark.parametrize("places", [1, 2])
def test_fewer_places_than_clusters(places: int) -> None:
    points = np.repeat(np.eye(places, 3, dtype=np.float32), 10, axis=0)
    centres, shares = kmeans(points, 4)
    assert np.isfinite(centres).all() and shares.sum() == pytest.approx(1)
    assert (shares > 0).sum() == places
