"""The segment task as a person meets it: files in a folder, several rasters, mosaics, resume after a kill."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest
import rasterio
from predict_cases import noise, write_raster
from rasterio.transform import from_origin
from rs_dino_engine.models.networks import build
from rs_dino_engine.models.spec import Band, ClassInfo, ClassMap, InputSpec, ModelSpec, OutputSpec
from safetensors.torch import save_file

CLASS_NAMES = ("bare", "草地", "trees", "roof")


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    """A model folder with a real, randomly initialised network."""
    import torch

    torch.manual_seed(3)
    folder = tmp_path_factory.mktemp("models") / "tiny"
    folder.mkdir()
    settings = {"kind": "conv-small", "bands": 3, "classes": 4, "width": 8}
    network = build(settings).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            if parameter.ndim > 1:
                torch.nn.init.normal_(parameter, std=0.2)
    save_file(network.state_dict(), str(folder / "model.safetensors"))
    classes = [ClassInfo(id=i, name=n, color=(60 * i, 200 - 50 * i, 90)) for i, n in enumerate(CLASS_NAMES)]
    ModelSpec(
        name="tiny",
        title="Tiny",
        task="segment",
        network=settings,
        licence="MIT",
        input=InputSpec(
            bands=[Band(name=n) for n in ("red", "green", "blue")],
            mean=[0.45] * 3,
            std=[0.25] * 3,
            gsd_m=0.5,
            window_px=128,
            receptive_radius_px=31,
        ),
        output=OutputSpec(kind="classes", class_map=ClassMap(classes=classes), channels=4, blend_on="logits"),
    ).write(folder)
    return folder


def rs_dino(*arguments, **environment):
    """Run the real command line in a process of its own."""
    command = [sys.executable, "-m", "rs_dino_engine", *map(str, arguments)]
    settings = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "0", **environment}
    return subprocess.run(command, capture_output=True, env=settings, timeout=240, check=False)


def labels_of(path):
    with rasterio.open(path) as data:
        return data.read(1)


def test_one_raster(tmp_path, model_folder):
    """Everything the issue promises for one raster: names, colours, statistics, results, recipe."""
    raster = write_raster(tmp_path / "R 图像.tif", noise(300, 260))
    done = rs_dino("segment", raster, "--model", model_folder, "--output", tmp_path / "出 out")
    assert done.returncode == 0, done.stderr.decode("utf-8")
    out = tmp_path / "出 out"
    names = {p.name for p in out.iterdir()}
    assert {f"R 图像_{n}" for n in ("labels.tif", "labels.qml", "confidence.tif", "polygons.gpkg")} <= names
    with rasterio.open(out / "R 图像_labels.tif") as data:
        assert data.nodata == 255
        assert data.colormap(1)[1][:3] == (60, 150, 90)
        assert data.overviews(1) or min(data.shape) < 512
        recipe = json.loads(data.tags()["RSDINO_RECIPE"])
        assert recipe["licence"] == "MIT"
        assert recipe["model"]["name"] == "tiny"
        assert "草地" in data.tags(1).get("RSDINO_CLASSES", "") + data.tags().get("RSDINO_CLASSES", "")
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    classes = results["classes"]["value"]
    assert [c["name"] for c in classes] == list(CLASS_NAMES)
    assert sum(c["pixels"] for c in classes) == 300 * 260
    assert sum(c["area_m2"] for c in classes) == pytest.approx(300 * 260 * 0.25, rel=2e-3)
    counts = np.bincount(labels_of(out / "R 图像_labels.tif").ravel(), minlength=4)
    assert [c["pixels"] for c in classes] == list(counts[:4])


def test_several_rasters_of_the_same_name(tmp_path, model_folder):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        write_raster(tmp_path / folder / "r.tif", noise(90, 90, seed=len(folder) + ord(folder[0])))
    done = rs_dino(
        "segment", tmp_path / "one" / "r.tif", tmp_path / "two", "--model", model_folder, "--output", tmp_path / "out",
        "--no-polygons",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode("utf-8")
    assert {"r_labels.tif", "r_2_labels.tif"} <= {p.name for p in (tmp_path / "out").iterdir()}


@pytest.mark.parametrize("per_sheet", [False, True])
def test_a_mosaic_has_no_seam_at_sheet_edges(tmp_path, model_folder, per_sheet):
    """Sheets of one picture, as a mosaic, give the labels of the picture; cut again, they are the same labels."""
    pixels = noise(200, 300)
    whole = write_raster(tmp_path / "whole.tif", pixels)
    sheets = [
        write_raster(
            tmp_path / f"sheet{i}.tif",
            pixels[:, :, cut],
            transform=from_origin(500000 + cut.start * 0.5, 5400000, 0.5, 0.5),
        )
        for i, cut in enumerate((slice(0, 130), slice(130, 300)))
    ]
    common = ("--model", model_folder, "--no-polygons")
    assert rs_dino("segment", whole, *common, "--output", tmp_path / "a").returncode == 0
    options = ["--outputs-per-sheet"] if per_sheet else []
    done = rs_dino("segment", *sheets, "--mosaic", *options, *common, "--output", tmp_path / "b")
    assert done.returncode == 0, done.stderr.decode("utf-8")
    expected = labels_of(tmp_path / "a" / "whole_labels.tif")
    if per_sheet:
        got = np.hstack([labels_of(tmp_path / "b" / f"sheet{i}_labels.tif") for i in (0, 1)])
        with rasterio.open(tmp_path / "b" / "sheet1_labels.tif") as data:
            assert data.transform.c == 500000 + 130 * 0.5
    else:
        got = labels_of(next((tmp_path / "b").glob("*_labels.tif")))
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("after", [1, 2, 4])
def test_killed_and_resumed_gives_identical_pixels(tmp_path, model_folder, after):
    """The process ends without warning after a commit; --resume goes on from there, not from the start."""
    raster = write_raster(tmp_path / "r.tif", noise(700, 400))
    common = ("segment", raster, "--model", model_folder, "--no-polygons", "--batch-size", "3")
    assert rs_dino(*common, "--output", tmp_path / "straight").returncode == 0
    killed = rs_dino(*common, "--output", tmp_path / "out", RS_DINO_KILL_AFTER_COMMIT=str(after))
    assert killed.returncode == 137
    assert not list((tmp_path / "out").glob("*.tif")), "nothing half-done that looks whole"
    resumed = rs_dino(*common, "--output", tmp_path / "out", "--resume", "--json")
    assert resumed.returncode == 0, resumed.stderr.decode("utf-8")
    lines = [json.loads(line) for line in resumed.stdout.decode("utf-8").splitlines()]
    done = [line["metrics"]["windows"] for line in lines if "windows" in line.get("metrics", {})]
    assert min(done) > 1, "the windows before the commit are not run again"
    for layer in ("labels", "confidence"):
        one, other = (labels_of(tmp_path / folder / f"r_{layer}.tif") for folder in ("straight", "out"))
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--overlap", "10"], "overlap"),
        (["--overlap", "abc"], "overlap"),
        (["--bands", "1,2"], "band"),
        (["--bands", "1,2,9"], "band"),
        (["--device", "cuda:7"], "cuda:7"),
        (["--model", "no-such-model"], "no-such-model"),
        (["--aoi", "missing.geojson"], "missing.geojson"),
    ],
)
def test_bad_input_gets_one_clear_sentence(tmp_path, model_folder, options, said):
    raster = write_raster(tmp_path / "r.tif", noise(300, 300))
    done = rs_dino("segment", raster, "--model", model_folder, "--output", tmp_path / "out", *options)
    assert done.returncode == 2
    text = done.stderr.decode("utf-8")
    assert said in text
    assert "Traceback" not in text
    assert not list((tmp_path / "out").glob("*.tif"))


def test_a_changed_raster_is_not_resumed(tmp_path, model_folder):
    """What was computed from other pixels must not be mixed in."""
    raster = write_raster(tmp_path / "r.tif", noise(700, 400))
    common = ("segment", raster, "--model", model_folder, "--no-polygons")
    assert rs_dino(*common, "--output", tmp_path / "out", RS_DINO_KILL_AFTER_COMMIT="2").returncode == 137
    write_raster(raster, noise(700, 400, seed=9))
    assert rs_dino(*common, "--output", tmp_path / "straight").returncode == 0
    resumed = rs_dino(*common, "--output", tmp_path / "out", "--resume")
    assert resumed.returncode == 0, resumed.stderr.decode("utf-8")
    np.testing.assert_array_equal(
        labels_of(tmp_path / "out" / "r_labels.tif"), labels_of(tmp_path / "straight" / "r_labels.tif")
    )


def test_one_bad_raster_of_several_does_not_cost_the_others(tmp_path, model_folder):
    good = write_raster(tmp_path / "good.tif", noise(90, 90))
    bad = tmp_path / "bad.tif"
    bad.write_bytes(b"this is not a raster")
    done = rs_dino("segment", bad, good, "--model", model_folder, "--output", tmp_path / "out", "--no-polygons")
    assert done.returncode == 0, done.stderr.decode("utf-8")
    assert "bad.tif" in done.stderr.decode("utf-8")
    results = json.loads((tmp_path / "out" / "results.json").read_text(encoding="utf-8"))
    assert [f["raster"] for f in results["summary"]["value"]["failed"]] == [str(bad)]
    assert (tmp_path / "out" / "good_labels.tif").exists()


def test_preflight_only_writes_nothing(tmp_path, model_folder):
    raster = write_raster(tmp_path / "r.tif", noise(300, 300))
    done = rs_dino("segment", raster, "--model", model_folder, "--output", tmp_path / "out", "--preflight")
    assert done.returncode == 0, done.stderr.decode("utf-8")
    assert re.search(r"r: \d+ windows, about .* MB of disk", done.stdout.decode("utf-8"))
    assert not list((tmp_path / "out").glob("*.tif"))


def test_a_raster_without_any_valid_pixel_is_refused(tmp_path, model_folder):
    raster = write_raster(tmp_path / "r.tif", np.zeros((3, 100, 100), np.uint8), nodata=0)
    done = rs_dino("segment", raster, "--model", model_folder, "--output", tmp_path / "out")
    assert done.returncode == 2
