"""Feature maps as a person meets them: colours with one basis, raw features on the patch grid."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
import torch
from predict_cases import noise, write_raster
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.networks import build
from rs_dino_engine.models.spec import Band, InputSpec, ModelSpec, OutputSpec
from safetensors.torch import save_file

VIT = {"dim": 64, "depth": 3, "heads": 1, "hidden": 128}
MEAN, STD = 0.45, 0.25


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(5)
    folder = tmp_path_factory.mktemp("models") / "vit"
    folder.mkdir()
    settings = {"kind": "dinov3", "backbone": VIT}
    network = build({**settings, "bands": 3, "classes": 64})
    with torch.no_grad():
        for name, values in network.named_parameters():
            if "scale" in name:
                values.fill_(0.5)
            if values.ndim > 1:
                values.mul_(5)
    save_file(network.state_dict(), str(folder / "model.safetensors"))
    ModelSpec(
        name="vit",
        title="Tiny ViT",
        task="feature-map",
        network=settings,
        licence="MIT",
        input=InputSpec(
            bands=[Band(name=n) for n in ("red", "green", "blue")],
            mean=[MEAN] * 3,
            std=[STD] * 3,
            window_px=128,
            stride_px=16,
        ),
        output=OutputSpec(kind="features", blend_on="value", cell_px=16, channels=64),
    ).write(folder)
    return folder


def rs_dino(*arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "rs_dino_engine", *map(str, arguments)]
    settings = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, env=settings, timeout=240, check=False, text=True)


def features_of(raster: Path, out: Path, model: Path, *more: object) -> np.ndarray:
    done = rs_dino("feature-map", raster, "--model", model, "--output", out, *more)
    assert done.returncode == 0, done.stderr
    with rasterio.open(out / f"{raster.stem}_features.tif") as data:
        return data.read()


def test_colours_lie_on_the_raster_and_leave_nodata_out(tmp_path: Path, model_folder: Path) -> None:
    pixels = noise(200, 250)
    pixels[:, :, :60] = 0
    raster = write_raster(tmp_path / "r.tif", pixels, nodata=0)
    shown = features_of(raster, tmp_path / "out", model_folder)
    with rasterio.open(tmp_path / "out" / "r_features.tif") as data, rasterio.open(raster) as given:
        assert (data.transform, data.shape, data.nodata, data.dtypes) == (
            given.transform,
            (200, 250),
            0,
            ("uint8",) * 3,
        )
    invalid = (pixels == 0).all(0)
    assert (shown[:, invalid] == 0).all()
    assert (shown[:, ~invalid] > 0).all()
    for band in shown:  # the scale is used, and little of it is cut off
        values = band[~invalid]
        assert values.min() < 40 and values.max() > 215 and np.mean((values == 1) | (values == 255)) < 0.1


def test_a_basis_makes_two_rasters_speak_the_same_colours(tmp_path: Path, model_folder: Path) -> None:
    pixels = noise(256, 256)
    whole = write_raster(tmp_path / "whole.tif", pixels)
    first = features_of(whole, tmp_path / "a", model_folder)
    basis = tmp_path / "a" / "pca_basis.json"
    again = features_of(whole, tmp_path / "b", model_folder, "--basis", basis)
    assert np.array_equal(first, again)
    results = json.loads((tmp_path / "a" / "results.json").read_text())
    assert results["basis"]["href"].endswith("pca_basis.json")
    other = write_raster(tmp_path / "other.tif", noise(128, 128, seed=9))
    own = features_of(other, tmp_path / "c", model_folder)
    shared = features_of(other, tmp_path / "d", model_folder, "--basis", basis)
    assert not np.array_equal(own, shared)


def test_several_rasters_share_one_basis(tmp_path: Path, model_folder: Path) -> None:
    rasters = [write_raster(tmp_path / f"{i}.tif", noise(128, 128, seed=i)) for i in range(2)]
    done = rs_dino("feature-map", *rasters, "--model", model_folder, "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    basis = tmp_path / "out" / "pca_basis.json"
    for number, raster in enumerate(rasters):
        alone = features_of(raster, tmp_path / f"alone-{number}", model_folder, "--basis", basis)
        with rasterio.open(tmp_path / "out" / f"{number}_features.tif") as data:
            assert np.array_equal(data.read(), alone)


def test_raw_features_are_the_networks_on_a_true_grid(tmp_path: Path, model_folder: Path) -> None:
    """100 x 120 px are 7 x 8 patches, of which the last ones reach over the edge."""
    pixels = noise(100, 120)
    raster = write_raster(tmp_path / "r.tif", pixels)
    raw = features_of(raster, tmp_path / "out", model_folder, "--raw")
    with rasterio.open(tmp_path / "out" / "r_features.tif") as data:
        assert (data.count, data.height, data.width) == (64, 7, 8)
        assert (data.transform.a, data.transform.e) == (8.0, -8.0)
        assert (data.transform.c, data.transform.f) == (500000, 5400000)
    padded = np.pad(pixels, ((0, 0), (0, 12), (0, 8)), mode="reflect")
    windows = torch.from_numpy((padded[None] / 255.0 - MEAN) / STD).float()
    wanted = load_model(find_model(str(model_folder)))(windows)[0].numpy()
    assert np.allclose(raw, wanted, atol=1e-4)


def test_twice_the_input_gives_twice_the_cells(tmp_path: Path, model_folder: Path) -> None:
    """The features are those of the raster enlarged bilinearly, and lie where they belong."""
    pixels = noise(64, 64)
    raster = write_raster(tmp_path / "r.tif", pixels)
    raw = features_of(raster, tmp_path / "out", model_folder, "--raw", "--input-scale", 2)
    with rasterio.open(tmp_path / "out" / "r_features.tif") as data, rasterio.open(raster) as given:
        assert (data.height, data.width, data.transform.a) == (8, 8, 4.0)
        assert data.bounds == given.bounds
    values = torch.from_numpy(pixels[None] / 255.0).float()
    large = torch.nn.functional.interpolate(values, scale_factor=2, mode="bilinear", align_corners=False)
    wanted = load_model(find_model(str(model_folder)))((large - MEAN) / STD)[0].numpy()
    assert np.allclose(raw, wanted, atol=2e-3)
    shown = features_of(raster, tmp_path / "shown", model_folder, "--input-scale", 2)
    assert shown.shape == (3, 64, 64)  # colours stay on the raster's own grid


def test_a_model_of_classes_is_refused(tmp_path: Path) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(64, 64))
    done = rs_dino("feature-map", raster, "--model", "starter-landcover", "--output", tmp_path / "out")
    assert done.returncode == 2
    assert "is made for segment, not for feature-map" in done.stderr
