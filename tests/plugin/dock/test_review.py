"""The review: by keys and clicks over a real result, and what becomes of it in the file of corrections."""

from pathlib import Path

import pytest
from dock_actions import SAMPLES, click, drag, wait_for
from qgis.core import (
    QgsMapLayer,
    QgsProject,
    QgsRasterLayer,
    QgsRuleBasedRenderer,
    QgsVectorLayer,
    QgsVectorLayerFeatureSource,
)
from qgis.gui import QgsMapToolPan
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QCheckBox, QComboBox, QDockWidget, QLineEdit, QPushButton
from review_actions import CONTROL, KEY, SHIFT, across, begin, key, press_start, rows, states, to_largest, undo


def ordered(result):
    return sorted(result.getFeatures(), key=lambda f: (f["confidence"], -f["area_m2"]))


def test_least_certain_first_and_decisions_by_keys(reviewed, result, interface):
    page, by_confidence = reviewed, ordered(result)
    fids = [feature.id() for feature in by_confidence]
    assert page.review.fid == fids[0]
    assert page.panel.progress.text() == f"1 of {len(fids)} · 0 reviewed"
    assert f"{by_confidence[0]['confidence']:.0f} % certain" in page.panel.about.text()
    assert interface.canvas.extent().contains(by_confidence[0].geometry().boundingBox())
    for code in (KEY.Key_A, KEY.Key_Return, KEY.Key_4, KEY.Key_Delete, KEY.Key_Right, KEY.Key_1):
        key(code)
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
    assert first["geometry"].isGeosEqual(by_confidence[0].geometry())
    assert (first["confidence"], first["class_before"]) == (by_confidence[0]["confidence"], before[0])
    assert fourth["geometry"].isNull() and fourth["class_id"] is None
    assert QgsVectorLayer(str(page.review.corrections.path)).crs() == result.crs()
    assert result.featureCount() == len(fids)
    key(KEY.Key_Left)
    key(KEY.Key_Backspace)
    assert page.review.fid == fids[4] and not page.review.is_decided
    for _ in range(5):
        undo()
    assert states(page) == [] and page.review.fid == fids[0]
    undo()
    assert page.panel.message.text() == "There is nothing to undo."


def test_rasters_of_results_are_out_of_the_way_while_it_is_reviewed(dock, result, suburb):
    from rs_dino_plugin.recipes import read_recipe, write_recipe

    project, page = QgsProject.instance(), dock.review_page
    over = [QgsRasterLayer(str(path), path.stem) for path in sorted(Path(result.source()).parent.glob("*.tif"))]
    for layer in over:
        write_recipe(layer, read_recipe(result))
    project.addMapLayers(over)
    nodes = [project.layerTreeRoot().findLayer(one.id()) for one in (*over, suburb)]
    nodes[0].setItemVisibilityChecked(False)
    seen = [node.isVisible() for node in nodes]
    assert len(seen) > 2 and seen[0] is False and all(seen[1:])
    dock.tabs.setCurrentWidget(page)
    begin(page)
    assert [node.isVisible() for node in nodes] == [False] * len(over) + [True]
    assert "switched off during the review" in page.panel.message.text()
    page.stop()
    assert [node.isVisible() for node in nodes] == seen


def test_result_of_a_group_that_is_switched_off_is_reviewed_over_the_picture(dock, result, suburb):
    """… as every later run on the same raster switches off the group of an earlier one."""
    from rs_dino_plugin.recipes import read_recipe, write_recipe

    project, page = QgsProject.instance(), dock.review_page
    root = project.layerTreeRoot()
    run = root.insertGroup(0, "suburb").insertGroup(0, "run")
    over = QgsRasterLayer(next(str(path) for path in Path(result.source()).parent.glob("*.tif")), "labels")
    write_recipe(over, read_recipe(result))
    project.addMapLayer(over, False)
    raster, polygons = run.addLayer(over), root.findLayer(result.id())
    run.insertChildNode(0, polygons.clone())
    root.removeChildNode(polygons)
    for group in (run, run.parent()):
        group.setItemVisibilityChecked(False)

    def seen():
        return [node.name() for node in root.findLayers() if node.isVisible()]

    assert seen() == [suburb.name()] and raster.itemVisibilityChecked()
    dock.tabs.setCurrentWidget(page)
    begin(page)
    corrections = f"Corrections of {result.name()}"
    assert seen() == [corrections, suburb.name()]
    click(page, QPushButton, "rsDinoReviewStyle")
    assert seen() == [corrections, result.name(), suburb.name()]
    page.stop()
    assert seen() == [corrections, result.name(), suburb.name()]
    run.setItemVisibilityChecked(False)  # another run
    begin(page)
    assert seen() == [corrections, suburb.name()]


def test_results_of_the_same_name_are_told_apart(dock, result):
    root, page = QgsProject.instance().layerTreeRoot(), dock.review_page
    entry = root.insertGroup(0, "golf").insertGroup(0, "Segment · 1")
    other = result.clone()
    QgsProject.instance().addMapLayer(other, False)
    entry.addLayer(other)
    box = page.panel.layer
    assert [box.itemText(row) for row in range(box.count())] == ["多边形 polygons · golf", "多边形 polygons"]
    again = result.clone()
    QgsProject.instance().addMapLayer(again, False)
    root.findGroup("golf").insertGroup(1, "Segment · 2").addLayer(again)
    assert [box.itemText(row) for row in range(2)] == [f"多边形 polygons · golf · Segment · {n}" for n in (1, 2)]


@pytest.mark.parametrize("code, modifier", [(KEY.Key_Y, CONTROL), (KEY.Key_Z, CONTROL | SHIFT)])
def test_what_was_taken_back_is_done_again(reviewed, result, code, modifier):
    page, fids = reviewed, [feature.id() for feature in ordered(result)]
    redo = page.panel.buttons["redo"]
    for one in (KEY.Key_A, KEY.Key_4, KEY.Key_Delete):
        key(one)
    stood, shapes = states(page), [row["geometry"].asWkt() for row in rows(page)]
    assert not redo.isEnabled()
    for _ in range(3):
        undo()
    assert states(page) == [] and page.review.fid == fids[0]
    for number in range(3):
        key(code, modifier)
        assert states(page) == stood[: number + 1] and page.review.fid == fids[number]
    assert [row["geometry"].asWkt() for row in rows(page)] == shapes
    assert page.panel.about.text() == "Deleted: training learns nothing there."
    key(code, modifier)
    assert page.panel.message.text() == "There is nothing to do again." and states(page) == stood
    undo()
    undo()
    assert states(page) == stood[:1]
    key(code, modifier)
    undo()
    click(page, QPushButton, "rsDinoReviewRedo")
    assert states(page) == stood[:2]
    undo()
    assert redo.isEnabled()
    key(KEY.Key_5)  # another decision: what was taken back is gone
    assert not redo.isEnabled()
    key(code, modifier)
    assert states(page) == [*stood[:1], (fids[1], "relabelled", "water")]


def test_a_split_is_taken_back_and_done_again(reviewed, interface):
    page, fid = reviewed, to_largest(reviewed)
    key(KEY.Key_S)
    drag(interface.canvas.viewport(), *across(page, interface.canvas))
    count, areas = len(page.review.pieces), [piece.geometry.area() for piece in page.review.pieces]
    undo()
    assert len(page.review.pieces) == 1 and rows(page) == []
    key(KEY.Key_Y, CONTROL)
    assert page.review.fid == fid and page.review.piece == 0 and f"part 1 of {count}" in page.panel.about.text()
    assert [piece.geometry.area() for piece in page.review.pieces] == pytest.approx(areas)
    undo()
    assert rows(page) == []


def test_buttons_do_what_keys_do_and_leave_the_focus_to_the_keys(reviewed, result):
    page, fids = reviewed, [feature.id() for feature in ordered(result)]
    click(page, QPushButton, "rsDinoClass5")
    assert states(page) == [(fids[0], "relabelled", "bare ground")]
    assert QApplication.focusWidget() is page
    for name in ("Accept", "Skip", "Delete", "Back", "Back", "Undo"):
        click(page, QPushButton, "rsDinoReview" + name)
    assert [state for _, state, _ in states(page)] == ["relabelled", "accepted"]
    key(KEY.Key_Tab)
    focused = QApplication.focusWidget()
    assert isinstance(focused, QPushButton)
    page.panel.buttons["skip"].setFocus(Qt.FocusReason.TabFocusReason)
    at = page.review.position
    key(KEY.Key_Return)  # presses the button that has the focus
    assert page.review.position == at + 1 and len(rows(page)) == 2


def test_split_with_a_line_then_each_part_takes_a_class(reviewed, interface):
    page, fid = reviewed, to_largest(reviewed)
    whole, before = page.review.current.geometry.area(), page.review.class_before().name
    key(KEY.Key_S)
    assert page.map.drawing == "line" and page.panel.buttons["split"].isChecked()
    drag(interface.canvas.viewport(), *across(page, interface.canvas))
    assert page.map.drawing is None and not page.panel.buttons["split"].isChecked()
    count = len(page.review.pieces)
    assert count >= 2 and f"Split into {count}" in page.panel.message.text()
    assert states(page) == [(fid, "split", before)] * count
    assert sum(row["geometry"].area() for row in rows(page)) == pytest.approx(whole)
    assert f"part 1 of {count}" in page.panel.about.text()
    key(KEY.Key_5)
    assert page.review.fid == fid and page.review.piece == 1
    key(KEY.Key_4)
    undo()
    assert page.review.fid == fid and page.review.piece == 1  # where the next key mends what was taken back
    key(KEY.Key_Y, CONTROL)
    assert page.review.fid == fid and page.review.piece == 1
    undo()
    undo()
    assert page.review.fid == fid and page.review.piece == 0
    key(KEY.Key_Y, CONTROL)
    key(KEY.Key_Right)
    for _ in range(count - 1):
        key(KEY.Key_2)
    assert page.review.fid != fid
    assert states(page) == [(fid, "split", "water")] + [(fid, "split", "road and paved")] * (count - 1)
    for _ in range(count):
        undo()
    assert states(page) == [(fid, "split", before)] * count
    undo()
    assert states(page) == [] and page.review.current.geometry.area() == pytest.approx(whole)


def test_redrawn_outline_replaces_the_polygon(reviewed, interface):
    page, fid = reviewed, to_largest(reviewed)
    click(page, QPushButton, "rsDinoReviewRedraw")
    drag(interface.canvas.viewport(), QPoint(200, 200), QPoint(300, 320))
    (row,) = rows(page)
    assert (row["source_fid"], row["state"]) == (fid, "redrawn")
    assert row["geometry"].area() == pytest.approx(page.review.current.geometry.area())
    assert page.review.fid == fid and "Redrawn" in page.panel.message.text()
    key(KEY.Key_4)
    (row,) = rows(page)
    assert (row["state"], row["class"]) == ("redrawn", "tree") and page.review.fid != fid
    (shown,) = QgsProject.instance().mapLayersByName("Corrections of 多边形 polygons")
    assert [feature["class"] for feature in shown.getFeatures()] == ["tree"]


def corners(canvas, points):
    for point in points:
        QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(*point))
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.RightButton)


@pytest.mark.parametrize(
    "code, points, sentence",
    [
        (KEY.Key_R, [(100, 100), (300, 300), (300, 100), (100, 300)], "The outline crosses itself"),
        (KEY.Key_R, [(100, 100), (300, 300)], "at least three corners"),
        (KEY.Key_S, [(2, 2), (6, 6)], "does not cut the polygon in two"),
        (KEY.Key_S, [(100, 100), (300, 300), (300, 100), (100, 300)], "The line crosses itself"),
        (KEY.Key_S, [(100, 100)], "at least two points"),
    ],
)
def test_what_is_drawn_wrongly_is_said_and_changes_nothing(reviewed, interface, code, points, sentence):
    to_largest(reviewed)
    key(code)
    corners(interface.canvas, points)
    assert sentence in reviewed.panel.message.text()
    assert not reviewed.panel.again.isVisible()
    assert rows(reviewed) == [] and reviewed.map.drawing is None and len(reviewed.review.pieces) == 1


def test_drawing_is_given_up_with_escape_and_the_earlier_tool_is_back(reviewed, interface):
    pan = QgsMapToolPan(interface.canvas)
    interface.canvas.setMapTool(pan)
    for code in (KEY.Key_S, KEY.Key_R):
        key(code)
        assert reviewed.map.drawing
        key(KEY.Key_A)  # belongs to the tool now
        key(KEY.Key_Escape)
        assert reviewed.map.drawing is None and interface.canvas.mapTool() is pan
        assert not reviewed.panel.message.isVisible()
    assert rows(reviewed) == []
    interface.canvas.unsetMapTool(pan)


def test_keys_are_left_to_those_who_type(reviewed, interface):
    page, other = reviewed, QDockWidget(interface.window)
    line = QLineEdit(other)
    other.setWidget(line)
    interface.window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, other)
    line.setFocus()
    for code in (KEY.Key_A, KEY.Key_1, KEY.Key_Left, KEY.Key_Delete, KEY.Key_Return):
        key(code)
    assert line.text() == "a"
    page.panel.fold.button.click()
    page.panel.filter.below.setFocus()
    key(KEY.Key_5)
    key(KEY.Key_Return)
    assert rows(page) == []
    page.panel.filter.below.setValue(0)
    interface.canvas.setFocus()
    key(KEY.Key_A)
    assert len(rows(page)) == 1
    page.parentWidget().parentWidget().setCurrentIndex(0)  # another page: the map is the map again
    interface.canvas.setFocus()
    key(KEY.Key_A)
    assert len(rows(page)) == 1
    interface.window.removeDockWidget(other)


def test_filters_leave_out_and_keep_what_was_decided(reviewed, result, interface):
    page, features = reviewed, ordered(result)
    key(KEY.Key_A)
    page.panel.fold.button.click()
    box = page.findChild(QComboBox, "rsDinoReviewClass")
    box.setCurrentIndex(box.findText("building"))
    buildings = [feature.id() for feature in features if feature["class"] == "building"]
    fids = page.review.polygons.fid
    assert fids[page.review.order].tolist() == buildings
    box.setCurrentIndex(0)
    page.panel.filter.below.setValue(40)
    page.panel.filter.least.setValue(1.0)
    wanted = [f.id() for f in features if f["confidence"] < 40 and f["area_m2"] >= 1.0]
    assert 0 < len(wanted) < len(features) and fids[page.review.order].tolist() == wanted
    page.panel.filter.below.setValue(1)
    assert "No polygon is left" in page.panel.progress.text()
    key(KEY.Key_A)
    key(KEY.Key_Right)
    key(KEY.Key_Left)
    assert len(rows(page)) == 1
    page.panel.filter.below.setValue(0)
    page.panel.filter.least.setValue(0)
    assert page.panel.progress.text().endswith("1 reviewed")


def test_only_what_the_map_shows_when_it_is_ticked(reviewed, result, interface):
    page = reviewed
    extent = result.extent()
    extent.scale(0.2)
    interface.canvas.setExtent(extent)
    shown = interface.canvas.extent()
    page.panel.fold.button.click()
    click(page, QCheckBox, "rsDinoReviewInMap")
    wait_for(lambda: len(page.review.order) < result.featureCount())
    wanted = {f.id() for f in result.getFeatures() if f.geometry().intersects(shown)}
    assert set(page.review.polygons.fid[page.review.order].tolist()) == wanted
    click(page, QCheckBox, "rsDinoReviewInMap")
    assert len(page.review.order) == result.featureCount()
    interface.canvas.setExtent(result.extent().buffered(10))
    click(page, QCheckBox, "rsDinoReviewInMap")  # all of them: nobody need be asked
    assert not page.is_reading and len(page.review.order) == result.featureCount()


def test_style_review_stands_beside_the_first_one(reviewed, result):
    from rs_dino_plugin.recipes import is_result

    page, styles = reviewed, result.styleManager()
    (own,) = styles.styles()  # "default", or, from 3.42 on, what the file calls it
    click(page, QPushButton, "rsDinoReviewStyle")
    assert styles.currentStyle() == "Review" and isinstance(result.renderer(), QgsRuleBasedRenderer)
    labels = [item.label() for item in result.renderer().legendSymbolItems()]
    assert {"below 40 %", "40 to 60 %", "80 % and more", "building", "bare ground"} <= set(labels)
    assert is_result(result)
    click(page, QPushButton, "rsDinoReviewStyle")
    assert styles.currentStyle() == own and result.renderer().type() == "categorizedSymbol"
    click(page, QPushButton, "rsDinoReviewStyle")
    assert set(styles.styles()) == {own, "Review"}


def test_it_goes_on_where_it_was_left_and_can_still_be_undone(reviewed, result):
    page, fids = reviewed, [feature.id() for feature in ordered(result)]
    path = page.review.corrections.path
    for code in (KEY.Key_Right, KEY.Key_A, KEY.Key_4, KEY.Key_Left, KEY.Key_1):
        key(code)
    stood = states(page)
    click(page, QPushButton, "rsDinoReviewStart")  # stop
    assert page.review is None
    begin(page)
    assert page.review.corrections.path == path and states(page) == stood
    assert page.review.fid == fids[3]
    undo()  # the second decision on the third polygon
    assert states(page)[-1][2] == "tree"
    undo()
    undo()
    assert states(page) == []
    assert len(QgsProject.instance().mapLayersByName("Corrections of 多边形 polygons")) == 1
    click(page, QPushButton, "rsDinoReviewStart")
    begin(page)
    for _ in range(3):
        key(KEY.Key_Y, CONTROL)
    assert states(page) == stood


def test_in_another_session_of_qgis_decisions_can_be_taken_back_but_not_done_again(reviewed, result, interface):
    """A page of its own has no memory but the file."""
    from rs_dino_plugin.gui.review_page import ReviewPage

    key(KEY.Key_A)
    key(KEY.Key_4)
    undo()
    key(KEY.Key_4)
    stood = states(reviewed)
    reviewed.stop()
    other = ReviewPage(interface.canvas, QgsProject.instance())
    begin(other)
    assert states(other) == stood and not other.panel.buttons["redo"].isEnabled()
    other.press("undo")
    assert states(other) == stood[:1] and other.panel.buttons["redo"].isEnabled()
    other.press("redo")
    assert states(other) == stood
    other.leave()
    other.deleteLater()


def test_tiny_polygons_are_left_aside_until_they_are_asked_for(dock, result, interface):
    page = dock.review_page
    dock.tabs.setCurrentWidget(page)
    begin(page)
    areas = [feature["area_m2"] for feature in result.getFeatures()]
    pixel, filter_, aside = min(areas), page.panel.filter, page.panel.aside
    assert filter_.least.value() == pytest.approx(8 * pixel, rel=0.1)
    small = [area for area in areas if area < filter_.least.value()]
    assert 0 < len(small) < len(areas) and sum(small) < 0.05 * sum(areas)
    assert aside.isVisible() and aside.text() == f"{len(small)} below {filter_.least.text()} left aside"
    assert page.panel.progress.text() == f"1 of {len(areas) - len(small)} · 0 reviewed"
    assert page.review.current.geometry.area() > 7 * pixel
    filter_.least.setValue(0)
    assert not aside.isVisible() and page.panel.progress.text().endswith(f" of {len(areas)} · 0 reviewed")
    filter_.least.setValue(1.0)
    assert aside.text() == f"{sum(area < 1.0 for area in areas)} below {filter_.least.text()} left aside"


def test_nothing_is_left_aside_where_all_are_large_or_nobody_knows(dock, result, interface):
    from rs_dino_plugin.review.order import small_below
    from rs_dino_plugin.review.polygons import fields_of, read

    found = read(QgsVectorLayerFeatureSource(result), fields_of(result), lambda: False)
    large = found._replace(area=found.area + 100 * found.area.max())
    unsure = found._replace(confidence=found.confidence * float("nan"))
    in_pixels = found._replace(area=(found.area / found.area.min()).round() + 8, area_in="pixels")
    assert small_below(found) > 0
    for one in (large, unsure, in_pixels, found._replace(area_in=""), found._replace(area=found.area[:0])):
        assert small_below(one) == 0


def test_another_result_is_not_mixed_up_with_it(reviewed, result, tmp_path):
    """The file lies where another result's would lie: it stays, and the new one gets a number."""
    page, first = reviewed, reviewed.review.corrections.path
    key(KEY.Key_A)
    click(page, QPushButton, "rsDinoReviewStart")
    result.startEditing()
    result.deleteFeature(next(result.getFeatures()).id())
    assert result.commitChanges()
    press_start(page)
    assert page.review.corrections.path == first.with_name("suburb_polygons_review_2.gpkg")
    assert rows(page) == [] and first.exists()
    assert [page.panel.layer.itemText(i) for i in range(page.panel.layer.count())] == [result.name()]
    assert isinstance(result, QgsMapLayer)


@pytest.mark.parametrize("has_rasters", [True, False])
def test_polygon_fills_a_good_part_of_the_map(dock, result, suburb, interface, has_rasters):
    """… also where the smallest ones were left out of the result; those of few pixels have some picture around them."""
    result.setSubsetString("area_m2 > 20")
    if not has_rasters:
        QgsProject.instance().removeMapLayer(suburb.id())
    page = dock.review_page
    dock.tabs.setCurrentWidget(page)
    begin(page)
    pixel, shares = QgsRasterLayer(str(SAMPLES / "suburb.tif")).rasterUnitsPerPixelX(), []
    for _ in range(len(page.review.order)):
        box, shown = page.review.current.geometry.boundingBox(), interface.canvas.extent()
        share = max(box.width() / shown.width(), box.height() / shown.height())
        if max(box.width(), box.height()) > 20 * pixel:
            assert 0.2 <= share <= 1 / 3
        assert shown.contains(box) and share <= 1 / 3
        shares.append(share)
        key(KEY.Key_Right)
    assert len(shares) > 3 and max(shares) > 0.2
    result.setSubsetString("")


def test_small_polygon_has_picture_around_it(reviewed, interface):
    page = reviewed
    area = page.review.polygons.area[page.review.order]
    while page.review.position != int(area.argmin()):
        key(KEY.Key_Right)
    width = max(interface.canvas.extent().width(), interface.canvas.extent().height())
    pixel = QgsRasterLayer(str(SAMPLES / "suburb.tif")).rasterUnitsPerPixelX()
    assert width >= 79 * pixel
