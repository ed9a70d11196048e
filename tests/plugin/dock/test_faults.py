"""What goes wrong around a run, over the real engine: each has one clear outcome, and nothing is lost.

Elsewhere: a layer removed while its job runs, a project closed, results deleted, a job's folder deleted
(test_dock_jobs.py); reloading ten times, unloading while something runs (test_desktop_life.py); a WMS layer
(test_dock_form.py); QGIS closed while a job runs, two QGIS at once (tests/desktop/test_two.py); a plugin folder that
cannot be written (tests/e2e/test_read_only.py). Paths have spaces and Chinese characters in all of them.
"""

import os
import signal
import subprocess

import pytest
from dock_actions import SAMPLES, click, texts, tick, wait_for, wait_for_tasks
from osgeo import gdal, osr
from qgis.core import QgsProject, QgsRasterLayer, QgsVectorLayer
from qgis.PyQt.QtWidgets import QDialog, QPushButton

gdal.UseExceptions()


@pytest.fixture
def real(dock, engine):
    """The dock with the real engine."""
    return dock


def started(dock, layer):
    """Press Run; the job."""
    tick(dock, layer)
    dock.tabs.setCurrentWidget(dock.run_page)
    click(dock, QPushButton, "rsDinoRun")
    wait_for(lambda: dock.follower.jobs or dock.run_page.message.text())
    assert dock.follower.jobs, dock.run_page.message.text()
    return dock.follower.jobs[0]


def ended(dock, layer):
    """Press Run and wait for the layers; the job."""
    job = started(dock, layer)
    wait_for(lambda: job.is_final, "the end of the job")
    assert job.state == "successful", job.status
    wait_for_tasks()
    return job


def on_map(path, name):
    layer = QgsRasterLayer(str(path), name)
    assert layer.isValid()
    QgsProject.instance().addMapLayer(layer)
    return layer


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_engine_that_is_killed_is_a_failure_with_a_sentence(real, suburb, interface):
    job = started(real, suburb)
    wait_for(lambda: job.state == "running")
    os.killpg(job.job._process.pid, signal.SIGKILL)
    wait_for(lambda: job.is_final)
    assert job.state == "failed"
    (said,) = interface.said
    assert said.startswith("Segment: 郊区 suburb: ") and "memory" in said and "Traceback" not in said
    assert len(QgsProject.instance().mapLayers()) == 1
    assert ended(real, suburb).state == "successful"  # the next one is as good as ever


@pytest.fixture
def small_disk(jobs):
    """The folder of the jobs lies on a disk of 400 kB."""
    jobs.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(jobs)]
    if os.name == "nt" or os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a file system of our own cannot be mounted here")
    yield jobs
    subprocess.run(["umount", "--lazy", str(jobs)], check=True)


def test_full_disk_is_a_sentence(small_disk, real, suburb, interface):
    job = started(real, suburb)
    wait_for(lambda: job.is_final)
    assert job.state == "failed"
    (said,) = interface.said
    assert "is full" in said and str(small_disk) in said, said
    assert len(QgsProject.instance().mapLayers()) == 1


def test_disk_that_is_full_before_the_job_is_a_sentence(small_disk, real, suburb):
    (small_disk / "filled").write_bytes(b"x" * 390_000)
    with (small_disk / "rest").open("wb", buffering=0) as rest, pytest.raises(OSError):
        while True:
            rest.write(b"x" * 1024)
    tick(real, suburb)
    click(real, QPushButton, "rsDinoRun")
    wait_for(lambda: real.follower.jobs or real.run_page.message.isVisible())
    if real.follower.jobs:  # an empty folder fits onto a full disk
        (job,) = real.follower.jobs
        wait_for(lambda: job.is_final)
        assert job.state == "failed"
    else:
        assert "cannot be written" in real.run_page.message.text()


def test_raster_in_degrees_has_areas_in_square_metres(real, suburb, tmp_path):
    path = tmp_path / "经纬度 degrees.tif"
    gdal.Warp(str(path), str(SAMPLES / "suburb.tif"), dstSRS="EPSG:4326")
    layer = on_map(path, "degrees")
    totals = {}
    for one in (suburb, layer):
        job = ended(real, one)
        links = job.job.results().links
        labels = QgsRasterLayer(str(links["labels"].path(job.folder)))
        assert labels.isValid() and labels.crs() == one.crs()
        polygons = QgsVectorLayer(str(links["polygons"].path(job.folder)))
        totals[one.id()] = sum(feature["area_m2"] for feature in polygons.getFeatures())
    assert totals[layer.id()] == pytest.approx(totals[suburb.id()], rel=0.05)


@pytest.fixture
def huge(interface, tmp_path):
    """20 000 x 20 000 pixels of 0.2 m; on disk it is small, for nearly all of it is empty."""
    path = tmp_path / "大 huge.tif"
    options = ["SPARSE_OK=TRUE", "TILED=YES", "COMPRESS=DEFLATE"]
    made = gdal.GetDriverByName("GTiff").Create(str(path), 20_000, 20_000, 3, gdal.GDT_Byte, options)
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    made.SetProjection(crs.ExportToWkt())
    made.SetGeoTransform((500_000, 0.2, 0, 5_000_000, 0, -0.2))
    sample = gdal.Open(str(SAMPLES / "suburb.tif")).ReadAsArray(0, 0, 200, 200)
    made.WriteArray(sample[:3], 10_000, 10_000)
    del made
    layer = on_map(path, "huge")
    interface.canvas.setDestinationCrs(layer.crs())
    return layer


def test_huge_raster_says_what_it_takes_and_can_be_stopped(real, huge):
    tick(real, huge)
    click(real, QPushButton, "rsDinoRun")
    wait_for(lambda: real.findChild(QDialog, "rsDinoPreflight") is not None, "the dialog")
    dialog = real.findChild(QDialog, "rsDinoPreflight")
    shown = texts(dialog)
    assert "Time" in shown and any(text.startswith("about ") for text in shown), shown
    assert real.follower.jobs == []
    click(dialog, QPushButton, "rsDinoRunAnyway")
    (job,) = real.follower.jobs
    wait_for(lambda: job.status is not None and job.status.progress > 0, "some progress")
    real.job_list.show_job(job)
    click(real, QPushButton, "rsDinoCancelJob")
    wait_for(lambda: job.is_final)
    assert job.state == "dismissed"
