"""Processing's batch mode and its history: what was set comes to the engine, can be saved, and is there again."""

import json
import shlex
import shutil
import time
from pathlib import Path

import pytest
from qgis.core import (
    Qgis,
    QgsApplication,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProject,
    QgsRasterLayer,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.gui import QgsGui
from qgis.PyQt import sip
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog, QTextEdit
from test_running import FINETUNE, MAKE_RESULTS, drawn

LOADS = Qgis.QGIS_VERSION_INT < 34000
"""Newer QGIS lets its feedback go while it still loads the last row's layers (events are handled in the midst of it),
and whoever has a post-processor for them never hears of it: an error of its own, here an abort."""
DEADLINE_S = 60
TRICKY = '/模型 a/it\'s "mine"/m.onnx'
"""A path that has to be quoted wherever it is written."""


@pytest.fixture
def surroundings(plugin, qgis_iface, monkeypatch, qgis_new_project):
    """What Processing's dialogs ask of QGIS and pytest-qgis' interface has not."""
    from processing.gui import Postprocessing
    from qgis.gui import QgsBrowserGuiModel

    model = QgsBrowserGuiModel()
    monkeypatch.setattr(qgis_iface, "browserModel", lambda: model, raising=False)
    monkeypatch.setattr(Postprocessing, "iface", None, raising=False)


@pytest.fixture
def opened(surroundings):
    """Keeps dialogs, and closes them."""
    made = []

    def keep(dialog):
        made.append(dialog)
        return dialog

    yield keep
    for one in made:
        if not sip.isdeleted(one):
            one.close()


def algorithm_called(name):
    return QgsApplication.processingRegistry().createAlgorithmById("rsdino:" + name)


@pytest.fixture
def batch(opened, monkeypatch):
    """Opens the batch dialog of an algorithm."""
    from processing.gui import BatchAlgorithmDialog

    class Progress:
        """QGIS 3.22's own is never ended while a signal holds it, and QGIS would wait for it at its end."""

        def __init__(self, *_):
            pass

        def setProgress(self, _):  # noqa: N802
            pass

    monkeypatch.setattr(BatchAlgorithmDialog, "QgsScopedProxyProgressTask", Progress, raising=False)

    def open_dialog(name, rows):
        dialog = opened(BatchAlgorithmDialog.BatchAlgorithmDialog(algorithm_called(name)))
        if rows > 1:
            dialog.mainWidget().addRow(rows - 1)
        return dialog

    return open_dialog


def widget_of(dialog, row, name):
    panel = dialog.mainWidget()
    column = panel.parameter_to_column[name]
    return panel.wrappers[row][column] or panel.tblParameters.cellWidget(row + 1, column)


def values(dialog, name):
    """Of all rows."""
    return [widget_of(dialog, row, name).parameterValue() for row in range(dialog.mainWidget().batchRowCount())]


def set_values(dialog, row, **given):
    for name, value in given.items():
        widget = widget_of(dialog, row, name)
        if hasattr(widget, "setParameterValue"):
            widget.setParameterValue(value, QgsProcessingContext())
        else:
            widget.setValue(str(value))


def wait_for(condition, dialog):
    """Let QGIS work until ``condition`` holds; else what the dialog's log says."""
    until = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < until, [one.toPlainText() for one in dialog.findChildren(QTextEdit)][-1]
        QTest.qWait(20)


def wait_for_the_end(dialog):
    """Files are there before QGIS has done with a batch; newer QGIS then deletes the dialog."""
    wait_for(lambda: LOADS or sip.isdeleted(dialog) or dialog.runButton().isEnabled(), dialog)


def test_boxes_of_a_batch_are_typed_and_filled(batch, monkeypatch):
    from processing.gui import BatchPanel

    dialog = batch("segment", 3)
    assert values(dialog, "MODEL") == ["starter-landcover"] * 3
    box = widget_of(dialog, 0, "MODEL").widget.findChild(QComboBox)
    box.setCurrentIndex(box.findText("starter-canopy"))
    widget_of(dialog, 1, "MODEL").widget.findChild(QComboBox).setEditText(TRICKY)
    assert values(dialog, "MODEL") == ["starter-canopy", TRICKY, "starter-landcover"]
    panel = dialog.mainWidget()
    autofill = panel.tblParameters.cellWidget(0, panel.parameter_to_column["MODEL"])
    autofill.fillDown()
    assert values(dialog, "MODEL") == ["starter-canopy"] * 3

    class Dialog:
        """Confirmed with an expression; the real one waits for the user."""

        def __init__(self, **_):
            pass

        def exec_(self):
            return 1

        exec = exec_

        def expressionText(self):  # noqa: N802
            return "@MODEL || @row_number"

    monkeypatch.setattr(BatchPanel, "QgsExpressionBuilderDialog", Dialog)
    autofill.calculateByExpression()
    assert values(dialog, "MODEL") == ["starter-canopy0", "starter-canopy1", "starter-canopy2"]


def test_a_batch_is_saved_and_opened(batch, monkeypatch, raster, tmp_path):
    rows = [
        {"INPUT": str(raster), "MODEL": TRICKY, "DEVICE": "cpu", "HEAD": "/头 a.onnx"},
        {"INPUT": str(raster), "MODEL": "starter-canopy", "DEVICE": "auto", "HEAD": ""},
    ]
    dialog = batch("segment", 2)
    for number, row in enumerate(rows):
        set_values(dialog, number, **row)
        outputs = [output.name() for output in dialog.algorithm().destinationParameterDefinitions()]
        set_values(dialog, number, **{name: tmp_path / f"{name}_{number}.tif" for name in outputs})  # QGIS wants all
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "批 batch.json"), ""))
    dialog.mainWidget().save()
    (file,) = tmp_path.glob("批 batch*")
    assert json.loads(file.read_text(encoding="utf-8"))
    again = batch("segment", 1)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    again.mainWidget().load()
    for name in rows[0]:
        assert values(again, name) == [row[name] for row in rows]


def test_three_rasters_become_three_maps(batch, stand_in_engine, seen, raster, tmp_path):
    """Each with the model of its row; what a row has no file for is not made."""
    stand_in_engine(MAKE_RESULTS)
    dialog = batch("segment", 3)
    models = ["starter-landcover", "starter-canopy", TRICKY]
    rasters = [str(shutil.copy(str(raster), str(tmp_path / f"影像 {number}.tif"))) for number in range(3)]
    for number in range(3):
        made = {"LABELS": tmp_path / f"l {number}.tif"}
        if number == 1:
            made["CONFIDENCE"] = tmp_path / "c.tif"
        set_values(dialog, number, INPUT=rasters[number], MODEL=models[number], **made)
    dialog.mainWidget().checkLoadLayersOnCompletion.setChecked(LOADS)
    dialog.runAlgorithm()
    wanted = {str(tmp_path / name) for name in ("l 0.tif", "l 1.tif", "l 2.tif", "c.tif")}
    wait_for(
        lambda: len(QgsProject.instance().mapLayers()) == 4 * LOADS and all(Path(one).exists() for one in wanted),
        dialog,
    )
    wait_for_the_end(dialog)
    assert [one.inputs["rasters"] for one in seen] == [[one] for one in rasters]
    assert [one.inputs["model"] for one in seen] == models
    assert [one.inputs["layers"] for one in seen] == [[], ["confidence"], []]
    assert not any(one.inputs["polygons"] for one in seen)
    sources = {layer.source() for layer in QgsProject.instance().mapLayers().values()}
    assert sources == (wanted if LOADS else set())
    assert all(QgsRasterLayer(one).isValid() for one in wanted)


def test_a_row_that_fails_does_not_end_the_batch(batch, stand_in_engine, seen, raster, tmp_path):
    failing = 'if inputs["model"] == "bad":\n    say("failed", 3, "raster-missing", "English", path="/x.tif")\nelse:'
    stand_in_engine(failing + MAKE_RESULTS.replace("\n", "\n    "))
    dialog = batch("segment", 2)
    for number, model in enumerate(("bad", "good")):
        set_values(dialog, number, INPUT=str(raster), MODEL=model, LABELS=tmp_path / f"{model}.tif")
    dialog.mainWidget().checkLoadLayersOnCompletion.setChecked(LOADS)
    dialog.runAlgorithm()
    wait_for(lambda: len(QgsProject.instance().mapLayers()) == LOADS and (tmp_path / "good.tif").exists(), dialog)
    wait_for_the_end(dialog)
    assert len(seen) == 2 and not (tmp_path / "bad.tif").exists() and (tmp_path / "good.tif").exists()


@pytest.fixture
def dialog_of(opened):
    """Opens an algorithm's dialog with some parameters."""
    from processing.gui.AlgorithmDialog import AlgorithmDialog

    def open_dialog(name, **given):
        dialog = opened(AlgorithmDialog(algorithm_called(name)))
        dialog.setParameters(given)
        return dialog

    return open_dialog


def last_entry():
    """The newest entry of Processing's history, as its Python command."""
    try:
        from processing.core.ProcessingLog import ProcessingLog
    except ImportError:  # since QGIS 3.24
        return QgsGui.historyProviderRegistry().queryEntries(providerId="processing")[-1].entry["python_command"]
    return ProcessingLog.getLogEntries()[-1].text


def again(command, processing, opened):
    """The dialog that an entry of the history opens."""
    opens = command.replace("processing.run(", "dialog = processing.createAlgorithmDialog(")
    names = {"processing": processing, **vars(__import__("qgis.core", fromlist=["*"]))}
    exec(opens, names)
    return opened(names["dialog"])


def ran(dialog):
    """Processing's dialog is gone when its run has succeeded."""
    ends = []
    dialog.algorithmFinished.connect(lambda succeeded, _results: ends.append(succeeded))
    dialog.runAlgorithm()
    wait_for(lambda: ends, dialog)
    assert ends == [True]


def test_an_entry_of_the_history_runs_again(dialog_of, processing, opened, stand_in_engine, seen, raster, tmp_path):
    stand_in_engine(MAKE_RESULTS)
    given = {"INPUT": str(raster), "MODEL": TRICKY, "DEVICE": "cpu", "TTA": [0, 2], "DTYPE": 2, "TILE_SIZE": 256}
    wanted = {"LABELS": str(tmp_path / "l.tif"), "POLYGONS": str(tmp_path / "p.gpkg")}
    ran(dialog_of("segment", **given, **wanted))
    command = last_entry()
    repeated = again(command, processing, opened)
    assert repeated.mainWidget().wrappers["MODEL"].value() == TRICKY
    ran(repeated)
    assert last_entry() == command
    processing.run(*_arguments(command))
    inputs = [{**one.inputs, "output": ""} for one in seen]
    assert len(inputs) == 3 and inputs[0] == inputs[1] == inputs[2]
    assert inputs[0]["model"] == TRICKY and inputs[0]["tta"] == ["flips", "scales"]


def _arguments(command):
    """What a command of the history gives to ``processing.run``."""
    caught = []
    names = {"processing": type("Run", (), {"run": lambda *given: caught.append(given)})}
    exec(command, {**vars(__import__("qgis.core", fromlist=["*"])), **names})
    return caught[0]


def test_labels_of_a_file_are_the_same_in_another_project(
    dialog_of, processing, opened, stand_in_engine, seen, raster, tmp_path
):
    """A layer of a GeoPackage that was chosen by its name; one that is in memory is known in its project only."""
    stand_in_engine(FINETUNE)
    path = str(tmp_path / "标签 drawn.gpkg")
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.layerName = "of 2024"
    memory = drawn()
    QgsVectorFileWriter.writeAsVectorFormatV3(memory, path, QgsProject.instance().transformContext(), options)
    layer = QgsVectorLayer(path + "|layername=of 2024", "Drawn")
    QgsProject.instance().addMapLayer(layer)
    dialog = dialog_of("finetune", INPUT=[str(raster)], MODEL_OUTPUT=str(tmp_path / "m"))
    box = dialog.mainWidget().wrappers["LABELS"].widget.findChild(QComboBox)
    box.setCurrentIndex(box.findText("Drawn"))
    ran(dialog)
    command = last_entry()
    repeated = again(command, processing, opened).mainWidget().wrappers["LABELS"]
    assert repeated.widget.findChild(QComboBox).currentText() == "Drawn"
    QgsProject.instance().clear()
    ran(again(command, processing, opened))
    for sent in seen:
        assert [f["class"] for f in QgsVectorLayer(sent.inputs["labels"]).getFeatures()] == ["tree"]


def test_a_layer_with_edits_stays_the_layer(dialog_of, raster, tmp_path):
    path = str(tmp_path / "a.gpkg")
    QgsVectorFileWriter.writeAsVectorFormatV3(
        drawn(), path, QgsProject.instance().transformContext(), QgsVectorFileWriter.SaveVectorOptions()
    )
    layer = QgsVectorLayer(path, "Edited")
    QgsProject.instance().addMapLayer(layer)
    wrapper = dialog_of("finetune", LABELS=layer.id()).mainWidget().wrappers["LABELS"]
    assert wrapper.value() == layer.source()
    layer.startEditing()
    layer.deleteFeature(next(layer.getFeatures()).id())
    assert wrapper.value() == layer.id()
    layer.rollBack()


GIVEN = {
    "segment": {"MODEL": TRICKY, "HEAD": "/头/h.onnx", "DEVICE": "cuda:0"},
    "finetune": {"MODEL": "starter-features", "LABELS": "/标签 a", "CLASSES": '{"林地": 1}', "DEVICE": "cpu"},
    "maps": {"MODELS": f"starter-landcover\n{TRICKY}", "DEVICE": "cpu"},
}


@pytest.mark.parametrize("name", GIVEN)
def test_a_command_in_python_says_what_the_dialog_says(dialog_of, processing, opened, raster, name):
    files = [str(raster)] if name == "finetune" else str(raster)
    dialog = dialog_of(name, INPUT=files, **GIVEN[name])
    said = dialog.createProcessingParameters()
    assert {key: said[key] for key in GIVEN[name]} == GIVEN[name]
    command = dialog.algorithm().asPythonCommand(said, QgsProcessingContext())
    repeated = again(command, processing, opened)
    assert (
        repeated.algorithm().asPythonCommand(repeated.createProcessingParameters(), QgsProcessingContext()) == command
    )


@pytest.mark.skipif(not hasattr(QgsProcessingAlgorithm, "asQgisProcessCommand"), reason="comes with QGIS 3.24")
@pytest.mark.parametrize("name", GIVEN)
def test_a_command_for_the_shell_and_json_say_what_the_dialog_says(dialog_of, raster, name):
    files = [str(raster)] if name == "finetune" else str(raster)
    dialog = dialog_of(name, INPUT=files, **GIVEN[name])
    said = dialog.createProcessingParameters()
    command, whole = dialog.algorithm().asQgisProcessCommand(said, QgsProcessingContext())
    assert whole
    assert {f"--{key}={value}" for key, value in GIVEN[name].items()} <= set(shlex.split(command))
    document = json.loads(json.dumps(dialog.algorithm().asMap(said, QgsProcessingContext())))
    assert {key: document["inputs"][key] for key in GIVEN[name]} == GIVEN[name]
