"""Simplified maps have no gaps and no overlaps; right angles are right."""

import numpy as np
import pytest
import shapely
from conftest_vector import patches
from rasterio.features import rasterize
from rasterio.transform import from_origin


def check_coverage(geometry, expected_area=None):
    assert shapely.is_valid(geometry).all()
    union = shapely.union_all(geometry)
    assert union.area == pytest.approx(shapely.area(geometry).sum(), abs=1e-6), "polygons overlap"
    if expected_area is not None:
        assert union.area == pytest.approx(expected_area, abs=1e-6), "there are gaps"
    return union


@pytest.mark.parametrize("smooth, classes, tolerance", [(0, 3, 1), (1, 2, 2), (3, 3, 4), (6, 5, 1), (8, 4, 3)])
def test_shared_borders_stay_shared(write, make, smooth, classes, tolerance):
    labels = patches(np.random.default_rng(smooth + classes), (60, 75), classes, smooth)
    path = write(labels)
    exact, found = make(path, "exact.gpkg"), make(path, simplify_px=tolerance)
    check_coverage(found.geometry, 60 * 75)
    assert len(found.geometry) == len(exact.geometry)
    for name in ("class_id", "pixels"):
        assert (found.fields[name] == exact.fields[name]).all()
    far = shapely.hausdorff_distance(shapely.boundary(found.geometry), shapely.boundary(exact.geometry))
    assert far.max() <= tolerance + 0.75, "Hausdorff distance as sampled at vertices"
    assert found.fields["area_m2"] == pytest.approx(shapely.area(found.geometry) / 0.9996**2, rel=1e-6, abs=1e-5)
    if smooth >= 6:
        vertices = [shapely.get_num_coordinates(g).sum() for g in (found.geometry, exact.geometry)]
        assert vertices[0] < 0.85 * vertices[1]


def test_with_void_around(write, make):
    labels = patches(np.random.default_rng(9), (80, 80), 3, 6)
    labels[patches(np.random.default_rng(4), (80, 80), 2, 10) == 0] = 255
    found = make(write(labels, nodata=255), simplify_px=2)
    union = check_coverage(found.geometry)
    assert union.area == pytest.approx((labels != 255).sum(), rel=0.06)


@pytest.mark.parametrize("rows", [1, 9])
def test_simplified_does_not_depend_on_strips(write, make, rows):
    path = write(patches(np.random.default_rng(1), (50, 60), 3, 4))
    one, other = make(path, simplify_px=1.5), make(path, "other.gpkg", simplify_px=1.5, strip_rows=rows)
    assert (shapely.to_wkb(one.geometry) == shapely.to_wkb(other.geometry)).all()


def turned_houses(angle, shape=(140, 140)):
    """L-shaped and rectangular houses, turned, as pixels."""
    box, wing = shapely.box(0, 0, 24, 14), shapely.box(0, 0, 9, 26)
    houses = []
    for number, (x, y) in enumerate([(25, 30), (80, 35), (35, 90), (90, 95)]):
        house = box if number % 2 else box.union(wing)
        house = shapely.affinity.rotate(house, angle, origin=(0, 0))
        houses.append(shapely.affinity.translate(house, x, y))
    return rasterize(houses, shape, transform=from_origin(0, shape[0], 1, 1)), houses


@pytest.mark.parametrize("angle", [0, 17, 30, 45])
def test_right_angles(write, make, angle):
    labels, houses = turned_houses(angle)
    found = make(write(labels.astype(np.uint8)), right_angles=True, right_angle_classes=[1], simplify_px=1)
    check_coverage(found.geometry, labels.size)
    built = found.geometry[found.fields["class_id"] == 1]
    assert len(built) == 4
    for shape, pixels in zip(built, found.fields["pixels"][found.fields["class_id"] == 1]):
        points = shapely.get_coordinates(shape)
        edges = np.diff(points, axis=0)
        after = np.roll(edges, -1, axis=0)
        cosine = (edges * after).sum(axis=1) / np.hypot(*edges.T) / np.hypot(*after.T)
        assert np.abs(cosine).max() < 1e-6
        assert len(edges) in (4, 6)
        assert shape.area == pytest.approx(pixels, rel=0.04)


def test_right_angles_only_where_asked(write, make):
    labels, _ = turned_houses(20)
    path = write(labels.astype(np.uint8))
    exact = make(path, "exact.gpkg")
    found = make(path, right_angles=True, right_angle_classes=[7])
    assert shapely.area(found.geometry) == pytest.approx(shapely.area(exact.geometry))
