"""Projected features are the formula, whatever precision the model computes in; foreground is the varied side."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from rs_dino_engine.devices import choose
from rs_dino_engine.models.spec import Band, InputSpec, ModelSpec, OutputSpec
from rs_dino_engine.predict.clusters import Centres
from rs_dino_engine.predict.foreground import otsu, separate
from rs_dino_engine.predict.pca import fit
from rs_dino_engine.predict.projection import Foreground, Projected
from rs_dino_engine.predict.similar import Similar

CHANNELS = 24
CELLS = (np.random.default_rng(0).normal(size=(40, CHANNELS)) * 3 + 20).astype(np.float32)


class Backbone:
    """Gives ``CELLS`` as a window of 5 x 8 cells."""

    def __init__(self) -> None:
        self.spec = ModelSpec(
            name="b",
            title="B",
            task="feature-map",
            input=InputSpec(bands=[Band(name="red")], mean=[0.0], std=[1.0], window_px=32, stride_px=16),
            output=OutputSpec(kind="features", blend_on="value", cell_px=16, channels=CHANNELS),
        )

    def to(self, device: str) -> None:
        pass

    def __call__(self, windows: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(CELLS.T.reshape(1, CHANNELS, 5, 8).copy())


def values(model: object, dtype: str = "fp32") -> np.ndarray:
    """(cells, values)."""
    with choose("cpu").autocast(dtype), torch.no_grad():
        out = model(torch.zeros(1, 1, 80, 128))
    assert out.dtype == torch.float32
    return out[0].reshape(out.shape[1], -1).T.numpy()


def projected(fitted: object, foreground: "Foreground | None" = None) -> Projected:
    projection = fitted.projection().with_foreground(foreground)
    output = OutputSpec(kind="value", blend_on="value", cell_px=16, channels=len(projection.offset))
    return Projected(Backbone(), projection, output, choose("cpu").full_precision)


@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
def test_components_are_the_formula(dtype: str) -> None:
    basis = fit(CELLS, "m")
    assert np.allclose(values(projected(basis), dtype), (CELLS - basis.mean) @ basis.axes, atol=1e-4)


@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
def test_scores_differ_as_squared_distances_do(dtype: str) -> None:
    centres = Centres(CELLS[:7] + 0.5, (0.0,) * 7, "m")
    distances = ((CELLS[:, None] - centres.centres) ** 2).sum(axis=2)
    scores = values(projected(centres), dtype)
    assert np.allclose(scores - scores[:, :1], (distances[:, :1] - distances) / 2, atol=1e-2)
    assert np.array_equal(scores.argmax(axis=1), distances.argmin(axis=1))


@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
def test_one_more_value_says_what_is_foreground(dtype: str) -> None:
    rule = Foreground(CELLS[0] / np.linalg.norm(CELLS[0]), 101.0)
    score = values(projected(fit(CELLS, "m"), rule), dtype)[:, 3]
    assert np.allclose(score, CELLS @ rule.axis - 101.0, atol=1e-3)
    assert np.array_equal(rule.holds(CELLS), score > 0) and 0 < (score > 0).sum() < 40


@pytest.mark.parametrize("dtype", ["fp32", "bf16"])
@pytest.mark.parametrize("count", [1, 3, 130])
def test_similarity_is_the_cosine_with_the_nearest_example(count: int, dtype: str) -> None:
    examples = np.random.default_rng(1).normal(size=(count, CHANNELS)).astype(np.float32) + 1
    examples /= np.linalg.norm(examples, axis=1, keepdims=True)
    cosines = (CELLS / np.linalg.norm(CELLS, axis=1, keepdims=True)) @ examples.T
    exact = choose("cpu").full_precision
    assert np.allclose(values(Similar(Backbone(), examples, None, exact), dtype)[:, 0], cosines.max(axis=1), atol=1e-5)
    margin = values(Similar(Backbone(), examples[:1], examples, exact), dtype)[:, 0]
    assert np.allclose(margin, cosines[:, 0] - cosines.max(axis=1), atol=1e-5)


def test_otsu_lies_between_two_groups_of_any_size() -> None:
    rng = np.random.default_rng(0)
    found = otsu(np.concatenate([rng.normal(0, 1, 5000), rng.normal(9, 1, 200)]))
    assert 3 < found < 7


@pytest.mark.parametrize("share", [0.2, 0.8])
@pytest.mark.parametrize("turned", [1, -1])
def test_the_side_that_varies_is_foreground(share: float, turned: int) -> None:
    rng = np.random.default_rng(0)
    varied = rng.normal(size=(int(1000 * share), 12)) * 2
    plain = rng.normal(size=(1000 - len(varied), 12)) * 0.2 + np.eye(12)[0] * 20 * turned
    found = separate(np.concatenate([varied, plain]).astype(np.float32))
    assert found.holds(varied.astype(np.float32)).mean() > 0.99
    assert found.holds(plain.astype(np.float32)).mean() < 0.01
