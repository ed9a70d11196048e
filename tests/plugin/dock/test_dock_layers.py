"""Results in QGIS: Identify says names and metres, heights have a relief, and they lie where they are wanted."""

import shutil

import numpy
import pytest
from dock_actions import SAMPLES, SUCCEED, click, tick, wait_for, wait_for_tasks
from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsMapRendererSequentialJob,
    QgsNumericFormatContext,
    QgsProject,
    QgsRasterLayer,
    QgsVectorFileWriter,
    QgsVectorLayer,
)
from qgis.gui import QgsLayerTreeMapCanvasBridge, QgsMapToolIdentify
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QPainter
from qgis.PyQt.QtWidgets import QPushButton


def run(dock):
    """Press Run; the job, when its layers are there."""
    before = len(dock.follower.jobs)
    click(dock, QPushButton, "rsDinoRun")
    wait_for(lambda: len(dock.follower.jobs) > before, "a job")
    job = dock.follower.jobs[0]
    wait_for(lambda: job.is_final, "the end of the job")
    assert job.state == "successful", job.status
    wait_for_tasks()
    return job


def layer_of(job, name):
    """The layer of a result."""
    path = str(job.job.results().links[name].path(job.folder))
    return next(one for one in QgsProject.instance().mapLayers().values() if one.source() == path)


def identified(interface, layer):
    """What a click into the middle of the map shows of a layer."""
    tool = QgsMapToolIdentify(interface.canvas)
    middle = interface.canvas.rect().center()
    (found,) = tool.identify(middle.x(), middle.y(), [layer], QgsMapToolIdentify.IdentifyMode.LayerSelection)
    return found.mAttributes


def test_identify_says_what_the_values_are(dock, engine, suburb, interface):
    tick(dock, suburb)
    labels = layer_of(run(dock), "labels")
    found = identified(interface, labels)
    (band, value), *more = found.items()
    assert band.startswith("Band 1: labels (0 building, 1 road and paved, ") and int(value) in range(6)
    dataset = gdal.Open(labels.source())
    table = dataset.GetRasterBand(1).GetDefaultRAT()  # QGIS shows its names from 3.30 on
    names = [table.GetValueAsString(row, table.GetColOfUsage(gdal.GFU_Name)) for row in range(table.GetRowCount())]
    assert names == [entry.label for entry in labels.renderer().classes()]
    assert dataset.GetRasterBand(1).GetCategoryNames() == names
    if Qgis.versionInt() < 33000:
        assert not more
    else:
        assert names[int(value)] in found.values()


def test_polygons_that_are_saved_keep_their_style(dock, engine, suburb, processing, tmp_path):
    tick(dock, suburb)
    job = run(dock)
    (polygons,) = [one for one in QgsProject.instance().mapLayers().values() if isinstance(one, QgsVectorLayer)]
    names = [category.label() for category in polygons.renderer().categories()]
    assert "tree" in names
    path = str(tmp_path / "另存 a.gpkg")
    processing.run("native:package", {"LAYERS": [polygons.id()], "OUTPUT": path})
    saved = QgsVectorLayer(path, "saved", "ogr")
    assert [category.label() for category in saved.renderer().categories()] == names
    assert job.folder.is_dir()


def test_polygons_that_qgis_saves_keep_their_style(desktop, result, interface, tmp_path):
    """What “Save Features As…” does: its writer takes no style, and QGIS adds the new file as a layer."""
    names = [category.label() for category in result.renderer().categories()]
    interface.tree.setCurrentLayer(result)
    path = str(tmp_path / "另存 b.gpkg")
    options = QgsVectorFileWriter.SaveVectorOptions()
    context = QgsProject.instance().transformContext()
    assert QgsVectorFileWriter.writeAsVectorFormatV3(result, path, context, options)[0] == 0
    saved = QgsVectorLayer(path, "另存 b", "ogr")
    assert saved.renderer().type() == "singleSymbol"
    QgsProject.instance().addMapLayer(saved)
    again = QgsVectorLayer(path, "again", "ogr")
    for layer in (saved, again):
        assert [category.label() for category in layer.renderer().categories()] == names
        assert not layer.customProperty("rsdino/request")


def test_heights_are_metres_and_have_a_relief_that_the_project_keeps(dock, engine, suburb, interface, tmp_path):
    tick(dock, suburb)
    form = dock.run_page.form
    form.task_box.setCurrentIndex(form.task_box.findData("canopy-height"))
    heights = layer_of(run(dock), "canopy_height")
    assert list(identified(interface, heights)) == ["Band 1: canopy height [m]"]
    items = heights.renderer().shader().rasterShaderFunction().colorRampItemList()
    assert all(item.label.endswith(" m") for item in items)
    highest = heights.dataProvider().bandStatistics(1).maximumValue
    assert items[0].value == 0 and items[-1].value >= highest and 2 * items[-1].value == round(2 * items[-1].value)
    ends = heights.renderer().shader().rasterShaderFunction().legendSettings()
    context = QgsNumericFormatContext()
    assert ends.suffix() == " m" and ends.numericFormat().formatDouble(12.726237, context) == "12.7"

    interface.tree.setCurrentLayer(heights)
    action = interface.layer_action("rsDinoHillshade")
    assert interface.layer_actions[action] == [heights.id()]
    action.trigger()
    action.trigger()  # one is enough
    entry = QgsProject.instance().layerTreeRoot().findLayer(heights.id()).parent()
    assert [child.name() for child in entry.children()][:2] == ["Hillshade", "Canopy height · 郊区 suburb"]
    relief = entry.children()[0].layer()
    assert relief.renderer().type() == "hillshade" and relief.source() == heights.source()
    ground = numpy.cos(numpy.radians(40.746))  # Mercator's metre there
    assert relief.renderer().zFactor() == pytest.approx(1 / ground, rel=0.01)
    assert relief.id() in interface.layer_actions[interface.layer_action("rsDinoRunLayerAgain")]

    kept = str(tmp_path / "项目 a.qgz")
    assert QgsProject.instance().write(kept)
    assert QgsProject.instance().read(kept)
    (again,) = QgsProject.instance().mapLayersByName("Hillshade")
    assert again.renderer().type() == "hillshade"
    assert again.blendMode() == QPainter.CompositionMode.CompositionMode_Multiply


def test_trees_are_seen_over_the_heights(dock, engine, suburb, interface):
    tick(dock, suburb)
    form = dock.run_page.form
    form.task_box.setCurrentIndex(form.task_box.findData("canopy-height"))
    form.settings.outputs["tree_tops"].setChecked(True)
    heights = layer_of(run(dock), "canopy_height")
    root = QgsProject.instance().layerTreeRoot()
    entry = root.findLayer(heights.id()).parent()
    names = [child.name() for child in entry.children()]
    assert names[:3] == [f"{name} · 郊区 suburb" for name in ("Tree tops", "Tree crowns", "Canopy height")]
    assert [child.name() for child in entry.children() if child.isVisible()] == names[:3]
    lines = interface.tree.layerTreeModel().layerLegendNodes(root.findLayer(heights.id()))
    assert lines[0].data(Qt.ItemDataRole.DisplayRole) == "in m"
    bridge = QgsLayerTreeMapCanvasBridge(root, interface.canvas)
    bridge.setCanvasLayers()
    assert [layer.name() for layer in interface.canvas.layers()][:3] == names[:3]
    drawing = QgsMapRendererSequentialJob(interface.canvas.mapSettings())
    drawing.start()
    drawing.waitForFinished()
    picture = drawing.renderedImage()
    colors = {picture.pixel(x, y) & 0xFFFFFF for x in range(picture.width()) for y in range(picture.height())}
    assert {0xFFE100, 0xE31A1C} <= colors  # outlines and dots; between them the heights and the image


def test_results_lie_where_they_are_wanted(dock, interface, stand_in_engine, tmp_path):
    stand_in_engine(SUCCEED.replace("folder.mkdir()", "folder.mkdir(parents=True)"))
    raster, own = tmp_path / "影像 a" / "正射 1.tif", tmp_path / "成果 b"
    for folder in (raster.parent, own):
        folder.mkdir()
    shutil.copy(SAMPLES / "suburb.tif", raster)
    layer = QgsRasterLayer(str(raster), "正射")
    QgsProject.instance().addMapLayer(layer)
    tick(dock, layer)
    place = dock.run_page.form.place
    for choice, parent in (("job", dock.follower.store.folder), ("beside", raster.parent / "rs_dino"), (str(own), own)):
        place.choose(choice)
        job = run(dock)
        made = job.job.results().links["labels"].path(job.folder)
        assert parent in made.parents and job.folder.name in made.parts, choice
        assert layer_of(job, "labels").isValid()
    place.choose(str(tmp_path / "missing"))
    click(dock, QPushButton, "rsDinoRun")
    assert "Choose a folder for the results that exists" in dock.run_page.message.text()
    assert not place.own.isHidden() and len(dock.follower.jobs) == 3
