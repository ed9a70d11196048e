"""Feature maps as a person meets them: colours with one basis, raw features on the patch grid."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
import torch
from predict_cases import BACKBONE_MEAN, BACKBONE_STD, noise, rs_dino, textures, write_raster
from rasterio.transform import from_origin
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import load_model


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


def test_twice_the_input_gives_twice_the_cells(tmp_path: Path, backbone: Path) -> None:
    """The features are those of the raster enlarged bilinearly, and lie where they belong."""
    pixels = noise(64, 64)
    raster = write_raster(tmp_path / "r.tif", pixels)
    raw = features_of(raster, tmp_path / "out", backbone, "--raw", "--input-scale", 2)
    with rasterio.open(tmp_path / "out" / "r_features.tif") as data, rasterio.open(raster) as given:
        assert (data.height, data.width, data.transform.a) == (8, 8, 4.0)
        assert data.bounds == given.bounds
    values = torch.from_numpy(pixels[None] / 255.0).float()
    large = torch.nn.functional.interpolate(values, scale_factor=2, mode="bilinear", align_corners=False)
    wanted = load_model(find_model(str(backbone)))((large - BACKBONE_MEAN) / BACKBONE_STD)[0].numpy()
    assert np.allclose(raw, wanted, atol=2e-3)
    shown = features_of(raster, tmp_path / "shown", backbone, "--input-scale", 2)
    assert shown.shape == (3, 64, 64)  # colours stay on the raster's own grid


def test_a_model_of_classes_is_refused(tmp_path: Path) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(64, 64))
    done = rs_dino("feature-map", raster, "--model", "starter-landcover", "--output", tmp_path / "out")
    assert done.returncode == 2
    assert "is made for segment, not for feature-map" in done.stderr


def test_foreground_only_leaves_the_rest_out(tmp_path: Path, backbone: Path) -> None:
    """The sides of the foreground, and the colours on its own scale, are those of the raw features."""
    raster = write_raster(tmp_path / "r.tif", textures())
    plain = features_of(raster, tmp_path / "plain", backbone, "--output-grid", "model")
    shown = features_of(raster, tmp_path / "out", backbone, "--foreground", "--output-grid", "model")
    raw = features_of(raster, tmp_path / "raw", backbone, "--raw")
    basis = json.loads((tmp_path / "out" / "pca_basis.json").read_text())
    rule = basis["foreground"]
    score = np.tensordot(np.array(rule["axis"]), raw, 1) - rule["threshold"]
    clear = np.abs(score) > 1e-3
    assert np.array_equal((shown != 0).all(axis=0)[clear], (score > 0)[clear])
    assert (plain > 0).all() and 0.1 < (score > 0).mean() < 0.9
    inside = raw[:, score > 0.001].T
    found = (inside - np.array(basis["mean"])) @ np.array(basis["axes"]).T
    low, high = np.array(basis["low"]), np.array(basis["high"])
    wanted = np.clip(np.round(1 + 254 * (found - low) / (high - low)), 1, 255)
    assert np.abs(shown[:, score > 0.001].T - wanted).max() <= 1
    again = features_of(
        raster, tmp_path / "b", backbone, "--foreground", "--output-grid", "model",
        "--basis", tmp_path / "out" / "pca_basis.json",
    )  # fmt: skip
    assert np.array_equal(again, shown)


@pytest.mark.parametrize("options", [("--raw",), ("--basis", "plain")])
def test_a_foreground_that_cannot_be_is_said(tmp_path: Path, backbone: Path, options: tuple) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(64, 64))
    if "plain" in options:
        features_of(raster, tmp_path / "plain", backbone)
        options = ("--basis", tmp_path / "plain" / "pca_basis.json")
    done = rs_dino("feature-map", raster, "--model", backbone, "--output", tmp_path / "o", "--foreground", *options)
    assert done.returncode == 2
    assert ("foreground only" in done.stderr) and "Traceback" not in done.stderr


def test_a_raster_outside_the_area_of_interest_does_not_stop_the_others(tmp_path: Path, backbone: Path) -> None:
    here = write_raster(tmp_path / "here.tif", noise(128, 128))
    away = write_raster(tmp_path / "away.tif", noise(128, 128), transform=from_origin(600000, 5400000, 0.5, 0.5))
    aoi = tmp_path / "aoi.geojson"
    crs = {"type": "name", "properties": {"name": "EPSG:32633"}}
    corners = [[500010, 5399990], [500050, 5399990], [500050, 5399950], [500010, 5399950], [500010, 5399990]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [corners]}}
    aoi.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    done = rs_dino("feature-map", away, here, "--model", backbone, "--output", tmp_path / "o", "--aoi", aoi)
    assert done.returncode == 0, done.stderr
    summary = json.loads((tmp_path / "o" / "results.json").read_text())["summary"]["value"]
    assert [Path(r["raster"]).name for r in summary["rasters"]] == ["here.tif"]
    assert [Path(r["raster"]).name for r in summary["failed"]] == ["away.tif"]
