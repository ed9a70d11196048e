"""Files of a run over an area of interest: the pixels of the whole map, cut to the area's bounding box."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Dict, List, Optional

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from predict_cases import noise, rs_dino, write_raster
from rasterio.transform import Affine, from_origin
from rasterio.windows import Window
from rs_dino_engine.jobs import create
from rs_dino_engine.protocol import Request
from rs_dino_engine.raster.aoi import read_aoi
from rs_dino_engine.worker import run_job
from shared_backbone import model

SAMPLES = Path(__file__).resolve().parents[3] / "resources" / "samples"
TRIANGLES = (((0.1, 0.1), (0.7, 0.2), (0.3, 0.8)), ((0.8, 0.5), (0.95, 0.5), (0.9, 0.9)))
"""Shares of a raster's width and height."""
NORTH_UP = from_origin(500000, 5400000, 0.5, 0.5)
SHAPES = (((70.3, 60.2), (200.6, 90.4), (110.8, 180.3)), ((40.6, 150.0), (60.2, 150.0), (60.2, 160.7)))
"""Two triangles (column, row) of a raster of 320 x 288; together they reach over columns 40-200, rows 60-180."""


def write_area(path: Path, shapes: Any, transform: Affine, crs: Any = "EPSG:32633") -> Path:
    rings = [[tuple(transform * point) for point in (*shape, shape[0])] for shape in shapes]
    features = [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}} for ring in rings
    ]
    named = {"type": "name", "properties": {"name": str(crs)}}
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": named, "features": features}))
    return path


def everything(height: int, width: int) -> List[Any]:
    return [((-1, -1), (width + 1, -1), (width + 1, height + 1), (-1, height + 1))]


class Job:
    """Runs requests, each in a job folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder, 0

    def __call__(self, task: str, output: Path, **inputs: Any) -> Dict[str, Any]:
        self._count += 1
        folder = create(self._folder / f"job-{self._count}", Request(task, {"output": str(output), **inputs}))
        outcome = run_job(folder)
        assert outcome.exit_code == 0, outcome.message.text
        assert outcome.results is not None
        return outcome.results


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path / "jobs")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Dict[str, str]:
    folder = tmp_path_factory.mktemp("models")
    return {task: str(model(folder, task, gsd_m=0.5)) for task in ("segment", "canopy-height", "feature-map")}


def assert_is_cut_out_of(part: Path, whole: Path, area: Path) -> np.ndarray:
    """The same pixels on the same grid, nodata outside the area; returns which pixels of the part lie inside."""
    with rasterio.open(part) as cut, rasterio.open(whole) as data:
        left, top = (~data.transform) * (cut.transform.c, cut.transform.f)
        col, row = round(left), round(top)
        assert (left, top) == pytest.approx((col, row), abs=1e-6)
        assert cut.transform.almost_equals(data.transform * Affine.translation(col, row), 1e-9)
        aoi = read_aoi(str(area), data.crs, data.transform, data.height, data.width)
        inside = aoi.rasterize(row, row + cut.height, col, col + cut.width)
        assert inside.sum() == aoi.rasterize(0, data.height, 0, data.width).sum() > 0, "all of the area is there"
        assert (cut.height, cut.width) != (data.height, data.width)
        corners = np.concatenate([shapely.get_coordinates(part) for part in aoi._tree.geometries])
        assert (col, row) == tuple(np.floor(corners.min(0))), "and no row or column too many"
        assert (col + cut.width, row + cut.height) == tuple(np.ceil(corners.max(0)))
        expected = data.read(window=Window(col, row, cut.width, cut.height))
        expected[:, ~inside] = data.nodata
        assert (cut.nodata, cut.descriptions, cut.dtypes) == (data.nodata, data.descriptions, data.dtypes)
        np.testing.assert_array_equal(cut.read(), expected)
    return inside


@pytest.mark.parametrize(
    ("task", "inputs"),
    [
        ("segment", {"layers": ["confidence", "probabilities"], "polygons": False}),
        ("segment", {"layers": [], "polygons": False, "overlap": "32", "batch_size": 3}),
        ("canopy-height", {"layers": ["tree-cover"]}),
        ("feature-map", {"basis": True}),
        ("feature-map", {"raw": True}),
    ],
    ids=["segment", "batches", "heights", "colours", "raw"],
)
@pytest.mark.parametrize("gsd", [0.5, 0.8], ids=["own-grid", "resampled"])
def test_the_same_pixels_as_the_whole_map(
    tmp_path: Path, job: Job, models: Dict[str, str], task: str, inputs: Dict[str, Any], gsd: float
) -> None:
    """16 bit, so that a stretch taken of the area alone would show."""
    place = from_origin(500000, 5400000, gsd, gsd)
    pixels = noise(288, 320).astype(np.uint16) * np.linspace(1, 40, 320).astype(np.uint16)
    raster = write_raster(tmp_path / "r.tif", pixels, transform=place)
    area = write_area(tmp_path / "area.geojson", SHAPES, place)
    whole = write_area(tmp_path / "whole.geojson", everything(288, 320), place)
    common = {"rasters": [str(raster)], "model": models[task], "device": "cpu", "tile_size": 96, **inputs}
    if inputs.get("basis"):
        common["basis"] = job(task, tmp_path / "basis", **{**common, "basis": None})["basis"]["href"]
    job(task, tmp_path / "all", **common, aoi=str(whole))
    job(task, tmp_path / "cut", **common, aoi=str(area))
    names = sorted(path.name for path in (tmp_path / "all").glob("*.tif"))
    assert names and names == sorted(path.name for path in (tmp_path / "cut").glob("*.tif"))
    for name in names:
        assert_is_cut_out_of(tmp_path / "cut" / name, tmp_path / "all" / name, area)


@pytest.mark.parametrize(
    "place",
    [Affine(0.5, 0, 500000, 0, 0.5, 5400000), Affine(0.35, 0.35, 500000, 0.35, -0.35, 5400000)],
    ids=["south-up", "rotated"],
)
def test_any_orientation(tmp_path: Path, job: Job, models: Dict[str, str], place: Affine) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(288, 320), transform=place)
    area = write_area(tmp_path / "area.geojson", SHAPES, place)
    common = {"rasters": [str(raster)], "model": models["segment"], "device": "cpu", "layers": [], "polygons": False}
    job("segment", tmp_path / "all", **common)
    job("segment", tmp_path / "cut", **common, aoi=str(area))
    assert_is_cut_out_of(tmp_path / "cut" / "r_labels.tif", tmp_path / "all" / "r_labels.tif", area)


def test_polygons_and_figures_are_those_of_the_area(tmp_path: Path, job: Job, models: Dict[str, str]) -> None:
    """… as if the whole map had been made and what lies outside been taken away."""
    raster = write_raster(tmp_path / "r.tif", noise(288, 320))
    area = write_area(tmp_path / "area.geojson", SHAPES, NORTH_UP)
    common = {"rasters": [str(raster)], "model": models["segment"], "device": "cpu", "layers": ["confidence"]}
    job("segment", tmp_path / "all", **common, polygons=False)
    found = job("segment", tmp_path / "cut", **common, aoi=str(area))
    inside = assert_is_cut_out_of(tmp_path / "cut" / "r_labels.tif", tmp_path / "all" / "r_labels.tif", area)
    assert sum(row["pixels"] for row in found["classes"]["value"]) == inside.sum()
    for name in ("labels", "confidence"):
        with rasterio.open(tmp_path / "all" / f"r_{name}.tif", "r+", IGNORE_COG_LAYOUT_BREAK="YES") as data:
            aoi = read_aoi(str(area), data.crs, data.transform, data.height, data.width)
            values = data.read(1)
            values[~aoi.rasterize(0, *values.shape[:1], 0, values.shape[1])] = 255
            data.write(values, 1)
    masked = str(tmp_path / "all" / "r_labels.tif")
    job("vectorize", tmp_path / "masked.gpkg", labels=masked)
    assert known(tmp_path / "cut" / "r_polygons.gpkg") == known(tmp_path / "masked.gpkg")


def known(path: Path) -> List[Any]:
    """Outlines with their class and confidence, in a fixed order."""
    _, _, wkb, fields = pyogrio.raw.read(str(path), layer=path.stem, columns=["class_id", "confidence"])
    shapes = shapely.normalize(shapely.set_precision(shapely.from_wkb(wkb), 1e-6))
    found = sorted((shape.wkt, *values) for shape, *values in zip(shapes, *(field.tolist() for field in fields)))
    assert found
    return found


@pytest.mark.parametrize("per_sheet", [False, True])
def test_a_mosaic_and_its_sheets(tmp_path: Path, job: Job, models: Dict[str, str], per_sheet: bool) -> None:
    """One file around the area, or one of each sheet around its part of it; a sheet without a part stays whole."""
    pixels = noise(288, 480)
    sheets = []
    for number, (at, end) in enumerate(((0, 160), (160, 320), (320, 480))):
        place = NORTH_UP * Affine.translation(at, 0)
        sheets.append(str(write_raster(tmp_path / f"s{number}.tif", pixels[:, :, at:end], transform=place)))
    area = write_area(tmp_path / "area.geojson", SHAPES, NORTH_UP)
    common: Dict[str, Any] = {"rasters": sheets, "mosaic": True, "outputs_per_sheet": per_sheet, "device": "cpu"}
    common.update(model=models["segment"], layers=[], polygons=False)
    job("segment", tmp_path / "all", **common)
    job("segment", tmp_path / "cut", **common, aoi=str(area))
    if not per_sheet:
        (name,) = (path.name for path in (tmp_path / "all").glob("*.tif"))
        assert_is_cut_out_of(tmp_path / "cut" / name, tmp_path / "all" / name, area)
        return
    for number in (0, 1):
        name = f"s{number}_labels.tif"
        assert_is_cut_out_of(tmp_path / "cut" / name, tmp_path / "all" / name, area)
    with rasterio.open(tmp_path / "cut" / "s2_labels.tif") as data:
        assert data.shape == (288, 160) and (data.read() == 255).all()


def test_without_a_place_on_the_ground_the_files_stay_whole(tmp_path: Path, job: Job, models: Dict[str, str]) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(288, 320), transform=Affine.identity(), crs=None)
    area = write_area(tmp_path / "area.geojson", SHAPES, Affine.identity())
    common = {"rasters": [str(raster)], "model": models["segment"], "device": "cpu", "layers": [], "polygons": False}
    job("segment", tmp_path / "cut", **common, aoi=str(area))
    with rasterio.open(tmp_path / "cut" / "r_labels.tif") as data:
        assert data.shape == (288, 320)
        labels = data.read(1)
    assert (labels[:60] == 255).all() and (labels[60:180] != 255).any()


def test_killed_and_resumed(tmp_path: Path, models: Dict[str, str]) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(512, 320))
    shape = ((70.3, 60.2), (200.6, 90.4), (110.8, 480.3))
    area = write_area(tmp_path / "area.geojson", [shape], NORTH_UP)

    def segment(output: str, *more: str, after: Optional[int] = None) -> "subprocess.CompletedProcess[str]":
        killed = {} if after is None else {"RS_DINO_KILL_AFTER_COMMIT": str(after)}
        options = ["--aoi", area, "--no-polygons", "--device", "cpu", "--tile-size", 96, "--batch-size", 2]
        given = ["--model", models["segment"], "--output", tmp_path / output, "--json"]
        return rs_dino("segment", raster, *options, *given, *more, **killed)

    assert segment("straight").returncode == 0
    assert segment("out", after=2).returncode == 137
    resumed = segment("out", "--resume")
    assert resumed.returncode == 0, resumed.stderr
    metrics = [json.loads(line).get("metrics", {}) for line in resumed.stdout.splitlines()]
    assert min(m["windows"] for m in metrics if "windows" in m) > 1, "the windows before the commit are not run again"
    for name in ("r_labels.tif", "r_confidence.tif"):
        with rasterio.open(tmp_path / "straight" / name) as one, rasterio.open(tmp_path / "out" / name) as other:
            assert one.shape == (421, 131) and one.transform == other.transform
            np.testing.assert_array_equal(one.read(), other.read())


@pytest.mark.parametrize("per_sheet", [False, True], ids=["one", "sheets"])
def test_trees_of_an_area_are_those_of_the_whole_map(tmp_path: Path, job: Job, per_sheet: bool) -> None:
    """What stands beyond the border takes part: half a crown there is no tree of its own."""
    pytest.importorskip("skimage")
    with rasterio.open(SAMPLES / "golf-course.tif") as data:
        pixels, place, (height, width) = data.read(), data.transform, data.shape
        profile = {"crs": data.crs, "nodata": data.nodata}
    rasters = [write_raster(tmp_path / "r.tif", pixels, transform=place, **profile)]
    shapes = [[(col * width, row * height) for col, row in one] for one in TRIANGLES]
    area = write_area(tmp_path / "area.geojson", shapes, place, profile["crs"])
    if per_sheet:
        cut = width // 2
        parts = ((pixels[:, :, :cut], place), (pixels[:, :, cut:], place * Affine.translation(cut, 0)))
        rasters = [
            write_raster(tmp_path / f"s{number}.tif", part, transform=at, **profile)
            for number, (part, at) in enumerate(parts)
        ]
    common = {"model": "starter-canopy", "device": "cpu", "trees": True}
    whole = job("canopy-height", tmp_path / "all", rasters=[str(tmp_path / "r.tif")], **common)
    common.update({"mosaic": True, "outputs_per_sheet": True} if per_sheet else {}, aoi=str(area), zones=True)
    found = job("canopy-height", tmp_path / "cut", rasters=[str(one) for one in rasters], **common)
    assert not [name for name in [*found, *(p.name for p in (tmp_path / "cut").iterdir())] if "around" in name]
    polygons = [shapely.Polygon([place * point for point in shape]) for shape in shapes]
    wanted = {
        key: values
        for key, values in _trees_of(whole).items()
        if any(one.covers(shapely.Point(key)) for one in polygons)
    }
    assert 5 < len(wanted) < len(_trees_of(whole))
    assert _trees_of(found) == wanted
    counts = [count for name, link in found.items() if name.endswith("zones") for count in _column(link, "trees")]
    assert sum(counts) == len(wanted)
    if not per_sheet:
        assert_is_cut_out_of(tmp_path / "cut" / "r_canopy_height.tif", tmp_path / "all" / "r_canopy_height.tif", area)


def _column(link: Dict[str, Any], name: str) -> List[float]:
    path = Path(link["href"])
    return [float(one) for one in pyogrio.raw.read(path, layer=path.stem, columns=[name])[3][0] if one == one]


def _trees_of(results: Dict[str, Any]) -> Dict[Any, Any]:
    """Height and crown by the place of the top."""
    trees = {}
    for name, link in results.items():
        if name.endswith("tree_tops"):
            path = Path(link["href"])
            _, _, places, fields = pyogrio.raw.read(path, layer=path.stem, columns=["height_m", "crown_m2", "mean_m"])
            for place, *values in zip(shapely.from_wkb(places), *fields):
                trees[(round(place.x, 3), round(place.y, 3))] = [float(value) for value in values]
    return trees
