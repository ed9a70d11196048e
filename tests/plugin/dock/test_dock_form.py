"""The form: what is chosen becomes a request of plain values, and a request becomes what is chosen."""

import gc
import json
import weakref

import pytest
from dock_actions import SAMPLES, click, drag, texts, tick
from qgis.core import QgsFeature, QgsGeometry, QgsProject, QgsRasterLayer, QgsRectangle, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QPushButton


@pytest.fixture
def form(dock, suburb):
    tick(dock, suburb)
    return dock.run_page.form


@pytest.fixture
def polygons():
    """Three polygons, the one over the raster selected, in another CRS than the raster."""
    layer = QgsVectorLayer("Polygon?crs=EPSG:4326&field=name:string", "地块 plots", "memory")
    for number in range(3):
        feature = QgsFeature(layer.fields())
        feature.setAttributes([f"地块 {number}"])
        feature.setGeometry(QgsGeometry.fromRect(QgsRectangle(number - 74.7, 40, number - 74.2, 41)))
        layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    layer.selectByExpression("name = '地块 1'")
    return layer


def test_defaults_are_a_request_with_what_the_catalogue_says(form, tmp_path):
    request = form.request(tmp_path)
    assert request.process_id == "segment"
    assert request.inputs["rasters"] == [str(SAMPLES / "suburb.tif")]
    assert request.inputs["model"] == "starter-landcover"
    assert request.inputs["layers"] == ["confidence"] and request.inputs["polygons"] is True
    assert request.inputs["output"] == str(tmp_path / "results")
    assert not {"aoi", "tile_size", "bands", "preflight"} & set(request.inputs)
    assert json.loads(json.dumps(request.document())) == request.document()


def test_every_task_of_rasters_is_offered_with_its_models(form):
    box = form.task_box
    offered = {}
    for index in range(box.count()):
        box.setCurrentIndex(index)
        offered[box.currentData()] = form.model.value() if form.model.isVisibleTo(form) else None
    assert offered == {
        "segment": "starter-landcover",
        "canopy-height": "starter-canopy",
        "feature-map": "starter-features",
        "clusters": "starter-features",
        "find-similar": "starter-features",
        "maps": None,
    }
    assert form.settings.fold.is_open is False


def test_a_former_task_lives_as_long_as_its_widgets(form):
    """Its definitions belong to it: without it, QGIS would read freed memory when a layer comes or goes."""
    form.settings.fold.button.click()
    algorithm = weakref.ref(form.settings.algorithm)
    form.task_box.setCurrentIndex(form.task_box.currentIndex() + 1)
    assert algorithm() is not None
    for _ in range(2):  # the widgets, then what PyQt kept for their signals
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
    assert algorithm() is None


def test_card_tells_classes_pixel_size_and_licence(form, tmp_path):
    assert "6 classes" in form.model.card.text() and "0.2 m" in form.model.card.text()
    assert "MIT" in form.model.card.text()
    (tmp_path / "m.pth").touch()
    form.model.set_value(str(tmp_path / "m.pth"))
    assert "recognises" in form.model.card.text()
    form.model.set_value("no-such-model")
    assert form.model.card.text() == ""


def test_a_model_of_another_task_is_said_to_be_one(form):
    form.model.set_value("starter-canopy")
    assert "for another task" in form.model.card.text() and "Starter: canopy height" in form.model.card.text()
    form.model.set_value("starter-landcover")
    assert "for another task" not in form.model.card.text()


def test_imported_models_have_cards_and_are_offered_for_what_they_give(form, imported):
    imported("fields-fr")
    imported("my-heights", of="starter-canopy", title="Trees of Reims")

    def offered(task):
        form.task_box.setCurrentIndex(form.task_box.findData(task))
        return [form.model.box.itemText(row) for row in range(form.model.box.count())]

    assert offered("canopy-height") == ["starter-canopy", "my-heights"]
    assert offered("segment") == ["starter-landcover", "fields-fr"]
    form.model.set_value("fields-fr")
    assert form.model.card.text().startswith("田块 Fields · 6 classes · 0.5 m per pixel")
    assert form.model.card.isVisibleTo(form)
    offered("canopy-height")
    assert form.model.value() == "starter-canopy"


def test_folded_settings_reach_the_request(form, tmp_path):
    form.settings.fold.button.click()
    form.settings.more.set_values({"TILE_SIZE": 256, "DTYPE": 2, "TTA": [0, 2], "BANDS": [3, 2, 1], "DEVICE": "cpu"})
    form.settings.outputs["entropy"].click()
    form.settings.outputs["polygons"].click()
    inputs = form.request(tmp_path).inputs
    assert (inputs["tile_size"], inputs["dtype"], inputs["tta"]) == (256, "bf16", ["flips", "scales"])
    assert (inputs["bands"], inputs["device"]) == ([3, 2, 1], "cpu")
    assert (inputs["layers"], inputs["polygons"]) == (["confidence", "entropy"], False)


def test_request_and_form_are_the_same_both_ways(form, suburb, tmp_path):
    form.settings.fold.button.click()
    form.settings.more.set_values({"TILE_SIZE": 256, "TTA": [0], "BANDS": [3, 2, 1]})
    form.settings.outputs["disagreement"].click()
    form.where.choose("canvas")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = form.request(tmp_path / "a")
    form.task_box.setCurrentIndex(1)
    form.rasters.tick_sources([])
    form.show_request(first)
    assert form.settings.fold.is_open
    second = form.request(tmp_path / "b")
    own = {"output", "aoi"}
    assert {k: v for k, v in second.inputs.items() if k not in own} == {
        k: v for k, v in first.inputs.items() if k not in own
    }
    assert QgsVectorLayer(second.inputs["aoi"]).extent() == QgsVectorLayer(first.inputs["aoi"]).extent()
    assert second.inputs["aoi"].startswith(str(tmp_path / "b"))  # the first job may be deleted


def test_raster_that_left_the_project_is_listed_as_a_file(form, suburb, tmp_path):
    first = form.request(tmp_path)
    QgsProject.instance().removeMapLayer(suburb.id())
    assert form.rasters.count() == 0
    form.show_request(first)
    assert "suburb.tif (not in the project)" in form.rasters.item(0).text()
    assert form.request(tmp_path).inputs["rasters"] == first.inputs["rasters"]


def test_task_and_model_are_there_again(form, desktop, interface, tmp_path):
    from rs_dino_plugin.gui.run_form import RunForm

    form.task_box.setCurrentIndex(form.task_box.findData("clusters"))
    form.model.set_value("/模型/vit")
    form.remember()
    again = RunForm(interface.canvas, QgsProject.instance())
    assert (again.task.id, again.model.value()) == ("clusters", "/模型/vit")
    again.leave_project()


def test_what_processing_has_just_made_is_no_raster_to_work_on(form, suburb):
    """It comes into the project first, and gets its recipe then."""
    from rs_dino_plugin import notices
    from rs_dino_plugin.engine_client.documents import Request
    from rs_dino_plugin.recipes import Recipe, write_recipe

    made = QgsRasterLayer(str(SAMPLES / "suburb.tif"), "Canopy height")
    QgsProject.instance().addMapLayer(made)
    write_recipe(made, Recipe(Request("canopy-height", {"rasters": [made.source()]}), "", "heights"))
    notices.result(made)
    assert _listed(form) == {suburb.name(): True}


def test_the_only_raster_that_comes_while_the_dock_is_open_is_ticked(dock):
    """… as it does where the dock is there again with QGIS; what was unticked stays so."""
    form, project = dock.run_page.form, QgsProject.instance()
    tiles = QgsRasterLayer("type=xyz&url=http://127.0.0.1:9/{z}/{x}/{y}.png&zmax=5", "tiles", "wms")
    first, second = (QgsRasterLayer(str(SAMPLES / "suburb.tif"), name) for name in ("first", "second"))
    project.addMapLayer(tiles)
    assert _listed(form) == {"tiles": False}
    project.addMapLayer(first)
    assert _listed(form) == {"tiles": False, "first": True}
    tick(dock)
    first.setName("renamed")
    assert _listed(form) == {"tiles": False, "renamed": False}
    project.addMapLayer(second)
    assert _listed(form) == {"tiles": False, "renamed": False, "second": False}


def _listed(form):
    """The rasters of the form, and whether they are ticked."""
    items = [form.rasters.item(row) for row in range(form.rasters.count())]
    return {item.text(): item.checkState() == Qt.CheckState.Checked for item in items}


def test_several_rasters_go_into_one_request(form, dock, suburb, tmp_path):
    other = QgsRasterLayer(str(SAMPLES / "golf-course.tif"), "golf")
    QgsProject.instance().addMapLayer(other)
    assert form.rasters.layers() == [suburb]  # what was ticked stays, what is new is not
    tick(dock, other, suburb)
    assert form.request(tmp_path).inputs["rasters"] == [str(SAMPLES / f"{n}.tif") for n in ("golf-course", "suburb")]


def test_sheets_can_be_one_mosaic(form, dock, suburb, tmp_path):
    assert form.mosaic.isHidden()
    other = QgsRasterLayer(str(SAMPLES / "golf-course.tif"), "golf")
    QgsProject.instance().addMapLayer(other)
    tick(dock, other, suburb)
    assert not form.mosaic.isHidden() and form.mosaic.text() == "One mosaic"
    assert "mosaic" not in form.request(tmp_path / "a").inputs
    form.mosaic.click()
    request = form.request(tmp_path / "b")
    assert request.inputs["mosaic"] is True and form.live_request(tmp_path / "c").inputs["mosaic"] is True
    form.mosaic.click()
    form.show_request(request)
    assert form.mosaic.isChecked()
    form.rasters.tick_sources([request.inputs["rasters"][0]])
    assert form.mosaic.isHidden() and "mosaic" not in form.request(tmp_path / "d").inputs


def test_figures_per_polygon_need_polygons(form, suburb, tmp_path):
    form.task_box.setCurrentIndex(form.task_box.findData("canopy-height"))
    assert "zones" not in form.request(tmp_path).inputs or not form.request(tmp_path).inputs["zones"]
    form.settings.outputs["zones"].setChecked(True)
    from rs_dino_plugin.errors import PluginError

    with pytest.raises(PluginError, match="needs polygons: choose them at “Where”"):
        form.request(tmp_path)


def test_what_the_map_shows_is_written_with_its_crs(form, interface, suburb, tmp_path):
    interface.canvas.zoomByFactor(0.5)
    form.where.choose("canvas")
    made = QgsVectorLayer(form.request(tmp_path).inputs["aoi"])
    assert made.crs() == suburb.crs()
    assert made.extent().toString(2) == interface.canvas.extent().toString(2)


def test_rotated_map_gives_a_rotated_area(form, interface, tmp_path):
    interface.canvas.setRotation(30)
    form.where.choose("canvas")
    (feature,) = QgsVectorLayer(form.request(tmp_path).inputs["aoi"]).getFeatures()
    assert feature.geometry().area() < 0.9 * feature.geometry().boundingBox().area()


def test_selected_polygons_are_written_with_their_fields(form, polygons, tmp_path):
    form.where.choose("features")
    assert "Selected: 1 of 3" in texts(form.where)
    made = QgsVectorLayer(form.request(tmp_path).inputs["aoi"])
    assert [feature["name"] for feature in made.getFeatures()] == ["地块 1"]
    assert made.crs().authid() == "EPSG:4326"
    polygons.removeSelection()
    assert any("all 3 are used" in text for text in texts(form.where))
    (tmp_path / "all").mkdir()
    assert QgsVectorLayer(form.request(tmp_path / "all").inputs["aoi"]).featureCount() == 3
    QgsProject.instance().removeMapLayer(polygons.id())
    assert any("no polygon layer" in text for text in texts(form.where))


def test_the_layer_that_is_meant_is_the_one_that_is_preselected(form, polygons, interface):
    """The active one, else one with a selection, else none of our results; what somebody has chosen stays."""
    from rs_dino_plugin.engine_client.documents import Request
    from rs_dino_plugin.recipes import Recipe, write_recipe

    project, where = QgsProject.instance(), form.where
    made, other = polygons.clone(), polygons.clone()
    write_recipe(made, Recipe(Request("segment", {}), "", "polygons"))
    other.removeSelection()
    made.removeSelection()
    for layer in (other, made):  # each on top
        project.addMapLayer(layer)
    where.choose("features")
    assert where.layer.currentData() == polygons.id()
    polygons.removeSelection()
    for place in ("whole", "features"):
        where.choose(place)
    assert where.layer.currentData() == other.id() and where.layer.itemData(2) == made.id()
    interface.canvas.setCurrentLayer(made)
    for place in ("whole", "features"):
        where.choose(place)
    assert where.layer.currentData() == made.id()
    where.layer.setCurrentIndex(1)
    where.layer.activated.emit(1)
    for place in ("whole", "features"):
        where.choose(place)
    project.addMapLayer(polygons.clone())
    assert where.layer.currentData() == polygons.id()


def test_polygon_is_drawn_corner_by_corner_and_can_be_given_up(form, interface):
    canvas, where = interface.canvas, form.where
    view = canvas.viewport()
    where.choose("drawn")
    click(form, QPushButton, "rsDinoDraw")
    corners = [QPoint(200, 200), QPoint(320, 210), QPoint(260, 330), QPoint(40, 40)]
    for corner in corners:
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corner)
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)  # the last corner again
    QTest.mouseClick(view, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, QPoint(300, 300))
    drawn = where.area().geometry
    assert len(drawn.asPolygon()[0]) == 4
    assert any(text.startswith("Drawn: ") and text.endswith(" ha") for text in texts(where))
    click(form, QPushButton, "rsDinoDraw")
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, corners[0])
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.mapTool() is None and not where.draw.isChecked()
    assert where.area().geometry.equals(drawn)


def test_earlier_tool_comes_back_after_drawing(form, interface):
    from qgis.gui import QgsMapToolPan

    canvas = interface.canvas
    pan = QgsMapToolPan(canvas)
    canvas.setMapTool(pan)
    form.where.choose("drawn")
    click(form, QPushButton, "rsDinoDraw")
    drag(canvas.viewport(), QPoint(100, 100), QPoint(200, 200))
    assert canvas.mapTool() is pan
    canvas.unsetMapTool(pan)


@pytest.mark.parametrize(
    "prepare, sentence",
    [
        (lambda form: form.rasters.tick_sources([]), "Tick at least one raster"),
        (lambda form: form.where.choose("drawn"), "Draw an area"),
        (lambda form: form.where.choose("features"), "Choose a polygon layer"),
        (lambda form: form.model.set_value(""), "Choose a model"),
        (lambda form: form.where.set_drawn(QgsGeometry.fromRect(QgsRectangle(0, 0, 9, 9))), "lies beside the raster"),
        (lambda form: form.task_box.setCurrentIndex(form.task_box.findData("find-similar")), "is needed"),
        (lambda form: form.task_box.setCurrentIndex(form.task_box.findData("maps")), "is needed"),
    ],
)
def test_what_is_missing_is_said_beside_the_button_and_leaves_no_job(
    dock, form, stand_in_engine, jobs, prepare, sentence
):
    stand_in_engine("")
    prepare(form)
    click(dock, QPushButton, "rsDinoRun")
    assert sentence in dock.run_page.message.text() and dock.run_page.message.isVisible()
    assert list(jobs.iterdir()) == [] and dock.follower.jobs == []
    assert dock.tabs.currentWidget() is dock.run_page


def test_folder_of_jobs_that_cannot_be_written_is_said(dock, form, stand_in_engine, jobs):
    stand_in_engine("")
    jobs.write_text("a file where the folder should be")
    click(dock, QPushButton, "rsDinoRun")
    assert "The job's folder cannot be written" in dock.run_page.message.text()
    assert dock.follower.jobs == []


def test_no_engine_is_said_and_the_dock_stands(dock, form, monkeypatch, jobs):
    click(dock, QPushButton, "rsDinoRun")
    assert "has no engine yet" in dock.run_page.message.text()
    monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", "/nowhere/python")
    click(dock, QPushButton, "rsDinoRun")
    assert "/nowhere/python" in dock.run_page.message.text()
