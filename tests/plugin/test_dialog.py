"""The algorithm's dialog in QGIS: our own widget in it, and what it hands over."""

import pytest
from qgis.core import QgsApplication, QgsProcessingContext
from qgis.PyQt.QtWidgets import QComboBox


@pytest.fixture
def dialog(plugin, qgis_iface, monkeypatch):
    from processing.gui.AlgorithmDialog import AlgorithmDialog
    from qgis.gui import QgsBrowserGuiModel

    model = QgsBrowserGuiModel()  # pytest-qgis' interface has none
    monkeypatch.setattr(qgis_iface, "browserModel", lambda: model, raising=False)
    made = AlgorithmDialog(QgsApplication.processingRegistry().createAlgorithmById("rsdino:segment"))
    yield made
    made.close()


def test_model_is_suggested_and_can_be_typed(dialog):
    wrapper = dialog.mainWidget().wrappers["MODEL"]
    box = wrapper.widget.findChild(QComboBox)
    assert box.isEditable()
    assert wrapper.value() == "starter-landcover"
    changed = []
    wrapper.widgetValueHasChanged.connect(lambda *_: changed.append(True))
    wrapper.setWidgetValue("/模型/m.onnx", QgsProcessingContext())
    assert changed
    assert dialog.mainWidget().wrappers["DEVICE"].value() == "auto"


def test_dialog_hands_over_every_parameter(dialog, raster, tmp_path):
    widget = dialog.mainWidget()
    widget.wrappers["INPUT"].setWidgetValue(str(raster), QgsProcessingContext())
    parameters = widget.createProcessingParameters()
    assert parameters["INPUT"] == str(raster)
    assert parameters["MODEL"] == "starter-landcover"
    assert parameters["TILE_SIZE"] is None
    assert set(parameters) >= {"LABELS", "CONFIDENCE", "POLYGONS", "TTA", "OUTPUT_GRID"}


def test_file_or_folder_can_be_browsed_for(dialog, monkeypatch):
    from qgis.PyQt.QtWidgets import QFileDialog, QToolButton

    wrapper = dialog.mainWidget().wrappers["MODEL"]
    file, folder = wrapper.widget.findChild(QToolButton).menu().actions()
    for chosen, value in (("/模型/a.onnx", "/模型/a.onnx"), ("/模型/m/model.json", "/模型/m"), ("", "/模型/m")):
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, chosen=chosen: (chosen, ""))
        file.trigger()
        assert wrapper.value() == value
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/模型/n")
    folder.trigger()
    assert wrapper.value() == "/模型/n"
