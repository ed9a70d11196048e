"""Polygons on a raster's grid."""

import json

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.crs import CRS
from rasterio.transform import Affine, from_origin
from rs_dino_engine.errors import UserError
from rs_dino_engine.raster.aoi import Aoi, Box, read_aoi

UTM = CRS.from_epsg(32633)
GRID = from_origin(500_000, 5_000_000, 0.5, 0.5)


def save(path, shapes, crs="EPSG:32633", kind="Polygon"):
    wkb = np.array([shapely.to_wkb(s) for s in shapes], dtype=object)
    pyogrio.raw.write(path, wkb, [np.arange(len(shapes))], ["n"], geometry_type=kind, crs=crs)
    return str(path)


def on_ground(col0, row0, col1, row1, transform=GRID):
    corners = [(col0, row0), (col1, row0), (col1, row1), (col0, row1)]
    return shapely.Polygon([transform * c for c in corners])


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".shp"])
def test_formats_and_names(tmp_path, suffix):
    folder = tmp_path / "区域 a"
    folder.mkdir()
    aoi = read_aoi(save(folder / f"范围{suffix}", [on_ground(10, 20, 30, 50)]), UTM, GRID, 100, 100)
    burnt = aoi.rasterize(0, 100, 0, 100)
    assert burnt[20:50, 10:30].all() and burnt.sum() == 600
    assert aoi.intersects(0, 21, 0, 11) and not aoi.intersects(60, 100, 0, 100)


def test_degrees_with_bent_edges(tmp_path):
    """A big polygon of four points: straight in UTM is bent in degrees, so edges must be cut before they move."""
    grid = from_origin(300_000, 7_000_000, 100, 100)
    to_utm = pyproj.Transformer.from_crs(4326, 32633, always_xy=True)
    west, east, south, north = 12.0, 18.0, 60.0, 62.0
    corners = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    ring = {"type": "Polygon", "coordinates": [corners]}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": ring}), encoding="utf-8")
    aoi = read_aoi(str(path), UTM, grid, 4000, 4000)
    x, y = to_utm.transform(15.0, north - 0.01)
    col, row = ~grid * (x, y)
    assert aoi.rasterize(int(row), int(row) + 1, int(col), int(col) + 1).all()
    x, y = to_utm.transform(15.0, south - 0.01)  # inside the chord, outside the parallel
    col, row = ~grid * (x, y)
    assert not aoi.rasterize(int(row), int(row) + 1, int(col), int(col) + 1).any()


@pytest.mark.parametrize(
    "transform",
    [Affine(0.5, 0, 5e5, 0, 0.5, 5e6), Affine.translation(5e5, 5e6) * Affine.rotation(33) * Affine.scale(0.5, -0.4)],
    ids=["south-up", "rotated"],
)
def test_any_transform(tmp_path, transform):
    path = save(tmp_path / "a.gpkg", [on_ground(10, 20, 30, 50, transform)])
    burnt = read_aoi(path, UTM, transform, 100, 100).rasterize(0, 100, 0, 100)
    assert burnt[21:49, 11:29].all() and abs(int(burnt.sum()) - 600) <= 40


def test_no_crs_means_the_grids_own(tmp_path):
    with pytest.warns(UserWarning, match="crs"):
        path = save(tmp_path / "a.shp", [on_ground(0, 0, 5, 5)], crs=None)
    assert read_aoi(path, UTM, GRID, 10, 10).rasterize(0, 10, 0, 10).sum() == 25
    assert read_aoi(path, None, GRID, 10, 10).rasterize(0, 10, 0, 10).sum() == 25


def test_longitudes_beyond_180(tmp_path):
    grid = from_origin(179, 10, 0.01, 0.01)
    path = save(tmp_path / "a.gpkg", [shapely.box(-179.5, 9.0, -179.4, 9.5)], crs="EPSG:4326")
    burnt = read_aoi(path, CRS.from_epsg(4326), grid, 200, 200).rasterize(0, 200, 0, 200)
    assert burnt[50:100, 150:160].all() and burnt.sum() == 500


def test_overlapping_and_invalid_polygons(tmp_path):
    bow = shapely.Polygon([GRID * c for c in [(0, 0), (10, 10), (10, 0), (0, 10)]])
    path = save(tmp_path / "a.gpkg", [bow, on_ground(5, 0, 20, 10), on_ground(15, 0, 30, 10)])
    aoi = read_aoi(path, UTM, GRID, 40, 40)
    assert aoi.rasterize(0, 10, 10, 30).all()


def test_layer_as_qgis_names_it(tmp_path):
    path = save(tmp_path / "a.gpkg", [on_ground(0, 0, 5, 5)])
    layer = pyogrio.list_layers(path)[0][0]
    assert read_aoi(f"{path}|layername={layer}", UTM, GRID, 10, 10).rasterize(0, 10, 0, 10).sum() == 25


def test_refusals(tmp_path):
    far = save(tmp_path / "far.gpkg", [on_ground(5000, 5000, 5010, 5010)])
    points = save(tmp_path / "points.gpkg", [shapely.Point(5e5, 5e6)], kind="Point")
    broken = tmp_path / "broken.gpkg"
    broken.write_text("nothing", encoding="utf-8")
    cases = {far: "aoi-no-overlap", points: "aoi-empty", str(broken): "aoi-unreadable", "no.gpkg": "aoi-missing"}
    for path, code in cases.items():
        with pytest.raises(UserError) as caught:
            read_aoi(path, UTM, GRID, 100, 100)
        assert caught.value.message.code == code


@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.integers(11, 60), st.integers(11, 60), st.booleans())
def test_windows_agree_with_the_whole(seed, high, wide, many):
    """Also where edges pass through pixel centres."""
    rng = np.random.RandomState(seed)
    count = 2500 if many else rng.randint(3, 12)
    angles = np.sort(rng.uniform(0, 2 * np.pi, count))
    radius = rng.uniform(15, 60, count)
    points = np.column_stack([50 + radius * np.cos(angles), 50 + radius * np.sin(angles)]).round(rng.randint(0, 3))
    polygon = shapely.make_valid(shapely.Polygon(points))
    stack, parts = [polygon], []
    while stack:
        part = stack.pop()
        if part.geom_type == "Polygon":
            parts.append(part)
        else:
            stack += list(getattr(part, "geoms", ()))
    aoi = Aoi(parts)
    whole = aoi.rasterize(0, 100, 0, 100)
    for r0 in range(0, 100, high):
        for c0 in range(0, 100, wide):
            r1, c1 = min(100, r0 + high), min(100, c0 + wide)
            part = aoi.rasterize(r0, r1, c0, c1)
            assert (part == whole[r0:r1, c0:c1]).all()
            if part.any():
                assert aoi.intersects(r0, r1, c0, c1)
    rows, cols = np.nonzero(whole)
    inside = shapely.contains_xy(shapely.buffer(polygon, 1e-6), cols + 0.5, rows + 0.5)
    assert inside.all()
    rows, cols = np.nonzero(~whole)
    assert not shapely.contains_xy(shapely.buffer(polygon, -1e-6), cols + 0.5, rows + 0.5).any()


WHOLE = Box(0, 100, 0, 200)


@pytest.mark.parametrize(
    ("parts", "within", "box"),
    [
        ([(10.2, 20.7, 30.1, 40)], WHOLE, (20, 40, 10, 31)),
        ([(10 - 1e-9, 20 + 1e-9, 30 + 1e-9, 40 - 1e-9)], WHOLE, (20, 40, 10, 30)),  # what a map's coordinates become
        ([(10.2, 20.2, 10.4, 20.4)], WHOLE, (20, 21, 10, 11)),
        ([(199.9, 99.9, 200, 100)], WHOLE, (99, 100, 199, 200)),
        ([(5, 5, 8, 8), (150, 90, 160, 95)], WHOLE, (5, 95, 5, 160)),
        ([(5, 5, 8, 8), (150, 90, 160, 95)], Box(0, 100, 100, 200), (90, 95, 150, 160)),
        ([(5, 5, 120.5, 8)], Box(0, 100, 100, 200), (5, 8, 100, 121)),
        ([(5, 5, 100, 8)], Box(0, 100, 100, 200), None),  # touches it, and has nothing in it
    ],
)
def test_the_box_around_the_polygons_in_a_part(parts, within, box):
    aoi = Aoi([shapely.box(*part) for part in parts])
    assert aoi.box_in(within) == (None if box is None else Box(*box))
