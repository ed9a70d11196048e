"""What a person does in the window: clicks, drags, ticks, and waits."""

import time
from pathlib import Path

import numpy
from osgeo import gdal
from qgis.core import QgsApplication, QgsCoordinateReferenceSystem
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QLabel, QPushButton

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "resources" / "samples"
DEADLINE_S = 240.0
# A stand-in engine's work: the raster itself is the result.
SUCCEED = """
import shutil
folder = Path(inputs["output"]); folder.mkdir()
shutil.copy(inputs["rasters"][0], folder / "R_labels.tif")
results = {"labels": {"href": str(folder / "R_labels.tif")}}
(job / "results.json").write_text(json.dumps(results), encoding="utf-8")
say("successful", 100, "job-done", "Done.")
"""
WAIT = """
say("running", 10, "writing", "Writing x.", name="x")
while not (job / "go").exists():
    if (job / "cancel").exists():
        say("dismissed", 10); sys.exit()
    if (job / "die").exists():
        os._exit(3)
    time.sleep(0.01)
say("running", 60, "gsd-coarse", "…", {"warning": True}, raster="r", gsd=5, wanted=0.2)
"""
_NONE = Qt.KeyboardModifier.NoModifier


def wait_for(condition, what="the condition"):
    """Let QGIS work until ``condition`` holds."""
    until = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < until, f"waited in vain for {what}"
        QTest.qWait(20)


def wait_for_tasks():
    """Until the layers of a job are there. A task that has done its work is none of the active ones any more before its
    results have arrived."""
    wait_for(lambda: QgsApplication.taskManager().count() == 0, "the layers")


def click(widget, kind, name):
    """Click what lies in ``widget`` and is called ``name``."""
    target = widget.findChild(kind, name)
    assert target is not None and target.isEnabled(), name
    QTest.mouseClick(target, Qt.MouseButton.LeftButton)


def drag(view, start, end):
    """Press at ``start``, move, release at ``end``."""
    QTest.mousePress(view, Qt.MouseButton.LeftButton, _NONE, start)
    QTest.mouseMove(view, (start + end) / 2)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, _NONE, end)


def tick(dock, *layers):
    """Tick these rasters and no other."""
    rasters = dock.run_page.form.rasters
    wanted = [layer.id() for layer in layers]
    for row in range(rasters.count()):
        item = rasters.item(row)
        ticked = item.data(Qt.ItemDataRole.UserRole) in wanted
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
    assert dock.run_page.form.rasters.layers() == list(layers)


def texts(widget):
    """Every label's text."""
    return [label.text() for label in widget.findChildren(QLabel)]


def run(dock):
    """Press Run; the job, when it has ended and its layers are there."""
    before = len(dock.follower.jobs)
    dock.tabs.setCurrentWidget(dock.run_page)
    click(dock, QPushButton, "rsDinoRun")
    wait_for(lambda: len(dock.follower.jobs) > before, dock.run_page.message.text() or "a job")
    job = dock.follower.jobs[0]
    wait_for(lambda: job.is_final, "the end of the job")
    assert job.state == "successful", job.status
    wait_for_tasks()
    return job


def water_and_forest(folder):
    """A map, half of it each; its path."""
    path = str(folder / "图 map.tif")
    data = gdal.GetDriverByName("GTiff").Create(path, 40, 20, 1, gdal.GDT_Byte)
    data.SetGeoTransform((500000, 10, 0, 4000000, 0, -10))
    data.SetProjection(QgsCoordinateReferenceSystem("EPSG:32633").toWkt())
    data.GetRasterBand(1).WriteArray(numpy.repeat([[1] * 20 + [2] * 20], 20, axis=0).astype(numpy.uint8))
    return path
