"""Canopy height as a person meets it: metres, nodata, tree cover."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import rasterio
import torch
from predict_cases import noise, rs_dino, write_raster
from rasterio.transform import from_origin
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.networks import build
from rs_dino_engine.models.spec import Band, InputSpec, ModelSpec, OutputSpec
from safetensors.torch import save_file


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network whose values lie on both sides of the ground."""
    torch.manual_seed(2)
    folder = tmp_path_factory.mktemp("models") / "heights"
    folder.mkdir()
    settings = {"kind": "conv-small", "bands": 3, "classes": 1, "width": 8, "dilations": [1, 2]}
    network = build(settings)
    with torch.no_grad():
        network.head.weight.mul_(200)
        network.head.bias.fill_(1.0)
    save_file(network.state_dict(), str(folder / "model.safetensors"))
    ModelSpec(
        name="heights",
        title="Heights",
        task="canopy-height",
        network=settings,
        input=InputSpec(
            bands=[Band(name=n) for n in ("red", "green", "blue")],
            mean=[0.45] * 3,
            std=[0.25] * 3,
            window_px=64,
            receptive_radius_px=3,
        ),
        output=OutputSpec(kind="value", blend_on="value", quantity="canopy height", unit="m"),
    ).write(folder)
    return folder


def run(*arguments: object) -> subprocess.CompletedProcess:
    return rs_dino("canopy-height", *arguments)


def test_heights_and_tree_cover(tmp_path: Path, model_folder: Path) -> None:
    pixels = noise(150, 130)
    pixels[:, :20] = 0
    raster = write_raster(tmp_path / "r.tif", pixels, nodata=0)
    out = tmp_path / "out"
    options = ("--layers", "tree-cover", "--tree-height", "3", "--overlap", "16")
    done = run(raster, "--model", model_folder, "--output", out, *options)
    assert done.returncode == 0, done.stderr
    with rasterio.open(out / "r_canopy_height.tif") as data:
        heights, unit = data.read(1), data.units[0]
        assert (data.nodata, data.dtypes[0], unit) == (-9999, "float32", "m")
    with rasterio.open(out / "r_tree_cover.tif") as data:
        cover = data.read(1)
        assert data.colormap(1)[1][:3] == (38, 115, 57)
    invalid = (pixels == 0).all(0)
    assert (heights[invalid] == -9999).all() and (cover[invalid] == 255).all()
    assert heights[~invalid].min() == 0 < heights[~invalid].max()
    assert np.array_equal(cover[~invalid], (heights[~invalid] >= 3).astype(np.uint8))
    assert 0.01 < cover[~invalid].mean() < 0.99
    normalised = np.where(invalid, 0, (pixels / 255.0 - 0.45) / 0.25)
    wanted = load_model(find_model(str(model_folder)))(torch.from_numpy(normalised[None]).float())[0, 0].numpy()
    assert np.allclose(heights[~invalid], np.maximum(wanted, 0)[~invalid], atol=1e-4)
    results = json.loads((out / "results.json").read_text())
    assert results["heights"]["value"]["rasters"][0]["maximum"] == pytest.approx(float(heights.max()), rel=1e-6)


def test_a_model_of_classes_is_refused(tmp_path: Path) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(64, 64))
    done = run(raster, "--model", "starter-landcover", "--output", tmp_path / "out")
    assert done.returncode == 2 and "not for canopy-height" in done.stderr


def test_trees_on_coarse_pixels_are_refused_before_the_run(tmp_path: Path, model_folder: Path) -> None:
    pytest.importorskip("skimage")
    raster = write_raster(tmp_path / "r.tif", noise(64, 64), transform=from_origin(500000, 5400000, 10, 10))
    done = run(raster, "--model", model_folder, "--output", tmp_path / "out", "--trees")
    assert done.returncode == 2 and "at most 2.0 m" in done.stderr
    assert "window 1" not in done.stderr and not list((tmp_path / "out").glob("*.tif"))


def test_trees_come_as_points_and_polygons(tmp_path: Path, model_folder: Path) -> None:
    pytest.importorskip("skimage")
    import pyogrio

    raster = write_raster(tmp_path / "r.tif", noise(150, 130))
    out = tmp_path / "out"
    done = run(raster, "--model", model_folder, "--output", out, "--trees", "--overlap", "16")
    assert done.returncode == 0, done.stderr
    results = json.loads((out / "results.json").read_text())
    trees = results["summary"]["value"]["rasters"][0]["trees"]
    assert trees["count"] > 3 and trees["tallest_m"] >= trees["mean_height_m"] >= 2
    for name in ("tree_tops", "tree_crowns"):
        assert results[name]["href"] == f"r_{name}.gpkg"
        assert pyogrio.read_info(str(out / f"r_{name}.gpkg"), layer=f"r_{name}")["features"] == trees["count"]


@pytest.mark.parametrize(
    ("dtype", "stretch", "how", "warned"),
    [
        ("uint8", "auto", "stretch-uint8", False),
        ("float32", "auto", "stretch-unit", False),
        ("uint16", "auto", "stretch-percentiles", True),
        ("uint16", "range=0,255", "stretch-range", False),
        ("uint16", "percentiles=2,98", "stretch-percentiles", False),
    ],
)
def test_the_stretch_that_heights_depend_on(tmp_path, model_folder, dtype, stretch, how, warned) -> None:
    pixels = noise(70, 80)
    same = (pixels / 255).astype(dtype) if dtype == "float32" else pixels.astype(dtype)
    raster = write_raster(tmp_path / "r.tif", same)
    done = run(raster, "--model", model_folder, "--output", tmp_path / "out", "--overlap", "16", "--stretch", stretch)
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert how in [note["code"] for note in results["summary"]["value"]["rasters"][0]["notes"]]
    assert ("give the stretch range=low,high" in done.stderr) is warned
    if how != "stretch-percentiles":
        plain = write_raster(tmp_path / "plain.tif", pixels)
        run(plain, "--model", model_folder, "--output", tmp_path / "plain", "--overlap", "16")
        maps = [next((tmp_path / name).glob("*_canopy_height.tif")) for name in ("out", "plain")]
        heights = []
        for path in maps:
            with rasterio.open(path) as data:
                heights.append(data.read(1))
        one, other = heights
        assert np.allclose(one, other, atol=1e-3)
