"""A model that was trained leads to the dock; what costs hours lies where it stays."""

import json
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsProcessingUtils, QgsRasterLayer, QgsSettings
from qgis.PyQt.QtWidgets import QPushButton


@pytest.fixture
def model(tmp_path):
    """Makes the folder of a model that is offered."""
    from rs_dino_plugin.settings import TRAINED_MODELS, add_trained_model

    def make(name, kind="classes"):
        folder = tmp_path / name
        folder.mkdir()
        spec = {"name": name, "input": {}, "output": {"kind": kind}}
        (folder / "model.json").write_text(json.dumps(spec), encoding="utf-8")
        add_trained_model(str(folder))
        return str(folder)

    QgsSettings().remove(TRAINED_MODELS)
    yield make
    QgsSettings().remove(TRAINED_MODELS)


def _offered(box):
    return [box.itemText(row) for row in range(box.count())]


def test_the_open_dock_offers_it_at_once_and_the_message_leads_there(dock, interface, model):
    from rs_dino_plugin import notices

    form = dock.run_page.form
    form.task_box.setCurrentIndex(form.task_box.findData("canopy-height"))
    dock.tabs.setCurrentWidget(dock.job_list)
    classes, heights = model("林地"), model("heights", "value")
    notices.trained("林地", classes, False)
    assert heights in _offered(form.model.box) and classes not in _offered(form.model.box)
    assert classes in interface.said[-1] and "until QGIS is closed" not in interface.said[-1]
    (button,) = [one for one in interface.bar.findChildren(QPushButton) if one.text() == "Use it"]
    button.click()
    assert (form.task.id, form.model.value()) == ("segment", classes)
    assert dock.tabs.currentWidget() is dock.run_page
    notices.trained("heights", heights, True)
    assert form.model.value() == classes, "what was chosen stays"
    assert "until QGIS is closed" in interface.said[-1]


def test_points_and_models_of_our_dialogs_lie_where_they_stay(desktop, tmp_path, monkeypatch):
    from rs_dino_plugin.gui import map_tables, train_with
    from rs_dino_plugin.lasting import passes

    monkeypatch.setattr(QgsApplication, "qgisSettingsDirPath", lambda: str(tmp_path / "profile") + "/")
    raster = tmp_path / "图 map.tif"
    raster.write_bytes(b"")
    layer = QgsRasterLayer(str(raster), "map")
    assert map_tables._filled("rsdino:zonal", layer) == {"INPUT": layer.id()}
    first = Path(map_tables._filled("rsdino:samplepoints", layer)["POINTS"])
    assert first == tmp_path / "图 map_sample.gpkg"
    first.write_bytes(b"")
    assert Path(map_tables._filled("rsdino:samplepoints", layer)["POINTS"]).name == "图 map_sample_2.gpkg"
    temporary = Path(QgsProcessingUtils.generateTempFilename("LABELS.tif"))
    temporary.write_bytes(b"")
    passing = QgsRasterLayer(str(temporary), "passing")
    assert not passes(Path(map_tables._filled("rsdino:samplepoints", passing)["POINTS"]))
    trained = Path(train_with.parameters(tmp_path / "review.gpkg", [], None)["MODEL_OUTPUT"])
    assert trained == tmp_path / "profile" / "rs_dino_models" / "review"
