"""The algorithm's dialog in QGIS: our own widget in it, and what it hands over."""

import pytest
from qgis.core import QgsApplication, QgsProcessingContext, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtWidgets import QComboBox, QLabel


@pytest.fixture
def opened(plugin, qgis_iface, monkeypatch):
    """Opens the dialog of an algorithm."""
    from processing.gui.AlgorithmDialog import AlgorithmDialog
    from qgis.gui import QgsBrowserGuiModel

    model = QgsBrowserGuiModel()  # pytest-qgis' interface has none
    monkeypatch.setattr(qgis_iface, "browserModel", lambda: model, raising=False)
    made = []

    def open_dialog(algorithm):
        made.append(AlgorithmDialog(QgsApplication.processingRegistry().createAlgorithmById(algorithm)))
        return made[-1]

    yield open_dialog
    for one in made:
        one.close()


@pytest.fixture
def dialog(opened):
    return opened("rsdino:segment")


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


def test_labels_are_chosen_among_the_layers_or_typed(opened, qgis_new_project, raster):
    """Polygons and rasters of the project by their names; what is handed over is the id, and text stays text."""
    layers = [QgsVectorLayer(f"{kind}?crs=EPSG:4326", kind, "memory") for kind in ("Polygon", "Point")]
    QgsProject.instance().addMapLayers([*layers, QgsRasterLayer(str(raster), "标签")])
    wrapper = opened("rsdino:finetune").mainWidget().wrappers["LABELS"]
    box = wrapper.widget.findChild(QComboBox)
    assert {box.itemText(row) for row in range(box.count())} == {"Polygon", "标签"}
    assert wrapper.value() == ""
    box.setCurrentIndex(box.findText("Polygon"))
    assert wrapper.value() == layers[0].id()
    box.setEditText("/labels/Polygon")
    assert wrapper.value() == "/labels/Polygon"
    wrapper.setWidgetValue(layers[0].id(), QgsProcessingContext())
    assert box.currentText() == "Polygon" and wrapper.value() == layers[0].id()


def test_the_models_card_stands_below_its_box(opened, imported):
    imported("fields-fr")
    dialog = opened("rsdino:segment")
    widget = dialog.mainWidget().wrappers["MODEL"].widget
    box, card = widget.findChild(QComboBox), widget.findChild(QLabel, "rsDinoModelCard")
    assert card.text() == "Starter: land cover · 6 classes · 0.2 m per pixel · bands: red, green, blue · MIT"
    assert card.isVisibleTo(dialog)
    box.setCurrentIndex(box.findText("fields-fr"))
    assert card.text().startswith("田块 Fields · 6 classes · 0.5 m per pixel")
    box.setEditText("no-such-model")
    assert not card.isVisibleTo(dialog)
    dialog.setParameters({"MODEL": "fields-fr"})
    assert card.text().startswith("田块 Fields")
    assert not dialog.mainWidget().wrappers["DEVICE"].widget.findChildren(QLabel, "rsDinoModelCard")


def test_rows_of_a_batch_have_no_card(plugin, opened):
    from processing.gui.BatchAlgorithmDialog import BatchAlgorithmDialog
    from processing.gui.wrappers import WidgetWrapperFactory

    opened("rsdino:segment")  # and with it what pytest-qgis' interface has not
    algorithm = QgsApplication.processingRegistry().createAlgorithmById("rsdino:segment")
    batch = BatchAlgorithmDialog(algorithm)
    wrapper = WidgetWrapperFactory.create_wrapper(algorithm.parameterDefinition("MODEL"), batch)
    assert wrapper.widget.findChild(QComboBox) is not None
    assert wrapper.widget.findChild(QLabel, "rsDinoModelCard") is None
    batch.close()


def test_several_models_are_added_from_a_list_with_their_cards(opened, imported, monkeypatch):
    from qgis.PyQt.QtWidgets import QFileDialog, QPlainTextEdit, QToolButton

    imported("heads", of="starter-features", title="Heads & trees")
    imported("fields-fr")
    dialog = opened("rsdino:maps")
    wrapper = dialog.mainWidget().wrappers["MODELS"]
    text = wrapper.widget.findChild(QPlainTextEdit, "rsDinoModels")
    card = wrapper.widget.findChild(QLabel, "rsDinoModelCard")
    add = wrapper.widget.findChild(QToolButton, "rsDinoAddModel").menu()
    assert text.placeholderText() and not card.isVisibleTo(dialog)

    add.aboutToShow.emit()
    offered = {action.data(): action for action in add.actions()}
    assert list(offered) == ["starter-features", "heads"]  # those on a DINOv3 backbone
    offered["heads"].trigger()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "/模型/m")
    wrapper.widget.findChildren(QToolButton)[1].menu().actions()[1].trigger()
    assert wrapper.value() == "heads\n/模型/m"
    assert card.isVisibleTo(dialog) and card.text().startswith("Heads &amp; trees · ") and "<br>" not in card.text()

    add.aboutToShow.emit()
    assert [action.isEnabled() for action in add.actions()] == [True, False]
    text.setPlainText("starter-landcover")
    assert "Has no DINOv3 backbone to share: Starter: land cover" in card.text()
    dialog.setParameters({"MODELS": ["starter-features", "heads"]})
    assert wrapper.value() == "starter-features\nheads"
