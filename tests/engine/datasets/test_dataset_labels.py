"""Labels of every kind end up on the right pixels of the image's grid."""

import json

import numpy as np
import pytest
from affine import Affine
from label_files import ramp, write
from rs_dino_engine.datasets.label_table import IGNORED, LabelTable
from rs_dino_engine.datasets.labels import open_raster_labels
from rs_dino_engine.datasets.polygons import polygon_labels, read_polygons
from rs_dino_engine.datasets.spec import DataSetSpec, LabelSource, SourceClass
from rs_dino_engine.errors import UserError
from rs_dino_engine.raster.source import open_raster


def _spec(kind, classes, **labels) -> DataSetSpec:
    return DataSetSpec(
        name="t",
        title="t",
        licence="t",
        images=".*",
        labels=LabelSource(kind=kind, path="x", **labels),
        classes=classes,
    )


def _read(image_path, label_path, spec, table, to_image=None, size=None):
    to_image = to_image or Affine.identity()
    with open_raster(str(image_path)) as image:
        labels = open_raster_labels(str(label_path), image, spec, table)
        try:
            return labels.read(to_image, *(size or (image.height, image.width))), labels
        finally:
            labels.close()


def test_colours_with_unlabelled_and_unknown_ones(tmp_path):
    write(tmp_path / "i.png", ramp(6, 8))
    colors = np.zeros((3, 6, 8), np.uint8)
    colors[:, :2] = np.array([226, 169, 41])[:, None, None]
    colors[:, 2:4] = np.array([60, 16, 152])[:, None, None]
    colors[:, 4] = np.array([1, 2, 3])[:, None]
    write(tmp_path / "l.png", colors)
    spec = _spec(
        "colors",
        [SourceClass(name="water", color=(226, 169, 41)), SourceClass(name="house", color=(60, 16, 152))],
        ignored_colors=[(0, 0, 0)],
    )
    found, labels = _read(tmp_path / "i.png", tmp_path / "l.png", spec, LabelTable(["house", "water"]))
    assert found[:, 0].tolist() == [1, 1, 0, 0, IGNORED, IGNORED]
    assert dict(labels.unnamed) == {"(1, 2, 3)": 8}


def test_palette_pictures_are_colours_too(tmp_path):
    write(tmp_path / "i.png", ramp(4, 4))
    ids = np.array([[0, 1], [1, 0]], np.uint8).repeat(2, 0).repeat(2, 1)
    write(tmp_path / "l.png", ids, colormap={0: (10, 20, 30, 255), 1: (40, 50, 60, 255)})
    spec = _spec("colors", [SourceClass(name="a", color=(10, 20, 30)), SourceClass(name="b", color=(40, 50, 60))])
    found, _ = _read(tmp_path / "i.png", tmp_path / "l.png", spec, LabelTable(["a", "b"]))
    assert (found == ids).all()


def test_values_and_partly_known_classes(tmp_path):
    write(tmp_path / "i.png", ramp(1, 4))
    write(tmp_path / "l.png", np.array([[1, 2, 7, 9]], np.uint8))
    table = LabelTable(["grass", "tree", "water"])
    spec = _spec(
        "values",
        [SourceClass(name="tree", values=[1, 7]), SourceClass(name="land", values=[2], means=["grass", "tree"])],
        ignored_values=[9],
    )
    found, labels = _read(tmp_path / "i.png", tmp_path / "l.png", spec, table)
    assert found.tolist() == [[1, 3, 1, IGNORED]]
    assert table.allowed()[3].tolist() == [True, True, False]
    assert not labels.unnamed


def test_heights_on_their_own_coarser_grid(tmp_path):
    """0.1 m image, 0.5 m heights that begin 1 m further north-west; nodata is no label."""
    write(tmp_path / "i.tif", ramp(20, 20), gsd=0.1, origin=(100.0, 200.0))
    heights = np.full((8, 8), 5.0, np.float32)
    heights[3] = 0.1
    heights[4] = -9999
    write(tmp_path / "h.tif", heights, gsd=0.5, origin=(99.0, 201.0))
    spec = _spec("heights", [SourceClass(name="tree", minimum=2), SourceClass(name="ground", minimum=-5, maximum=1)])
    found, _ = _read(tmp_path / "i.tif", tmp_path / "h.tif", spec, LabelTable(["ground", "tree"]))
    assert found[:, 7].tolist() == [1] * 5 + [0] * 5 + [IGNORED] * 5 + [1] * 5


def test_label_size_must_fit(tmp_path):
    write(tmp_path / "i.png", ramp(4, 4))
    write(tmp_path / "l.png", ramp(4, 5))
    with pytest.raises(UserError) as error:
        _read(
            tmp_path / "i.png",
            tmp_path / "l.png",
            _spec("colors", [SourceClass(name="a", color=(1, 1, 1))]),
            LabelTable(["a", "b"]),
        )
    assert error.value.message.code == "dataset-size-mismatch"
    assert "4 x 4" in str(error.value)
    assert "5 x 4" in str(error.value)


def _geojson(path, features, crs=None):
    document = {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": p, "geometry": {"type": "Polygon", "coordinates": [ring]}}
            for p, ring in features
        ],
    }
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path.write_text(json.dumps(document), encoding="utf-8")


def _box(x0, y0, x1, y1):
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]


def test_polygons_in_map_coordinates_on_a_coarser_grid(tmp_path):
    write(tmp_path / "i.tif", ramp(20, 40), gsd=0.5, origin=(1000.0, 2000.0))
    _geojson(
        tmp_path / "p.geojson",
        [
            ({"kind": "House"}, _box(1000, 1995, 1005, 2000)),
            ({"kind": "road"}, _box(1000, 1990, 1020, 2000)),
            ({"kind": "what?"}, _box(1010, 1990, 1012, 1992)),
        ],
        "urn:ogc:def:crs:EPSG::32633",
    )
    spec = _spec("polygons", [SourceClass(name="house"), SourceClass(name="road")], field="kind")
    table = LabelTable(["house", "road"])
    with open_raster(str(tmp_path / "i.tif")) as image:
        labels = polygon_labels(read_polygons(str(tmp_path / "p.geojson")), image, spec, table)
        found = labels.read(Affine.scale(2.0), 10, 20)  # 1 m grid
    wanted = np.full((10, 20), 1, np.uint8)
    wanted[:5, :5] = 0  # the smaller polygon counts
    assert (found == wanted).all()
    assert dict(labels.unnamed) == {"what?": 1}


def test_polygons_in_pixels_of_pictures_without_a_place(tmp_path):
    write(tmp_path / "one.png", ramp(8, 8))
    _geojson(
        tmp_path / "p.geojson",
        [({"c": 3, "picture": "one"}, _box(0, 0, 4, 2)), ({"c": 3, "picture": "two"}, _box(0, 0, 8, 8))],
    )
    spec = _spec(
        "polygons",
        [SourceClass(name="a", values=[3]), SourceClass(name="b")],
        field="c",
        image_field="picture",
        background="b",
    )
    with open_raster(str(tmp_path / "one.png")) as image:
        found = polygon_labels(read_polygons(str(tmp_path / "p.geojson")), image, spec, LabelTable(["a", "b"])).read(
            Affine.identity(), 8, 8
        )
    assert (found == 0).sum() == 8
    assert (found[:2, :4] == 0).all()


def test_missing_field_lists_the_fields(tmp_path):
    write(tmp_path / "i.png", ramp(8, 8))
    _geojson(tmp_path / "p.geojson", [({"c": 3}, _box(0, 0, 4, 2))])
    spec = _spec("polygons", [SourceClass(name="a")], field="class")
    with open_raster(str(tmp_path / "i.png")) as image, pytest.raises(UserError) as error:
        polygon_labels(read_polygons(str(tmp_path / "p.geojson")), image, spec, LabelTable(["a", "b"]))
    assert "have: c" in str(error.value)


def test_a_file_that_is_no_polygons_is_a_sentence(tmp_path):
    (tmp_path / "p.geojson").write_text("{", encoding="utf-8")
    with pytest.raises(UserError) as error:
        read_polygons(str(tmp_path / "p.geojson"))
    assert error.value.message.code == "dataset-bad-geometry"


def test_heights_are_kept_in_centimetres(tmp_path):
    write(tmp_path / "i.tif", ramp(4, 6), gsd=0.5)
    heights = np.array([[0.0, 12.34, -1.0], [np.nan, 250.0, 2.54]], np.float32)[None]
    write(tmp_path / "chm.tif", heights, gsd=1.0)
    spec = _spec("heights", [])
    found, labels = _read(tmp_path / "i.tif", tmp_path / "chm.tif", spec, LabelTable([]))
    assert found.dtype == np.uint16
    assert found[::2, ::2].tolist() == [[0, 1234, 0], [65535, 65535, 254]]
    assert list(labels.unnamed) == ["250 m"]


def test_heights_of_classes_still_become_classes(tmp_path):
    write(tmp_path / "i.png", ramp(1, 3))
    write(tmp_path / "h.tif", np.array([[[0.5, 2.0, 9.0]]], np.float32))
    spec = _spec("heights", [SourceClass(name="low", maximum=1.0), SourceClass(name="tree", minimum=5.0)])
    found, _ = _read(tmp_path / "i.png", tmp_path / "h.tif", spec, LabelTable(["low", "tree"]))
    assert found.tolist() == [[0, IGNORED, 1]]
