"""Live mode over the real engine: the map is moved, pixels come, and they are those of a run."""

import numpy
import pytest
from dock_actions import SAMPLES, click, tick, wait_for
from osgeo import gdal
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsRectangle
from qgis.PyQt.QtWidgets import QLabel, QPushButton

gdal.UseExceptions()
SIDE = 1536


@pytest.fixture
def large(interface, tmp_path):
    """The sample four times beside itself, with a strip without data, on the map."""
    path = tmp_path / "大 large.tif"
    sample = gdal.Open(str(SAMPLES / "suburb.tif"))
    pixels = numpy.tile(sample.ReadAsArray(), (1, 3, 3))[:, :SIDE, :SIDE]
    pixels[:, 600:640, 100:900] = 0
    made = gdal.GetDriverByName("GTiff").Create(str(path), SIDE, SIDE, 3, gdal.GDT_Byte, ["TILED=YES"])
    made.SetProjection(sample.GetProjection())
    made.SetGeoTransform(sample.GetGeoTransform())
    for band in (1, 2, 3):
        made.GetRasterBand(band).SetNoDataValue(0)
        made.GetRasterBand(band).WriteArray(pixels[band - 1])
    del made
    layer = QgsRasterLayer(str(path), "大 large")
    QgsProject.instance().addMapLayer(layer)
    interface.canvas.setDestinationCrs(layer.crs())
    interface.canvas.setLayers([layer])
    return layer


def show(interface, layer, row0, row1, col0, col1):
    """Move the map to these rows and columns of a raster."""
    size, extent = layer.rasterUnitsPerPixelX(), layer.extent()
    left, top = extent.xMinimum(), extent.yMaximum()
    interface.canvas.setExtent(
        QgsRectangle(left + col0 * size, top - row1 * size, left + col1 * size, top - row0 * size)
    )
    interface.canvas.refresh()


def state(dock):
    return dock.findChild(QLabel, "rsDinoLiveState").text()


def switch(dock):
    click(dock, QPushButton, "rsDinoLive")


def mode(dock):
    return dock.run_page.live.mode


def live_pixels(dock):
    return gdal.Open(mode(dock).layer.layer.source()).ReadAsArray()


def up_to_date(dock):
    wait_for(lambda: state(dock) == "Up to date", state(dock) or "up to date")


def test_what_the_map_shows_comes_and_is_what_a_run_gives(dock, engine, large, interface):
    tick(dock, large)
    show(interface, large, 0, 500, 0, 600)
    switch(dock)
    assert state(dock) == "Starting…"
    up_to_date(dock)
    session = mode(dock).session
    layer = mode(dock).layer.layer
    assert layer.name().startswith("Live: ") and layer.renderer().type() == "paletted"
    assert (live_pixels(dock)[:500, :600] != 255).mean() > 0.9
    show(interface, large, 700, 1300, 500, 1300)
    wait_for(lambda: state(dock) != "Up to date", "the second look")
    up_to_date(dock)
    computed = session.status.metrics["computed"]
    show(interface, large, 0, 500, 0, 600)
    wait_for(lambda: session.status.metrics["look"]["number"] == 3, "the third look")
    assert state(dock) == "Up to date" and session.status.metrics["computed"] == computed
    found = live_pixels(dock)

    before = len(dock.follower.jobs)
    click(dock, QPushButton, "rsDinoRun")
    wait_for(lambda: len(dock.follower.jobs) > before, "a job")
    job = dock.follower.jobs[0]
    wait_for(lambda: job.is_final, "the end of the job")
    wait_for(lambda: QgsApplication.taskManager().countActiveTasks() == 0, "the layers")
    whole = gdal.Open(str(job.job.results().links["labels"].path(job.folder))).ReadAsArray()
    for rows, cols in ((slice(0, 500), slice(0, 600)), (slice(700, 1300), slice(500, 1300))):
        assert numpy.array_equal(found[rows, cols], whole[rows, cols])
    known = found != 255
    assert numpy.array_equal(found[known], whole[known])
    dock.tabs.setCurrentWidget(dock.run_page)
    folder = session.folder.parent
    switch(dock)
    assert not [one for one in QgsProject.instance().mapLayers().values() if one.name().startswith("Live: ")]
    wait_for(lambda: not folder.exists(), "the folder to go")
