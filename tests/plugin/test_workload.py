"""How much work a run is, before the engine is asked."""

import pytest
from osgeo import gdal
from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsRasterLayer, QgsRectangle


@pytest.fixture
def layer_of(plugin, tmp_path):
    """A raster without pixels on the disk."""

    def make(side_px, size, epsg, left=0.0, top=0.0):
        path = tmp_path / f"{side_px}-{epsg}.tif"
        made = gdal.GetDriverByName("GTiff").Create(str(path), side_px, side_px, 3, options=["SPARSE_OK=YES"])
        crs = QgsCoordinateReferenceSystem(f"EPSG:{epsg}") if epsg else QgsCoordinateReferenceSystem()
        made.SetProjection(crs.toWkt())
        made.SetGeoTransform((left, size, 0, top, 0, -size))
        del made
        return QgsRasterLayer(str(path))

    return make


@pytest.fixture
def small(plugin):
    from rs_dino_plugin.model_cards import card_of
    from rs_dino_plugin.workload import is_small

    def asked(*layers, model="starter-landcover", area=None, **inputs):
        return is_small(layers, card_of(model), area, {"rasters": ["x"] * len(layers), **inputs})

    return asked


def test_size_counts_on_the_models_grid(small, layer_of):
    assert small(layer_of(1500, 0.2, 32633))
    assert not small(layer_of(1600, 0.2, 32633))
    assert not small(layer_of(1500, 0.4, 32633))  # four times the pixels for the model
    assert small(layer_of(3000, 0.1, 32633))
    assert small(layer_of(1000, 0.2 / 111_000, 4326))  # degrees
    assert not small(layer_of(1000, 0.2 / 0.3048 * 2, 2263))  # feet
    assert small(layer_of(1500, 30, 0))  # without a CRS, pixels are taken as the model's


def test_several_rasters_add_up(small, layer_of):
    one, other = layer_of(1200, 0.2, 32633), layer_of(1300, 0.2, 32633)
    assert small(one) and small(other) and not small(one, other)


def test_what_multiplies_the_work_or_is_unknown_is_not_small(small, layer_of):
    layer = layer_of(300, 0.2, 32633)
    assert small(layer)
    assert not small(layer, tta=["flips"])
    assert not small(layer, input_scale=2.0)
    assert not small(layer, model="/some/checkpoint.pth")


def test_only_the_part_inside_the_area_counts(small, layer_of):
    from rs_dino_plugin.area import Area
    from rs_dino_plugin.workload import touches

    layer = layer_of(6000, 0.2, 32633, left=500_000, top=5_000_000)
    inside = QgsGeometry.fromRect(QgsRectangle(500_000, 4_999_800, 500_200, 5_000_000))
    area = Area(inside, layer.crs())
    assert not small(layer) and small(layer, area=area)
    assert touches([layer], area) and touches([layer], None)
    assert not touches([layer], Area(QgsGeometry.fromRect(QgsRectangle(0, 0, 1, 1)), layer.crs()))


def test_costs_are_of_all_rasters_and_are_shown_when_long_or_odd(plugin):
    from rs_dino_plugin.engine_client.documents import Message, Results, Status
    from rs_dino_plugin.workload import costs

    one = {"windows": 3, "seconds": 20.0, "memory_mb": 100, "disk_mb": 5}
    two = {"windows": 4, "seconds": 30.0, "memory_mb": 80, "disk_mb": 6}
    rasters = [{"preflight": one}, {"preflight": two}, {"raster": "left out"}]
    results = Results({}, {"summary": {"rasters": rasters}, "messages": []})
    device = Status("1", "segment", "running", 0, Message("device-auto-cpu", {"title": "x"}, "…"))
    found = costs(results, [device])
    assert (found.windows, found.seconds, found.memory_mb, found.disk_mb) == (7, 50.0, 100, 11)
    assert found.device.code == "device-auto-cpu"
    assert not found.should_be_shown
    assert found._replace(seconds=61).should_be_shown
    warned = Status("1", "segment", "running", 0, Message("gsd-coarse", {}, "coarse"), {"warning": True})
    results.values["messages"] = [{"code": "gsd-coarse", "params": {}, "text": "coarse"}]
    found = costs(results, [device, warned])
    assert len(found.warnings) == 1 and found.should_be_shown
