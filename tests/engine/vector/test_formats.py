"""Every format read back: names, CRS, numbers; files that are in use; the GeoPackage as others see it."""

import json
import sqlite3

import numpy as np
import pyogrio
import pytest
import shapely
from conftest_vector import patches, read
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.spec import ClassInfo, ClassMap
from rs_dino_engine.vector import formats
from rs_dino_engine.vector.polygonize import PolygonOptions, polygonize

CLASSES = ClassMap(
    classes=[
        ClassInfo(id=0, name="背景", color=(200, 200, 200)),
        ClassInfo(id=1, name="农田与果园（含大棚）", color=(240, 200, 0)),
        ClassInfo(id=2, name='water <&"open">', color=(0, 80, 220)),
    ]
)
LABELS = np.array([[0, 0, 0, 0], [0, 1, 1, 0], [0, 1, 2, 0], [0, 0, 0, 0]], np.uint8)


@pytest.fixture
def confidence(write):
    return write(np.full((4, 4), 90, np.uint8), "confidence.tif")


@pytest.mark.parametrize("ending", ["gpkg", "shp", "fgb", "geojson"])
def test_round_trip(write, make, confidence, ending, tmp_path):
    path = write(LABELS)
    exact = make(path, "exact.gpkg", class_map=CLASSES, confidence=confidence)
    found = make(path, f"多边形 1.{ending}", class_map=CLASSES, confidence=confidence)
    assert found.result.path == tmp_path / f"多边形 1.{ending}"
    order = np.argsort(found.fields["id"])  # FlatGeobuf sorts along a Hilbert curve
    assert set(found.fields) == set(exact.fields)
    for name, values in exact.fields.items():
        if name != "class":
            assert found.fields[name][order] == pytest.approx(values)
    assert found.fields["class"][order].tolist() == ["农田与果园（含大棚）", 'water <&"open">', "背景"]
    assert found.crs == ("EPSG:4326" if ending == "geojson" else "EPSG:32633")
    if ending != "geojson":
        assert shapely.equals(found.geometry[order], exact.geometry).all()


def test_geoparquet(write, confidence, make, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    exact = make(write(LABELS), "exact.gpkg", class_map=CLASSES, confidence=confidence)
    out = tmp_path / "out.parquet"
    polygonize(write(LABELS), out, PolygonOptions(), CLASSES, confidence, lambda share: None, lambda: None)
    table = parquet.read_table(out)
    column = json.loads(table.schema.metadata[b"geo"])["columns"]["geometry"]
    assert column["encoding"] == "WKB" and column["crs"]["id"] == {"authority": "EPSG", "code": 32633}
    for name, values in exact.fields.items():
        assert table[name].to_pylist() == values.tolist()
    assert shapely.equals(shapely.from_wkb(table["geometry"].to_pylist()), exact.geometry).all()


def test_shapefile_side_files(write, make, tmp_path):
    make(write(LABELS), "out.shp", class_map=CLASSES)
    assert (tmp_path / "out.cpg").read_text() == "UTF-8"
    assert "背景" in (tmp_path / "out.qml").read_text(encoding="utf-8")
    assert all(len(name) <= 10 for name in read(tmp_path / "out.shp").fields)


def test_shapefile_that_would_be_too_large(write, make, tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "_SHAPEFILE_BYTES_AT_MOST", 100)
    with pytest.raises(UserError) as refused:
        make(write(LABELS), "out.shp")
    assert refused.value.message.code == "vector-shapefile-limit"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["labels.tif"]


def test_geojson_is_rfc_7946(write, make, tmp_path):
    make(write(LABELS), "out.geojson", class_map=CLASSES)
    document = json.loads((tmp_path / "out.geojson").read_text(encoding="utf-8"))
    assert "crs" not in document
    for feature in document["features"]:
        rings = feature["geometry"]["coordinates"]
        assert shapely.LinearRing(rings[0]).is_ccw and not any(shapely.LinearRing(r).is_ccw for r in rings[1:])
        assert rings[0][0] == pytest.approx([15, 45.15], abs=0.1)
    assert document["features"][0]["properties"]["confidence"] is None


def test_unknown_ending_and_missing_package(write, make, monkeypatch):
    path = write(LABELS)
    with pytest.raises(UserError) as refused:
        make(path, "out.dxf")
    assert refused.value.message.code == "vector-format-unknown"
    monkeypatch.setattr(formats.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError) as refused:
        make(path, "out.parquet")
    assert refused.value.message.code == "vector-format-needs" and "pyarrow" in str(refused.value)


def test_geopackage_as_sqlite_and_gdal_see_it(write, make, tmp_path):
    labels = patches(np.random.default_rng(0), (120, 120), 4, 0)  # enough for an index of three levels
    found = make(write(labels), class_map=None)
    assert len(found.geometry) > 51**2
    with sqlite3.connect(found.result.path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT rtreecheck('rtree_out_geom')").fetchone() == ("ok",)
        assert db.execute("SELECT feature_count FROM gpkg_ogr_contents").fetchone() == (len(found.geometry),)
        box = db.execute("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents").fetchone()
        query = "SELECT count(*) FROM sqlite_master WHERE type='trigger' AND name LIKE 'rtree%'"
        triggers = db.execute(query).fetchone()
    db.close()
    assert box == (500000, 5_000_000 - 120, 500120, 5_000_000)
    assert triggers[0] >= 6
    window = (500030.2, 4_999_950.2, 500033.8, 4_999_953.8)
    _, fids, _, _ = pyogrio.raw.read(str(found.result.path), bbox=window, return_fids=True)
    inside = shapely.intersects(found.geometry, shapely.box(*window))
    assert sorted(fids.tolist()) == found.fields["id"][inside].tolist()


def test_style_is_in_the_geopackage(write, make):
    found = make(write(LABELS), class_map=CLASSES, classes=[1, 2])
    with sqlite3.connect(found.result.path) as db:
        name, default, qml = db.execute("SELECT f_table_name, useAsDefault, styleQML FROM layer_styles").fetchone()
    db.close()
    assert (name, default) == ("out", 1)
    assert "农田与果园" in qml and "背景" not in qml, "classes that occur"
    assert pyogrio.list_layers(found.result.path)[:, 0].tolist() == ["out", "layer_styles"]


def test_a_geopackage_that_is_open_is_left_alone(write, make, tmp_path):
    path = write(LABELS)
    first = make(path)
    db = sqlite3.connect(first.result.path)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("CREATE TABLE mine (x)")  # as QGIS does: changes lie in out.gpkg-wal
    second = make(path)
    assert second.result.path == tmp_path / "out_2.gpkg"
    assert len(second.geometry) == 3
    assert db.execute("SELECT count(*) FROM out").fetchone() == (3,)
    db.close()


def test_a_file_that_cannot_be_replaced_is_left_alone(write, make, tmp_path, monkeypatch):
    """As Windows does it for a file that is open."""
    from pathlib import Path

    path, first = write(LABELS), make(write(LABELS))
    content, replace = first.result.path.read_bytes(), Path.replace

    def refuse(self, target):
        if Path(target) == first.result.path:
            raise PermissionError("in use")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    second = make(path)
    assert second.result.path == tmp_path / "out_2.gpkg"
    assert first.result.path.read_bytes() == content


def test_overwriting_leaves_one_file(write, make, tmp_path):
    make(write(LABELS))
    make(write(LABELS))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["labels.tif", "out.gpkg"]


def test_without_an_r_tree_in_sqlite(write, make, monkeypatch):
    from rs_dino_engine.vector import geopackage

    monkeypatch.setattr(geopackage, "_has_rtree", lambda: False)
    assert len(make(write(LABELS)).geometry) == 3
