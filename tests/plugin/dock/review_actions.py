"""What a person does in a review, and what then stands in its file."""

from dock_actions import click, wait_for
from osgeo import ogr
from qgis.core import QgsGeometry, QgsPointXY
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QPushButton

KEY = Qt.Key
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def begin(page):
    """Press Start, and wait until it has begun."""
    press_start(page)
    assert page.review is not None, page.panel.message.text()


def press_start(page):
    """Press Start, and wait until all is read."""
    click(page, QPushButton, "rsDinoReviewStart")
    wait_for(lambda: page.review is not None or page.panel.start.text() == "S&tart review", "the review")


def rows(page):
    """What stands in the file, as dicts, in the order of decisions."""
    return rows_of(page.review.corrections.path)


def rows_of(path):
    dataset = ogr.Open(str(path))
    found = []
    for feature in dataset.GetLayer(0):
        shape, geometry = feature.GetGeometryRef(), QgsGeometry()
        if shape is not None:
            geometry.fromWkb(bytes(shape.ExportToWkb()))
        found.append({**feature.items(), "geometry": geometry})
    return found


def states(page):
    return [(row["source_fid"], row["state"], row["class"]) for row in rows(page)]


def key(code, modifier=Qt.KeyboardModifier.NoModifier):
    """Press a key where the focus is: on the page, or on the map after something was drawn."""
    QTest.keyClick(QApplication.focusWidget(), code, modifier)


def undo():
    key(KEY.Key_Z, CONTROL)


def across(page, canvas):
    """Two points of the screen, left and right of the current polygon, at a height where it is."""
    shape = page.review.current.geometry
    box, y = shape.boundingBox(), shape.pointOnSurface().asPoint().y()
    margin = box.width() * 0.2
    transform = page.map.to_map(page.review.layer.crs())
    ends = (QgsPointXY(box.xMinimum() - margin, y), QgsPointXY(box.xMaximum() + margin, y))
    pixels = canvas.getCoordinateTransform()
    return [pixels.transform(transform.transform(end)).toQPointF().toPoint() for end in ends]


def to_largest(page):
    """Go to the largest polygon, which can be drawn over; its id."""
    review = page.review
    while review.position != int(review.polygons.area[review.order].argmax()):
        key(KEY.Key_Right)
    return review.fid
