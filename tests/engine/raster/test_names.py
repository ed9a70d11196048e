"""What other programs show of a pixel: the side-car as GDAL reads it."""

import numpy as np
import pytest
import rasterio
from rs_dino_engine.raster.names import write_names
from rs_dino_engine.raster.sink import LayerInfo

NAMES = {0: "building <1>", 2: "草地 & more"}


@pytest.fixture
def tif(tmp_path):
    path = tmp_path / "图 a.tif"
    with rasterio.open(path, "w", "GTiff", 4, 4, 1, dtype="uint8") as made:
        made.write(np.zeros((1, 4, 4), np.uint8))
        made.set_band_description(1, "labels")
    return path


def test_classes_have_names(tif):
    info = LayerInfo("labels", "uint8", 255, ("labels",), {0: (1, 2, 3), 2: (4, 5, 6)}, NAMES)
    assert write_names(tif, info) == tif.with_name(tif.name + ".aux.xml")
    with rasterio.open(tif) as data:
        assert data.descriptions == ("labels: 0 building <1>, 2 草地 & more",)


def test_values_have_units_and_nothing_else_gets_a_side_car(tif):
    write_names(tif, LayerInfo("canopy_height", "float32", band_names=("canopy_height",), unit="m"))
    with rasterio.open(tif) as data:
        assert data.descriptions == ("canopy_height [m]",)
    many = {number: f"class {number}" for number in range(100)}
    write_names(tif, LayerInfo("labels", "uint8", class_names=many))
    with rasterio.open(tif) as data:
        assert data.descriptions == ("labels",)
    assert write_names(tif, LayerInfo("features", "uint8", band_names=("a", "b", "c"))) is None
