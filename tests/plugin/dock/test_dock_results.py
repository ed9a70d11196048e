"""Results in the project: how they are called, which are seen, and what the dock does with them later."""

import shutil

import pytest
from dock_actions import SAMPLES, SUCCEED, click, run, tick, wait_for
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsLayerTreeGroup,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QLineEdit, QPushButton, QToolButton

MOSAIC = """
say("running", 60, "mosaic", "m", {"warning": True}, sheets=2, width=9, height=9)
"""
TWO = SUCCEED.replace(
    "results =",
    """shutil.copy(inputs["rasters"][0], folder / "R_confidence.tif")
results =""",
).replace("}}", """}, "confidence": {"href": str(folder / "R_confidence.tif")}}""")


def choose_task(dock, name):
    form = dock.run_page.form
    form.task_box.setCurrentIndex(form.task_box.findData(name))
    return form


def plots_over(suburb, name="plots", share=0.5):
    """A layer of one polygon over the middle of the raster, filled as QGIS fills polygons."""
    layer = QgsVectorLayer(f"Polygon?crs={suburb.crs().authid()}&field=id:integer", name, "memory")
    box = QgsRectangle(suburb.extent())
    box.scale(share)
    feature = QgsFeature(layer.fields())
    feature.setAttributes([1])
    feature.setGeometry(QgsGeometry.fromRect(box))
    layer.dataProvider().addFeatures([feature])
    layer.updateExtents()
    QgsProject.instance().addMapLayer(layer)
    return layer


def top_to_bottom():
    """The names of what is seen, in the order of the tree."""
    nodes = QgsProject.instance().layerTreeRoot().findLayers()
    return [node.name() for node in nodes if node.isVisible()]


def folder_with(job):
    return [layer for layer in QgsProject.instance().mapLayers().values() if _job(layer) == str(job.folder)]


def _job(layer):
    return layer.customProperty("rsdino/job")


def test_statistics_that_were_asked_for_are_seen_over_the_polygons_they_are_of(dock, engine, suburb):
    plots = plots_over(suburb)
    tick(dock, suburb)
    form = choose_task(dock, "canopy-height")
    form.where.choose("features")
    form.settings.outputs["zones"].setChecked(True)
    job = run(dock)
    seen = top_to_bottom()
    assert seen == [
        "Statistics per polygon · 郊区 suburb",
        "Canopy height · 郊区 suburb",
        plots.name(),
        suburb.name(),
    ]
    statistics = next(one for one in folder_with(job) if isinstance(one, QgsVectorLayer))
    symbol = statistics.renderer().symbol()
    assert [part.brushStyle() for part in symbol.symbolLayers()] == [Qt.BrushStyle.NoBrush] * 2
    assert symbol.symbolLayer(1).strokeColor().name() == "#00e5ff"
    assert statistics.labelsEnabled() and "mean_m" in statistics.labeling().settings().fieldName
    assert dock.job_list.list.topLevelItem(0).text(0).endswith(" · Canopy height: 郊区 suburb · plots")


def test_open_polygons_and_others_stay_where_they_are(dock, stand_in_engine, suburb):
    stand_in_engine(SUCCEED)
    plots = plots_over(suburb)
    plots.renderer().symbol().symbolLayer(0).setBrushStyle(Qt.BrushStyle.NoBrush)
    tick(dock, suburb)
    dock.run_page.form.where.choose("features")
    run(dock)
    assert top_to_bottom() == [plots.name(), "Labels · 郊区 suburb", suburb.name()]


def test_layers_of_runs_that_are_alike_have_names_of_their_own(dock, stand_in_engine, suburb):
    stand_in_engine(SUCCEED)
    tick(dock, suburb)
    jobs = [run(dock), run(dock)]
    assert [folder_with(job)[0].name() for job in jobs] == ["Labels · 郊区 suburb", "Labels · 郊区 suburb (2)"]
    entry = QgsProject.instance().layerTreeRoot().findLayer(folder_with(jobs[1])[0].id()).parent()
    assert entry.name().endswith(" · Segment") and entry.name()[:4].isdigit()  # the time first: the end may be cut


def test_rows_of_jobs_say_when_and_where(dock, start):
    from rs_dino_plugin.i18n import short_moment

    job = start(SUCCEED)
    wait_for(lambda: job.is_final)
    text = dock.job_list.list.topLevelItem(0).text(0)
    assert text == f"{short_moment(job.created_s)} · Segment: 郊区 suburb" and len(text.split(" · ")[0]) == 5


def test_mosaic_has_a_group_and_a_title_of_its_own(dock, stand_in_engine, suburb, tmp_path, interface):
    stand_in_engine(MOSAIC + SUCCEED)
    other = QgsRasterLayer(str(shutil.copy(SAMPLES / "suburb.tif", tmp_path / "sheet.tif")), "sheet")
    QgsProject.instance().addMapLayer(other)
    tick(dock, other)
    run(dock)
    tick(dock, other, suburb)
    dock.run_page.form.mosaic.setChecked(True)
    run(dock)
    root = QgsProject.instance().layerTreeRoot()
    assert [child.name() for child in root.children()] == ["sheet (mosaic of 2)", "sheet", "sheet", "郊区 suburb"]
    assert isinstance(root.children()[1], QgsLayerTreeGroup) and len(root.children()[1].children()) == 1
    assert dock.job_list.list.topLevelItem(0).text(0).endswith(" · Segment: sheet (mosaic of 2)")
    tick(dock, other)
    run(dock)  # what is newest is not below the mosaic
    assert [child.name() for child in root.children()] == ["sheet", "sheet (mosaic of 2)", "sheet", "郊区 suburb"]
    dock.job_list.show_job(dock.follower.jobs[1])
    assert "2 rasters are read as one mosaic" in dock.job_list.details.text()
    assert "Note" not in dock.job_list.details.text()
    assert not any("mosaic" in said for said in interface.said)  # it was wished for: no warning


def test_result_that_is_there_is_led_to_and_not_loaded_again(dock, start, interface, suburb):
    job = start(SUCCEED)
    wait_for(lambda: job.is_final and len(QgsProject.instance().mapLayers()) == 2)
    (layer,) = folder_with(job)
    node = QgsProject.instance().layerTreeRoot().findLayer(layer.id())
    node.parent().setItemVisibilityChecked(False)
    interface.tree.setCurrentLayer(suburb)
    click(dock, QPushButton, "rsDinoOpenResult")
    wait_for(lambda: interface.tree.currentLayer() is layer, "the layer to be led to")
    assert len(QgsProject.instance().mapLayers()) == 2 and node.isVisible()
    QgsProject.instance().removeMapLayer(layer.id())
    click(dock, QPushButton, "rsDinoOpenResult")
    wait_for(lambda: len(folder_with(job)) == 1, "the layer again")


def test_nothing_else_is_seen_where_groups_were_switched_off(dock, start, suburb):
    """… neither for a new result nor for one that is opened again, but what was chosen to be seen with it."""
    root, project = QgsProject.instance().layerTreeRoot(), QgsProject.instance()
    site, other = root.insertGroup(0, "site"), QgsRasterLayer(str(SAMPLES / "suburb.tif"), "other")
    project.addMapLayer(other, False)
    site.addLayer(other)
    node = root.findLayer(suburb.id())
    site.insertChildNode(0, node.clone())
    root.removeChildNode(node)
    site.setItemVisibilityChecked(False)
    job = start(TWO)
    wait_for(lambda: job.is_final and len(project.mapLayers()) == 4)
    labels, confidence = "Labels · 郊区 suburb", "Confidence · 郊区 suburb"
    assert top_to_bottom() == [labels]
    entry = root.findLayer(folder_with(job)[0].id()).parent()
    for node in entry.children():
        node.setItemVisibilityChecked(node.name() == confidence)
    newer = entry.parent().insertGroup(0, "newer")
    newer.addLayer(project.addMapLayer(other.clone(), False))
    entry.parent().setItemVisibilityChecked(False)
    click(dock, QPushButton, "rsDinoOpenResult")
    wait_for(lambda: len(top_to_bottom()) == 2, "what was opened")
    assert sorted(top_to_bottom()) == [confidence, labels]


def test_new_result_is_scrolled_to_and_the_current_layer_stays(dock, stand_in_engine, suburb, interface):
    stand_in_engine(SUCCEED)
    many = [QgsVectorLayer("Point", f"point {number}", "memory") for number in range(60)]
    QgsProject.instance().addMapLayers(many)
    interface.tree.resize(250, 300)
    interface.tree.show()
    interface.tree.setCurrentLayer(many[-1])
    interface.tree.scrollToTop()
    tick(dock, suburb)
    job = run(dock)
    (layer,) = folder_with(job)
    entry = QgsProject.instance().layerTreeRoot().findLayer(layer.id()).parent()
    seen = interface.tree.viewport().rect()
    assert seen.intersects(interface.tree.visualRect(interface.tree.node2index(entry)))
    assert interface.tree.currentLayer() is many[-1]


def test_opacity_is_of_the_newest_result_again_and_of_the_one_that_is_clicked(dock, start, interface, tmp_path):
    slider = dock.opacity.slider
    assert not dock.opacity.isVisible()
    job = start(SUCCEED)
    wait_for(lambda: job.is_final and len(QgsProject.instance().mapLayers()) == 2)
    first = run(dock)
    slider.setValue(40)
    project = QgsProject.instance()
    assert project.write(str(tmp_path / "项目.qgz"))
    project.clear()
    assert not dock.opacity.isVisible()
    assert project.read(str(tmp_path / "项目.qgz"))
    assert dock.opacity.isVisible() and slider.value() == 40
    (newest,), (older,) = folder_with(first), folder_with(job)
    slider.setValue(30)
    assert newest.opacity() == pytest.approx(0.3) and older.opacity() == 1
    interface.tree.setCurrentLayer(older)
    assert slider.value() == 100 and newest.opacity() == pytest.approx(0.3)
    slider.setValue(70)
    assert older.opacity() == pytest.approx(0.7) and newest.opacity() == pytest.approx(0.3)
    interface.tree.setCurrentLayer(project.mapLayersByName("郊区 suburb")[0])  # no result
    slider.setValue(60)
    assert older.opacity() == pytest.approx(0.6)
    project.removeMapLayers([newest.id(), older.id()])
    assert not dock.opacity.isVisible()


def test_drawn_area_is_an_outline_and_only_beside_the_form(dock, suburb, interface):
    where = dock.run_page.form.where
    where.choose("drawn")
    where.set_drawn(QgsGeometry.fromRect(suburb.extent()))
    band = where._band
    assert band.numberOfVertices() > 3 and band.fillColor().alpha() == 0
    for page in (dock.job_list, dock.review_page):
        dock.tabs.setCurrentWidget(page)
        plots_over(suburb, page.objectName() or "other")  # lists of layers are made anew
        interface.canvas.setExtent(suburb.extent().buffered(10))
        assert band.numberOfVertices() == 0
    dock.tabs.setCurrentWidget(dock.run_page)
    assert band.numberOfVertices() > 3


def examples(form):
    """The id of the layer of examples that is chosen; None where there is none."""
    return form.settings.required.values()["LIKE"] or None


def test_examples_are_no_result_that_nobody_chose(dock, suburb, tmp_path):
    from rs_dino_plugin.engine_client.documents import Request
    from rs_dino_plugin.gui import plain_widgets
    from rs_dino_plugin.recipes import Recipe, write_recipe

    plain_widgets._chosen.clear()
    made = plots_over(suburb, "a result")
    write_recipe(made, Recipe(Request("segment", {"rasters": [suburb.source()]}), "/job", "zones"))
    form = choose_task(dock, "find-similar")
    assert examples(form) is None
    assert [
        one for one in form.settings.required.findChildren(QToolButton) if not one.isHidden() and not one.text()
    ] == []
    marks = plots_over(suburb, "my marks")
    assert examples(form) == marks.id()
    plots_over(suburb, "another")
    assert examples(form) != made.id()
    QgsProject.instance().removeMapLayers([layer.id() for layer in QgsProject.instance().mapLayers().values()
                                           if layer.name() in ("my marks", "another")])  # fmt: skip
    assert examples(form) is None


def test_examples_are_remembered_in_the_session_and_with_the_project(dock, stand_in_engine, suburb, tmp_path):
    from rs_dino_plugin.gui import plain_widgets

    plain_widgets._chosen.clear()
    project = QgsProject.instance()
    for name in ("a", "b"):
        plots_over(suburb, name)
    wanted = project.mapLayersByName("a")[0].id()
    form = choose_task(dock, "find-similar")
    assert examples(form) == project.mapLayersByName("b")[0].id()  # the topmost
    box = plain_widgets.box_of(form.settings.required._wrappers["LIKE"].wrappedWidget())
    box.setCurrentIndex(box.findText("a", Qt.MatchFlag.MatchStartsWith))
    box.activated.emit(box.currentIndex())
    choose_task(dock, "segment")
    assert examples(choose_task(dock, "find-similar")) == wanted
    stand_in_engine(SUCCEED.replace("R_labels", "R_similarity").replace('"labels"', '"similarity"'))
    tick(dock, suburb)
    run(dock)
    assert project.write(str(tmp_path / "项目.qgz"))
    project.clear()
    plain_widgets._chosen.clear()  # another session
    assert project.read(str(tmp_path / "项目.qgz"))
    assert examples(form) == wanted


def test_bands_that_nobody_chose_are_said_to_be_the_models(dock, suburb):
    tick(dock, suburb)
    form = choose_task(dock, "segment")
    form.settings.fold.button.setChecked(True)
    bands = form.settings.more._wrappers["BANDS"]
    line = bands.wrappedWidget().findChild(QLineEdit)
    assert line.text() == "By name or order"
    form.settings.more.set_values({"BANDS": [3, 2, 1]})
    assert line.text() in ("3 bands selected", "3 band(s) selected")  # QGIS's own words, before 3.40 and since
    form.settings.more.set_values({"BANDS": []})
    assert line.text() == "By name or order"


def test_polygons_beside_the_raster_are_said_before_the_run(dock, stand_in_engine, suburb):
    stand_in_engine(SUCCEED)
    plots = plots_over(suburb)
    beside = QgsGeometry(next(plots.getFeatures()).geometry())
    beside.translate(1e4, 0)
    plots.dataProvider().changeGeometryValues({1: beside})
    plots.updateExtents()
    tick(dock, suburb)
    dock.run_page.form.where.choose("features")
    click(dock, QPushButton, "rsDinoRun")
    assert "The area lies beside the raster" in dock.run_page.message.text() and dock.follower.jobs == []
