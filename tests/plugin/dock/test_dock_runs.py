"""From the dock's button to layers, over the real engine and a real sample, by clicks."""

import json

import numpy
import pytest
from dock_actions import SAMPLES, click, drag, run, texts, tick, wait_for
from osgeo import gdal
from qgis.core import QgsLayerTreeGroup, QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtCore import QPoint
from qgis.PyQt.QtWidgets import QCheckBox, QDialog, QFormLayout, QPushButton, QSlider

gdal.UseExceptions()


@pytest.fixture
def real(dock, engine):
    """The dock with the real engine."""
    return dock


def children(node):
    return [child.name() for child in node.children()]


def test_results_lie_in_a_group_beside_the_raster_styled_with_their_recipe(real, suburb, interface):
    dock = real
    tick(dock, suburb)
    job = run(dock)
    root = QgsProject.instance().layerTreeRoot()
    assert children(root) == ["郊区 suburb", "郊区 suburb"]  # the group, and the raster below it
    group = root.children()[0]
    (entry,) = group.children()
    assert entry.name().endswith(" · Segment")
    assert children(entry) == [f"{name} · 郊区 suburb" for name in ("Polygons", "Labels", "Confidence")]
    assert [child.isVisible() for child in entry.children()] == [False, True, False]
    for node in (group, entry):
        assert interface.tree.isExpanded(interface.tree.node2index(node))
    polygons, labels, confidence = [child.layer() for child in entry.children()]
    assert labels.renderer().type() == "paletted"
    assert "building" in [entry.label for entry in labels.renderer().classes()]
    assert polygons.renderer().type() == "categorizedSymbol" and polygons.featureCount() > 0
    assert labels.extent().toString(3) == suburb.extent().toString(3)
    for layer in (labels, confidence, polygons):
        assert json.loads(layer.customProperty("rsdino/request"))["processID"] == "segment"
        assert layer.customProperty("rsdino/job") == str(job.folder)
        assert "starter-landcover" in layer.metadata().abstract()
    slider = dock.findChild(QSlider, "rsDinoOpacity")
    slider.setValue(40)
    assert labels.opacity() == pytest.approx(0.4)
    assert polygons.opacity() == 1

    again(dock, interface, labels)
    slider_before = slider.value()
    run(dock)
    newest, older = group.children()
    assert older is entry and newest.isVisible() and not older.isVisible()
    assert newest.children()[1].layer().opacity() == pytest.approx(slider_before / 100)
    assert isinstance(newest, QgsLayerTreeGroup)


def again(dock, interface, layer):
    """“Run again” of a layer's menu, from another form."""
    dock.run_page.form.task_box.setCurrentIndex(1)
    interface.tree.setCurrentLayer(layer)
    action = interface.layer_action("rsDinoRunLayerAgain")
    assert layer.id() in interface.layer_actions[action]
    action.trigger()
    assert dock.run_page.form.task.id == "segment"
    assert [one.name() for one in dock.run_page.form.rasters.layers()] == ["郊区 suburb"]


def test_drawn_rectangle_is_all_that_is_computed(real, suburb, interface):
    dock, canvas = real, interface.canvas
    tick(dock, suburb)
    where = dock.run_page.form.where
    where.choose("drawn")
    click(dock, QPushButton, "rsDinoDraw")
    assert canvas.mapTool() is not None
    view, middle = canvas.viewport(), QPoint(canvas.width() // 2, canvas.height() // 2)
    drag(view, middle, middle + QPoint(90, 70))
    assert where.draw.isChecked() is False and canvas.mapTool() is None
    drawn = where.area().geometry.boundingBox()
    job = run(dock)
    made = QgsVectorLayer(job.request.inputs["aoi"])
    assert made.crs() == suburb.crs()
    assert made.extent().toString(2) == drawn.toString(2)
    labels = QgsRasterLayer(str(job.job.results().links["labels"].path(job.folder)))
    pixels = gdal.Open(labels.source()).ReadAsArray()
    rows, cols = numpy.nonzero(pixels != 255)
    left, top = labels.extent().xMinimum(), labels.extent().yMaximum()
    assert labels.extent().area() < suburb.extent().area() / 4
    size = suburb.rasterUnitsPerPixelX()
    assert left + cols.min() * size >= drawn.xMinimum() - size
    assert left + (cols.max() + 1) * size <= drawn.xMaximum() + size
    assert top - rows.min() * size <= drawn.yMaximum() + size
    assert numpy.count_nonzero(pixels != 255) > 0.9 * drawn.area() / size**2


def test_what_does_not_fit_is_shown_before_the_run(real, interface, tmp_path):
    """Pixels of 5 m for a model of 0.2 m: far too coarse, and very many windows."""
    dock, path = real, tmp_path / "粗 coarse.tif"
    made = gdal.GetDriverByName("GTiff").Create(str(path), 500, 400, 3, gdal.GDT_Byte)
    made.SetProjection(QgsRasterLayer(str(SAMPLES / "suburb.tif")).crs().toWkt())
    made.SetGeoTransform((600000, 5, 0, 5000000, 0, -5))
    for band in (1, 2, 3):
        made.GetRasterBand(band).Fill(90 + band)
    del made
    layer = QgsRasterLayer(str(path), "coarse")
    QgsProject.instance().addMapLayer(layer)
    tick(dock, layer)
    click(dock, QPushButton, "rsDinoRun")
    wait_for(lambda: dock.findChild(QDialog, "rsDinoPreflight") is not None, "the dialog")
    dialog = dock.findChild(QDialog, "rsDinoPreflight")
    assert any("m per pixel, this model was trained at 0.2 m" in text for text in texts(dialog)), texts(dialog)
    rows = dialog.findChild(QFormLayout)
    told = [rows.itemAt(row, QFormLayout.ItemRole.LabelRole).widget().text() for row in range(rows.rowCount())]
    assert told == ["Time", "Windows", "Memory beside the model", "Disk", "Device"]
    values = [rows.itemAt(row, QFormLayout.ItemRole.FieldRole).widget().text() for row in range(rows.rowCount())]
    assert int(values[1].replace(",", "")) > 200 and values[2].endswith(" MB") and "processor" in values[4], values
    assert dock.follower.jobs == []
    dialog.reject()
    wait_for(lambda: not list(dock.follower.store.folder.iterdir()), "the folder to go")
    assert dock.follower.jobs == []
    click(dock, QPushButton, "rsDinoRun")
    wait_for(lambda: dock.findChild(QPushButton, "rsDinoRunAnyway") is not None, "the dialog")
    click(dock, QPushButton, "rsDinoRunAnyway")
    (job,) = dock.follower.jobs
    wait_for(lambda: job.state == "running", "the run")
    assert dock.tabs.currentWidget() is dock.job_list
    click(dock, QPushButton, "rsDinoCancelJob")
    wait_for(lambda: job.is_final, "the end")
    assert job.state == "dismissed"


def test_sheets_of_one_mosaic_become_one_map(real, interface, tmp_path):
    dock = real
    sheets = []
    for name, left in (("west", 0), ("east", 256)):
        path = str(tmp_path / f"图幅 {name}.tif")
        gdal.Translate(path, str(SAMPLES / "suburb.tif"), srcWin=[left, 0, 256, 512])
        sheets.append(QgsRasterLayer(path, name))
        QgsProject.instance().addMapLayer(sheets[-1])
    tick(dock, *reversed(sheets))
    click(dock, QCheckBox, "rsDinoMosaic")
    job = run(dock)
    labels = str(job.job.results().links["labels"].path(job.folder))
    whole = QgsRasterLayer(str(SAMPLES / "suburb.tif"))
    (shown,) = [one for one in QgsProject.instance().mapLayers().values() if one.source() == labels]
    assert (shown.width(), shown.height()) == (512, 512)
    assert shown.extent().toString(3) == whole.extent().toString(3)
    groups = [one for one in QgsProject.instance().layerTreeRoot().children() if isinstance(one, QgsLayerTreeGroup)]
    assert len(groups) == 1
