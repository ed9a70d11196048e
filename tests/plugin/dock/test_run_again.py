"""“Run again” of results that Processing made: in another session, too, when QGIS's temporary files are gone."""

import gc
import json
from pathlib import Path

import pytest
from dock_actions import SAMPLES, click, texts, wait_for, water_and_forest
from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.gui import QgsBrowserGuiModel
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QPushButton

MAKE_MAP = """
import shutil
folder = Path(inputs["output"])
name = {"segment": "labels", "find-similar": "similarity"}[request["processID"]]
shutil.copy(inputs["rasters"][0], folder / f"R_{name}.tif")
(job / "results.json").write_text(json.dumps({"R_" + name: {"href": str(folder / f"R_{name}.tif")}}), encoding="utf-8")
say("successful", 100)
"""


@pytest.fixture
def window(interface, qgis_iface, monkeypatch):
    """What Processing's dialogs ask QGIS's window for, and pytest-qgis' interface has not."""
    model = QgsBrowserGuiModel()
    monkeypatch.setattr(qgis_iface, "browserModel", lambda: model, raising=False)
    monkeypatch.setattr(qgis_iface, "layerTreeView", lambda: interface.tree)


@pytest.fixture
def files(tmp_path):
    """A map of water and forest, fields, what is a result here, and points with a class, by their names."""
    path = water_and_forest(tmp_path)
    square = [[500010, 3999990], [500390, 3999990], [500390, 3999810], [500010, 3999990]]
    shapes = {"fields": ("Polygon", [square]), "result": ("Polygon", [square]), "points": ("Point", square[0])}
    found = {"map": path}
    for name, (kind, coordinates) in shapes.items():
        feature = {
            "type": "Feature",
            "properties": {"class": 1},
            "geometry": {"type": kind, "coordinates": coordinates},
        }
        document = {"type": "FeatureCollection", "features": [feature]}
        document["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32633"}}
        found[name] = str(tmp_path / f"地 {name}.geojson")
        Path(found[name]).write_text(json.dumps(document), encoding="utf-8")
    return found


@pytest.fixture
def plugin_parts(plugin):
    from rs_dino_plugin.catalog import catalogue
    from rs_dino_plugin.engine_client.documents import Request
    from rs_dino_plugin.kept_files import brought_back, keeping

    return Request, catalogue, brought_back, keeping


def run_again(interface, layer):
    """The entry of a layer's menu."""
    action = interface.layer_action("rsDinoRunLayerAgain")
    assert layer.id() in interface.layer_actions[action]
    interface.tree.setCurrentLayer(layer)
    action.trigger()


def told(interface):
    """What was said to be gone."""
    return [text for text in interface.said if "earlier run" in text]


def made_by(task, inputs, source, **more):
    """A layer of the project with the recipe of a run."""
    from rs_dino_plugin.engine_client.documents import Request
    from rs_dino_plugin.recipes import Recipe, write_recipe

    layer = QgsRasterLayer(source, "result") if source.endswith(".tif") else QgsVectorLayer(source, "result")
    write_recipe(layer, Recipe(Request(task, inputs), "", "x", **more))
    QgsProject.instance().addMapLayer(layer)
    return layer


RUNS = {
    "vectorize": ({"labels": "map", "simplify_px": 2.5}, {"INPUT": "map", "SIMPLIFY_PX": 2.5}),
    "zonal": ({"raster": "map", "polygons": "fields", "table": False}, {"INPUT": "map", "POLYGONS": "fields"}),
    "evaluate": (
        {"raster": "map", "references": "points", "field": "class", "confusion": True},
        {"INPUT": "map", "REFERENCES": "points", "FIELD": "class"},
    ),
    "sample-points": ({"raster": "map", "count": 77}, {"INPUT": "map", "COUNT": 77}),
    "finetune": (
        {"images": ["map"], "labels": "fields", "bands": [3, 2, 1], "classes": {"水": 1}, "model": "starter-features"},
        {"INPUT": ["map"], "LABELS": "fields", "BANDS": "3, 2, 1", "CLASSES": '{"水": 1}', "MODEL": "starter-features"},
    ),
}


@pytest.mark.parametrize("task", RUNS)
def test_what_the_dock_has_not_opens_in_processings_dialog(task, desktop, interface, window, files):
    def named(value):
        if isinstance(value, list):
            return [named(one) for one in value]
        return files.get(value, value) if isinstance(value, str) else value

    inputs, values = ({name: named(value) for name, value in one.items()} for one in RUNS[task])
    run_again(interface, made_by(task, inputs, files["result"]))
    (dialog,) = desktop.dialogs.opened
    assert dialog.algorithm().id() == "rsdino:" + task.replace("-", "") and told(interface) == []
    shown = dialog.createProcessingParameters()
    assert {name: shown[name] for name in values} == values
    if "confusion" in inputs:
        assert isinstance(shown["CONFUSION"], QgsProcessingOutputLayerDefinition)
    if "table" in inputs:
        assert shown.get("TABLE") is None
    assert desktop.dock is None
    dialog.close()
    del dialog
    gc.collect()
    QgsProject.instance().removeAllMapLayers()  # of which QGIS tells the dialog as long as it is not deleted
    wait_for(lambda: desktop.dialogs.opened == [], "the dialog's end")


def test_the_dialog_runs_and_its_result_can_be_run_again(desktop, engine, interface, window, files):
    """Over the real engine, twice."""
    given = {"raster": files["map"], "polygons": files["fields"]}
    layer = made_by("zonal", given, files["result"])
    for _ in range(2):
        run_again(interface, layer)
        (dialog,) = desktop.dialogs.opened
        before = set(QgsProject.instance().mapLayers())
        QTest.mouseClick(dialog.runButton(), Qt.MouseButton.LeftButton)
        wait_for(lambda: dialog.wasExecuted(), "the end of the run")  # noqa: B023
        made = [QgsProject.instance().mapLayer(one) for one in set(QgsProject.instance().mapLayers()) - before]
        (layer,) = (one for one in made if isinstance(one, QgsVectorLayer) and one.isSpatial())
        recipe = json.loads(layer.customProperty("rsdino/request"))["inputs"]
        assert {name: recipe[name] for name in given} == given
        dialog.close()
        wait_for(lambda: desktop.dialogs.opened == [], "the dialog's end")


def test_a_job_of_such_a_task_opens_the_dialog_from_the_list(dock, desktop, window, files, stand_in_engine, tmp_path):
    from rs_dino_plugin.engine_client.documents import Request
    from rs_dino_plugin.engine_client.local import LocalEngine

    folder = dock.follower.store.new_folder("zonal", "图")
    inputs = {"raster": files["map"], "polygons": files["fields"], "output": str(folder / "results")}
    engine = LocalEngine(stand_in_engine('(job / "results.json").write_text("{}")\nsay("successful", 100)'))
    job = dock.follower.start(engine, Request("zonal", inputs), folder)
    wait_for(lambda: job.is_final)
    dock.job_list.list.setCurrentItem(dock.job_list.list.topLevelItem(0))
    dock.tabs.setCurrentWidget(dock.job_list)
    click(dock, QPushButton, "rsDinoRunAgain")
    (dialog,) = desktop.dialogs.opened
    assert dialog.createProcessingParameters()["POLYGONS"] == files["fields"]
    dialog.close()


def test_a_layer_that_was_saved_for_the_run_is_chosen_again(desktop, interface, window, files):
    from rs_dino_plugin.foreign import source_of

    gdal.Translate("/vsimem/高 in memory.tif", files["map"])
    foreign = QgsRasterLayer("/vsimem/高 in memory.tif", "in memory")
    QgsProject.instance().addMapLayer(foreign)
    exported = {"/gone/saved.tif": source_of(foreign)}
    inputs = {"raster": "/gone/saved.tif", "polygons": files["fields"]}
    run_again(interface, made_by("zonal", inputs, files["result"], exported=exported))
    (dialog,) = desktop.dialogs.opened
    assert dialog.createProcessingParameters()["INPUT"] == foreign.id()
    dialog.close()


def test_what_is_gone_is_said(desktop, interface, window, files):
    layer = made_by("zonal", {"raster": files["map"], "polygons": "/gone/polygons.gpkg"}, files["map"])
    run_again(interface, layer)
    (dialog,) = desktop.dialogs.opened
    assert told(interface) == ["“Polygons” of the earlier run is gone: choose it again."]
    assert dialog.createProcessingParameters()["POLYGONS"] == "/gone/polygons.gpkg"  # not some other layer
    dialog.close()


@pytest.fixture
def processed(desktop, window, stand_in_engine, tmp_path):
    """Runs an algorithm as its dialog does; the layer that it makes, in the project."""

    def go(algorithm, destination, **parameters):
        from processing.gui import Postprocessing

        if not (tmp_path / "引擎 with space").exists():
            stand_in_engine(MAKE_MAP)
        algorithm = QgsApplication.processingRegistry().createAlgorithmById(algorithm)
        context, feedback = QgsProcessingContext(), QgsProcessingFeedback(False)
        context.setProject(QgsProject.instance())
        target = QgsProcessingOutputLayerDefinition(str(tmp_path / "图 a.tif"), QgsProject.instance())
        values = {"INPUT": str(SAMPLES / "suburb.tif"), **parameters, destination: target}
        assert algorithm.checkParameterValues(values, context)[0]
        _, worked = algorithm.run(values, context, feedback)
        assert worked, feedback.textLog()
        before = set(QgsProject.instance().mapLayers())
        Postprocessing.handleAlgorithmResults(algorithm, context, feedback, parameters=values)
        (made,) = set(QgsProject.instance().mapLayers()) - before
        return QgsProject.instance().mapLayer(made)

    return go


def in_another_session(tmp_path, layer, *inputs):
    """The project is saved and opened again, and QGIS's temporary files are gone; the layer as it is then."""
    request = json.loads(layer.customProperty("rsdino/request"))
    temporary = Path(QgsProcessingUtils.tempFolder())
    for name in inputs:
        path = Path(request["inputs"][name])
        if temporary in path.parents:
            path.unlink()
    project, name = QgsProject.instance(), layer.id()
    assert project.write(str(tmp_path / "项目 p.qgz"))
    project.clear()
    assert project.read(str(tmp_path / "项目 p.qgz"))
    return project.mapLayer(name)


def test_an_extent_is_there_again_in_another_session(processed, desktop, interface, tmp_path):
    whole = QgsRasterLayer(str(SAMPLES / "suburb.tif"))
    frame = whole.extent().buffered(-whole.extent().width() / 4)
    numbers = (frame.xMinimum(), frame.xMaximum(), frame.yMinimum(), frame.yMaximum())
    extent = ",".join(map(str, numbers)) + f" [{whole.crs().authid()}]"
    layer = in_another_session(tmp_path, processed("rsdino:segment", "LABELS", EXTENT=extent), "aoi")
    run_again(interface, layer)
    form = desktop.dock.run_page.form
    assert form.where.choice() == "file" and told(interface) == []
    (tmp_path / "job").mkdir()
    area = QgsVectorLayer(form.request(tmp_path / "job").inputs["aoi"])
    assert str(tmp_path / "job") in area.source()
    assert area.extent().toString(2) == frame.toString(2) and area.crs() == whole.crs()
    assert len(layer.customProperty("rsdino/kept")) < 10_000


@pytest.fixture
def marks(desktop):
    """Places of a layer in memory, with a field."""
    layer = QgsVectorLayer("Point?crs=EPSG:4326&field=名:string", "marks", "memory")
    for number in range(3):
        feature = QgsFeature(layer.fields())
        feature.setGeometry(QgsGeometry.fromWkt(f"POINT({15 + number} 36)"))
        feature.setAttributes([f"标 {number}"])
        layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    return layer


def names(path):
    return [feature["名"] for feature in QgsVectorLayer(path).getFeatures()]


def test_places_in_memory_are_there_again_in_another_session(processed, desktop, interface, tmp_path, marks):
    layer = in_another_session(tmp_path, processed("rsdino:findsimilar", "SIMILARITY", LIKE=marks.id()), "like")
    run_again(interface, layer)
    (tmp_path / "job").mkdir()
    request = desktop.dock.run_page.form.request(tmp_path / "job")
    assert names(request.inputs["like"]) == ["标 0", "标 1", "标 2"] and told(interface) == []


def test_a_layer_of_a_temporary_file_is_there_again(plugin_parts, qgis_app):
    """As an earlier step of Processing leaves it: a file with several layers, one of which is named."""
    Request, catalogue, brought_back, keeping = plugin_parts
    path = QgsProcessingUtils.generateTempFilename("two layers.gpkg")
    Path(path).write_bytes(b"layers")
    request = Request("zonal", {"raster": "/r.tif", "polygons": path + "|layername=地 b"})
    kept = keeping(request, catalogue().task("zonal"), []).inside
    assert brought_back(request, kept) == request
    Path(path).unlink()
    file, _, layer = brought_back(request, kept).inputs["polygons"].partition("|")
    assert file != path and Path(file).read_bytes() == b"layers" and layer == "layername=地 b"
    assert brought_back(request, {path: "no base64"}) == brought_back(request, {path: "eJw="}) == request


def test_what_is_large_is_kept_beside_the_result(processed, desktop, interface, tmp_path, marks, monkeypatch):
    from rs_dino_plugin import kept_files

    monkeypatch.setattr(kept_files, "MOST_CHARACTERS", 10)
    layer = processed("rsdino:findsimilar", "SIMILARITY", LIKE=marks.id())
    assert names(str(tmp_path / "图 a_like.gpkg")) == ["标 0", "标 1", "标 2"]
    assert not layer.customProperty("rsdino/kept")
    layer = in_another_session(tmp_path, layer, "like")
    run_again(interface, layer)
    (tmp_path / "job").mkdir()
    request = desktop.dock.run_page.form.request(tmp_path / "job")
    assert request.inputs["like"] == str(tmp_path / "图 a_like.gpkg") and told(interface) == []
    QgsProject.instance().removeMapLayer(layer.id())
    marks = QgsProject.instance().mapLayersByName("marks")[0]
    assert marks.featureCount() == 0  # as QGIS leaves a layer in memory
    feature = QgsFeature(marks.fields())
    feature.setGeometry(QgsGeometry.fromWkt("POINT(1 1)"))
    marks.dataProvider().addFeatures([feature])
    processed("rsdino:findsimilar", "SIMILARITY", LIKE=marks.id())
    assert len(names(str(tmp_path / "图 a_like.gpkg"))) == 3 and len(names(str(tmp_path / "图 a_like_2.gpkg"))) == 1


def test_an_area_that_is_gone_is_said_and_nothing_runs_without_it(desktop, interface, stand_in_engine, jobs):
    stand_in_engine(MAKE_MAP)
    source = str(SAMPLES / "suburb.tif")
    layer = made_by("segment", {"rasters": [source], "model": "starter-landcover", "aoi": "/gone/extent.gpkg"}, source)
    layer.setCustomProperty("rsdino/kept", json.dumps({"/gone/extent.gpkg": "no base64"}))
    run_again(interface, layer)
    page = desktop.dock.run_page
    why = "The area of the earlier run is gone: choose another one."
    assert why in texts(page.form.where)
    assert told(interface) == ["“Area of interest” of the earlier run is gone: choose it again."]
    click(desktop.dock, QPushButton, "rsDinoRun")
    assert page.message.text() == why and not desktop.dock.follower.jobs


def test_places_that_are_gone_are_said_and_nothing_runs_without_them(desktop, interface, stand_in_engine, jobs):
    stand_in_engine(MAKE_MAP)
    source = str(SAMPLES / "suburb.tif")
    inputs = {"rasters": [source], "model": "starter-features", "like": "/gone/like.gpkg"}
    layer = made_by("find-similar", inputs, source)
    run_again(interface, layer)
    click(desktop.dock, QPushButton, "rsDinoRun")
    assert "/gone/like.gpkg" in desktop.dock.run_page.message.text() and not desktop.dock.follower.jobs
