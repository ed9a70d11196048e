"""Inside two QGIS at once, with one profile and one folder of jobs: each runs a job and sees the other's; the first
is closed while its job runs, the second one sees how that ends."""

import os
from pathlib import Path

from hands import click, close_qgis
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QRect, Qt
from qgis.utils import iface, plugins

RASTER = Path(os.environ.get("RASTER", "."))
dock = own = other = None


def start():
    yield lambda: iface.mainWindow().isVisible() and "rs_dino_plugin" in plugins
    iface.mainWindow().setGeometry(QRect(0, 0, 1400, 900))
    iface.mainWindow().setWindowTitle(os.environ["ROLE"])


def job_is_started():
    global dock, own
    layer = QgsRasterLayer(str(RASTER), RASTER.stem)
    QgsProject.instance().addMapLayer(layer)
    iface.setActiveLayer(layer)
    plugins["rs_dino_plugin"].desktop.show_dock()  # where it was open at the end, it is open from the start
    dock = plugins["rs_dino_plugin"].desktop.dock
    yield dock.isVisible
    dock.run_page.form.rasters.item(0).setCheckState(Qt.CheckState.Checked)
    assert dock.run_page.form.rasters.layers() == [layer]
    click(dock.run_page.run)
    assert dock.run_page.message.text() == ""
    yield lambda: any(job.started_here for job in dock.follower.jobs)
    (own,) = [job for job in dock.follower.jobs if job.started_here]
    yield lambda: own.state in ("running", "waiting")
    if own.state == "waiting":  # for the other QGIS's job to end; somebody does not want that
        dock.job_list.show_job(own)
        click(dock.job_list.resume)
    yield lambda: own.state == "running"


def job_of_the_other_qgis_is_listed():
    global other
    yield _looked_and_seen
    (other,) = [job for job in dock.follower.jobs if not job.started_here]
    yield lambda: other.state == "running"
    assert not own.is_final and dock.job_list.list.topLevelItemCount() == 2


def end_of_the_others_job_is_seen():
    """That QGIS has been closed meanwhile. Its result does not go into this project by itself, but can be opened."""
    yield lambda: other.is_final
    assert other.state == "successful", other.status
    assert len(QgsProject.instance().mapLayers()) == 1
    dock.tabs.setCurrentWidget(dock.job_list)
    dock.job_list.show_job(other)
    click(dock.job_list.open)
    yield lambda: len(QgsProject.instance().mapLayers()) == 2


def own_job_is_cancelled():
    dock.job_list.show_job(own)
    click(dock.job_list.cancel)
    yield lambda: own.is_final
    assert own.state == "dismissed"


def _looked_and_seen():
    """Somebody goes to the list of jobs and back until both are there."""
    pages = (dock.run_page, dock.job_list)
    dock.tabs.setCurrentWidget(pages[dock.tabs.currentWidget() is dock.run_page])
    return len(dock.follower.jobs) == 2


def end():
    close_qgis()


BOTH = [start, job_is_started, job_of_the_other_qgis_is_listed]
FIRST = [*BOTH, end]
SECOND = [*BOTH, end_of_the_others_job_is_seen, own_job_is_cancelled, end]
STEPS = {"first": FIRST, "second": SECOND}[os.environ.get("ROLE", "first")]
