"""Layers that are no files, as inputs of algorithms: saved as rasters first. Real servers, real providers."""

import numpy
import pytest
from map_server import SAMPLE, MapServer
from osgeo import gdal
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)

gdal.UseExceptions()
MAKE_LABELS = """
import shutil
found = Path(inputs["output"]) / "R_labels.tif"
shutil.copy(inputs["rasters"][0], found)
(job / "results.json").write_text(json.dumps({"R_labels": {"href": str(found)}}), encoding="utf-8")
say("successful", 100)
"""


class Heard(QgsProcessingFeedback):
    """What the log of Processing would show."""

    def __init__(self):
        super().__init__(False)
        self.said = []

    def pushInfo(self, text):
        self.said.append(text)


@pytest.fixture
def server():
    with MapServer() as made:
        yield made


@pytest.fixture
def area(qgis_new_project):
    """The middle of the sample, as a polygon in memory."""
    frame = QgsRasterLayer(str(SAMPLE)).extent()
    frame = frame.buffered(-frame.width() / 4)
    layer = QgsVectorLayer("Polygon?crs=EPSG:3857", "area", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromRect(frame))
    layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    return layer


def in_project(source, name="tiles", provider="wms"):
    layer = QgsRasterLayer(source, name, provider)
    assert layer.isValid()
    QgsProject.instance().addMapLayer(layer)
    return layer


def segment(processing, layer, tmp_path, feedback=None, **more):
    parameters = {"INPUT": layer.id(), "MODEL": "starter-landcover", "LABELS": str(tmp_path / "图 a.tif"), **more}
    return processing.run("rsdino:segment", parameters, feedback=feedback or Heard())


def test_tiles_become_a_raster_at_the_zoom_that_suits_the_model(
    processing, plugin, stand_in_engine, seen, server, area, tmp_path
):
    stand_in_engine(MAKE_LABELS)
    heard = Heard()
    segment(processing, in_project(server.xyz(), "瓦片 tiles"), tmp_path, heard, AOI=area.id())
    (saved,) = seen[0].inputs["rasters"]
    made = gdal.Open(saved)
    # the starter wants 0.2 m; on the ground here, zoom 19 has 0.226 m and zoom 20 half of that
    zooms = {z for z, _, _ in server.tiles}
    assert zooms == {19}
    columns, rows = made.RasterXSize / 256, made.RasterYSize / 256  # whole tiles, none asked for twice
    assert len(server.tiles) == len(set(server.tiles)) <= (columns + 1) * (rows + 1) < 12
    assert made.RasterCount == 4 and made.GetMetadata("IMAGE_STRUCTURE")["COMPRESSION"] == "DEFLATE"
    assert made.GetRasterBand(1).GetBlockSize() == [256, 256]
    assert QgsRasterLayer(saved).extent().contains(area.extent())
    assert any("“瓦片 tiles” is not a file" in text and "0.23 m" in text for text in heard.said)
    left, size, _, top, _, _ = made.GetGeoTransform()
    x, y = (round((area.extent().center().x() - left) / size), round((top - area.extent().center().y()) / size))
    asked = gdal.Warp("", str(SAMPLE), format="MEM", outputBounds=QgsRasterLayer(saved).extent().toString(9).replace(
        " : ", ",").split(","), width=made.RasterXSize, height=made.RasterYSize, resampleAlg="bilinear")  # fmt: skip
    pixels, truth = (one.ReadAsArray(x - 40, y - 40, 80, 80)[:3].astype(int) for one in (made, asked))
    assert numpy.abs(pixels - truth).mean() < 2


def test_a_wms_is_asked_for_just_the_model_s_pixels(processing, plugin, stand_in_engine, seen, server, area, tmp_path):
    stand_in_engine(MAKE_LABELS)
    segment(processing, in_project(server.wms()), tmp_path, AOI=area.id())
    made = gdal.Open(seen[0].inputs["rasters"][0])
    ground = 0.7576  # the cosine of the sample's latitude
    assert made.GetGeoTransform()[1] * ground == pytest.approx(0.2, rel=0.01)
    assert server.maps and made.ReadAsArray()[3].min() == 255


def test_a_whole_service_is_refused_and_so_is_what_is_too_large(
    processing, plugin, stand_in_engine, seen, server, area, tmp_path
):
    stand_in_engine(MAKE_LABELS)
    tiles = in_project(server.xyz())
    with pytest.raises(QgsProcessingException, match="“tiles” is a map service, which has no end"):
        segment(processing, tiles, tmp_path)
    wide = QgsGeometry.fromRect(area.extent().buffered(5000))
    area.dataProvider().changeGeometryValues({next(area.getFeatures()).id(): wide})
    with pytest.raises(QgsProcessingException, match=r"million; at most 400 million"):
        segment(processing, tiles, tmp_path, AOI=area.id())
    assert not seen and not server.tiles


def test_a_server_that_is_gone_is_one_clear_sentence(processing, plugin, stand_in_engine, seen, area, tmp_path):
    stand_in_engine(MAKE_LABELS)
    with MapServer() as server:
        tiles, wms = in_project(server.xyz()), in_project(server.wms(), "photos")
    with pytest.raises(QgsProcessingException, match="“tiles” gave no picture of this area"):
        segment(processing, tiles, tmp_path, AOI=area.id())
    with pytest.raises(QgsProcessingException, match="“photos” (gave no picture|cannot be opened)"):
        segment(processing, wms, tmp_path, AOI=area.id())
    assert not seen


def test_cancel_in_the_middle_of_saving(processing, plugin, stand_in_engine, seen, server, area, tmp_path):
    stand_in_engine(MAKE_LABELS)
    server.go_on.clear()
    heard = Heard()
    server.when_asked = heard.cancel
    assert segment(processing, in_project(server.xyz()), tmp_path, heard, AOI=area.id()) == {}
    assert not seen and not list(tmp_path.rglob("*.tif"))


def test_values_stay_values(processing, plugin, stand_in_engine, seen, raster, tmp_path, qgis_new_project):
    """A file in memory, with nodata, in 16 bits: the engine would not find it."""
    stand_in_engine(MAKE_LABELS)
    made = gdal.GetDriverByName("GTiff").Create("/vsimem/高程 a.tif", 70, 50, 2, gdal.GDT_UInt16)
    made.SetGeoTransform((500000, 0.5, 0, 4000000, 0, -0.5))
    made.SetProjection(gdal.Open(str(raster)).GetProjection())
    pixels = numpy.arange(2 * 50 * 70, dtype=numpy.uint16).reshape(2, 50, 70) * 7
    for band in (1, 2):
        made.GetRasterBand(band).WriteArray(pixels[band - 1])
        made.GetRasterBand(band).SetNoDataValue(0)
    del made
    layer = in_project("/vsimem/高程 a.tif", "memory", "gdal")
    segment(processing, layer, tmp_path)
    saved = gdal.Open(seen[0].inputs["rasters"][0])
    assert (saved.ReadAsArray() == pixels).all()
    assert saved.GetGeoTransform() == (500000, 0.5, 0, 4000000, 0, -0.5)
    assert saved.GetRasterBand(1).GetNoDataValue() == 0
    gdal.Unlink("/vsimem/高程 a.tif")
