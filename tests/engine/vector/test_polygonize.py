"""Outlines against GDAL's, whatever the strips; sizes, attributes, nasty rasters."""

import numpy as np
import pytest
import rasterio
import rasterio.features
import shapely
from affine import Affine
from conftest_vector import patches
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pyproj import CRS, Transformer
from rasterio.control import GroundControlPoint
from rs_dino_engine.errors import Cancelled, UserError
from rs_dino_engine.vector.polygonize import ClassTotals, PolygonOptions, polygonize
from rs_dino_engine.vector.regions import Regions
from rs_dino_engine.vector.runs import VOID, relabelled, runs_of


def outlines(labels, strip, void=(), every_node=False):
    """(label, pixels, polygon in pixels) of every region, in the order they come."""
    regions = Regions(labels.shape[1], every_node)
    found = []

    def take(batch):
        offsets = batch.rings.offsets
        points = np.column_stack([batch.rings.vertices[:, 0] >> 1, batch.rings.vertices[:, 1]])
        for i in range(len(batch)):
            rings = [points[offsets[k] : offsets[k + 1]] for k in range(batch.first_ring[i], batch.first_ring[i + 1])]
            found.append((int(batch.label[i]), int(batch.sums["pixels"][i]), shapely.Polygon(rings[0], rings[1:])))

    for row in range(0, len(labels), strip):
        runs = runs_of(labels[row : row + strip])
        runs = relabelled(runs, np.where(np.isin(runs.label, void), VOID, runs.label))
        take(regions.add(runs, {"pixels": (runs.end - runs.start).astype(float)}))
    take(regions.end())
    return found


def as_set(rows):
    return sorted((label, shapely.to_wkt(shapely.normalize(shape))) for label, shape in rows)


def gdal_outlines(labels, void=()):
    mask = ~np.isin(labels, void)
    shapes = rasterio.features.shapes(labels.astype(np.int32), mask=mask, connectivity=4)
    return [(int(value), shapely.geometry.shape(shape).simplify(0)) for shape, value in shapes]


labels_of_any_kind = hnp.arrays(
    np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=14), elements=st.integers(0, 2)
)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(labels_of_any_kind, st.integers(1, 6), st.booleans())
def test_same_polygons_as_gdal_whatever_the_strips(labels, strip, with_void):
    void = (0,) if with_void else ()
    whole = outlines(labels, len(labels), void)
    assert as_set([(label, shape) for label, _, shape in whole]) == as_set(gdal_outlines(labels, void))
    for _, pixels, shape in whole:
        assert shape.is_valid and shape.area == pixels
    in_strips = outlines(labels, strip, void)
    assert [(a, b, shapely.to_wkb(c)) for a, b, c in whole] == [(a, b, shapely.to_wkb(c)) for a, b, c in in_strips]


@pytest.mark.parametrize("smooth", [0, 2, 6])
def test_larger_maps_and_marked_points(smooth):
    labels = patches(np.random.default_rng(smooth), (170, 130), 4, smooth)
    whole = outlines(labels, 170)
    assert as_set([(label, shape) for label, _, shape in whole]) == as_set(gdal_outlines(labels))
    for strip in (1, 7, 64):
        marked = outlines(labels, strip, every_node=True)
        assert all(a[0] == b[0] and shapely.equals(a[2], b[2]) for a, b in zip(whole, marked))
        assert len(marked) == len(whole)


def test_file_does_not_depend_on_strips(write, make):
    rng = np.random.default_rng(5)
    labels = patches(rng, (90, 70), 3, 2)
    place = {"transform": Affine(0.001, 0, 10, 0, -0.001, 50), "crs": "EPSG:4326"}
    confidence = write(rng.integers(0, 101, labels.shape).astype(np.uint8), "confidence.tif", nodata=255, **place)
    path = write(labels, **place)
    one = make(path, confidence=confidence)
    for rows in (1, 13, 40):
        other = make(path, f"{rows}.gpkg", confidence=confidence, strip_rows=rows)
        assert (shapely.to_wkb(one.geometry) == shapely.to_wkb(other.geometry)).all()
        for name, values in one.fields.items():
            assert (values == other.fields[name]).all(), name


@pytest.mark.parametrize("height, width", [(10, 10), (10, 2), (10, 1), (1, 1)])
def test_outlines_lie_on_pixel_borders(write, make, height, width):
    labels = np.zeros((20, 20), np.uint8)
    labels[5 : 5 + height, 6 : 6 + width] = 1
    found = make(write(labels, nodata=0))
    assert shapely.area(found.geometry).tolist() == [height * width]
    assert found.geometry[0].bounds == (500006, 5_000_000 - 5 - height, 500006 + width, 5_000_000 - 5)
    assert found.fields["pixels"].tolist() == [height * width]


def test_diagonal_ring_is_valid(write, make):
    labels = np.array([[1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 1], [0, 0, 1, 1]], np.uint8)
    found = make(write(labels))
    assert shapely.is_valid(found.geometry).all()
    assert shapely.area(found.geometry).sum() == 16
    ones = found.geometry[found.fields["class_id"] == 1]
    assert len(ones) == 2, "pixels that touch at a corner only are apart"


def test_attributes(write, make):
    labels = np.full((8, 8), 255, np.uint8)
    labels[:4] = 3
    labels[6:, 6:] = 7
    values = np.full((8, 8), 80, np.uint8)
    values[0] = 40
    values[6:, 6:] = 255
    found = make(write(labels, nodata=255), confidence=write(values, "confidence.tif", nodata=255))
    assert found.fields["id"].tolist() == [1, 2]
    assert found.fields["class_id"].tolist() == [3, 7]
    assert found.fields["class"].tolist() == ["3", "7"]
    assert found.fields["pixels"].tolist() == [32, 4]
    assert found.fields["confidence"][0] == 70
    assert np.isnan(found.fields["confidence"][1]), "no pixel with a confidence: none, not 0"
    scale = 0.9996  # of UTM on its central meridian, here 500 km E
    assert found.fields["area_m2"] == pytest.approx([32 / scale**2, 4 / scale**2], rel=1e-6)
    assert found.fields["perim_m"] == pytest.approx([24 / scale, 8 / scale], rel=1e-4)
    assert found.result.by_class[3] == ClassTotals(1, pytest.approx(32 / scale**2, rel=1e-6), 32)


def test_confidence_as_fractions(write, make):
    values = np.full((4, 4), 0.25, np.float32)
    found = make(write(np.ones((4, 4), np.uint8)), confidence=write(values, "confidence.tif"))
    assert found.fields["confidence"].tolist() == [25.0]


@pytest.mark.parametrize(
    "crs, transform",
    [
        ("EPSG:4326", Affine(0.01, 0, 10, 0, -0.01, 60)),
        ("EPSG:4326", Affine(0.5, 0, -20, 0, 0.5, -40)),
        ("EPSG:3857", Affine(30, 0, 1e6, 0, -30, 9e6)),
        ("EPSG:2263", Affine(10, 0, 980_000, 0, -10, 200_000)),
        ("EPSG:2154", Affine(18, 6, 650_000, 6, -18, 6_800_000)),
        ("EPSG:32650", Affine(0.05, 0, 300_000, 0, -0.05, 3_000_000)),
    ],
    ids=["degrees", "degrees-south-up", "mercator", "feet", "rotated", "centimetres"],
)
def test_metres_on_the_ellipsoid(write, make, crs, transform):
    labels = np.zeros((60, 80), np.uint8)
    labels[10:50, 20:45] = 1
    found = make(write(labels, crs=crs, transform=transform, nodata=0))
    steps = np.linspace(0, 1, 200, endpoint=False)  # along the edges, which are no geodesics
    corners = [(20, 10), (45, 10), (45, 50), (20, 50), (20, 10)]
    ring = np.concatenate([np.add(a, np.outer(steps, np.subtract(b, a))) for a, b in zip(corners, corners[1:])])
    system = CRS.from_user_input(crs)
    to_lonlat = Transformer.from_crs(system, system.geodetic_crs, always_xy=True)
    lon, lat = to_lonlat.transform(
        *(
            transform.a * ring[:, 0] + transform.b * ring[:, 1] + transform.c,
            transform.d * ring[:, 0] + transform.e * ring[:, 1] + transform.f,
        )
    )
    area, length = system.get_geod().polygon_area_perimeter(lon, lat)
    # (Geod itself knows the area of a few square metres to about 1e-4 only)
    assert found.fields["area_m2"][0] == pytest.approx(abs(area), rel=2e-6, abs=1e-4)
    assert found.fields["perim_m"][0] == pytest.approx(length, rel=2e-6, abs=1e-4)
    assert shapely.is_ccw(shapely.get_exterior_ring(found.geometry)).all()


def test_without_crs_metres_are_unknown(write, make):
    found = make(write(np.ones((3, 4), np.uint8), crs=None, transform=Affine(2, 0, 0, 0, -2, 0)))
    assert np.isnan(found.fields["area_m2"]).all() and np.isnan(found.fields["perim_m"]).all()
    assert found.fields["pixels"].tolist() == [12]
    assert found.result.by_class[1].area_m2 is None
    assert found.geometry[0].area == 48


def test_only_void_gives_an_empty_layer(write, make):
    found = make(write(np.full((5, 6), 255, np.uint8), nodata=255))
    assert len(found.geometry) == 0 and found.result.polygons == 0
    assert set(found.fields) == {"id", "class_id", "class", "area_m2", "perim_m", "pixels", "confidence"}


@pytest.mark.parametrize("dtype, nodata", [("int16", -9999), ("uint16", 65535), ("int32", None), ("float32", np.nan)])
def test_kinds_of_labels(write, make, dtype, nodata):
    labels = np.array([[1, 1, 300], [1, 2, 300]], dtype)
    if nodata is not None:
        labels[1, 1] = nodata
    found = make(write(labels, nodata=nodata))
    expected = {1: 3, 300: 2} if nodata is not None else {1: 3, 2: 1, 300: 2}
    assert dict(zip(found.fields["class_id"].tolist(), found.fields["pixels"].tolist())) == expected


def test_a_mask_makes_void(write, make, tmp_path):
    labels = np.zeros((4, 4), np.uint8)
    path = write(labels)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as out:
        out.write_mask(np.array([[255] * 4, [255] * 4, [0] * 4, [255] * 4], np.uint8))
    assert make(path).fields["pixels"].tolist() == [8, 4]


def test_classes_wanted(write, make):
    labels = np.array([[0, 1, 2], [0, 2, 2], [0, 0, 1]], np.uint8)
    found = make(write(labels), classes=[1])
    assert found.fields["class_id"].tolist() == [1, 1]
    assert found.fields["pixels"].tolist() == [1, 1]


@pytest.mark.parametrize(
    "name, code",
    [
        ("fraction", "labels-not-whole"),
        ("bands", "labels-several-bands"),
        ("grid", "confidence-other-grid"),
        ("points", "labels-by-points"),
    ],
)
def test_refusals(write, make, tmp_path, name, code):
    path, confidence = write(np.ones((4, 4), np.float32) * 0.5), None
    if name == "bands":
        profile = {"driver": "GTiff", "width": 4, "height": 4, "count": 3, "dtype": "uint8", "crs": "EPSG:32633"}
        with rasterio.open(path, "w", transform=Affine(1, 0, 5, 0, -1, 5), **profile) as out:
            out.write(np.ones((3, 4, 4), np.uint8))
    if name == "points":
        points = [GroundControlPoint(r, c, 500000 + c, 5_000_000 - r) for r, c in ((0, 0), (0, 4), (4, 0), (4, 4))]
        profile = {"driver": "GTiff", "width": 4, "height": 4, "count": 1, "dtype": "uint8"}
        with rasterio.open(path, "w", gcps=points, crs="EPSG:32633", **profile) as out:
            out.write(np.ones((1, 4, 4), np.uint8))
    if name == "grid":
        path, confidence = write(np.ones((4, 4), np.uint8)), write(np.ones((4, 5), np.uint8), "confidence.tif")
    with pytest.raises(UserError) as refused:
        make(path, confidence=confidence)
    assert refused.value.message.code == code
    assert not list(tmp_path.glob("out*")) and not list(tmp_path.glob(".out*"))


def test_cancel_leaves_nothing(write, tmp_path):
    path, out = write(patches(np.random.default_rng(0), (60, 60), 3, 1)), tmp_path / "results" / "out.gpkg"
    asked = []

    def cancel_later():
        asked.append(1)
        if len(asked) == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        polygonize(path, out, PolygonOptions(), None, None, lambda share: None, cancel_later, strip_rows=10)
    assert list(out.parent.iterdir()) == []


def test_progress_goes_up_to_one(write, tmp_path):
    said = []
    labels = write(patches(np.random.default_rng(0), (40, 40), 3, 1))
    options = PolygonOptions(min_area_m2=3, simplify_px=1)
    polygonize(labels, tmp_path / "o.gpkg", options, None, None, said.append, lambda: None, strip_rows=7)
    assert said == sorted(said) and said[-1] == 1.0
