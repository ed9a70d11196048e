"""Metres and square metres on the ground."""

import math

import numpy as np
import pytest
from rasterio.crs import CRS
from rasterio.transform import Affine, from_origin
from rs_dino_engine.raster.grid import gsd, pixel_area_m2

A, F = 6378137.0, 1 / 298.257223563
E2 = F * (2 - F)


def curvature(lat):
    s = math.sin(math.radians(lat))
    return A * (1 - E2) / (1 - E2 * s * s) ** 1.5, A / math.sqrt(1 - E2 * s * s)


def test_degrees():
    step, lat = 1e-5, 50.0
    found = gsd(CRS.from_epsg(4326), from_origin(10, lat, step, step), 10, 10)
    meridian, normal = curvature(lat - 5 * step)
    assert found.row == pytest.approx(math.radians(step) * meridian, rel=1e-5)
    assert found.col == pytest.approx(math.radians(step) * normal * math.cos(math.radians(lat)), rel=1e-5)


def test_web_mercator_is_what_lies_on_the_ground():
    x, y = 1_000_000.0, 6_446_275.84  # 50° N
    found = gsd(CRS.from_epsg(3857), from_origin(x, y, 1, 1), 2, 2)
    meridian, normal = curvature(50.0)
    cos = math.cos(math.radians(50.0))
    assert found.col == pytest.approx(normal * cos / A, rel=1e-4)
    assert found.row == pytest.approx(meridian * cos / A, rel=1e-4)
    assert found.col < 0.66


def test_feet():
    found = gsd(CRS.from_epsg(2263), from_origin(1_000_000, 200_000, 2, 2), 100, 100)  # US survey feet
    assert found.row == pytest.approx(2 * 1200 / 3937, rel=2e-4)


def test_rotated_and_anisotropic():
    turned = Affine.translation(5e5, 5e6) * Affine.rotation(30) * Affine.scale(0.3, -0.7)
    found = gsd(CRS.from_epsg(32633), turned, 100, 100)
    assert found == pytest.approx((0.7, 0.3), rel=5e-4)  # 0.9996 on the central meridian


def test_no_crs():
    assert gsd(None, from_origin(0, 0, 1, 1), 5, 5) is None
    assert pixel_area_m2(None, from_origin(0, 0, 1, 1), [0], 0.0) is None


def test_local_plane_has_its_unit():
    local = CRS.from_wkt('LOCAL_CS["site",UNIT["foot",0.3048],AXIS["x",EAST],AXIS["y",NORTH]]')
    assert gsd(local, from_origin(0, 0, 10, 10), 5, 5) == pytest.approx((3.048, 3.048))
    assert pixel_area_m2(local, from_origin(0, 0, 10, 10), [0, 1], 0.0) == pytest.approx([3.048**2] * 2)


def test_the_whole_earth_has_its_area():
    """Rows of one-degree cells sum up to the ellipsoid's surface (510 065 621.7 km²)."""
    rows = pixel_area_m2(CRS.from_epsg(4326), from_origin(-180, 90, 1, 1), np.arange(180), 17.0)
    assert rows.sum() * 360 == pytest.approx(510_065_621_724_078.9, rel=1e-9)


@pytest.mark.parametrize("epsg, x, y", [(3857, 1_000_000, 6_446_275.84), (32633, 4e5, 5e6), (4326, 179.9999999, 60)])
def test_area_is_gsd_squared_for_small_pixels(epsg, x, y):
    step = 1e-6 if epsg == 4326 else 0.1
    grid = from_origin(x, y, step, step)
    found = gsd(CRS.from_epsg(epsg), grid, 20, 20)
    areas = pixel_area_m2(CRS.from_epsg(epsg), grid, np.arange(20), 10.0)
    assert areas[9:11].mean() == pytest.approx(found.row * found.col, rel=1e-5)


def test_area_of_rotated_pixels():
    turned = Affine.translation(5e5, 5e6) * Affine.rotation(30) * Affine.scale(0.3, -0.7)
    assert pixel_area_m2(CRS.from_epsg(32633), turned, [0], 0.0)[0] == pytest.approx(0.21 / 0.9996**2, rel=1e-6)
