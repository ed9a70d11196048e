"""Similarity maps as a person meets them: marked places in, cosines out, and one sentence for what cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import List, Optional, Sequence

import numpy as np
import pyogrio
import pyproj
import pytest
import rasterio
import shapely
from predict_cases import noise, rs_dino, textures, write_raster
from rasterio.transform import from_origin

GRID = from_origin(500000, 5400000, 0.5, 0.5)


def mark(path: Path, shapes: Sequence[object], crs: str = "EPSG:32633", kind: str = "Unknown") -> Path:
    """Write shapes given in pixels (col, row) of the rasters here."""
    to_crs = pyproj.Transformer.from_crs(32633, crs, always_xy=True)

    def move(points: np.ndarray) -> np.ndarray:
        x, y = to_crs.transform(500000 + 0.5 * points[:, 0], 5400000 - 0.5 * points[:, 1])
        return np.column_stack([x, y])

    wkb = np.array([shapely.to_wkb(shapely.transform(shape, move)) for shape in shapes], dtype=object)
    pyogrio.raw.write(str(path), wkb, [np.arange(len(shapes))], ["n"], geometry_type=kind, crs=crs)
    return path


def similar_in(raster: Path, out: Path, model: Path, like: Path, *more: object) -> np.ndarray:
    done = rs_dino("find-similar", raster, "--model", model, "--output", out, "--like", like, *more)
    assert done.returncode == 0, done.stderr
    with rasterio.open(out / f"{raster.stem}_similarity.tif") as data:
        assert (data.nodata, data.dtypes) == (-9999, ("float32",))
        return data.read(1)


def refusal(*arguments: object) -> str:
    done = rs_dino("find-similar", *arguments)
    assert done.returncode == 2, done.stderr
    return done.stderr


def raw_directions(raster: Path, out: Path, model: Path) -> np.ndarray:
    """Features of length 1, of a raster that is one window."""
    done = rs_dino("feature-map", raster, "--model", model, "--output", out, "--raw")
    assert done.returncode == 0, done.stderr
    with rasterio.open(out / f"{raster.stem}_features.tif") as data:
        raw = data.read()
    return raw / np.linalg.norm(raw, axis=0)


@pytest.mark.parametrize(("at", "place"), [((240, 80), (0, 1)), ((80, 240), (1, 0)), ((240, 240), (1, 1))])
def test_what_looks_alike_is_found(tmp_path: Path, backbone: Path, at: tuple, place: tuple) -> None:
    pixels = textures()
    pixels[:, :30, :40] = 0
    raster = write_raster(tmp_path / "r.tif", pixels, nodata=0)
    like = mark(tmp_path / "示例.geojson", [shapely.Point(at)], "EPSG:4326")
    found = similar_in(raster, tmp_path / "out", backbone, like)
    invalid = (pixels == 0).all(0)
    assert (found[invalid] == -9999).all() and found[~invalid].min() >= -1 and found.max() <= 1
    inner = {(r, c): found[160 * r + 40 : 160 * r + 120, 160 * c + 40 : 160 * c + 120] for r in (0, 1) for c in (0, 1)}
    here = np.percentile(inner.pop(place), 10)
    assert here > 0.5 and all(here > np.percentile(other, 90) for other in inner.values())


def test_values_are_cosines_with_the_nearest_example(tmp_path: Path, backbone: Path) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(128, 128))
    unit = raw_directions(raster, tmp_path / "raw", backbone)
    grid = ("--output-grid", "model")
    points = [shapely.Point(20, 100), shapely.Point(127.9, 0.1)]
    cells = [(6, 1), (0, 7)]
    cosines = [np.tensordot(unit[:, row, col], unit, 1) for row, col in cells]
    both = mark(tmp_path / "both.gpkg", [shapely.MultiPoint(points)])
    assert np.allclose(similar_in(raster, tmp_path / "a", backbone, both, *grid), np.maximum(*cosines), atol=1e-5)
    like, unlike = (mark(tmp_path / f"{i}.gpkg", [point]) for i, point in enumerate(points))
    margin = similar_in(raster, tmp_path / "b", backbone, like, "--unlike", unlike, *grid)
    assert np.allclose(margin, cosines[0] - cosines[1], atol=1e-5)
    assert margin[6, 1] > 0 > margin[0, 7]
    for folder, ends in (("a", ("0", "1")), ("b", ("-0.5", "0.5"))):
        style = (tmp_path / folder / "r_similarity.qml").read_text()
        assert f'classificationMin="{ends[0]}" classificationMax="{ends[1]}"' in style


@pytest.mark.parametrize(("cell", "polygon"), [((4, 16), True), ((17, 9), False), ((19, 19), False)])
def test_an_example_is_most_like_itself(tmp_path: Path, backbone: Path, cell: tuple, polygon: bool) -> None:
    """In a raster of many windows: the right patch of the window that the map shows there."""
    raster = write_raster(tmp_path / "r.tif", noise(320, 320))
    row, col = (16 * i + 8 for i in cell)
    shape = shapely.box(col - 3, row - 3, col + 3, row + 3) if polygon else shapely.Point(col, row)
    like = mark(tmp_path / "like.gpkg", [shape])
    found = similar_in(raster, tmp_path / "out", backbone, like, "--output-grid", "model")
    assert found[cell] == pytest.approx(1, abs=1e-5)
    assert np.unravel_index(found.argmax(), found.shape) == cell


@pytest.mark.parametrize(
    ("box", "cells"),
    [
        ((32, 48, 80, 64), [(3, 2), (3, 3), (3, 4)]),
        ((70, 70, 73, 72), [(4, 4)]),  # holds no patch's centre
        ((-500, 112, 16, 900), [(7, 0)]),  # reaches over the edges
    ],
)
def test_a_polygon_is_the_mean_of_its_patches(tmp_path: Path, backbone: Path, box: tuple, cells: List[tuple]) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(128, 128))
    unit = raw_directions(raster, tmp_path / "raw", backbone)
    like = mark(tmp_path / "p.gpkg", [shapely.box(*box)], "EPSG:3857")
    found = similar_in(raster, tmp_path / "out", backbone, like, "--output-grid", "model")
    mean = np.mean([unit[:, row, col] for row, col in cells], axis=0)
    assert np.allclose(found, np.tensordot(mean / np.linalg.norm(mean), unit, 1), atol=1e-5)


def test_examples_on_one_raster_are_looked_for_in_all(tmp_path: Path, backbone: Path) -> None:
    """Also where they lie outside the area of interest; those that lie nowhere are counted."""
    first = write_raster(tmp_path / "first.tif", noise(128, 128))
    second = write_raster(
        tmp_path / "second.tif",
        noise(128, 128, seed=3),
        transform=GRID.translation(0, 0) * GRID * GRID.translation(1000, 0),
    )
    like = mark(tmp_path / "like.gpkg", [shapely.Point(20, 20), shapely.Point(500, 20)])
    aoi = mark(tmp_path / "aoi.gpkg", [shapely.box(1020, 20, 1060, 60)])
    done = rs_dino(
        "find-similar", first, second, "--model", backbone, "--output", tmp_path / "o", "--like", like, "--aoi", aoi
    )
    assert done.returncode == 0, done.stderr
    assert f"1 of 2 examples in {like} lie outside the rasters or on nodata" in done.stderr
    with rasterio.open(tmp_path / "o" / "second_similarity.tif") as data:
        found = data.read(1)
    assert (found != -9999).sum() == 40 * 40
    whole = rs_dino("find-similar", first, second, "--model", backbone, "--output", tmp_path / "w", "--like", like)
    assert whole.returncode == 0, whole.stderr
    with rasterio.open(tmp_path / "w" / "second_similarity.tif") as data:
        assert np.array_equal(data.read(1)[20:60, 20:60], found)  # the area alone


def test_a_killed_run_goes_on_with_the_examples_it_began_with(tmp_path: Path, backbone: Path) -> None:
    raster = write_raster(tmp_path / "r.tif", textures())
    like = mark(tmp_path / "like.geojson", [shapely.Point(240, 80)])
    whole = similar_in(raster, tmp_path / "whole", backbone, like)
    common = ("find-similar", raster, "--model", backbone, "--output", tmp_path / "out", "--like", like)
    assert rs_dino(*common, RS_DINO_KILL_AFTER_COMMIT="1").returncode == 137
    like.unlink()
    mark(like, [shapely.Point(80, 240)])
    done = rs_dino(*common, "--resume")
    assert done.returncode == 0, done.stderr
    with rasterio.open(tmp_path / "out" / "r_similarity.tif") as data:
        assert np.array_equal(data.read(1), whole)


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        (shapely.Point(5000, 20), "lie outside the rasters or on nodata"),
        (shapely.Point(10, 10), "lie outside the rasters or on nodata"),
        (shapely.box(2, 2, 40, 50), "lie outside the rasters or on nodata"),
        (shapely.LineString([(80, 80), (90, 90)]), "holds neither a point nor a polygon"),
        (None, "does not exist"),
    ],
)
def test_examples_that_show_nothing_are_refused(
    tmp_path: Path, backbone: Path, shape: Optional[object], said: str
) -> None:
    pixels = noise(128, 128)
    pixels[:, :64, :64] = 0
    raster = write_raster(tmp_path / "r.tif", pixels, nodata=0)
    good = mark(tmp_path / "good.gpkg", [shapely.Point(100, 100)])
    bad = tmp_path / "bad.gpkg" if shape is None else mark(tmp_path / "bad.gpkg", [shape])
    common = (raster, "--model", backbone, "--output", tmp_path / "out")
    told = refusal(*common, *(("--like", bad) if shape is None else ("--like", good, "--unlike", bad)))
    assert f"{bad} " in told and said in told and "Traceback" not in told


def test_very_many_examples_are_thinned(tmp_path: Path, backbone: Path) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(128, 128))
    points = [shapely.Point(1 + i % 126, 1 + i // 126) for i in range(300)]
    done = rs_dino(
        "find-similar",
        raster,
        "--model",
        backbone,
        "--output",
        tmp_path / "o",
        "--like",
        mark(tmp_path / "l.fgb", points),
    )
    assert done.returncode == 0 and "holds 300 examples; 256 of them" in done.stderr, done.stderr
    summary = json.loads((tmp_path / "o" / "results.json").read_text())["summary"]["value"]
    assert summary["rasters"][0]["similarity"]["maximum"] > 0.9
