"""starter-canopy and starter-features: there, small, described, and right about what is plain in the samples."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.networks.dinov3.vit import Vit

RESOURCES = Path(__file__).resolve().parents[3] / "resources"
SAMPLES = RESOURCES / "samples"
DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "canopy"


def _run(*arguments: object) -> None:
    command = [sys.executable, "-m", "rs_dino_engine", *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


@pytest.mark.parametrize("name", ["starter-canopy", "starter-features"])
def test_it_fits_and_says_what_a_person_must_know(name):
    folder = RESOURCES / "models" / name
    assert sum(p.stat().st_size for p in folder.iterdir()) <= 7e6
    spec = find_model(name).spec
    assert spec.licence
    assert spec.attribution
    assert spec.limits
    assert spec.scores
    assert len(spec.data) >= 5
    assert spec.limits in (folder / "README.md").read_text(encoding="utf-8")


def test_heights_beat_a_constant_on_every_site():
    sites = find_model("starter-canopy").spec.scores["sites"]
    assert set(sites) == {"MLBS", "OSBS", "TEAK", "all"}
    card = (RESOURCES / "models" / "starter-canopy" / "README.md").read_text(encoding="utf-8")
    for found in sites.values():
        assert found["mae"] < found["training_constant_mae"]
        assert f"{found['mae']:.2f} m" in card
    assert sites["all"]["mae"] < 5.8 and sites["all"]["r2"] > 0.31
    assert sites["TEAK"]["mae"] < 7.6


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/canopy is not there")
def test_heights_are_as_good_as_the_card_says(monkeypatch):
    """One site, two plots, scored again by the script that wrote the card."""
    monkeypatch.syspath_prepend(str(Path(__file__).resolve().parents[2] / "bench" / "starter"))
    score = importlib.import_module("score_canopy").score
    model = RESOURCES / "models" / "starter-canopy"
    found = score(str(model), DATA.parent, sites=["OSBS"])["OSBS"]
    said = find_model(str(model)).spec.scores["sites"]["OSBS"]
    assert found["pixels"] == said["pixels"]
    for name in ("mae", "rmse", "bias"):
        assert found[name] == pytest.approx(said[name], abs=0.02), name


def test_heights_of_what_is_plain(tmp_path):
    """Places (row, column of 64) were picked by eye in the middle of large objects."""
    _run("canopy-height", SAMPLES / "golf-course.tif", SAMPLES / "suburb.tif", "--output", tmp_path)
    results = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert all(r["canopy_height"]["minimum"] >= 0 for r in results["summary"]["value"]["rasters"])

    def at(name: str, places: list) -> np.ndarray:
        with rasterio.open(tmp_path / f"{name}_canopy_height.tif") as data:
            heights = data.read(1)
        step = data.height / 64
        return np.array([heights[int((r + 0.5) * step), int((c + 0.5) * step)] for r, c in places])

    assert (at("golf-course", [(50, 45), (44, 55), (16, 55), (36, 11), (60, 20)]) < 0.5).all()  # water, grass
    assert (at("suburb", [(46, 28), (24, 53), (61, 46), (4, 14)]) < 0.5).all()  # roofs, road, lawn
    assert (at("golf-course", [(22, 42), (2, 8), (29, 24)]) > 3).all()  # crowns


def test_features_come_out_of_our_vit_and_find_the_pond(tmp_path):
    assert isinstance(load_model(find_model("starter-features")).network.backbone, Vit)
    with rasterio.open(SAMPLES / "golf-course.tif") as data:
        x, y = data.transform * (45 * 8, 50 * 8)
        crs = data.crs.to_wkt()
    example = tmp_path / "pond.gpkg"
    pyogrio.raw.write(
        str(example), np.array([shapely.to_wkb(shapely.Point(x, y))], dtype=object), [], np.array([]),
        geometry_type="Point", crs=crs, driver="GPKG",
    )  # fmt: skip
    _run("find-similar", SAMPLES / "golf-course.tif", "--like", example, "--output", tmp_path / "out")
    with rasterio.open(next((tmp_path / "out").glob("*.tif"))) as data:
        found = data.read(1)
    step = data.height / 64
    pond = [found[int(r * step), int(c * step)] for r, c in ((44, 55), (58, 40), (60, 55))]
    elsewhere = [found[int(r * step), int(c * step)] for r, c in ((16, 55), (36, 11), (8, 8), (20, 42), (56, 22))]
    assert min(pond) > max(elsewhere) + 0.05
