"""The basis of feature maps: right axes, stable signs, robust scale, read back as written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from rs_dino_engine.errors import UserError
from rs_dino_engine.predict.pca import fit, read_basis

SPREAD = np.array([9.0, 4.0, 2.0, 0.5, 0.1])


def features(count: int = 4000, seed: int = 0) -> np.ndarray:
    """Five channels, turned, with variances of their own and a mean that is not 0."""
    rng = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(np.random.default_rng(7).normal(size=(5, 5)))
    return (rng.normal(size=(count, 5)) * SPREAD @ turn + [1, 2, 3, 4, 5]).astype(np.float32)


def test_axes_are_those_of_the_largest_variance() -> None:
    found = fit(features(), "m")
    turn, _ = np.linalg.qr(np.random.default_rng(7).normal(size=(5, 5)))
    assert np.allclose(np.abs(np.sum(found.axes * turn[:3].T, axis=0)), 1, atol=0.01)
    assert np.allclose(found.explained, SPREAD[:3] ** 2 / (SPREAD**2).sum(), atol=0.02)


def test_signs_do_not_depend_on_the_sample() -> None:
    one, other = fit(features(seed=1), "m"), fit(features(seed=2), "m")
    assert (np.sum(one.axes * other.axes, axis=0) > 0.99).all()


def test_a_few_odd_values_do_not_change_the_scale() -> None:
    plain, odd = features(), features()
    odd[:20] += 8 * (odd[:20] - odd.mean(0))
    first, second = fit(plain, "m"), fit(odd, "m")
    assert np.allclose(first.low, second.low, rtol=0.2)
    assert np.allclose(first.high, second.high, rtol=0.2)


def test_a_basis_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    basis = fit(features(), "abc")
    path = basis.write(tmp_path / "basis.json")
    again = read_basis(path, "abc", 5)
    assert np.array_equal(again.axes, basis.axes) and np.array_equal(again.mean, basis.mean)
    assert again.low == basis.low and again.high == basis.high
    for model, channels in (("other", 5), ("abc", 4)):
        with pytest.raises(UserError, match="another model"):
            read_basis(path, model, channels)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "rs-dino-pca-1", "mean": 3}'])
def test_what_is_no_basis_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(UserError, match="not a basis"):
        read_basis(path, "abc", 5)
