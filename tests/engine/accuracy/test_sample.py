"""Points to label: how many where, at random, and without a word about the map's classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rs_dino_engine.accuracy.allocation import allocated
from rs_dino_engine.accuracy.sample import drawn
from rs_dino_engine.errors import UserError
from rs_dino_engine.tasks.sample_points import Inputs, run
from test_evaluate import LABELS, FakeJob, evaluate, labels, write_raster  # noqa: F401


def test_rare_classes_get_their_least_and_the_rest_is_in_proportion():
    areas = {1: 0.02, 2: 0.015, 3: 0.32, 4: 0.645}
    many = dict.fromkeys(areas, 10**6)
    assert allocated(640, 75, areas, many) == {1: 75, 2: 75, 3: 162, 4: 328}
    assert allocated(100, 1, areas, many) == {1: 2, 2: 2, 3: 32, 4: 64}
    assert allocated(640, 75, areas, {**many, 2: 20})[2] == 20
    with pytest.raises(UserError, match="299 points are too few for 4 classes with at least 75 each"):
        allocated(299, 75, areas, many)


def test_ranks_are_pixels_of_the_class_from_the_top_left(tmp_path):
    values = np.random.default_rng(0).integers(0, 3, (37, 53)).astype(np.uint8)
    values[5:9] = 255
    raster = write_raster(tmp_path / "l.tif", values)
    for number in range(3):
        rows, cols = np.nonzero(values == number)
        ranks = np.array([0, 1, 17, len(rows) - 1])
        found = drawn(str(raster), {number: ranks}, lambda share: None)
        assert found.tolist() == np.column_stack([cols, rows])[ranks].tolist()


def draw(tmp_path: Path, raster: Path, name: str = "点.gpkg", **more: Any) -> Any:
    job = FakeJob(tmp_path / f"outputs {len(list(tmp_path.glob('outputs*')))}")
    results = run(Inputs(raster=str(raster), output=str(tmp_path / name), **more), job)
    return results["points"]["href"], job


def test_points_lie_in_every_class_and_do_not_tell_it(tmp_path, labels):  # noqa: F811
    path, job = draw(tmp_path, labels, count=120, least=20)
    meta, _, wkb, columns = pyogrio.raw.read(path, layer="点")
    assert meta["fields"].tolist() == ["id", "class", "note"] and meta["crs"] == "EPSG:32633"
    assert columns[0].tolist() == list(range(1, 121)) and not any(columns[1])
    places = shapely.get_coordinates(shapely.from_wkb(wkb))
    assert len(np.unique(places, axis=0)) == 120
    with rasterio.open(labels) as data:
        onto = np.array([value[0] for value in data.sample(places)])
        cells = np.column_stack(~data.transform * tuple(places.T)) % 1
    assert {n: int((onto == n).sum()) for n in (1, 2, 7)} == {1: 25, 2: 75, 7: 20}
    assert np.allclose(cells, 0.5), "in the middle of pixels"
    turns = (onto[1:] != onto[:-1]).sum()
    assert turns > 30, "the order tells nothing"
    again, _ = draw(tmp_path, labels, count=120, least=20)
    other, _ = draw(tmp_path, labels, count=120, least=20, seed=1)
    read = [pyogrio.raw.read(one, layer="点")[2].tolist() for one in (path, again, other)]
    assert read[0] == read[1] != read[2]
    assert not job.warned


def test_the_list_to_choose_from_names_the_classes(tmp_path, labels):  # noqa: F811
    path, _ = draw(tmp_path, labels, count=60, least=2)
    _, _, _, styles = pyogrio.raw.read(path, layer="layer_styles", columns=["styleQML"])
    assert 'name="water · 水体" value="water"' in styles[0][0] and "ValueMap" in styles[0][0]


def test_labelled_points_go_into_the_accuracy(tmp_path, labels):  # noqa: F811
    """The file as it is, with its table of styles beside the points."""
    path, _ = draw(tmp_path, labels, count=60, least=5)
    meta, _, wkb, columns = pyogrio.raw.read(path, layer="点")
    columns[1] = np.array(["water"] * 60, dtype=object)
    pyogrio.raw.write(
        path, wkb, columns, meta["fields"], layer="点", geometry_type="Point", crs=meta["crs"], append=False
    )
    results, _ = evaluate(tmp_path, labels, Path(path))
    assert results["assessment"]["value"]["references"] == 60


def test_small_classes_and_other_formats(tmp_path):
    values = LABELS.copy()
    values[values == 7] = 2
    values[0, :3] = 7
    raster = write_raster(tmp_path / "l.tif", values)
    path, job = draw(tmp_path, raster, "p.geojson", count=50, least=10)
    assert [note.params for note in job.warned] == [{"name": "7", "pixels": 3, "drawn": 3}]
    assert pyogrio.read_info(path)["features"] == 43 and Path(path).with_suffix(".qml").is_file()
    with pytest.raises(UserError, match="cannot be written as"):
        draw(tmp_path, raster, "p.csv")
    with pytest.raises(UserError, match="no pixel with a class"):
        draw(tmp_path, write_raster(tmp_path / "e.tif", np.full((5, 5), 255, np.uint8)))
