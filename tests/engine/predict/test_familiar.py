"""A raster that looks unlike a training's pictures is told so, one that looks alike is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from predict_cases import noise, small_model, write_raster
from rs_dino_engine.models.spec import Seen
from rs_dino_engine.predict.familiar import unlike
from rs_dino_engine.raster.source import open_raster
from rs_dino_engine.raster.stretch import make_stretch


def said(path: Path, seen: Seen):
    spec = small_model().spec.model_copy(deep=True)
    spec.input.seen = seen
    with open_raster(str(path)) as source:
        return unlike(source, make_stretch(source, spec.input, "auto"), spec)


@pytest.fixture
def seen() -> Seen:
    """What :func:`noise` looks like."""
    chips = np.stack([noise(64, 64, seed) for seed in range(20)]) / 255.0
    means, spreads = chips.mean((2, 3)), chips.std((2, 3))
    ranges = [list(zip(v.min(0).tolist(), v.max(0).tolist())) for v in (means, spreads)]
    return Seen(mean=ranges[0], std=ranges[1], side_px=64, side_m=32.0)


def test_alike(tmp_path, seen):
    assert said(write_raster(tmp_path / "a.tif", noise(300, 400, 77)), seen) is None


@pytest.mark.parametrize("change", ["dark", "flat", "one band"])
def test_unlike(tmp_path, seen, change):
    pixels = noise(300, 400, 77)
    if change == "dark":
        pixels = pixels // 6
    elif change == "flat":
        pixels = (pixels // 16 + 110).astype(np.uint8)
    else:
        pixels[2] = 255 - pixels[2] // 8
    found = said(write_raster(tmp_path / "a.tif", pixels), seen)
    assert found is not None
    assert found.code == "seen-unlike"
    assert found.params["share"] == 100


def test_a_strange_corner_is_no_reason(tmp_path, seen):
    pixels = noise(300, 400, 77)
    pixels[:, :100, :100] = 255
    assert said(write_raster(tmp_path / "a.tif", pixels), seen) is None


def test_nodata_is_not_looked_at(tmp_path, seen):
    pixels = noise(300, 400, 77)
    pixels[:, :, 130:] = 0
    assert said(write_raster(tmp_path / "a.tif", pixels, nodata=0), seen) is None


def test_a_model_that_says_nothing_warns_of_nothing(tmp_path):
    assert said(write_raster(tmp_path / "a.tif", noise(64, 64) // 9), None) is None
