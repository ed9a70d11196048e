"""Jobs that wait for one another, and jobs that are gone on with."""

import json

import pytest
from dock_actions import SAMPLES, SUCCEED, click, tick, wait_for
from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtWidgets import QPushButton
from test_dock_jobs import WAIT, row


@pytest.fixture
def start(start, stand_in_engine):
    """Press Run over an engine that waits for a file ``go``; the job."""
    stand_in_engine(WAIT + SUCCEED)
    return start


def let_go(job):
    wait_for(lambda: job.state == "running")
    (job.folder / "go").touch()
    wait_for(lambda: job.is_final)
    assert job.state == "successful"


def test_runs_take_their_turn(dock, start):
    first, second, third = start(), start(), start()
    wait_for(lambda: first.state == "running")
    assert [row(dock, job)[1] for job in (first, second, third)] == ["10 %", "waiting", "waiting"]
    assert "begins when the job before it has ended" in row(dock, third)[2]
    assert not dock.job_list.progress.isVisibleTo(dock)
    assert not (second.folder / "status.ndjson").exists()
    let_go(first)
    wait_for(lambda: second.state == "running")
    assert third.state == "waiting"
    let_go(second)
    let_go(third)
    wait_for(lambda: len(QgsProject.instance().mapLayers()) == 4, "three results")


def test_a_job_that_waits_can_be_cancelled_or_begun_at_once(dock, start):
    first, second, third = start(), start(), start()
    wait_for(lambda: first.state == "running")
    row(dock, second)
    click(dock, QPushButton, "rsDinoCancelJob")
    assert row(dock, second)[1] == "cancelled" and dock.job_list.delete.isEnabled()
    row(dock, third)
    assert dock.job_list.resume.text() == "Start now"
    click(dock, QPushButton, "rsDinoResume")
    let_go(third)
    assert first.state == "running"
    let_go(first)
    assert [status["status"] for status in statuses(second)] == ["dismissed"]


def statuses(job):
    return [json.loads(line) for line in (job.folder / "status.ndjson").read_text(encoding="utf-8").splitlines()]


def test_jobs_that_wait_go_on_in_the_next_session(dock, start, desktop, interface):
    from rs_dino_plugin.gui.desktop import Desktop

    first, second = start(), start()
    wait_for(lambda: first.state == "running")
    desktop.close()
    desktop.close = lambda: None  # not once more at the end
    again = Desktop(interface)
    try:
        again.show_dock(True)
        follower = again.dock.follower
        wait_for(lambda: len(follower.jobs) == 2)
        found = {job.folder: job for job in follower.jobs}
        wait_for(lambda: found[first.folder].state == "running")
        assert found[second.folder].state == "waiting"
        let_go(found[first.folder])
        let_go(found[second.folder])
    finally:
        again.close()


def test_an_engine_that_is_gone_ends_the_line_with_a_sentence(dock, start, interface, monkeypatch):
    first, second = start(), start()
    wait_for(lambda: first.state == "running")
    monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", "/missing/python")
    (first.folder / "go").touch()
    wait_for(lambda: second.is_final)
    assert second.state == "failed" and "/missing/python" in row(dock, second)[2]
    assert any("/missing/python" in text for text in interface.said)


def test_a_cancelled_run_goes_on_where_it_was(dock, engine, interface, tmp_path):
    """The real engine, on the sample many times over."""
    path = tmp_path / "大 big.tif"
    source = gdal.Open(str(SAMPLES / "suburb.tif"))
    pixels = source.ReadAsArray()
    made = gdal.GetDriverByName("GTiff").Create(str(path), 2048, 4096, 3, gdal.GDT_Byte)
    made.SetProjection(source.GetProjection())
    made.SetGeoTransform(source.GetGeoTransform())
    for row_, col in ((r, c) for r in range(8) for c in range(4)):
        made.WriteArray(pixels, col * 512, row_ * 512)
    del made
    layer = QgsRasterLayer(str(path), "big")
    QgsProject.instance().addMapLayer(layer)
    tick(dock, layer)
    dock.run_page.form.where.choose("whole")
    click(dock, QPushButton, "rsDinoRun")
    wait_for(lambda: dock.follower.jobs or dock.findChild(QPushButton, "rsDinoRunAnyway"), "a job")
    if not dock.follower.jobs:
        click(dock, QPushButton, "rsDinoRunAnyway")
    (job,) = dock.follower.jobs
    wait_for(lambda: list((job.folder / "checkpoint").rglob("*.tif")) or job.is_final, "a commit")
    row(dock, job)
    click(dock, QPushButton, "rsDinoCancelJob")
    wait_for(lambda: job.is_final)
    assert job.state == "dismissed" and dock.job_list.resume.isEnabled()
    click(dock, QPushButton, "rsDinoResume")
    wait_for(lambda: job.is_final, "the end")
    assert job.state == "successful", job.status
    codes = [status["message"]["code"] for status in statuses(job) if status.get("message")]
    assert "job-resumed" in codes
    assert not dock.job_list.resume.isEnabled()
    wait_for(lambda: len(QgsProject.instance().mapLayers()) > 1, "the layers")


def test_a_job_that_kept_nothing_is_not_gone_on_with(dock, engine, tmp_path):
    from rs_dino_plugin.engine_client.documents import Request
    from rs_dino_plugin.engine_client.local import LocalEngine

    area = tmp_path / "far.geojson"
    corners = [[10, 50], [10.01, 50], [10.01, 50.01], [10, 50]]
    area.write_text(json.dumps({"type": "Polygon", "coordinates": [corners]}), encoding="utf-8")
    folder = dock.follower.store.new_folder("segment", "far")
    inputs = {"rasters": [str(SAMPLES / "suburb.tif")], "model": "starter-landcover", "aoi": str(area)}
    request = Request("segment", {**inputs, "output": str(folder / "results")})
    job = dock.follower.start(LocalEngine(engine), request, folder)
    wait_for(lambda: job.is_final)
    assert "does not touch the raster" in row(dock, job)[2]
    assert not dock.job_list.resume.isEnabled() and dock.job_list.again.isEnabled()
