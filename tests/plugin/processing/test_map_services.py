"""Layers that are no files, as inputs of algorithms: saved as rasters first. Real servers, real providers."""

from pathlib import Path

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
        self.said, self.warned = [], []

    def pushInfo(self, text):
        self.said.append(text)

    def pushWarning(self, text):
        self.warned.append(text)


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


def test_an_imported_model_is_given_its_own_pixels(
    processing, plugin, stand_in_engine, seen, server, area, tmp_path, imported
):
    stand_in_engine(MAKE_LABELS)
    imported("fields-fr", gsd_m=0.8)
    segment(processing, in_project(server.wms()), tmp_path, AOI=area.id(), MODEL="fields-fr")
    made = gdal.Open(seen[0].inputs["rasters"][0])
    assert made.GetGeoTransform()[1] * 0.7576 == pytest.approx(0.8, rel=0.01)


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


@pytest.fixture
def at_once(monkeypatch):
    """A server is asked again without a pause."""
    from rs_dino_plugin import raster_holes

    monkeypatch.setattr(raster_holes, "PAUSES_S", (0.0, 0.0))


@pytest.fixture
def wider(area):
    """The whole sample and more: some tiles are clear because there is nothing."""
    frame = area.extent()
    wide = QgsGeometry.fromRect(frame.buffered(frame.width() * 1.2))
    area.dataProvider().changeGeometryValues({next(area.getFeatures()).id(): wide})
    return area


def inside_tiles(picture):
    """Bands x rows x columns x 254 x 254 pixels: QGIS 3.44 draws a tile's neighbours a pixel into it."""
    bands, rows, columns = picture.shape
    return picture.reshape(bands, rows // 256, 256, columns // 256, 256).swapaxes(2, 3)[..., 1:-1, 1:-1]


def clear_tiles(path):
    alpha = inside_tiles(gdal.Open(path).ReadAsArray()[3:])[0]
    return {(int(r), int(c)) for r, c in numpy.argwhere(~alpha.any(axis=(2, 3)))}


@pytest.mark.parametrize("kind", ["xyz", "wms"])
def test_what_fails_once_is_asked_for_again(
    processing, plugin, stand_in_engine, seen, server, wider, tmp_path, at_once, kind
):
    stand_in_engine(MAKE_LABELS)
    segment(processing, in_project(getattr(server, kind)()), tmp_path, AOI=wider.id())
    with MapServer() as other:
        failed = []

        def fails(what, times):
            fail = times == 1 and (sum(what) % 3 == 0 if kind == "xyz" else not failed)
            failed.extend([what] * fail)
            return fail

        other.fails = fails
        segment(processing, in_project(getattr(other, kind)()), tmp_path, AOI=wider.id())
        assert failed
    whole, mended = (gdal.Open(request.inputs["rasters"][0]).ReadAsArray().astype(int) for request in seen)
    assert whole[3].any() and (whole[3] == mended[3]).all()
    if kind == "xyz":
        assert (inside_tiles(whole) == inside_tiles(mended)).all()
    else:  # which gives another picture of another frame
        assert abs(whole - mended).max() <= 1


def test_what_never_comes_is_said_with_how_many(
    processing, plugin, stand_in_engine, seen, server, wider, tmp_path, at_once
):
    """The tiles that came stay as they are; those where there is nothing cannot be told from those that failed."""
    stand_in_engine(MAKE_LABELS)
    segment(processing, in_project(server.xyz()), tmp_path, AOI=wider.id())
    nothing = clear_tiles(seen[0].inputs["rasters"][0])
    with MapServer() as other:
        other.fails = lambda tile, times: sum(tile) % 3 == 0
        heard = Heard()
        segment(processing, in_project(other.xyz(), "瓦片"), tmp_path, heard, AOI=wider.id())
    whole, holes = (gdal.Open(request.inputs["rasters"][0]).ReadAsArray() for request in seen)
    missing = clear_tiles(seen[1].inputs["rasters"][0])
    assert missing > nothing
    for picture in (whole, holes):
        for row, col in missing:
            picture[:, row * 256 : row * 256 + 256, col * 256 : col * 256 + 256] = 0
    assert (whole[3] == holes[3]).all() and (whole[:, holes[3] > 0] == holes[:, holes[3] > 0]).all()
    total = whole.shape[1] * whole.shape[2] // 256**2
    (warning,) = heard.warned
    assert warning.startswith(f"“瓦片”: {len(missing)} of {total} parts of its picture are empty.")
    assert not list(Path(seen[1].inputs["rasters"][0]).parent.glob("*again*"))


def test_cancel_while_it_is_asked_again(processing, plugin, stand_in_engine, seen, server, area, tmp_path):
    stand_in_engine(MAKE_LABELS)
    heard = Heard()

    def fails(tile, times):
        if times == 2:
            heard.cancel()
        return sum(tile) % 3 == 0

    server.fails = fails
    assert segment(processing, in_project(server.xyz()), tmp_path, heard, AOI=area.id()) == {}
    assert not seen and not list(tmp_path.rglob("*.tif"))


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
