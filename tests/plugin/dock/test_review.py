"""The review: by keys and clicks over a real result, and what becomes of it in the file of corrections."""

import pytest
from dock_actions import click, drag, wait_for
from osgeo import ogr
from qgis.core import QgsGeometry, QgsPointXY, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QPushButton

KEY = Qt.Key


@pytest.fixture
def page(dock, result, interface):
    """The page, with a review of the result begun."""
    page = dock.review_page
    dock.tabs.setCurrentWidget(page)
    interface.window.activateWindow()
    begin(page)
    return page


def begin(page):
    click(page, QPushButton, "rsDinoReviewStart")
    wait_for(lambda: page.review is not None or page.panel.message.text() and page._task is None, "the review")
    assert page.review is not None, page.panel.message.text()


def rows(page):
    """What stands in the file, as dicts, in the order of decisions."""
    dataset = ogr.Open(str(page.review.corrections.path))
    found = []
    for feature in dataset.GetLayer(0):
        shape = feature.GetGeometryRef()
        wkb = QgsGeometry()
        if shape is not None:
            wkb.fromWkb(bytes(shape.ExportToWkb()))
        found.append({**feature.items(), "geometry": wkb})
    return found


def states(page):
    return [(row["source_fid"], row["state"], row["class"]) for row in rows(page)]


def key(page, code, modifier=Qt.KeyboardModifier.NoModifier):
    """Press a key where the focus is: on the page, or on the map after something was drawn."""
    QTest.keyClick(QApplication.focusWidget(), code, modifier)


def point(canvas, x, y):
    """Where a place on the map is on the screen."""
    return canvas.getCoordinateTransform().transform(QgsPointXY(x, y)).toQPointF().toPoint()


def across(page, interface):
    """Two points of the screen, left and right of the current polygon, at a height that has it whole."""
    box = page.review.current.geometry.boundingBox()
    y = page.review.current.geometry.pointOnSurface().asPoint().y()
    canvas = interface.canvas
    return (
        point(canvas, box.xMinimum() - box.width() * 0.2, y),
        point(canvas, box.xMaximum() + box.width() * 0.2, y),
    )


def test_least_certain_first_and_decisions_by_keys(page, result, interface):
    by_confidence = sorted(result.getFeatures(), key=lambda f: (f["confidence"], -f["area_m2"]))
    fids = [feature.id() for feature in by_confidence]
    assert page.review.fid == fids[0]
    assert page.panel.progress.text() == f"1 of {len(fids)} · 0 reviewed"
    assert f"{by_confidence[0]['confidence']:.0f} % certain" in page.panel.about.text()
    box = by_confidence[0].geometry().boundingBox()
    assert interface.canvas.extent().contains(box)
    key(page, KEY.Key_A)
    key(page, KEY.Key_Return)
    key(page, KEY.Key_4)  # tree
    key(page, KEY.Key_Delete)
    key(page, KEY.Key_Right)
    key(page, KEY.Key_1)
    before = [feature["class"] for feature in by_confidence]
    relabelled = ["accepted" if before[n] == name else "relabelled" for n, name in ((2, "tree"), (5, "building"))]
    assert states(page) == [
        (fids[0], "accepted", before[0]),
        (fids[1], "accepted", before[1]),
        (fids[2], relabelled[0], "tree"),
        (fids[3], "deleted", None),
        (fids[5], relabelled[1], "building"),
    ]
    assert page.panel.progress.text() == f"7 of {len(fids)} · 5 reviewed"
    first, fourth = rows(page)[0], rows(page)[3]
    assert first["geometry"].equals(by_confidence[0].geometry()) or first["geometry"].isGeosEqual(
        by_confidence[0].geometry()
    )
    assert (first["confidence"], first["class_before"]) == (by_confidence[0]["confidence"], before[0])
    assert fourth["geometry"].isNull() and fourth["class_id"] is None
    assert QgsVectorLayer(str(page.review.corrections.path)).crs() == result.crs()
    assert result.featureCount() == len(fids)
    key(page, KEY.Key_Left)
    key(page, KEY.Key_Backspace)
    assert page.review.fid == fids[4] and not page.review.is_decided
    for _ in range(5):
        key(page, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert states(page) == [] and page.review.fid == fids[0]
    key(page, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.panel.message.text() == "There is nothing to undo."


def largest(page):
    """Go to the largest polygon, which can be drawn over."""
    review = page.review
    areas = review.polygons.area[review.order]
    for _ in range(int(areas.argmax())):
        key(page, KEY.Key_Right)
    return review.fid


def test_split_with_a_line_then_each_part_takes_a_class(page, result, interface):
    fid = largest(page)
    whole, before = page.review.current.geometry.area(), page.review.class_before().name
    key(page, KEY.Key_S)
    assert page.map.drawing == "line" and page.panel.buttons["split"].isChecked()
    drag(interface.canvas.viewport(), *across(page, interface))
    assert page.map.drawing is None
    count = len(page.review.pieces)
    assert count >= 2 and f"Split into {count}" in page.panel.message.text()
    assert states(page) == [(fid, "split", before)] * count
    assert sum(row["geometry"].area() for row in rows(page)) == pytest.approx(whole)
    assert f"part 1 of {count}" in page.panel.about.text()
    key(page, KEY.Key_5)
    assert page.review.fid == fid and page.review.piece == 1
    for _ in range(count - 1):
        key(page, KEY.Key_2)
    assert page.review.fid != fid
    assert states(page) == [(fid, "split", "water")] + [(fid, "split", "road and paved")] * (count - 1)
    for _ in range(count):
        key(page, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert states(page) == [(fid, "split", before)] * count
    key(page, KEY.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert states(page) == [] and page.review.current.geometry.area() == pytest.approx(whole)


def test_redrawn_outline_replaces_the_polygon(page, interface):
    fid = largest(page)
    click(page, QPushButton, "rsDinoReviewRedraw")
    drag(interface.canvas.viewport(), QPoint(200, 200), QPoint(300, 320))
    (row,) = rows(page)
    assert (row["source_fid"], row["state"]) == (fid, "redrawn")
    assert row["geometry"].area() == pytest.approx(page.review.current.geometry.area())
    assert page.review.fid == fid and "Redrawn" in page.panel.message.text()
    key(page, KEY.Key_4)
    (row,) = rows(page)
    assert (row["state"], row["class"]) == ("redrawn", "tree") and page.review.fid != fid
    assert QgsProject.instance().mapLayersByName("Corrections of 多边形 polygons")[0].featureCount() == 1
