"""What can go wrong in a review: one sentence, nothing lost."""

import resource
from contextlib import contextmanager

import pytest
from dock_actions import click, drag
from osgeo import ogr
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QPoint
from qgis.PyQt.QtWidgets import QPushButton
from review_actions import KEY, across, begin, key, press_start, rows, rows_of, states, undo


@contextmanager
def full_disk(room):
    """No file may grow beyond ``room`` bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_full_disk_is_said_and_the_decision_can_be_tried_again(reviewed):
    page = reviewed
    key(KEY.Key_A)
    fid, stood = page.review.fid, states(page)
    with full_disk(0):
        key(KEY.Key_4)
    assert "could not be written" in page.panel.message.text() and page.panel.again.isVisible()
    assert page.review.fid == fid and states(page) == stood and len(page.review.history) == 1
    click(page, QPushButton, "rsDinoReviewAgain")
    assert states(page)[1:] == [(fid, states(page)[1][1], "tree")] and not page.panel.again.isVisible()
    with full_disk(0):
        undo()
    assert len(states(page)) == 2 and "could not be written" in page.panel.message.text()
    undo()
    assert states(page) == stood


def test_redrawn_outline_survives_a_full_disk(reviewed, interface):
    click(reviewed, QPushButton, "rsDinoReviewRedraw")
    with full_disk(0):
        drag(interface.canvas.viewport(), QPoint(200, 200), QPoint(300, 320))
    assert rows(reviewed) == []
    click(reviewed, QPushButton, "rsDinoReviewAgain")
    assert [row["state"] for row in rows(reviewed)] == ["redrawn"]


def test_file_that_cannot_be_made_is_said_and_no_review_begins(dock, result, interface):
    page = dock.review_page
    dock.tabs.setCurrentWidget(page)
    with full_disk(0):
        press_start(page)
    assert page.review is None and "cannot be written" in page.panel.message.text()
    begin(page)


def test_somebody_elses_file_stays(dock, result, interface, tmp_path):
    page = dock.review_page
    dock.tabs.setCurrentWidget(page)
    (path,) = tmp_path.glob("*/suburb_polygons.gpkg")
    theirs = path.with_name("suburb_polygons_review.gpkg")
    theirs.write_text("not a GeoPackage")
    begin(page)
    assert page.review.corrections.path.name == "suburb_polygons_review_2.gpkg"
    assert theirs.read_text() == "not a GeoPackage"


@pytest.mark.parametrize("how", ["removed", "cleared"])
@pytest.mark.parametrize("drawing", [False, True])
def test_result_that_leaves_the_project_ends_the_review(reviewed, result, interface, how, drawing):
    page = reviewed
    key(KEY.Key_A)
    path = page.review.corrections.path
    if drawing:
        key(KEY.Key_S)
    if how == "removed":
        QgsProject.instance().removeMapLayer(result.id())
    else:
        QgsProject.instance().clear()
    assert page.review is None and page.map.drawing is None and interface.canvas.mapTool() is None
    assert "kept in their file" in page.panel.message.text()
    assert page.panel.layer.count() == 0 and not page.panel.start.isEnabled()
    assert len(rows_of(path)) == 1


def test_corrections_layer_may_be_removed_during_the_review(reviewed):
    key(KEY.Key_A)
    (shown,) = QgsProject.instance().mapLayersByName("Corrections of 多边形 polygons")
    QgsProject.instance().removeMapLayer(shown.id())
    key(KEY.Key_A)
    assert len(rows(reviewed)) == 2


WITH_HOLE = (
    "MULTIPOLYGON (((8 50, 8.01 50, 8.01 50.01, 8 50.01, 8 50),(8.004 50.004, 8.004 50.006, 8.006 50.006, 8.006 50.004,"
    " 8.004 50.004)), ((8.02 50, 8.03 50, 8.03 50.01, 8.02 50.01, 8.02 50)))"
)
SMALL = "MULTIPOLYGON (((8 49.99, 8.001 49.99, 8.001 49.991, 8 49.991, 8 49.99)))"


@pytest.fixture
def degrees(dock, interface, tmp_path):
    """Make a result in degrees with a multi-polygon that has a hole; fields are given."""

    def make(fields, values, suffix="gpkg"):
        path = tmp_path / "度 degrees" / f"地块 a.{suffix}"
        path.parent.mkdir()
        driver = ogr.GetDriverByName({"gpkg": "GPKG", "shp": "ESRI Shapefile"}[suffix])
        dataset = driver.CreateDataSource(str(path))
        srs = ogr.osr.SpatialReference()
        srs.ImportFromEPSG(4326)
        srs.SetAxisMappingStrategy(ogr.osr.OAMS_TRADITIONAL_GIS_ORDER)
        table = dataset.CreateLayer("地块 a", srs, ogr.wkbMultiPolygon, options=["ENCODING=UTF-8"] * (suffix == "shp"))
        for name, kind in fields.items():
            table.CreateField(ogr.FieldDefn(name, kind))
        for wkt, row in zip((WITH_HOLE, SMALL), values):
            feature = ogr.Feature(table.GetLayerDefn())
            for name, value in zip(fields, row):
                feature.SetField(name, value) if value is not None else None
            feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
            table.CreateFeature(feature)
        del table, dataset
        layer = QgsVectorLayer(str(path), "地块")
        QgsProject.instance().addMapLayer(layer)
        interface.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
        dock.tabs.setCurrentWidget(dock.review_page)
        interface.window.activateWindow()
        begin(dock.review_page)
        return dock.review_page

    return make


def test_degrees_holes_and_parts(degrees, interface):
    page = degrees({"class": ogr.OFTString, "confidence": ogr.OFTReal}, [("林地", 20.0), ("水体", 90.0)])
    assert "林地" in page.panel.about.text() and "km²" in page.panel.about.text()
    assert [button.title for button in page.panel.classes.buttons] == ["林地", "水体"]
    whole = page.review.current.geometry.area()
    key(KEY.Key_S)
    drag(interface.canvas.viewport(), *across(page, interface.canvas))
    parts = [row["geometry"] for row in rows(page)]
    assert len(parts) >= 3 and sum(part.area() for part in parts) == pytest.approx(whole)
    assert QgsVectorLayer(str(page.review.corrections.path)).crs().authid() == "EPSG:4326"
    key(KEY.Key_Delete)  # the first part
    assert len(rows(page)) == len(parts) - 1
    for _ in parts[1:]:
        key(KEY.Key_2)
    assert {row["class"] for row in rows(page)} == {"水体"} and page.review.class_before().name == "水体"


def test_without_confidence_large_ones_come_first_and_it_says_so(degrees):
    fields = {"class_id": ogr.OFTInteger, "area_m2": ogr.OFTReal}
    page = degrees(fields, [(3, 10.0), (1, 500.0)])
    assert "no confidence: large polygons come first" in page.panel.note.text()
    assert page.review.polygons.area[page.review.order].tolist() == [500.0, 10.0]
    assert not page.panel.by_confidence.isEnabled() and not page.panel.filter.below.isEnabled()
    assert [button.text() for button in page.panel.classes.buttons] == ["1  1", "2  3"]
    key(KEY.Key_2)
    assert [(row["state"], row["class_id"]) for row in rows(page)] == [("relabelled", 3)]


def test_shapefile_and_polygons_without_a_class(degrees):
    page = degrees({"class": ogr.OFTString}, [("林地",), (None,)], "shp")
    assert "neither confidence nor areas" in page.panel.note.text()
    key(KEY.Key_Right)
    assert "no class" in page.panel.about.text()
    key(KEY.Key_A)
    assert "has no class yet" in page.panel.message.text() and rows(page) == []
    key(KEY.Key_1)
    assert states(page) == [(1, "relabelled", "林地")]


def test_polygon_that_was_deleted_from_the_result_can_only_be_passed(reviewed, result):
    fid = reviewed.review.fid
    key(KEY.Key_Right)
    result.dataProvider().deleteFeatures([fid])
    key(KEY.Key_Left)
    assert "not there any more" in reviewed.panel.about.text()
    key(KEY.Key_A)
    assert "not in the layer any more" in reviewed.panel.message.text() and rows(reviewed) == []
    key(KEY.Key_Right)
    key(KEY.Key_A)
    assert len(rows(reviewed)) == 1
