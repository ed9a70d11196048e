"""A raster that looks unlike a training's pictures is told so, one that looks alike is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from predict_cases import noise, small_model, write_raster
from rs_dino_engine.models.spec import Looks, ModelSpec, Seen
from rs_dino_engine.predict.familiar import unlike
from rs_dino_engine.predict.looks import distance, look, mistakes
from rs_dino_engine.raster.source import open_raster
from rs_dino_engine.raster.stretch import make_stretch

RESOURCES = Path(__file__).resolve().parents[3] / "resources"
CANOPY = Path(__file__).resolve().parents[4] / "shared" / "data" / "canopy"
needs_data = pytest.mark.skipif(not CANOPY.is_dir(), reason="../shared/data/canopy is not there")


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


@pytest.mark.parametrize("bands", [1, 2, 5])
def test_looks_of_any_number_of_bands(bands):
    values = np.random.default_rng(0).random((bands, 500))
    found = np.array([look(values * scale) for scale in np.linspace(0.3, 1, 40)])
    covariance = (np.cov(found.T) + 0.01 * np.eye(found.shape[1])).tolist()
    seen = Looks(mean=found.mean(0).tolist(), covariance=covariance, farthest=3.0, gain=0.5)
    assert distance(look(values * 0.6), seen) < seen.farthest < distance(look(values * 0.01), seen)
    assert np.isfinite(distance(look(np.zeros((bands, 9))), seen))
    assert len(mistakes(values)) == (2 if bands == 1 else 3)


# what the embedded models say of real pictures, and of the same with the usual mistakes

CHANGES = {
    "bgr": lambda pixels: pixels[::-1],
    "dark": lambda pixels: pixels // 4,
    "inverted": lambda pixels: 255 - pixels,
    "infrared": lambda pixels: pixels[[3, 0, 1]],
}


def changed(source: Path, folder: Path, change: str) -> Path:
    """A copy of a picture's pixels in which something is wrong; void stays void."""
    with rasterio.open(source) as data:
        pixels, void, profile = data.read(), data.dataset_mask() == 0, data.profile
    made = np.ascontiguousarray(CHANGES[change](pixels))
    made[:, void] = 0 if profile["nodata"] is None else profile["nodata"]
    profile.update(driver="GTiff", count=len(made))
    profile.pop("photometric", None)
    path = folder / f"{source.stem}_{change}.tif"
    with rasterio.open(path, "w", **profile) as data:
        data.write(made)
    return path


def heard(path: Path, model: str = "starter-canopy") -> bool:
    spec = ModelSpec.model_validate_json((RESOURCES / "models" / model / "model.json").read_text(encoding="utf-8"))
    with open_raster(str(path), [1, 2, 3]) as source:
        return unlike(source, make_stretch(source, spec.input, "auto", spec.output.kind == "value"), spec) is not None


@pytest.mark.parametrize("model", ["starter-canopy", "starter-landcover"])
def test_the_samples_are_familiar(model):
    assert not any(heard(path, model) for path in sorted((RESOURCES / "samples").glob("*.tif")))


@pytest.mark.parametrize("change", ["bgr", "dark", "inverted"])
def test_mistakes_in_a_sample_with_trees_are_heard(tmp_path, change):
    assert heard(changed(RESOURCES / "samples" / "golf-course.tif", tmp_path, change))


def test_other_order_of_bands_is_heard_in_finer_pixels(tmp_path):
    with rasterio.open(RESOURCES / "samples" / "golf-course.tif") as data:
        pixels, profile = data.read(), data.profile
    profile.update(height=1024, width=1024, transform=profile["transform"] * Affine.scale(0.5))
    fine = pixels.repeat(2, 1).repeat(2, 2)
    for bands, expected in ((fine, False), (fine[::-1], True)):
        with rasterio.open(tmp_path / "fine.tif", "w", **profile) as data:
            data.write(bands)
        assert heard(tmp_path / "fine.tif") is expected


@needs_data
def test_infrared_shown_as_red_is_heard(tmp_path):
    (tile,) = (CANOPY / "ign").glob("*_rgb.tif")
    assert not heard(tile)
    assert heard(changed(tile, tmp_path, "infrared"))


@needs_data
def test_held_out_plots_are_familiar_and_their_mistakes_are_heard(tmp_path):
    plots = [
        *CANOPY.glob("teak/TEAK_04[3-7]*_rgb.tif"),
        *CANOPY.glob("osbs/*_rgb.tif"),
        *CANOPY.glob("idtrees/rgb/MLBS*"),
    ]
    assert len(plots) > 30
    assert [p.stem for p in plots if heard(p)] == []
    for change in ("bgr", "dark", "inverted"):
        assert np.mean([heard(changed(p, tmp_path, change)) for p in plots]) > 0.95, change
