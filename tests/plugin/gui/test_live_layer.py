"""The layer of live mode on its own: what QGIS draws of it when its file has changed."""

import numpy
import pytest
from osgeo import gdal
from qgis.core import QgsProject
from qgis.PyQt import sip

from rs_dino_plugin.engine_client.documents import Request
from rs_dino_plugin.gui.live_layer import LiveLayer

gdal.UseExceptions()
SIDE = 64


@pytest.fixture
def raster(tmp_path):
    """The file that is shown, and a way to have it say something else, as the engine does it: with another file."""
    path = tmp_path / "live.vrt"

    def fill(value):
        part = tmp_path / f"{value}.tif"
        made = gdal.GetDriverByName("GTiff").Create(str(part), SIDE, SIDE, 1, gdal.GDT_Byte)
        made.SetGeoTransform((0, 1, 0, SIDE, 0, -1))
        made.GetRasterBand(1).WriteArray(numpy.full((SIDE, SIDE), value, numpy.uint8))
        made = None
        written = tmp_path / "part.vrt"
        gdal.BuildVRT(str(written), [str(part)]).FlushCache()
        written.replace(path)

    fill(1)
    return path, fill


@pytest.fixture
def shown(qgis_new_project, raster, tmp_path):
    style = tmp_path / "live.qml"
    style.write_text(STYLE, encoding="utf-8")
    request = Request("segment", {"rasters": [str(raster[0])], "model": "starter-landcover"})
    facts = {"raster": str(raster[0]), "style": str(style), "classes": [], "model": "starter-landcover"}
    made = LiveLayer(QgsProject.instance(), request, facts, lambda: None)
    yield made
    made.remove()


def value_of(provider):
    return provider.block(1, provider.extent(), SIDE, SIDE).value(SIDE // 2, SIDE // 2)


def test_a_picture_of_before_does_not_come_back(shown, raster):
    """QGIS draws with copies of a provider, which leave their open files to the copies after them."""
    drawing = shown.layer.dataProvider().clone()
    assert value_of(drawing) == 1
    raster[1](2)
    shown.show_news()
    sip.delete(drawing)  # what was being drawn is through, after the news
    assert value_of(shown.layer.dataProvider().clone()) == 2


def test_style_and_place_stay_and_the_map_is_drawn_once(shown, raster):
    layer, node = shown.layer, QgsProject.instance().layerTreeRoot().findLayer(shown.layer.id())
    layer.renderer().setOpacity(0.4)
    heard = []
    layer.legendChanged.connect(lambda: heard.append("legend"))
    layer.repaintRequested.connect(lambda *_: heard.append("repaint"))
    raster[1](2)
    shown.show_news()
    assert heard == ["repaint"]
    assert shown.layer is layer and QgsProject.instance().layerTreeRoot().findLayer(layer.id()) is node
    assert [entry.label for entry in layer.renderer().classes()] == ["roof", "road"]
    assert layer.renderer().opacity() == pytest.approx(0.4)


STYLE = """<!DOCTYPE qgis><qgis><pipe><rasterrenderer type="paletted" band="1" opacity="1"><colorPalette>
<paletteEntry value="1" color="#ff0000" alpha="255" label="roof"/>
<paletteEntry value="2" color="#0000ff" alpha="255" label="road"/>
</colorPalette></rasterrenderer></pipe></qgis>"""
