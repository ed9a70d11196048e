"""Accuracy and what belongs to it in the window: entries of layers, the message bar, the table."""

import csv
import gc
import json

import pytest
from dock_actions import SAMPLES, wait_for, water_and_forest
from osgeo import gdal
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsVectorLayer,
)
from qgis.gui import QgsBrowserGuiModel
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QFileDialog, QPushButton

ESTIMATE = {"value": 0.875, "half_width": 0.1034}
NONE = {"value": None, "half_width": None}
DOCUMENT = {
    "kind": "classes",
    "references": 45,
    "polygons": 0,
    "unit": "ha",
    "overall": {"value": 0.8801, "half_width": None},
    "classes": [
        {
            "id": 1, "name": "water", "names": {"zh": "水体"}, "color": None, "on_map": 40,
            "in_reference": 38, "users": ESTIMATE, "producers": ESTIMATE, "f1": 0.9, "iou": 0.8,
            "mapped": 1234.5678, "mapped_share": 0.9, "area": {"value": 1000.0, "half_width": 99.996},
        },
        {
            "id": 2, "name": "bare", "names": {}, "color": None, "on_map": 5, "in_reference": 7, "users": NONE,
            "producers": ESTIMATE, "f1": None, "iou": None, "mapped": 12.0, "mapped_share": 0.1,
            "area": {"value": 20.0, "half_width": None},
        },
    ],
    "counts": [[35, 5], [3, 2]],
    "proportions": [[0.7, 0.1], [0.1, 0.1]],
}  # fmt: skip
HEIGHTS = {
    "kind": "heights", "references": 3, "polygons": 0, "unit": "m", "mae": 3.09, "rmse": 3.2, "bias": -0.24, "r2": None,
    "constant_mae": 1.0,
    "bins": [
        {"from_m": 0.0, "to_m": 2.0, "references": 1, "mae": 4.27, "bias": 4.27},
        {"from_m": 50.0, "to_m": None, "references": 2, "mae": 2.5, "bias": -2.5},
    ],
}  # fmt: skip


@pytest.fixture
def dialog(desktop, interface):
    from rs_dino_plugin.gui.accuracy_dialog import AccuracyDialog

    made = AccuracyDialog("田 a", DOCUMENT, ["One note."], interface.window)
    yield made
    made.close()


def test_maps_have_the_entries_and_pictures_have_not(desktop, interface):
    maps = QgsRasterLayer(str(SAMPLES / "suburb.tif"), "three bands")
    one, heights = QgsRasterLayer(_one_band(), "one band"), QgsRasterLayer(_one_band(gdal.GDT_Float32), "heights")
    assert maps.bandCount() == 3 and one.bandCount() == 1
    QgsProject.instance().addMapLayer(maps)
    QgsProject.instance().addMapLayer(one)
    QgsProject.instance().addMapLayer(heights)
    actions = desktop.tables.actions
    assert list(actions) == ["rsdino:evaluate", "rsdino:zonal", "rsdino:samplepoints"]
    for algorithm, action in actions.items():
        classes_only = algorithm == "rsdino:samplepoints"
        assert interface.layer_actions[action] == ([one.id()] if classes_only else [one.id(), heights.id()])


def _vector_layers():
    return [one for one in QgsProject.instance().mapLayers().values() if isinstance(one, QgsVectorLayer)]


def _one_band(kind=gdal.GDT_Byte):
    path = f"/vsimem/one {kind}.tif"
    gdal.GetDriverByName("GTiff").Create(path, 4, 4, 1, kind).FlushCache()
    return path


def test_an_entry_opens_processings_dialog_which_runs(desktop, engine, interface, qgis_iface, monkeypatch, tmp_path):
    model = QgsBrowserGuiModel()  # pytest-qgis' interface has none of these
    monkeypatch.setattr(qgis_iface, "browserModel", lambda: model, raising=False)
    monkeypatch.setattr(qgis_iface, "layerTreeView", lambda: interface.tree)
    one = QgsRasterLayer(water_and_forest(tmp_path), "a map")
    fields = QgsVectorLayer("Polygon?crs=EPSG:32633", "fields", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromRect(one.extent()))
    fields.dataProvider().addFeatures([feature])
    QgsProject.instance().addMapLayers([one, fields])
    interface.tree.setCurrentLayer(one)
    desktop.tables.actions["rsdino:zonal"].trigger()
    (dialog,) = desktop.dialogs.opened
    gc.collect()
    QTest.mouseClick(dialog.runButton(), Qt.MouseButton.LeftButton)
    wait_for(lambda: dialog.wasExecuted(), "the end of the run")
    fields_of = [[field.name() for field in one.fields()] for one in _vector_layers() if one is not fields]
    assert fields_of and any("dominant" in names or "majority" in names for names in fields_of), fields_of
    dialog.close()
    wait_for(lambda: desktop.dialogs.opened == [], "the dialog's end")


def test_an_assessment_is_said_and_leads_to_its_table(desktop, interface):
    from rs_dino_plugin import notices
    from rs_dino_plugin.gui.accuracy_dialog import AccuracyDialog

    notices.assessed("田 a", DOCUMENT, ["One note."])
    (button,) = [one for one in interface.bar.findChildren(QPushButton) if one.text() == "Show table"]
    button.click()
    (dialog,) = interface.window.findChildren(AccuracyDialog)
    assert dialog.windowTitle() == "Accuracy: 田 a"
    dialog.close()


def test_the_table_in_words(dialog):
    table = dialog.shown_table()
    assert table.names[:4] == ["Class", "References", "User's accuracy", "Producer's accuracy"]
    assert table.rows[0] == [
        "water", "40", "87.5 ± 10.3 %", "87.5 ± 10.3 %", "0.90", "0.80", "1,234.57 ha", "1,000.00 ± 100.00 ha"
    ]  # fmt: skip
    assert table.rows[1] == ["bare", "5", "–", "87.5 ± 10.3 %", "–", "–", "12.00 ha", "20.00 ha"]


def test_classes_are_named_in_the_users_language(dialog, monkeypatch):
    from rs_dino_plugin import assessment

    monkeypatch.setattr(assessment, "language", lambda: "zh")
    assert [row[0] for row in assessment.accuracy_table(DOCUMENT).rows] == ["水体", "bare"]


def test_what_is_shown_is_copied_and_kept_as_csv(dialog, monkeypatch, tmp_path):
    dialog.tabs.setCurrentIndex(1)
    dialog.copy.click()
    assert QApplication.clipboard().text().split("\n")[1:] == ["water\t35\t5", "bare\t3\t2"]
    target = tmp_path / "矩阵.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    dialog.save.click()
    with target.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1:] == [["water", "35", "5"], ["bare", "3", "2"]]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no folder" / "a.csv"), ""))
    dialog.save.click()
    assert "cannot be written" in dialog.bar.currentItem().text()


def test_an_assessment_in_the_list_of_jobs_opens_with_its_table(dock, interface, engine, tmp_path):
    """By the real engine: the figures in a window, the tables as layers."""
    from rs_dino_plugin.engine_client.documents import Request
    from rs_dino_plugin.engine_client.local import LocalEngine
    from rs_dino_plugin.gui.accuracy_dialog import AccuracyDialog

    labels, references = str(tmp_path / "田_labels.tif"), tmp_path / "r.geojson"
    data = gdal.GetDriverByName("GTiff").Create(labels, 4, 4, 1, gdal.GDT_Byte)
    data.SetGeoTransform((15, 0.001, 0, 36, 0, -0.001))
    data.SetProjection("EPSG:4326")
    data.GetRasterBand(1).Fill(3)
    data = None
    features = [
        {
            "type": "Feature",
            "properties": {"c": 3},
            "geometry": {"type": "Point", "coordinates": [15.0005 + x, 35.9995]},
        }
        for x in (0, 0.001, 0.002)
    ]
    references.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    folder = dock.follower.store.new_folder("evaluate", "田")
    inputs = {"raster": labels, "references": str(references), "field": "c", "output": str(folder / "results")}
    job = dock.follower.start(LocalEngine(engine), Request("evaluate", inputs), folder)
    wait_for(lambda: job.is_final)
    assert job.state == "successful"
    assert dock.job_list.list.topLevelItem(0).text(0).endswith(" · Accuracy: 田_labels")
    dock.open_result(job)
    (dialog,) = interface.window.findChildren(AccuracyDialog)
    assert dialog.shown_table().rows[0][:3] == ["3", "3", "100.0 ± 0.0 %"]
    dialog.close()
    wait_for(lambda: len(QgsProject.instance().mapLayers()) == 2, "the tables")
    names = {layer.name() for layer in QgsProject.instance().mapLayers().values()}
    assert names == {"Accuracy · 田_labels", "Confusion matrix · 田_labels"}


def test_heights_have_a_table_of_their_own(desktop, interface):
    from rs_dino_plugin.assessment import said
    from rs_dino_plugin.gui.accuracy_dialog import AccuracyDialog

    dialog = AccuracyDialog("h", HEIGHTS, [], interface.window)
    assert dialog.tabs.count() == 1
    assert dialog.shown_table().rows == [["0 to 2 m", "1", "4.27 m", "4.27 m"], ["from 50 m", "2", "2.50 m", "-2.50 m"]]
    assert said(HEIGHTS) == "3 references: mean error 3.09 m, RMSE 3.20 m, bias -0.24 m, R² –."
    dialog.close()
