"""Feature maps as a person meets them: colours with one basis, raw features on the patch grid."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import rasterio
import torch
from predict_cases import BACKBONE_MEAN, BACKBONE_STD, noise, write_raster
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import load_model


def rs_dino(*arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "rs_dino_engine", *map(str, arguments)]
    settings = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, env=settings, timeout=240, check=False, text=True)


def features_of(raster: Path, out: Path, model: Path, *more: object) -> np.ndarray:
    done = rs_dino("feature-map", raster, "--model", model, "--output", out, *more)
    assert done.returncode == 0, done.stderr
    with rasterio.open(out / f"{raster.stem}_features.tif") as data:
        return data.read()


def test_colours_lie_on_the_raster_and_leave_nodata_out(tmp_path: Path, backbone: Path) -> None:
    pixels = noise(200, 250)
    pixels[:, :, :60] = 0
    raster = write_raster(tmp_path / "r.tif", pixels, nodata=0)
    shown = features_of(raster, tmp_path / "out", backbone)
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


def test_a_basis_makes_two_rasters_speak_the_same_colours(tmp_path: Path, backbone: Path) -> None:
    pixels = noise(256, 256)
    whole = write_raster(tmp_path / "whole.tif", pixels)
    first = features_of(whole, tmp_path / "a", backbone)
    basis = tmp_path / "a" / "pca_basis.json"
    again = features_of(whole, tmp_path / "b", backbone, "--basis", basis)
    assert np.array_equal(first, again)
    results = json.loads((tmp_path / "a" / "results.json").read_text())
    assert results["basis"]["href"].endswith("pca_basis.json")
    other = write_raster(tmp_path / "other.tif", noise(128, 128, seed=9))
    own = features_of(other, tmp_path / "c", backbone)
    shared = features_of(other, tmp_path / "d", backbone, "--basis", basis)
    assert not np.array_equal(own, shared)


def test_several_rasters_share_one_basis(tmp_path: Path, backbone: Path) -> None:
    rasters = [write_raster(tmp_path / f"{i}.tif", noise(128, 128, seed=i)) for i in range(2)]
    done = rs_dino("feature-map", *rasters, "--model", backbone, "--output", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    basis = tmp_path / "out" / "pca_basis.json"
    for number, raster in enumerate(rasters):
        alone = features_of(raster, tmp_path / f"alone-{number}", backbone, "--basis", basis)
        with rasterio.open(tmp_path / "out" / f"{number}_features.tif") as data:
            assert np.array_equal(data.read(), alone)


def test_raw_features_are_the_networks_on_a_true_grid(tmp_path: Path, backbone: Path) -> None:
    """100 x 120 px are 7 x 8 patches, of which the last ones reach over the edge."""
    pixels = noise(100, 120)
    raster = write_raster(tmp_path / "r.tif", pixels)
    raw = features_of(raster, tmp_path / "out", backbone, "--raw")
    with rasterio.open(tmp_path / "out" / "r_features.tif") as data:
        assert (data.count, data.height, data.width) == (64, 7, 8)
        assert (data.transform.a, data.transform.e) == (8.0, -8.0)
        assert (data.transform.c, data.transform.f) == (500000, 5400000)
    padded = np.pad(pixels, ((0, 0), (0, 12), (0, 8)), mode="reflect")
    windows = torch.from_numpy((padded[None] / 255.0 - BACKBONE_MEAN) / BACKBONE_STD).float()
    wanted = load_model(find_model(str(backbone)))(windows)[0].numpy()
    assert np.allclose(raw, wanted, atol=1e-4)


def test_a_model_of_classes_is_refused(tmp_path: Path) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(64, 64))
    done = rs_dino("feature-map", raster, "--model", "starter-landcover", "--output", tmp_path / "out")
    assert done.returncode == 2
    assert "is made for segment, not for feature-map" in done.stderr
