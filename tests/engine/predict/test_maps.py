"""Several maps in one run: what each task makes alone, with one pass of the backbone for all of them."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from pathlib import Path
from typing import Any, Dict, List, Set

import numpy as np
import pytest
import rasterio
from predict_cases import noise, rs_dino, write_raster
from rasterio.transform import from_origin
from rs_dino_engine.jobs import CANCEL, create
from rs_dino_engine.messages import message
from rs_dino_engine.models.networks.dinov3.vit import Vit
from rs_dino_engine.protocol import Request
from rs_dino_engine.worker import Outcome, run_job
from shared_backbone import model

TASKS = ("segment", "canopy-height", "feature-map")
OWN_INPUTS = {
    "segment": {"polygons", "min_area_m2"},
    "canopy-height": {"trees", "tree_height_m"},
    "feature-map": {"basis"},
}
OWN_LAYERS = {
    "segment": {"confidence", "entropy", "probabilities", "disagreement"},
    "canopy-height": {"tree-cover", "disagreement"},
    "feature-map": set(),
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, str]:
    folder = tmp_path_factory.mktemp("models")
    return {task: str(model(folder, task)) for task in TASKS}


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    """Sides are multiples of every stride, so that all models alone have the windows that they have together."""
    pixels = noise(320, 288)
    pixels[:, 200:260, :90] = 0
    return write_raster(tmp_path / "r.tif", pixels, nodata=0)


class Runs:
    """Runs requests in job folders of their own, as the command line does."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder, 0

    def __call__(self, task: str, output: Path, cancel_at: int = 0, **inputs: Any) -> Outcome:
        self._count += 1
        folder = create(self._folder / f"job-{self._count}", Request(task, {"output": str(output), **inputs}))

        def listener(line: Any) -> None:
            if cancel_at and line.metrics.get("windows", 0) >= cancel_at:
                (folder / CANCEL).touch()

        return run_job(folder, listener=listener)

    def results(self, task: str, output: Path, **inputs: Any) -> Dict[str, Any]:
        outcome = self(task, output, **inputs)
        assert outcome.exit_code == 0, outcome.message.text
        assert outcome.results is not None
        return outcome.results


@pytest.fixture
def run(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "jobs")


def rasters_in(folder: Path) -> Set[str]:
    return {path.name for path in folder.glob("*.tif")}


def pixels_of(path: Path) -> np.ndarray:
    with rasterio.open(path) as data:
        return data.read()


def polygons_of(path: Path) -> List[Any]:
    """Everything but what names the moment of writing."""
    with sqlite3.connect(str(path)) as base:
        return list(base.execute(f'SELECT * FROM "{path.stem}"'))


def each_alone(run: Runs, out: Path, rasters: List[str], models: Dict[str, str], inputs: Dict[str, Any]) -> Dict:
    """The tasks one after the other, each with those of the inputs that it has."""
    results: Dict[str, Any] = {}
    foreign = set().union(*OWN_INPUTS.values())
    for task in TASKS:
        own = {k: v for k, v in inputs.items() if k not in foreign - OWN_INPUTS[task] and k != "layers"}
        if OWN_LAYERS[task]:
            own["layers"] = [name for name in inputs.get("layers", []) if name in OWN_LAYERS[task]]
        results[task] = run.results(task, out, rasters=rasters, model=models[task], device="cpu", **own)
    return results


AOI = [[500020.0, 5399990.0], [500100.0, 5399960.0], [500060.0, 5399880.0], [500020.0, 5399990.0]]


@pytest.mark.parametrize(
    "inputs",
    [
        {"layers": ["confidence", "entropy", "probabilities", "tree-cover"], "tree_height_m": 23.8, "min_area_m2": 4.0},
        {"aoi": True, "layers": ["confidence"]},
        {"tta": ["flips", "scales"], "layers": [], "polygons": False, "batch_size": 3},
        {"output_grid": "model", "layers": [], "polygons": False},
    ],
    ids=["layers", "aoi", "tta", "model-grid"],
)
def test_files_equal_those_of_the_tasks_alone(
    run: Runs, tmp_path: Path, scene: Path, models: Dict[str, str], inputs: Dict[str, Any]
) -> None:
    if inputs.get("aoi"):
        inputs = {**inputs, "aoi": str(tmp_path / "aoi.geojson")}
        crs = {"type": "name", "properties": {"name": "EPSG:32633"}}
        shape = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [AOI]}}
        Path(inputs["aoi"]).write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [shape]}))
    alone = each_alone(run, tmp_path / "alone", [str(scene)], models, inputs)
    together = run.results(
        "maps", tmp_path / "together", rasters=[str(scene)], models=list(models.values()), device="cpu", **inputs
    )
    names = rasters_in(tmp_path / "alone")
    assert names == rasters_in(tmp_path / "together") and len(names) >= 3
    for name in names:
        assert np.array_equal(pixels_of(tmp_path / "together" / name), pixels_of(tmp_path / "alone" / name)), name
    basis = [(tmp_path / folder / "pca_basis.json").read_bytes() for folder in ("alone", "together")]
    assert basis[0] == basis[1]
    if inputs.get("polygons", True):
        made = [polygons_of(tmp_path / folder / "r_polygons.gpkg") for folder in ("alone", "together")]
        assert made[0] and made[0] == made[1]
    assert together["classes"] == alone["segment"]["classes"]
    assert together["heights"] == alone["canopy-height"]["heights"]
    summary = together["summary"]["value"]["rasters"][0]
    for task, key in (("segment", "area_m2"), ("canopy-height", "canopy_height"), ("feature-map", "features")):
        assert summary[key] == alone[task]["summary"]["value"]["rasters"][0][key]


def test_rasters_of_another_gsd_and_mosaics(run: Runs, tmp_path: Path) -> None:
    """Sheets at 0.25 m for models at 0.5 m: resampled there and back, joined across the sheets' edge."""
    folder = tmp_path / "models"
    made = {task: str(model(folder, task, gsd_m=0.5)) for task in TASKS}
    pixels = noise(256, 384)
    sheets = [
        str(write_raster(tmp_path / f"s{i}.tif", pixels[:, :, at : at + 192],
                         transform=from_origin(500000 + at / 4, 5400000, 0.25, 0.25)))
        for i, at in enumerate((0, 192))
    ]  # fmt: skip
    inputs = {"mosaic": True, "outputs_per_sheet": True, "layers": [], "polygons": False}
    inputs.update(tile_size=64, overlap="32")
    each_alone(run, tmp_path / "alone", sheets, made, inputs)
    run.results("maps", tmp_path / "together", rasters=sheets, models=list(made.values()), device="cpu", **inputs)
    names = rasters_in(tmp_path / "alone")
    assert names == {f"s{i}_{layer}.tif" for i in (0, 1) for layer in ("labels", "canopy_height", "features")}
    for name in names:
        assert np.array_equal(pixels_of(tmp_path / "together" / name), pixels_of(tmp_path / "alone" / name)), name


def test_the_backbone_runs_once_for_a_batch(
    run: Runs, tmp_path: Path, scene: Path, models: Dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    passes: List[int] = []
    forward = Vit.forward

    def counted(self: Vit, images: Any, layers: Any) -> Any:
        passes.append(len(images))
        return forward(self, images, layers)

    inputs = {"rasters": [str(scene)], "device": "cpu", "polygons": False, "batch_size": 2}
    run.results("feature-map", tmp_path / "a", model=models["feature-map"], rasters=[str(scene)], device="cpu")
    monkeypatch.setattr(Vit, "forward", counted)
    basis = str(tmp_path / "a" / "pca_basis.json")
    found = run.results("maps", tmp_path / "b", models=list(models.values()), basis=basis, **inputs)
    windows = found["summary"]["value"]["rasters"][0]["windows"]
    assert windows == 9
    assert passes[:2] == [1, 1], "the probe before the run"
    assert sorted(passes[2:]) == [1, 2, 2, 2, 2], "nine windows, two a batch"


def test_two_models_of_one_task_are_told_apart_by_their_names(
    run: Runs, tmp_path: Path, scene: Path, models: Dict[str, str]
) -> None:
    other = str(model(tmp_path / "models", "segment", "roofs", head_seed=7))
    inputs = {"rasters": [str(scene)], "device": "cpu", "layers": ["disagreement"], "min_area_m2": 9.0}
    made = run.results("maps", tmp_path / "t", models=[models["segment"], other, models["canopy-height"]], **inputs)
    for name, path in (("segment", models["segment"]), ("roofs", other)):
        alone = run.results("segment", tmp_path / name, model=path, **inputs)
        for layer in ("labels", "disagreement"):
            wanted = pixels_of(tmp_path / name / f"r_{layer}.tif")
            assert np.array_equal(pixels_of(tmp_path / "t" / f"r_{name}_{layer}.tif"), wanted)
        assert made[f"{name}_classes"] == alone["classes"]
        assert made[f"{name}_polygons"]["href"].endswith(f"r_{name}_polygons.gpkg")
        summary = made["summary"]["value"]["rasters"][0]
        assert summary[name]["pixels"] == alone["summary"]["value"]["rasters"][0]["pixels"]
    assert not np.array_equal(*(pixels_of(tmp_path / "t" / f"r_{name}_labels.tif") for name in ("segment", "roofs")))
    assert {"r_canopy_height.tif", "r_canopy-height_disagreement.tif"} <= rasters_in(tmp_path / "t")
    assert [row["prefix"] for row in made["maps"]["value"]] == ["segment_", "roofs_", ""]


def test_features_of_the_shared_backbone_need_no_model_of_their_own(
    run: Runs, tmp_path: Path, scene: Path, models: Dict[str, str]
) -> None:
    inputs = {"rasters": [str(scene)], "device": "cpu"}
    run.results("feature-map", tmp_path / "alone", model=models["feature-map"], **inputs)
    run.results("maps", tmp_path / "t", models=[models["canopy-height"]], features=True, **inputs)
    assert rasters_in(tmp_path / "t") == {"r_canopy_height.tif", "r_features.tif"}
    wanted = pixels_of(tmp_path / "alone" / "r_features.tif")
    assert np.array_equal(pixels_of(tmp_path / "t" / "r_features.tif"), wanted)


def test_a_backbone_stored_in_16_bits_is_the_same_one_rounded(
    run: Runs, tmp_path: Path, scene: Path, models: Dict[str, str]
) -> None:
    """As fine-tuning with a frozen backbone leaves it."""
    taught = str(model(tmp_path / "models", "segment", "taught", half=True))
    inputs = {"rasters": [str(scene)], "device": "cpu", "polygons": False, "layers": []}
    found = run.results("maps", tmp_path / "t", models=[taught, models["canopy-height"]], **inputs)
    said = [entry["code"] for entry in found["messages"]["value"]]
    assert said == ["maps-rounded"]
    exact = run.results("canopy-height", tmp_path / "alone", model=models["canopy-height"], rasters=[str(scene)])
    assert found["heights"] == exact["heights"]
    run.results("segment", tmp_path / "alone", model=taught, **inputs)
    labels = [pixels_of(tmp_path / folder / "r_labels.tif") for folder in ("t", "alone")]
    assert (labels[0] == labels[1]).mean() > 0.99


REFUSED = {
    "maps-weights": {"seed": 6},
    "maps-backbone": {"backbone": {"dim": 64, "depth": 5, "heads": 1, "hidden": 128}},
    "maps-bands": {"bands": [{"name": n} for n in ("nir", "red", "green")]},
    "maps-normalisation": {"mean": [0.45, 0.45, 0.44]},
    "maps-window": {"window_px": 192},
    "maps-overlap": {"overlap_px": 64},
    "maps-gsd": {"gsd_m": 1.0},
}


@pytest.mark.parametrize("code", REFUSED)
def test_models_that_cannot_share_are_refused_by_name(
    run: Runs, tmp_path: Path, scene: Path, models: Dict[str, str], code: str
) -> None:
    other = str(model(tmp_path / "models", "canopy-height", "heights", **REFUSED[code]))
    outcome = run("maps", tmp_path / "out", rasters=[str(scene)], models=[models["segment"], other], device="cpu")
    assert (outcome.exit_code, outcome.message.code) == (2, code)
    assert "Heights" in outcome.message.text and "Segment" in outcome.message.text
    assert not rasters_in(tmp_path / "out")


def test_windows_that_the_person_chooses_settle_what_models_recommend(
    run: Runs, tmp_path: Path, scene: Path, models: Dict[str, str]
) -> None:
    other = str(model(tmp_path / "models", "canopy-height", "heights", window_px=192, overlap_px=64))
    inputs = {"rasters": [str(scene)], "device": "cpu", "polygons": False, "layers": []}
    chosen = {"tile_size": 96, "overlap": "32"}
    run.results("maps", tmp_path / "t", models=[models["segment"], other], **inputs, **chosen)
    assert rasters_in(tmp_path / "t") == {"r_labels.tif", "r_canopy_height.tif"}


def test_a_feature_model_that_normalises_otherwise_can_be_replaced(
    run: Runs, tmp_path: Path, scene: Path, models: Dict[str, str]
) -> None:
    """As CHMv2 and the satellite backbone it stands on: red means of 0.42 and 0.43."""
    other = str(model(tmp_path / "models", "feature-map", "plain", mean=[0.46, 0.45, 0.45]))
    together = [models["canopy-height"], other]
    outcome = run("maps", tmp_path / "out", rasters=[str(scene)], models=together, device="cpu")
    assert outcome.message.code == "maps-normalisation-features"
    assert "0.46, 0.45, 0.45" in outcome.message.text and "--features" in outcome.message.text


def test_models_without_a_dinov3_backbone_are_refused(run: Runs, tmp_path: Path, scene: Path) -> None:
    outcome = run("maps", tmp_path / "out", rasters=[str(scene)], models=["starter-landcover"], device="cpu")
    assert outcome.message.code == "maps-no-backbone"
    assert "run segment on its own" in outcome.message.text


def test_a_head_without_a_backbone_to_stand_on_is_refused(
    run: Runs, tmp_path: Path, scene: Path, models: Dict[str, str]
) -> None:
    (tmp_path / "head.pth").touch()
    inputs = {"rasters": [str(scene)], "models": [models["segment"]], "head": str(tmp_path / "head.pth")}
    outcome = run("maps", tmp_path / "out", device="cpu", **inputs)
    assert outcome.message == message("head-not-taken", model="Segment")


def test_preflight_only_writes_nothing(run: Runs, tmp_path: Path, scene: Path, models: Dict[str, str]) -> None:
    found = run.results(
        "maps", tmp_path / "out", rasters=[str(scene)], models=list(models.values()), preflight=True, device="cpu"
    )
    assert found["summary"]["value"]["rasters"][0]["preflight"]["windows"] == 9
    assert not rasters_in(tmp_path / "out")


def test_cancel_ends_the_run(run: Runs, tmp_path: Path, models: Dict[str, str]) -> None:
    raster = write_raster(tmp_path / "big.tif", noise(960, 960))
    inputs = {"rasters": [str(raster)], "models": list(models.values()), "device": "cpu", "batch_size": 1}
    outcome = run("maps", tmp_path / "out", cancel_at=3, **inputs)
    assert outcome.exit_code == 130 and not rasters_in(tmp_path / "out")


@pytest.mark.parametrize("after", [1, 3])
def test_killed_and_resumed_gives_identical_pixels(tmp_path: Path, models: Dict[str, str], after: int) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(512, 320))

    def maps(output: str, *more: str, **environment: str) -> subprocess.CompletedProcess:
        given = [part for path in models.values() for part in ("--model", path)]
        options = ["--output", tmp_path / output, "--batch-size", "3", "--device", "cpu", "--json"]
        return rs_dino("maps", raster, *given, "--no-polygons", *more, *options, **environment)

    assert maps("straight").returncode == 0
    assert maps("out", RS_DINO_KILL_AFTER_COMMIT=str(after)).returncode == 137
    assert not rasters_in(tmp_path / "out")
    resumed = maps("out", "--resume")
    assert resumed.returncode == 0, resumed.stderr
    metrics = [json.loads(line).get("metrics", {}) for line in resumed.stdout.splitlines()]
    assert min(m["windows"] for m in metrics if "windows" in m) > 1, "the windows before the commit are not run again"
    names = rasters_in(tmp_path / "straight")
    assert names == rasters_in(tmp_path / "out") and len(names) == 4
    for name in names:
        assert np.array_equal(pixels_of(tmp_path / "out" / name), pixels_of(tmp_path / "straight" / name)), name
