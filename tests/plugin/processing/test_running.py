"""``processing.run`` over a stand-in engine: what goes to the engine, what comes back, and every fault."""

import gc
import json
import threading
import time
import zipfile
from pathlib import Path

import pytest
from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsPalettedRasterRenderer,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProject,
    QgsRasterLayer,
    QgsSettings,
    QgsVectorLayer,
)
from stand_in_engine import empty_environment

# Makes what a real engine makes, out of the raster itself.
MAKE_RESULTS = """
import shutil
folder = Path(inputs["output"])
entries = {}
for name in ["labels", *inputs["layers"]]:
    shutil.copy(inputs["rasters"][0], folder / f"R_{name}.tif")
    style = Path(inputs["rasters"][0]).with_suffix(".style")
    text = style.read_text() if style.exists() else f"<qgis><!--{name}--></qgis>"
    (folder / f"R_{name}.qml").write_text(text)
    entries["R_" + name] = {"href": str(folder / f"R_{name}.tif"), "type": "image/tiff"}
if inputs["polygons"]:
    collection = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"class_name": "林地"},
        "geometry": {"type": "Polygon", "coordinates": [[[15, 36], [15.1, 36], [15, 36.1], [15, 36]]]}}]}
    (folder / "R_polygons.geojson").write_text(json.dumps(collection), encoding="utf-8")
    entries["polygons"] = {"href": str(folder / "R_polygons.geojson"), "type": "application/geo+json"}
entries["request"] = {"value": inputs}
entries["classes"] = {"value": [{"id": 1, "name": "林地", "color": "#0f0", "area_m2": 12345.0, "share": 0.5}]}
entries["messages"] = {"value": [{"code": "unheard-of", "params": {}, "text": "Newer than the plugin."}]}
(job / "seen.json").write_text(json.dumps(inputs))
say("running", 40, "cancelled", "Cancelled.")
say("running", 45, "cancelled", "Cancelled.")
say("running", 60, "raster-missing", "The raster x does not exist.", {"warning": True}, path="x")
(job / "results.json").write_text(json.dumps(entries), encoding="utf-8")
say("successful", 100)
"""


class Feedback(QgsProcessingFeedback):
    """Keeps what it is told."""

    def __init__(self):
        super().__init__(False)
        self.infos, self.warnings, self.debug = [], [], []

    def pushInfo(self, info):  # noqa: N802
        self.infos.append(info)

    def pushWarning(self, warning):  # noqa: N802
        self.warnings.append(warning)

    def pushDebugInfo(self, info):  # noqa: N802
        self.debug.append(info)

    def reportError(self, error, fatalError=False):  # noqa: N802, N803
        self.debug.append(error)


@pytest.fixture
def run(processing, plugin, raster, tmp_path):
    def go(feedback=None, **parameters):
        wanted = {"INPUT": str(raster), "LABELS": str(tmp_path / "标签 a.tif"), **parameters}
        return processing.run("rsdino:segment", wanted, feedback=feedback or Feedback())

    return go


def test_results_are_where_the_user_wants_them_with_their_style(run, stand_in_engine, tmp_path):
    stand_in_engine(MAKE_RESULTS)
    made = run()
    assert made == {"LABELS": str(tmp_path / "标签 a.tif")}
    layer = QgsRasterLayer(made["LABELS"])
    assert layer.isValid() and layer.crs().authid() == "EPSG:32633"
    assert (tmp_path / "标签 a.qml").read_text() == "<qgis><!--labels--></qgis>"


def test_destinations_ask_for_layers(run, stand_in_engine, seen, tmp_path):
    stand_in_engine(MAKE_RESULTS)
    made = run(ENTROPY="TEMPORARY_OUTPUT", POLYGONS=str(tmp_path / "p.geojson"))
    assert seen[0].inputs["layers"] == ["entropy"]
    assert seen[0].inputs["polygons"] is True
    assert seen[0].inputs["polygon_format"] == "geojson"
    assert QgsRasterLayer(made["ENTROPY"]).isValid()
    run()
    assert seen[1].inputs["layers"] == []
    assert seen[1].inputs["polygons"] is False


@pytest.mark.parametrize("suffix", ["gpkg", "shp", "fgb"])
def test_polygons_come_in_the_format_of_the_destination(run, stand_in_engine, tmp_path, suffix):
    stand_in_engine(MAKE_RESULTS)
    made = run(POLYGONS=str(tmp_path / f"多边形.{suffix}"))
    layer = QgsVectorLayer(made["POLYGONS"])
    assert [feature["class_name"] for feature in layer.getFeatures()] == ["林地"]


def test_plain_values_reach_the_engine_and_unset_ones_do_not(run, stand_in_engine, seen, raster):
    stand_in_engine(MAKE_RESULTS)
    run(BANDS=[3, 2, 1], DTYPE=2, TTA=[0, 2], TILE_SIZE=256, MIN_AREA_M2=4.5, OVERLAP="0.25")
    sent = seen[0].inputs
    assert sent["rasters"] == [str(raster)]
    assert (sent["bands"], sent["dtype"], sent["tta"]) == ([3, 2, 1], "bf16", ["flips", "scales"])
    assert (sent["tile_size"], sent["min_area_m2"], sent["overlap"]) == (256, 4.5, "0.25")
    assert not {"aoi", "batch_size", "head", "mosaic", "preflight"} & set(sent)


def in_memory(name, crs, *shapes):
    """A layer of the project with these polygons."""
    layer = QgsVectorLayer(f"Polygon?crs={crs}", name, "memory")
    for shape in shapes:
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromWkt(shape))
        layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    return layer


@pytest.mark.parametrize(
    ("extent", "crs"), [("15.0,15.1,36.0,36.2 [EPSG:4326]", "EPSG:4326"), ("500000,500064,4000000,4000128", "")]
)
def test_an_extent_is_an_area(run, stand_in_engine, seen, extent, crs):
    stand_in_engine(MAKE_RESULTS)
    run(EXTENT=extent)
    area = QgsVectorLayer(seen[0].inputs["aoi"])
    xmin, xmax, ymin, ymax = map(float, extent.split(" ")[0].split(","))
    assert area.extent().toRectF().getCoords() == pytest.approx((xmin, ymin, xmax, ymax))
    assert area.crs().authid() == crs


def test_a_layer_without_anything_in_it_is_refused_before_a_job_begins(run, stand_in_engine, seen):
    stand_in_engine(MAKE_RESULTS)
    area = in_memory("田 fields", "EPSG:32633")
    with pytest.raises(QgsProcessingException, match="“田 fields” has no features"):
        run(AOI=area.id())
    assert seen == []


@pytest.mark.parametrize(
    ("extent", "both", "why"),
    [("0,1,0,1", True, "Give an extent or an area of interest, not both"), ("1,1,2,2", False, "The extent is empty")],
)
def test_an_extent_that_means_nothing_is_refused(run, stand_in_engine, extent, both, why):
    stand_in_engine(MAKE_RESULTS)
    area = in_memory("area", "EPSG:32633", "POLYGON((0 0, 1 0, 1 1, 0 0))")
    with pytest.raises(QgsProcessingException, match=why):
        run(EXTENT=extent, **({"AOI": area.id()} if both else {}))


def test_relative_paths_become_full_ones_for_the_engine_runs_elsewhere(
    run, stand_in_engine, seen, raster, monkeypatch, tmp_path
):
    stand_in_engine(MAKE_RESULTS)
    monkeypatch.chdir(raster.parent)
    (raster.parent / "m.onnx").touch()
    (raster.parent / "starter-landcover").mkdir()
    made = run(INPUT=raster.name, MODEL="./m.onnx", HEAD="m.onnx", LABELS="l.tif")
    sent = seen[0].inputs
    assert sent["rasters"] == [str(raster)]
    assert sent["model"] == sent["head"] == str(raster.parent / "m.onnx")
    assert (raster.parent / made["LABELS"]).exists()
    run(MODEL="starter-landcover")
    assert seen[1].inputs["model"] == "starter-landcover"


def test_area_of_interest_from_memory_becomes_a_file(run, stand_in_engine, seen):
    stand_in_engine(MAKE_RESULTS)
    layer = in_memory("aoi", "EPSG:4326", "POLYGON((15 36, 15.1 36, 15 36.1, 15 36))")
    try:
        run(AOI=layer.id())
    finally:
        QgsProject.instance().removeMapLayer(layer)
    exported = QgsVectorLayer(seen[0].inputs["aoi"])
    assert exported.featureCount() == 1
    assert exported.crs().authid() == "EPSG:4326"


def test_progress_messages_warnings_and_areas_are_shown_once(run, stand_in_engine):
    stand_in_engine(MAKE_RESULTS)
    feedback = Feedback()
    run(feedback=feedback)
    assert feedback.infos.count("Cancelled.") == 1
    assert feedback.warnings == ["The raster x does not exist.", "Newer than the plugin."]
    assert any("林地: 1.23 ha (50.0 %)" in text for text in feedback.infos)


@pytest.mark.parametrize("between", ["/", "//"])
def test_layers_of_a_dialog_are_loaded_into_the_project_with_their_style(
    processing, plugin, stand_in_engine, raster, qgis_new_project, monkeypatch, tmp_path, between
):
    """As a dialog runs it: in another thread, destinations marked to be loaded, which QGIS does by their names - to the
    letter as it has got them, which Python writes in its own way: one slash for two, and none at all on Windows."""
    from processing.gui import Postprocessing
    from qgis.core import QgsApplication, QgsProcessingAlgRunnerTask, QgsProcessingOutputLayerDefinition
    from qgis.PyQt.QtCore import QEventLoop

    monkeypatch.setattr(Postprocessing, "iface", None, raising=False)  # newer QGIS would ask it for a layer tree
    stand_in_engine(MAKE_RESULTS)
    styled = QgsRasterLayer(str(raster))
    styled.setRenderer(QgsPalettedRasterRenderer(styled.dataProvider(), 2, []))
    styled.saveNamedStyle(str(raster.with_suffix(".style.qml")))
    raster.with_suffix(".style.qml").rename(raster.with_suffix(".style"))
    labels, polygons = (
        QgsProcessingOutputLayerDefinition(f"{tmp_path}{between}{name}", QgsProject.instance())
        for name in ("b labels.tif", "a polygons.gpkg")
    )
    parameters = {"INPUT": str(raster), "LABELS": labels, "POLYGONS": polygons}
    context, feedback = QgsProcessingContext(), Feedback()
    context.setProject(QgsProject.instance())
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("rsdino:segment")
    task = QgsProcessingAlgRunnerTask(algorithm, parameters, context, feedback)
    loop, ends = QEventLoop(), []
    task.executed.connect(lambda succeeded, results: (ends.append((succeeded, results)), loop.quit()))
    QgsApplication.taskManager().addTask(task)
    loop.exec()
    ((succeeded, results),) = ends
    assert succeeded, feedback.debug
    assert set(context.layersToLoadOnCompletion()) == {results["LABELS"], results["POLYGONS"]}
    gc.collect()
    assert Postprocessing.handleAlgorithmResults(algorithm, context, feedback, parameters=parameters)
    for _ in range(9):  # what Processing does not do itself follows
        QgsApplication.processEvents()
    nodes = QgsProject.instance().layerTreeRoot().findLayers()
    assert [type(node.layer()) for node in nodes] == [QgsVectorLayer, QgsRasterLayer]
    layers = {layer.name(): layer for layer in QgsProject.instance().mapLayers().values()}
    assert set(layers) == {"Labels", "Polygons"}
    assert QgsRasterLayer(str(raster)).renderer().type() == "multibandcolor"
    assert layers["Labels"].renderer().type() == "paletted"
    node = QgsProject.instance().layerTreeRoot().findLayer(layers["Labels"].id())
    while "legend/label-0" not in node.customProperties():  # the tree is told when QGIS has put the layer into it
        QgsApplication.processEvents()
    assert node.customProperty("legend/label-0") == "Class"
    for layer in layers.values():
        assert layer.isTemporary()  # which QGIS shows beside the name
        assert json.loads(layer.customProperty("rsdino/request"))["inputs"]["rasters"] == [str(raster)]
        assert str(raster) in layer.metadata().abstract() and "Job" not in layer.metadata().abstract()


def fails(run, match, feedback=None, **parameters):
    with pytest.raises(QgsProcessingException, match=match):
        run(**({"feedback": feedback} if feedback else {}), **parameters)


def test_failure_of_the_engine_is_one_sentence_and_its_log(run, stand_in_engine, tmp_path):
    stand_in_engine('print("Traceback …", flush=True); say("failed", 3, "raster-missing", "English", path="/x.tif")')
    feedback = Feedback()
    fails(run, r"^The raster /x\.tif does not exist\.$", feedback)
    assert any("Traceback" in text for text in feedback.debug)
    assert not (tmp_path / "标签 a.tif").exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="a folder that takes no files")
def test_a_disk_that_takes_no_job_is_one_sentence(run, stand_in_engine, monkeypatch):
    from rs_dino_plugin.processing import execution

    stand_in_engine(MAKE_RESULTS)
    monkeypatch.setattr(execution.QgsProcessingUtils, "generateTempFilename", lambda name: f"/proc/{name}")
    fails(run, r"^The job's folder cannot be written: .*/proc/rsdino_job")


def test_a_raster_in_an_archive_reaches_the_engine_as_such(run, stand_in_engine, seen, raster, tmp_path):
    archive = tmp_path / "图 s.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.write(raster, "in/r.tif")
    stand_in_engine(MAKE_RESULTS.replace('inputs["rasters"][0]', repr(str(raster))))
    layer = QgsRasterLayer(f"/vsizip/{archive}/in/r.tif", "in an archive")
    assert layer.isValid()
    run(INPUT=layer)
    assert seen[0].inputs["rasters"] == [f"/vsizip/{archive}/in/r.tif"]


def test_crash_of_the_engine_is_a_failure(run, stand_in_engine):
    stand_in_engine('say("running", 50); os._exit(9)')
    fails(run, "stopped without a result")


def test_success_without_results_is_a_failure(run, stand_in_engine):
    stand_in_engine('(job / "results.json").write_text("{}"); say("successful", 100)')
    fails(run, "“labels” is missing")


@pytest.fixture
def notices(plugin):
    """What the desktop would hear."""
    from rs_dino_plugin import notices

    heard = []
    notices.listen(heard.append)
    yield heard
    notices.stop_listening(heard.append)


def test_no_engine_is_a_sentence_that_shows_the_way(run, notices):
    fails(run, r"^RS-DINO has no engine yet\. Set it up under Settings ▸ Options ▸ RS-DINO\.$")
    assert len(notices) == 1 and "no engine yet" in notices[0]


@pytest.mark.parametrize("broken", ["gone", "no program", "without engine"])
def test_a_broken_engine_is_a_sentence_and_breaks_nothing(run, notices, monkeypatch, tmp_path, broken):
    python = tmp_path / "env" / "bin" / "python"
    if broken == "without engine":
        assert empty_environment(tmp_path / "env") == python
    elif broken == "no program":
        python.parent.mkdir(parents=True)
        python.write_text("not a program")
    monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", str(python))
    fails(run, r"Set it up under Settings ▸ Options ▸ RS-DINO\.$")
    assert len(notices) == 1 and str(python) in notices[0]
    ids = {one.id() for one in QgsApplication.processingRegistry().providerById("rsdino").algorithms()}
    assert {"rsdino:segment", "rsdino:canopyheight", "rsdino:finetune"} <= ids


def test_a_failure_of_the_work_is_no_fault_of_the_engine(run, stand_in_engine, notices):
    stand_in_engine('say("failed", 3, "raster-missing", "English", path="/x.tif")')
    fails(run, "does not exist")
    assert notices == []


def test_a_half_made_engine_is_not_used(run, notices, monkeypatch, tmp_path):
    from rs_dino_plugin.settings import engine_folder

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    empty_environment(engine_folder() / "env")
    (engine_folder() / "making.json").write_text("{}")
    fails(run, "has no engine yet")
    (engine_folder() / "ready.json").write_text("{}")
    fails(run, "not installed in")


def test_destination_in_a_folder_that_is_not_there_is_refused_before_the_run(run, stand_in_engine, tmp_path, seen):
    stand_in_engine(MAKE_RESULTS)
    blocked = tmp_path / "file"
    blocked.touch()
    fails(run, "does not exist|cannot be written|Could not create", LABELS=str(blocked / "a.tif"))
    assert seen == []


def test_geopackage_that_is_open_elsewhere_is_left_alone(run, stand_in_engine, tmp_path, seen):
    stand_in_engine(MAKE_RESULTS)
    target = tmp_path / "p.gpkg"
    target.write_bytes(b"precious")
    (tmp_path / "p.gpkg-wal").write_bytes(b"")
    fails(run, "open elsewhere", POLYGONS=str(target))
    assert target.read_bytes() == b"precious"
    assert seen == []


def test_old_result_stays_when_a_new_run_fails(run, stand_in_engine, tmp_path):
    (tmp_path / "标签 a.tif").write_bytes(b"old")
    stand_in_engine('say("failed", 3, "raster-missing", "", path="x")')
    fails(run, "does not exist")
    assert (tmp_path / "标签 a.tif").read_bytes() == b"old"


WAIT_FOR_CANCEL = """
say("running", 10)
while not (job / "cancel").exists():
    time.sleep(0.01)
"""


@pytest.mark.parametrize("end", ['say("dismissed", 10)', "os._exit(1)"])
def test_cancel_reaches_the_engine_and_leaves_nothing(processing, plugin, stand_in_engine, raster, tmp_path, end):
    stand_in_engine(WAIT_FOR_CANCEL + end)
    feedback = Feedback()
    threading.Timer(0.5, feedback.cancel).start()
    began = time.monotonic()
    from qgis.core import QgsApplication

    algorithm = QgsApplication.processingRegistry().createAlgorithmById("rsdino:segment")
    parameters = {"INPUT": str(raster), "LABELS": str(tmp_path / "l.tif")}
    made, succeeded = algorithm.run(parameters, QgsProcessingContext(), feedback)
    assert made == {} and succeeded
    assert time.monotonic() - began < 10
    assert not (tmp_path / "l.tif").exists()


def test_engine_that_does_not_listen_is_ended(processing, plugin, stand_in_engine, raster, tmp_path, monkeypatch):
    from rs_dino_plugin.processing import run as running

    monkeypatch.setattr(running, "CANCEL_GRACE_S", 0.2)
    stand_in_engine('say("running", 10)\ntime.sleep(1000)')
    feedback = Feedback()
    threading.Timer(0.5, feedback.cancel).start()
    from qgis.core import QgsApplication

    algorithm = QgsApplication.processingRegistry().createAlgorithmById("rsdino:segment")
    made, _ = algorithm.run({"INPUT": str(raster), "LABELS": str(tmp_path / "l.tif")}, QgsProcessingContext(), feedback)
    assert made == {}


FINETUNE = """
folder = Path(inputs["output"])
for name in ("model.json", "model.safetensors", "history.json", "results.json"):
    (folder / name).write_text(name)
entries = {"model": {"href": str(folder / "model.json")}, "history": {"href": str(folder / "history.json")}}
(job / "results.json").write_text(json.dumps(entries), encoding="utf-8")
say("successful", 100)
"""


@pytest.fixture
def finetune(processing, plugin, raster, tmp_path):
    def go(feedback=None, **parameters):
        wanted = {
            "INPUT": [str(raster)],
            "LABELS": str(tmp_path),
            "MODEL_OUTPUT": str(tmp_path / "新模型"),
            **parameters,
        }
        return processing.run("rsdino:finetune", wanted, feedback=feedback or Feedback())

    return go


def test_trained_model_is_a_folder_where_the_user_wants_it(finetune, stand_in_engine, seen, raster, tmp_path):
    stand_in_engine(FINETUNE)
    made = finetune(BANDS="3, 2,1", CLASSES='{"林地": 1}', MODE=1, HISTORY=str(tmp_path / "h.json"))
    assert made == {"MODEL_OUTPUT": str(tmp_path / "新模型"), "HISTORY": str(tmp_path / "h.json")}
    assert {path.name for path in (tmp_path / "新模型").iterdir()} == {
        "model.json",
        "model.safetensors",
        "results.json",
    }
    sent = seen[0].inputs
    assert (sent["images"], sent["labels"], sent["bands"]) == ([str(raster)], str(tmp_path), [3, 2, 1])
    assert (sent["classes"], sent["mode"]) == ({"林地": 1}, "frozen")


def test_a_trained_model_is_offered_from_then_on(finetune, stand_in_engine, tmp_path, qgis_new_project):
    """With the history in a temporary file, as Processing's dialog has it when nothing is changed."""
    from rs_dino_plugin.settings import TRAINED_MODELS, known_models

    QgsSettings().remove(TRAINED_MODELS)
    stand_in_engine(FINETUNE)
    try:
        made = finetune(HISTORY="TEMPORARY_OUTPUT")
        assert made["HISTORY"].endswith(".json") and Path(made["HISTORY"]).read_text() == "history.json"
        assert known_models()[-1:] == [made["MODEL_OUTPUT"]]
        segment = QgsApplication.processingRegistry().createAlgorithmById("rsdino:segment")
        words = segment.parameterDefinition("MODEL").metadata()["widget_wrapper"]["words"]
        assert words[-1] == made["MODEL_OUTPUT"]
        finetune(MODEL_OUTPUT=str(tmp_path / "second"))
        finetune()
        assert known_models()[-2:] == [str(tmp_path / "新模型"), str(tmp_path / "second")]
        (tmp_path / "second" / "model.json").unlink()
        assert known_models()[-1:] == [str(tmp_path / "新模型")]
    finally:
        QgsSettings().remove(TRAINED_MODELS)


def test_a_model_in_a_temporary_folder_is_warned_of(processing, finetune, stand_in_engine):
    stand_in_engine(FINETUNE)
    feedback = Feedback()
    made = finetune(feedback=feedback, MODEL_OUTPUT="TEMPORARY_OUTPUT")
    (warning,) = feedback.warnings
    assert made["MODEL_OUTPUT"] in warning and "copy the model" in warning
    assert (Path(made["MODEL_OUTPUT"]) / "model.json").is_file()


def drawn(name="标签 drawn", kind="Polygon"):
    layer = QgsVectorLayer(f"{kind}?crs=EPSG:32633&field=class:string", name, "memory")
    feature = QgsFeature(layer.fields())
    feature.setGeometry(
        QgsGeometry.fromWkt("POLYGON((500000 3999990, 500010 3999990, 500010 4000000, 500000 3999990))")
    )
    feature.setAttributes(["tree"])
    layer.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayer(layer)
    return layer


@pytest.mark.parametrize("given", [lambda layer: layer, lambda layer: layer.id(), lambda layer: layer.name()])
def test_labels_may_be_a_layer_that_is_no_file(finetune, stand_in_engine, seen, qgis_new_project, given):
    stand_in_engine(FINETUNE)
    finetune(LABELS=given(drawn()))
    written = QgsVectorLayer(seen[0].inputs["labels"])
    assert written.source().endswith(".gpkg") and [f["class"] for f in written.getFeatures()] == ["tree"]
    assert written.crs().authid() == "EPSG:32633"


def test_labels_are_what_a_layer_shows_not_what_its_file_holds(finetune, stand_in_engine, seen, tmp_path, processing):
    """Edits that were not saved count; a layer without any is its file."""
    stand_in_engine(FINETUNE)
    path = str(tmp_path / "标签.gpkg")
    processing.run("native:savefeatures", {"INPUT": drawn(), "OUTPUT": path})
    layer = QgsVectorLayer(path, "saved", "ogr")
    QgsProject.instance().addMapLayer(layer)
    finetune(LABELS=layer.id())
    assert seen[0].inputs["labels"] == path
    layer.startEditing()
    layer.changeAttributeValue(next(layer.getFeatures()).id(), layer.fields().indexOf("class"), "roof")
    finetune(LABELS=layer.id())
    assert seen[1].inputs["labels"] != path
    assert [f["class"] for f in QgsVectorLayer(seen[1].inputs["labels"]).getFeatures()] == ["roof"]
    layer.rollBack()


def test_labels_may_be_a_raster_layer_a_folder_or_a_file(finetune, stand_in_engine, seen, raster, tmp_path):
    stand_in_engine(FINETUNE)
    layer = QgsRasterLayer(str(raster), "标签 raster")
    QgsProject.instance().addMapLayer(layer)
    for given, wanted in ((layer.id(), str(raster)), (str(tmp_path), str(tmp_path)), (str(raster), str(raster))):
        finetune(LABELS=given)
        assert seen[-1].inputs["labels"] == wanted


def test_inputs_that_cannot_be_read_are_refused(finetune, stand_in_engine, seen):
    stand_in_engine(FINETUNE)
    fails(finetune, "“Recipe” is not JSON", RECIPE="{epochs: 3}")
    fails(finetune, "are not band numbers", BANDS="red")
    assert seen == []


def test_polygons_of_labels_are_named_and_written_as_the_destination(
    processing, plugin, stand_in_engine, seen, raster, tmp_path
):
    stand_in_engine(
        """
target = Path(inputs["output"])
target.write_text('{"type": "FeatureCollection", "features": []}')
(job / "results.json").write_text(json.dumps({"polygons": {"href": str(target)}}), encoding="utf-8")
say("successful", 100)
"""
    )
    target = tmp_path / "林地.geojson"
    made = processing.run("rsdino:vectorize", {"INPUT": str(raster), "POLYGONS": str(target)}, feedback=Feedback())
    assert made == {"POLYGONS": str(target)}
    assert seen[0].inputs["labels"] == str(raster)
    assert seen[0].inputs["output"].endswith("/林地.geojson")
    assert target.exists()


def test_maps_of_several_models_go_into_one_folder_and_are_loaded(plugin, processing, stand_in_engine, seen, raster):
    """What there is depends on the models; all of it is moved, with styles, and every layer is loaded."""
    stand_in_engine(MAKE_RESULTS)
    (raster.parent / "heights.pth").touch()
    folder = raster.parent.parent / "maps 图"
    context = QgsProcessingContext()
    context.setProject(QgsProject.instance())
    wanted = {
        "INPUT": [str(raster)],
        "MODELS": f"starter-landcover\n\n {raster.parent / 'heights.pth'} ",
        "LAYERS": [0, 4],
        "MAPS": str(folder),
    }
    made = processing.run("rsdino:maps", wanted, feedback=Feedback(), context=context)
    assert made == {"MAPS": str(folder)}
    sent = seen[0].inputs
    assert sent["models"] == ["starter-landcover", str(raster.parent / "heights.pth")]
    assert (sent["layers"], sent["polygons"], sent["rasters"]) == (["confidence", "tree-cover"], True, [str(raster)])
    names = {"R_labels.tif", "R_confidence.tif", "R_tree-cover.tif"}
    assert names | {"R_labels.qml", "R_polygons.geojson"} <= {path.name for path in folder.iterdir()}
    loaded = context.layersToLoadOnCompletion()
    assert set(loaded) == {str(folder / name) for name in names | {"R_polygons.geojson"}}
    assert loaded[str(folder / "R_labels.tif")].name == "Labels (R)"


def test_results_of_several_maps_are_called_by_their_titles(plugin):
    from rs_dino_plugin.catalog import catalogue
    from rs_dino_plugin.output_titles import title_of_file

    maps = catalogue().task("maps")
    assert title_of_file(maps, "golf-course_features", ["golf-course"]) == "Features"
    assert title_of_file(maps, "a_b_mine_labels", ["a", "a_b"]) == "Labels (mine) · a_b"
    assert title_of_file(maps, "a_labels", ["a", "a_b"]) == "Labels · a"
    assert title_of_file(maps, "other", ["a"]) == "other"


def test_a_model_is_kept_where_nothing_was_chosen(
    processing, plugin, stand_in_engine, raster, tmp_path, monkeypatch, qgis_new_project
):
    """The place that the dialog begins with; a second run of the same dialog leaves the first model alone."""
    from rs_dino_plugin import notices
    from rs_dino_plugin.settings import TRAINED_MODELS

    profile, heard, feedback = tmp_path / "profile", [], Feedback()
    monkeypatch.setattr(QgsApplication, "qgisSettingsDirPath", lambda: str(profile) + "/")
    stand_in_engine(FINETUNE)
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("rsdino:finetune")
    begun = algorithm.parameterDefinition("MODEL_OUTPUT").defaultValue()
    assert begun == str(profile / "rs_dino_models" / "model")
    wanted = {"INPUT": [str(raster)], "LABELS": str(tmp_path), "NAME": "林地-1", "MODEL_OUTPUT": begun}
    notices.listen_trained(heard.append)
    try:
        made = [processing.run("rsdino:finetune", wanted, feedback=feedback)["MODEL_OUTPUT"] for _ in range(2)]
        assert made == [begun, begun + "_2"]
        assert [(one.title, one.folder, one.passes) for one in heard] == [("林地-1", path, False) for path in made]
        assert any(made[0] in text and "models of the dock" in text for text in feedback.infos)
        processing.run("rsdino:finetune", {**wanted, "MODEL_OUTPUT": "TEMPORARY_OUTPUT"}, feedback=feedback)
        assert heard[-1].passes
    finally:
        notices.stop_listening_trained(heard.append)
        QgsSettings().remove(TRAINED_MODELS)


def test_every_epoch_that_is_told_is_told_once_and_the_last_one_is(finetune, stand_in_engine, qgis_new_project):
    stand_in_engine(
        """
def epoch(number, progress):
    text = f"Epoch {number} of 3: loss 1, mIoU 0.5."
    values = {"epoch": number, "epochs": 3, "loss": "1", "miou": "0.5"}
    say("running", progress, "training-epoch", text, **values)
    return values, text
epoch(1, 30); epoch(1, 45); epoch(2, 60); epoch(2, 64); epoch(3, 69)
"""
        + FINETUNE
    )
    feedback = Feedback()
    try:
        finetune(feedback)
        assert [text[:12] for text in feedback.infos if text.startswith("Epoch")] == [
            "Epoch 1 of 3", "Epoch 2 of 3", "Epoch 3 of 3"
        ]  # fmt: skip
    finally:
        QgsSettings().remove("rsdino/trained_models")


def test_a_failure_is_not_told_twice(run, stand_in_engine, monkeypatch):
    """The engine's log has what was said in English; only what is more is passed on."""
    from rs_dino_plugin import errors

    monkeypatch.setattr(errors, "language", lambda: "zh")
    stand_in_engine(
        """
print("  0 %  Starting.", file=sys.stderr)
print("rs-dino: All labelled pixels have the same class, tree.", file=sys.stderr)
print("A line for experts", file=sys.stderr)
say("failed", 0, "dataset-single-class", "…", name="tree", name_in={"zh": "树木"})
sys.exit(2)
"""
    )
    feedback = Feedback()
    with pytest.raises(QgsProcessingException) as error:
        run(feedback)
    assert "树木" in str(error.value)
    assert feedback.debug and "A line for experts" in feedback.debug[0]
    assert not any("Starting" in text or "rs-dino:" in text for text in feedback.debug)
