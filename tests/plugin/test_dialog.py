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
