"""Results on their way to where the user wants them."""

from pathlib import Path

import pytest
from qgis.core import QgsCoordinateTransformContext, QgsFeature, QgsGeometry, QgsVectorFileWriter, QgsVectorLayer


@pytest.fixture
def place(plugin):
    from rs_dino_plugin.placing import place

    return place


def test_sidecars_go_along_and_old_ones_go(place, tmp_path):
    produced, target = tmp_path / "job" / "R_labels.tif", tmp_path / "图 1.tif"
    produced.parent.mkdir()
    for path, text in (
        (produced, "new"), (produced.with_suffix(".qml"), "style"),
        (target, "old"), (tmp_path / "图 1.tif.aux.xml", "old statistics"), (tmp_path / "other.qml", "other"),
    ):  # fmt: skip
        path.write_text(text)
    place(produced, target)
    assert {p.name: p.read_text() for p in tmp_path.iterdir() if p.is_file()} == {
        "图 1.tif": "new", "图 1.qml": "style", "other.qml": "other",
    }  # fmt: skip


@pytest.mark.parametrize("ending", [".gpkg", ".tif", ".geojson"])
def test_a_shapefile_of_the_same_name_stays_whole(place, tmp_path, ending):
    """Its parts have the stem of every layer that is called so."""
    shapefile = {suffix: f"of the Shapefile {suffix}" for suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qix")}
    style = '<qgis><renderer-v2 type="singleSymbol"/></qgis>'
    for suffix, text in {**shapefile, ".qml": style}.items():
        (tmp_path / f"parcels{suffix}").write_text(text)
    produced = tmp_path / "job" / f"R_result{ending}"
    produced.parent.mkdir()
    _layer(produced)
    produced.with_suffix(".qml").write_text("<qgis>of the result</qgis>")
    place(produced, tmp_path / f"parcels{ending}")
    assert (tmp_path / f"parcels{ending}").is_file()
    for suffix, text in {**shapefile, ".qml": style}.items():
        assert (tmp_path / f"parcels{suffix}").read_text() == text


def test_a_second_run_brings_its_own_style_beside_a_shapefile_too(place, tmp_path):
    """The style beside is a raster's, so it is the one of the run before."""
    (tmp_path / "parcels.shp").write_text("of the Shapefile")
    for number in ("1", "2"):
        produced = tmp_path / "job" / "R_labels.tif"
        produced.parent.mkdir(exist_ok=True)
        _layer(produced)
        style = f"<qgis><pipe><rasterrenderer/></pipe>{number}</qgis>"
        produced.with_suffix(".qml").write_text(style)
        place(produced, tmp_path / "parcels.tif")
        assert (tmp_path / "parcels.qml").read_text() == style


def _layer(path):
    """Something that may be called so."""
    if path.suffix == ".tif":
        path.write_text("raster")
        return
    layer = QgsVectorLayer("Point?crs=EPSG:4326", "points", "memory")
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = {".gpkg": "GPKG", ".geojson": "GeoJSON"}[path.suffix]
    QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(path), QgsCoordinateTransformContext(), options)


def test_result_of_a_locked_destination_is_kept_and_named(place, tmp_path, monkeypatch):
    """As Windows does when a layer of QGIS holds the file open. What is there stays, with all that belongs to it."""
    from rs_dino_plugin.errors import PluginError

    produced, target = tmp_path / "R_labels.tif", tmp_path / "target.tif"
    produced.write_text("new")
    target.write_text("old")
    for suffix in (".qml", ".tif.aux.xml"):
        (tmp_path / ("R_labels" + suffix)).write_text("new" + suffix)
        (tmp_path / ("target" + suffix)).write_text("old" + suffix)

    def refuse(source, destination):
        raise PermissionError(13, "in use", str(destination))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PluginError, match="The result is kept at .*R_labels.tif"):
        place(produced, target)
    assert produced.read_text() == "new"
    assert target.read_text() == "old"
    assert {p.name: p.read_text() for p in tmp_path.iterdir()} == {
        f"{name}{suffix}": f"{age}{'' if suffix == '.tif' else suffix}"
        for name, age in (("R_labels", "new"), ("target", "old"))
        for suffix in (".tif", ".qml", ".tif.aux.xml")
    }


def test_a_result_that_qgis_is_going_to_delete_is_said_to_be(place, tmp_path):
    from qgis.core import QgsProcessingUtils

    from rs_dino_plugin.errors import PluginError

    made = Path(QgsProcessingUtils.generateTempFilename("结果.tif"))
    made.write_text("result")
    with pytest.raises(PluginError, match="kept at .*结果.tif. QGIS deletes that when it is closed: copy it before.$"):
        place(made, tmp_path / "no folder" / "结果.tif")
    assert made.read_text() == "result"


def test_what_cannot_lie_beside_a_result_is_said(place, tmp_path, monkeypatch):
    from rs_dino_plugin.errors import PluginError

    produced, target = tmp_path / "R_labels.tif", tmp_path / "target.tif"
    for path in (produced, produced.with_suffix(".qml")):
        path.write_text("new")
    target.with_suffix(".qml").mkdir()  # nothing can be put there
    with pytest.raises(PluginError, match="target.tif is written, but not everything that belongs beside it: .*qml"):
        place(produced, target)
    assert target.read_text() == "new"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a folder that takes no files")
def test_result_of_a_disk_that_takes_nothing_is_kept_and_named(place, tmp_path):
    from rs_dino_plugin.errors import PluginError

    made = tmp_path / "结果.tif"
    made.write_bytes(b"result")
    with pytest.raises(PluginError, match=r"^/proc/结果.tif cannot be written: .*The result is kept at .*结果.tif"):
        place(made, Path("/proc/结果.tif"))
    assert made.read_bytes() == b"result"


def test_file_that_cannot_be_converted_is_kept_and_named(place, tmp_path):
    from rs_dino_plugin.errors import PluginError

    produced = tmp_path / "R_polygons.gpkg"
    produced.write_text("no GeoPackage")
    with pytest.raises(PluginError, match="cannot be written as .geojson. It is kept at"):
        place(produced, tmp_path / "p.geojson")
    assert produced.exists()


@pytest.mark.parametrize("suffix", [".shp", ".geojson", ".fgb"])
@pytest.mark.parametrize("time", ["first", "second"])
def test_geopackage_in_another_format_keeps_its_class_names_and_style(place, tmp_path, suffix, time):
    """As engines write it: the polygons, and QGIS's table of styles beside them. In one QGIS, twice."""
    from osgeo import gdal, ogr
    from qgis.core import QgsVectorLayer

    produced, target = tmp_path / "R_polygons.gpkg", tmp_path / ("多边形" + suffix)
    layer = QgsVectorLayer("Polygon?crs=EPSG:4326&field=class_name:string", "polygons", "memory")
    feature = QgsFeature(layer.fields())
    feature.setAttributes(["阔叶林"])
    feature.setGeometry(QgsGeometry.fromWkt("POLYGON((15 36, 15.1 36, 15 36.1, 15 36))"))
    layer.dataProvider().addFeatures([feature])
    options = QgsVectorFileWriter.SaveVectorOptions()
    QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(produced), QgsCoordinateTransformContext(), options)
    package = gdal.OpenEx(str(produced), gdal.OF_VECTOR | gdal.OF_UPDATE)
    styles = package.CreateLayer("layer_styles", geom_type=ogr.wkbNone)
    styles.CreateField(ogr.FieldDefn("styleQML", ogr.OFTString))
    style = ogr.Feature(styles.GetLayerDefn())
    style.SetField("styleQML", "<qgis/>")
    styles.CreateFeature(style)
    del style, styles, package
    place(produced, target)
    made = QgsVectorLayer(str(target))
    assert [f["class_name"] for f in made.getFeatures()] == ["阔叶林"]
    assert made.crs().authid() == "EPSG:4326"
    assert target.with_suffix(".qml").read_text() == "<qgis/>"


def test_destination_that_cannot_be_written_is_said_beforehand(plugin, tmp_path):
    from rs_dino_plugin.errors import PluginError
    from rs_dino_plugin.placing import check_destination

    with pytest.raises(PluginError, match="does not exist"):
        check_destination(tmp_path / "no" / "a.tif")
    check_destination(tmp_path / "a.tif")
    (tmp_path / "a.tif").write_text("old")
    check_destination(tmp_path / "a.tif")
    assert (tmp_path / "a.tif").read_text() == "old"


@pytest.mark.parametrize("name", ["我的 结果", 'a "b" c\'s'])
def test_the_layer_in_a_geopackage_is_called_as_its_file(place, tmp_path, name):
    """With its style, which QGIS finds by the layer's name."""
    produced, target = tmp_path / "R_polygons.gpkg", tmp_path / f"{name}.gpkg"
    layer = QgsVectorLayer("Polygon?crs=EPSG:32633&field=class:string", "p", "memory")
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromWkt("POLYGON((0 0, 1 0, 1 1, 0 0))"))
    layer.dataProvider().addFeatures([feature])
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.layerName = "R_polygons"
    QgsVectorFileWriter.writeAsVectorFormatV3(layer, str(produced), QgsCoordinateTransformContext(), options)
    styled = QgsVectorLayer(str(produced), "styled")
    styled.setOpacity(0.25)
    save = getattr(styled, "saveStyleToDatabaseV2", styled.saveStyleToDatabase)  # newer QGIS deprecates the other
    save("style", "", True, "")
    del styled
    place(produced, target)
    made = QgsVectorLayer(f"{target}|layername={name}", "made")
    assert made.isValid() and made.featureCount() == 1
    assert made.opacity() == 0.25
