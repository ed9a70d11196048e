"""What other programs show of a pixel: the side-car as GDAL reads it."""

from pathlib import Path
from xml.etree import ElementTree

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
    side_car = write_names(tif, info)
    assert side_car == tif.with_name(tif.name + ".aux.xml")
    band = ElementTree.parse(side_car).find("PAMRasterBand")
    assert [one.text or "" for one in band.find("CategoryNames")] == ["building <1>", "", "草地 & more"]
    rows = [[one.text for one in row] for row in band.find("GDALRasterAttributeTable").iter("Row")]
    assert rows == [["0", "building <1>", "1", "2", "3"], ["2", "草地 & more", "4", "5", "6"]]
    with rasterio.open(tif) as data:  # which warns of what it cannot read
        assert data.descriptions == ("labels",) and side_car in map(Path, data.files)


def test_bands_say_what_their_values_mean(tif):
    assert LayerInfo("labels", "uint8", band_names=("labels",), class_names=NAMES).band_title(0) == (
        "labels (0 building <1>, 2 草地 & more)"
    )
    many = {number: f"class {number}" for number in range(100)}
    assert LayerInfo("labels", "uint8", band_names=("labels",), class_names=many).band_title(0) == "labels"
    heights = LayerInfo("canopy_height", "float32", band_names=("canopy_height",), unit="m")
    assert heights.band_title(0) == "canopy height [m]"
    assert write_names(tif, heights) is None
