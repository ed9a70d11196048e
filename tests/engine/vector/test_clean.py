"""Minimum area and holes: the rules, no gaps, whatever the strips."""

import numpy as np
import pytest
import rasterio.features
import shapely
from conftest_vector import patches


def label_at(found, row, column):
    """The class of the polygon over a pixel, None where there is none."""
    over = shapely.contains_xy(found.geometry, 500000 + column + 0.5, 5_000_000 - row - 0.5)
    assert over.sum() <= 1
    return int(found.fields["class_id"][over][0]) if over.any() else None


def test_longest_border_wins(write, make):
    labels = np.zeros((12, 12), np.uint8)
    labels[:, 6:] = 1
    labels[5, 5:8] = 2  # one pixel in class 0, two in class 1
    found = make(write(labels), min_area_m2=4)
    assert found.result.polygons == 2
    assert label_at(found, 5, 5) == 1
    assert shapely.area(found.geometry).sum() == 144


def test_small_regions_go_through_small_regions(write, make):
    labels = np.zeros((9, 9), np.uint8)
    labels[3:6, 3:6] = 1
    labels[4, 4] = 2  # touches only class 1, which is too small as well
    found = make(write(labels), min_area_m2=10)
    assert found.fields["class_id"].tolist() == [0] and shapely.area(found.geometry).tolist() == [81]


def test_islands_of_small_regions_become_one_or_go(write, make):
    labels = np.full((20, 20), 255, np.uint8)
    labels[2:4, 2:6], labels[2:4, 6:8] = 1, 2  # 8 + 4 pixels
    labels[15, 15] = 3
    found = make(write(labels, nodata=255), min_area_m2=10)
    assert found.fields["class_id"].tolist() == [1] and found.fields["pixels"].tolist() == [12]


def test_holes(write, make):
    labels = np.zeros((30, 30), np.uint8)
    labels[5:25, 5:25] = 1
    labels[8:10, 8:10] = 0  # 4 pixels
    labels[12:16, 12:16] = 2  # 16 pixels, with something inside
    labels[13, 13] = 3
    labels[18:23, 18:23] = 0  # 25 pixels: stays
    found = make(write(labels), fill_holes_m2=20)
    assert label_at(found, 8, 8) == 1 and label_at(found, 13, 13) == 1 and label_at(found, 12, 12) == 1
    assert label_at(found, 20, 20) == 0
    assert shapely.area(found.geometry).sum() == 900


def test_groups_in_holes_and_borders(write, make):
    labels = np.zeros((20, 20), np.uint8)
    labels[5:8, 5:7], labels[5:8, 7:9] = 1, 2  # two in one hole
    labels[0, 10] = 3  # at the edge: no hole
    labels[15:17, 15:17] = 255
    found = make(write(labels, nodata=255), fill_holes_m2=12.1)
    assert label_at(found, 5, 5) == 0 and label_at(found, 5, 8) == 0
    assert label_at(found, 0, 10) == 3
    assert label_at(found, 15, 15) is None, "nodata is never filled"


@pytest.mark.parametrize("smooth, classes", [(0, 2), (1, 3), (2, 5), (4, 3)])
def test_nothing_small_no_gap_whatever_the_strips(write, make, smooth, classes):
    labels = patches(np.random.default_rng(smooth), (70, 90), classes, smooth)
    labels[:10, :10] = 255
    path = write(labels, nodata=255)
    found = make(path, min_area_m2=12, fill_holes_m2=20)
    assert found.fields["area_m2"].min() >= 12
    assert shapely.is_valid(found.geometry).all()
    assert shapely.area(found.geometry).sum() == (labels != 255).sum()
    assert shapely.union_all(found.geometry).area == (labels != 255).sum()
    for rows in (1, 11):
        other = make(path, f"{rows}.gpkg", strip_rows=rows, min_area_m2=12, fill_holes_m2=20)
        assert (shapely.to_wkb(found.geometry) == shapely.to_wkb(other.geometry)).all()


def test_large_regions_keep_their_pixels(write, make):
    """A region that is large enough only grows."""
    labels = patches(np.random.default_rng(3), (80, 80), 3, 3)
    found = make(write(labels), min_area_m2=30)
    cleaned = rasterio.features.rasterize(
        zip(found.geometry, found.fields["class_id"].tolist()),
        labels.shape,
        fill=255,
        transform=rasterio.transform.from_origin(500000, 5_000_000, 1, 1),
    )
    for shape, value in rasterio.features.shapes(labels, connectivity=4):
        shape = shapely.geometry.shape(shape)
        if shape.area >= 40:
            inside = rasterio.features.rasterize([shape], labels.shape) == 1
            assert (cleaned[inside] == value).all()
