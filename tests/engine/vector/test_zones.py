"""Statistics per polygon against the same figures computed plainly, pixel by pixel."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pyogrio
import pyproj
import pytest
import rasterio
import shapely
from rasterio.features import geometry_mask
from rasterio.transform import from_origin
from rs_dino_engine.vector import zone_pixels
from rs_dino_engine.vector.zones import zone_statistics

GSD, ORIGIN = 0.5, (500000.0, 5400000.0)
HEIGHTS = np.abs(np.random.default_rng(0).normal(8, 9, (120, 160))).astype(np.float32)


def write_heights(path: Path, heights: np.ndarray = HEIGHTS, crs: str = "EPSG:32633") -> Path:
    profile: Dict[str, Any] = dict(driver="GTiff", count=1, dtype="float32", nodata=-9999, crs=crs)
    profile.update(height=heights.shape[0], width=heights.shape[1], transform=from_origin(*ORIGIN, GSD, GSD))
    with rasterio.open(path, "w", **profile) as data:
        data.write(heights, 1)
    return path


def write_polygons(path: Path, shapes: List[Any], crs: str = "EPSG:32633", **fields: List[Any]) -> Path:
    values = [np.array(v, dtype=object if isinstance(v[0], str) else None) for v in fields.values()]
    wkb = np.array([shapely.to_wkb(s) for s in shapes], dtype=object)
    pyogrio.raw.write(
        str(path), wkb, values, np.array(list(fields), dtype=object), geometry_type="Unknown", crs=crs, driver="GPKG"
    )
    return path


def circle(col: float, row: float, radius: float) -> Any:
    """In pixels of the raster."""
    return shapely.Point(ORIGIN[0] + col * GSD, ORIGIN[1] - row * GSD).buffer(radius * GSD)


def measure(tmp_path: Path, heights: Path, polygons: Path, tops: Any = None) -> List[Dict[str, Any]]:
    out = tmp_path / "zones.gpkg"
    zone_statistics(heights, str(polygons), out, 5.0, tops, lambda: None)
    meta, _, wkb, columns = pyogrio.raw.read(str(out), layer=0)
    rows = [dict(zip(meta["fields"], values)) for values in zip(*columns)]
    assert len(rows) == len(wkb)
    return rows


def inside(shape: Any) -> np.ndarray:
    return ~geometry_mask([shape], HEIGHTS.shape, from_origin(*ORIGIN, GSD, GSD))


def test_figures_of_overlapping_polygons_with_their_own_fields(tmp_path, monkeypatch):
    monkeypatch.setattr(zone_pixels, "STRIP_PX", 500)  # many strips
    shapes = [
        circle(60, 50, 33.3),
        circle(70, 60, 20.2),
        shapely.MultiPolygon([circle(20, 20, 9.7), circle(130, 90, 15)]),
    ]
    polygons = write_polygons(tmp_path / "a.gpkg", shapes, 名称=["北", "南", "东"], mean_m=[1.0, 2.0, 3.0])
    rows = measure(tmp_path, write_heights(tmp_path / "h.tif"), polygons)
    assert [row["名称"] for row in rows] == ["北", "南", "东"]
    for shape, row in zip(shapes, rows):
        values = HEIGHTS[inside(shape)].astype(float)
        assert row["mean_m"] == pytest.approx(values.mean(), abs=0.006)
        assert row["max_m"] == pytest.approx(values.max(), abs=0.006)
        assert row["sd_m"] == pytest.approx(values.std(), abs=0.006)
        assert row["p95_m"] == pytest.approx(np.percentile(values, 95), abs=0.25)
        assert row["cover_pct"] == pytest.approx(100 * (values >= 5).mean(), abs=0.006)
        assert row["area_m2"] == pytest.approx(len(values) * GSD**2, rel=2e-3)  # a scale of 0.9996
        assert np.isnan(row["trees"])


def test_polygons_in_another_crs_and_off_the_raster(tmp_path):
    there = pyproj.Transformer.from_crs(32633, 4326, always_xy=True)
    near, far = circle(80, 60, 30), circle(5000, 60, 30)
    shapes = [shapely.transform(s, lambda p: np.column_stack(there.transform(*p.T))) for s in (near, far)]
    polygons = write_polygons(tmp_path / "a.gpkg", shapes, crs="EPSG:4326", id=[7, 8])
    rows = measure(tmp_path, write_heights(tmp_path / "h.tif"), polygons)
    assert [row["id"] for row in rows] == [7, 8]
    assert rows[0]["mean_m"] == pytest.approx(HEIGHTS[inside(near)].mean(), abs=0.05)
    assert np.isnan(rows[1]["mean_m"])
    assert pyogrio.read_info(str(tmp_path / "zones.gpkg"), layer=0)["crs"] == "EPSG:4326"


def test_nodata_counts_nowhere(tmp_path):
    heights = HEIGHTS.copy()
    heights[:60] = -9999
    shape = circle(80, 60, 30)
    rows = measure(tmp_path, write_heights(tmp_path / "h.tif", heights), write_polygons(tmp_path / "a.gpkg", [shape]))
    wanted = heights[inside(shape) & (heights > -9999)]
    assert rows[0]["mean_m"] == pytest.approx(wanted.mean(), abs=0.006)
    assert rows[0]["area_m2"] == pytest.approx(len(wanted) * GSD**2, rel=2e-3)


def test_trees_are_counted_where_their_tops_stand(tmp_path):
    rng = np.random.default_rng(1)
    places = np.unique(np.column_stack([rng.integers(0, 160, 300), rng.integers(0, 120, 300)]), axis=0)
    points = shapely.points(ORIGIN[0] + (places[:, 0] + 0.5) * GSD, ORIGIN[1] - (places[:, 1] + 0.5) * GSD)
    tops = write_polygons(tmp_path / "tops.gpkg", list(points))
    shapes = [circle(60, 50, 33.3), circle(140, 20, 4.4)]
    rows = measure(tmp_path, write_heights(tmp_path / "h.tif"), write_polygons(tmp_path / "a.gpkg", shapes), tops)
    for shape, row in zip(shapes, rows):
        wanted = inside(shape)[places[:, 1], places[:, 0]].sum()
        assert row["trees"] == wanted
        assert row["trees_ha"] == pytest.approx(1e4 * wanted / row["area_m2"], abs=0.5)
    assert rows[0]["trees"] > 20
