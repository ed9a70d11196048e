"""The zonal task as a job runs it, against the same figures computed plainly."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin
from rs_dino_engine.errors import UserError
from rs_dino_engine.raster.grid import pixel_area_m2
from rs_dino_engine.tasks.zonal import Inputs, run
from rs_dino_engine.vector import zone_pixels
from test_zones import HEIGHTS, circle, inside, write_heights, write_polygons

CLASSES = [
    {"id": 0, "name": "open land", "color": [200, 200, 200]},
    {"id": 3, "name": "林地", "color": [0, 99, 0]},
    {"id": 9, "name": "never there", "color": [0, 0, 0]},
]
LABELS = np.random.default_rng(1).choice([0, 3, 5, 255], HEIGHTS.shape, p=[0.4, 0.4, 0.1, 0.1]).astype(np.uint8)


class FakeJob:
    """Collects what a task says; folders are real."""

    def __init__(self, outputs: Path) -> None:
        self.outputs, self.warned, self.progress = outputs, [], []
        outputs.mkdir()

    def report(self, progress=None, message=None, **_):
        self.progress.append(progress)

    def warn(self, message):
        self.warned.append(message)

    def check_cancel(self): ...


def write_labels(path: Path, crs: Any = "EPSG:32633", labels: np.ndarray = LABELS, transform: Any = None) -> Path:
    profile: Dict[str, Any] = dict(driver="GTiff", count=1, dtype=labels.dtype.name, nodata=255, crs=crs)
    transform = transform or from_origin(500000.0, 5400000.0, 0.5, 0.5)
    with rasterio.open(path, "w", **profile, height=labels.shape[0], width=labels.shape[1], transform=transform) as out:
        out.write(labels, 1)
        out.update_tags(RSDINO_CLASSES=json.dumps(CLASSES))
    return path


def zonal(tmp_path: Path, raster: Path, polygons: Path, **more: Any):
    job = FakeJob(tmp_path / "outputs")
    results = run(Inputs(raster=str(raster), polygons=str(polygons), output=str(tmp_path / "o"), **more), job)
    meta, _, wkb, columns = pyogrio.raw.read(results["zones"]["href"], layer=0)
    rows = [dict(zip(meta["fields"], values)) for values in zip(*columns)]
    assert len(rows) == len(wkb)
    return results, rows, job


def table_of(results: Dict[str, Any]) -> List[Dict[str, str]]:
    with Path(results["table"]["href"]).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_class_areas_of_overlapping_polygons(tmp_path, monkeypatch):
    monkeypatch.setattr(zone_pixels, "STRIP_PX", 700)  # many strips
    shapes = [circle(60, 50, 33.3), circle(70, 60, 20.2), circle(5000, 10, 9)]
    polygons = write_polygons(tmp_path / "a.gpkg", shapes, 名称=["北", "南", "远"], majority=["x", "y", "z"])
    results, rows, job = zonal(tmp_path, write_labels(tmp_path / "图_labels.tif"), polygons)
    one_ha = 0.25 / 0.9996**2 / 1e4
    for shape, row in zip(shapes[:2], rows):
        counts = {number: int((LABELS[inside(shape)] == number).sum()) for number in (0, 3, 5, 9)}
        known = sum(counts.values())
        assert row["known_ha"] == pytest.approx(known * one_ha, rel=2e-3)
        for number, name in ((0, "open_land"), (3, "林地"), (5, "class_5"), (9, "never_there")):
            assert row[f"{name}_ha"] == pytest.approx(counts[number] * one_ha, abs=6e-5)
            assert row[f"{name}_pct"] == pytest.approx(100 * counts[number] / known, abs=0.006)
        assert row["majority"] == ("open land" if counts[0] > counts[3] else "林地")
    assert rows[2]["名称"] == "远" and np.isnan(rows[2]["known_ha"]) and rows[2]["majority"] is None
    assert [(note.code, note.params) for note in job.warned] == [("zones-outside", {"count": 1, "of": 3})]
    table = table_of(results)
    assert [row["名称"] for row in table] == ["北", "南", "远"]
    assert float(table[0]["林地_ha"]) == rows[0]["林地_ha"] and table[2]["known_ha"] == ""
    assert job.progress[-1] == 100


def test_areas_are_those_of_the_ellipsoid_in_degrees(tmp_path):
    transform = from_origin(10.0, 60.0, 0.001, 0.001)
    labels = np.full((40, 30), 3, np.uint8)
    raster = write_labels(tmp_path / "l.tif", "EPSG:4326", labels, transform)
    polygons = write_polygons(tmp_path / "a.gpkg", [shapely.box(10.005, 59.97, 10.015, 59.99)], crs="EPSG:4326", n=[1])
    _, rows, _ = zonal(tmp_path, raster, polygons)
    with rasterio.open(raster) as data:
        wanted = 10 * pixel_area_m2(data.crs, transform, np.arange(10, 30), 5).sum() / 1e4
    assert rows[0]["林地_ha"] == pytest.approx(wanted, abs=1e-4) and rows[0]["林地_pct"] == 100


def test_heights_as_canopy_height_measures_them(tmp_path):
    shape = circle(60, 50, 33.3)
    polygons = write_polygons(tmp_path / "a.gpkg", [shape], n=[4])
    results, rows, _ = zonal(tmp_path, write_heights(tmp_path / "h.tif"), polygons, tree_height_m=5)
    values = HEIGHTS[inside(shape)].astype(float)
    (row,) = rows
    for percent in (25, 50, 75, 95):
        assert row[f"p{percent}_m"] == pytest.approx(np.percentile(values, percent), abs=0.25)
    assert row["mean_m"] == pytest.approx(values.mean(), abs=0.006)
    assert row["cover_pct"] == pytest.approx(100 * (values >= 5).mean(), abs=0.006)
    assert "trees" not in row
    assert float(table_of(results)[0]["mean_m"]) == row["mean_m"]


def test_a_raster_without_a_place_gives_pixels(tmp_path):
    raster = write_labels(tmp_path / "l.tif", crs=None)
    polygons = write_polygons(tmp_path / "a.gpkg", [circle(60, 50, 20)], n=[1])
    _, rows, _ = zonal(tmp_path, raster, polygons)
    assert rows[0]["known_px"] == (LABELS[inside(circle(60, 50, 20))] != 255).sum()


def test_what_the_raster_holds_can_be_said(tmp_path):
    whole = np.where(LABELS == 255, -9999, LABELS).astype(np.float32)
    raster = write_heights(tmp_path / "f.tif", whole)
    polygons = write_polygons(tmp_path / "a.gpkg", [circle(60, 50, 20)], n=[1])
    _, rows, _ = zonal(tmp_path, raster, polygons, values="classes")
    assert {"class_0_ha", "class_3_ha", "class_5_pct"} <= set(rows[0])
    with pytest.raises(UserError, match="not whole numbers"):
        zonal(tmp_path / "outputs", write_heights(tmp_path / "h.tif"), polygons, values="classes")


def test_one_sentence_for_what_does_not_fit(tmp_path):
    raster = write_labels(tmp_path / "l.tif")
    far = write_polygons(tmp_path / "far.gpkg", [circle(5000, 50, 20)], n=[1])
    with pytest.raises(UserError, match=r"None of the 1 polygons in .* lies on the raster"):
        zonal(tmp_path, raster, far)
    points = write_polygons(tmp_path / "p.gpkg", [circle(50, 50, 20).centroid], n=[1])
    with pytest.raises(UserError, match="holds no polygon"):
        zonal(tmp_path / "outputs", raster, points)
