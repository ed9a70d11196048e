"""Which pixels of a layer are saved, and how, for layers that a project may hold."""

import numpy
import pytest
from map_server import MapServer
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsProject,
    QgsRasterBlockFeedback,
    QgsRasterLayer,
    QgsRectangle,
)

gdal.UseExceptions()


@pytest.fixture
def area():
    """An area in WGS 84."""
    from rs_dino_plugin.area import Area

    def make(*corners):
        return Area(QgsGeometry.fromRect(QgsRectangle(*corners)), QgsCoordinateReferenceSystem("EPSG:4326"))

    return make


def virtual(raster):
    """A raster that QGIS computes: its provider has values, and no file."""
    base = QgsRasterLayer(str(raster), "base")
    QgsProject.instance().addMapLayer(base)
    frame, crs = base.extent(), base.crs().authid()
    edges = ",".join(str(one) for one in (frame.xMinimum(), frame.yMinimum(), frame.xMaximum(), frame.yMaximum()))
    uri = f'?crs={crs}&extent={edges}&width=90&height=70&formula="base@1" * 2&base:provider=gdal&base:uri={raster}'
    layer = QgsRasterLayer(uri, "twice", "virtualraster")
    assert layer.isValid(), layer.error().message()
    return layer


def test_a_computed_raster_is_saved_with_its_values_on_its_grid(plugin, raster, tmp_path, qgis_new_project):
    from rs_dino_plugin.export_plan import planned
    from rs_dino_plugin.foreign import is_foreign
    from rs_dino_plugin.raster_export import write_raster

    layer = virtual(raster)
    assert is_foreign(layer) and not is_foreign(QgsRasterLayer(str(raster)))
    export = planned(layer, tmp_path / "出 out.tif", None, 3.0)
    assert (export.columns, export.rows, export.is_picture) == (90, 70, False)
    assert write_raster(export, QgsRasterBlockFeedback()) == ""
    made, base = gdal.Open(str(export.path)), gdal.Open(str(raster))
    assert made.GetGeoTransform() == base.GetGeoTransform()
    assert (made.ReadAsArray() == 2.0 * base.GetRasterBand(1).ReadAsArray()).all()


def test_a_part_keeps_to_the_grid(plugin, raster, tmp_path, area, qgis_new_project):
    from rs_dino_plugin.area import Area
    from rs_dino_plugin.export_plan import planned

    layer = virtual(raster)
    frame = Area(QgsGeometry.fromRect(QgsRectangle(500010.2, 3999979.9, 500019.9, 3999990.1)), layer.crs())
    export = planned(layer, tmp_path / "a.tif", frame, None)
    assert (export.columns, export.rows) == (20, 22)
    assert export.extent.toString(3) == "500010.000,3999979.500 : 500020.000,3999990.500"


@pytest.mark.parametrize(("gsd_m", "zoom"), [(0.2, 19), (0.1, 20), (0.01, 20), (10, 14), (None, 18)])
def test_the_zoom_suits_the_ground_not_the_equator(plugin, tmp_path, area, gsd_m, zoom):
    """At 41° north Mercator's metre is 0.757 m long."""
    from rs_dino_plugin.export_plan import planned

    with MapServer() as server:
        layer = QgsRasterLayer(server.xyz(), "tiles", "wms")
        export = planned(layer, tmp_path / "a.tif", area(-73.4360, 40.7460, -73.4358, 40.7461), gsd_m)
    size = export.extent.width() / export.columns
    assert round(numpy.log2(156543.03392804097 / size), 6) == zoom
    assert export.gsd_m == pytest.approx(size * numpy.cos(numpy.radians(40.746)), rel=0.005)
    assert export.columns % 256 == export.rows % 256 == 0  # whole tiles: what else of them would be thrown away


def test_what_is_kept_names_no_password(plugin, tmp_path):
    from rs_dino_plugin.foreign import Source, read_exported, write_exported

    source = Source("tiles", "wms", "type=xyz&url=http://h/{z}/{x}/{y}&username=ann&password=geheim&zmax=3")
    quoted = Source("table", "postgresraster", "dbname='d' user='u' password='ge heim' table=\"t\"")
    write_exported({"/a.tif": source, "/b.tif": quoted}, tmp_path)
    assert "heim" not in (tmp_path / "exported.json").read_text(encoding="utf-8")
    kept = read_exported(tmp_path)
    assert kept["/a.tif"].source.endswith("username=ann&password=&zmax=3")
    assert kept["/b.tif"].source == "dbname='d' user='u' password= table=\"t\""
    assert kept["/a.tif"].is_of(QgsRasterLayer(source.source, "other name", "wms"))
