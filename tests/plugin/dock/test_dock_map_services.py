"""Layers that are no files, in the dock: saved as rasters first, by the real engine made into a map."""

import json

import pytest
from dock_actions import SAMPLES, SUCCEED, click, texts, tick, wait_for, wait_for_tasks
from map_server import MapServer
from osgeo import gdal
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtWidgets import QPushButton


@pytest.fixture
def server():
    with MapServer() as made:
        yield made


@pytest.fixture
def tiles(server, interface):
    """The sample as XYZ tiles, on a map that shows its middle."""
    layer = QgsRasterLayer(server.xyz(), "瓦片 tiles", "wms")
    QgsProject.instance().addMapLayer(layer)
    frame = QgsRasterLayer(str(SAMPLES / "suburb.tif")).extent()
    interface.canvas.setDestinationCrs(layer.crs())
    interface.canvas.setExtent(frame.buffered(-frame.width() / 3))
    return layer


def started(dock):
    """Press Run, and wait for a job."""
    before = len(dock.follower.jobs)
    click(dock, QPushButton, "rsDinoRun")
    wait_for(lambda: len(dock.follower.jobs) > before, "a job")
    return dock.follower.jobs[0]


def finished(dock):
    job = started(dock)
    wait_for(lambda: job.is_final, "the end of the job")
    assert job.state == "successful", job.status
    wait_for_tasks()
    return job


def test_tiles_become_a_map_that_can_be_run_again(dock, engine, server, tiles, interface):
    tick(dock, tiles)
    dock.run_page.form.where.choose("canvas")
    job = finished(dock)
    (saved,) = job.request.inputs["rasters"]
    assert str(job.folder) in saved and gdal.Open(saved).RasterCount == 4
    assert {z for z, _, _ in server.tiles} == {19}
    assert any("“瓦片 tiles” is not a file" in text for text in interface.said)
    group, below = QgsProject.instance().layerTreeRoot().children()
    assert group.name() == below.name() == "瓦片 tiles"
    labels = group.children()[0].children()[1].layer()
    assert labels.renderer().type() == "paletted"
    assert "瓦片 tiles" in labels.metadata().abstract()

    dock.run_page.form.rasters.tick_sources([])
    interface.tree.setCurrentLayer(labels)
    action = interface.layer_action("rsDinoRunLayerAgain")
    action.trigger()
    assert dock.run_page.form.rasters.rasters() == [tiles]
    finished(dock)
    assert len(QgsProject.instance().layerTreeRoot().children()) == 2 and len(group.children()) == 2

    QgsProject.instance().removeMapLayer(tiles.id())
    action.trigger()
    listed = dock.run_page.form.rasters
    assert [listed.item(row).text() for row in range(listed.count())] == ["瓦片 tiles (not in the project)"]
    again = finished(dock)
    assert gdal.Open(again.request.inputs["rasters"][0]).RasterCount == 4


def test_what_is_wrong_is_one_sentence_and_nothing_is_left(dock, server, tiles, jobs, stand_in_engine, interface):
    stand_in_engine(SUCCEED)
    tick(dock, tiles)
    for prepare, why in (
        (lambda: None, "“瓦片 tiles” is a map service, which has no end"),
        (
            lambda: (dock.run_page.form.where.choose("canvas"), server.refuse()),
            "“瓦片 tiles” gave no picture of this area",
        ),
    ):
        prepare()
        click(dock, QPushButton, "rsDinoRun")
        wait_for(lambda: any(why in text for text in texts(dock.run_page)), why)  # noqa: B023
        assert dock.run_page.run.text() == "Ru&n" and not dock.follower.jobs
        assert list(jobs.iterdir()) == []
    interface.canvas.zoomByFactor(300)
    click(dock, QPushButton, "rsDinoRun")
    assert "at most 400 million" in dock.run_page.message.text()


def test_holes_are_said_before_the_run(dock, server, tiles, stand_in_engine, interface, monkeypatch):
    from rs_dino_plugin import raster_holes

    monkeypatch.setattr(raster_holes, "PAUSES_S", (0.0,))
    stand_in_engine(SUCCEED)
    server.fails = lambda tile, times: sum(tile) % 3 == 0
    interface.canvas.zoomByFactor(2)
    tick(dock, tiles)
    dock.run_page.form.where.choose("canvas")
    job = started(dock)
    wait_for(lambda: job.is_final, "the end of the job")
    (said,) = (text for text in interface.said if "parts of its picture are empty" in text)
    assert said.startswith("“瓦片 tiles”: ")
    assert {times for times in map(server.tiles.count, server.tiles) if times > 1}


def test_saving_can_be_stopped_while_a_server_does_not_answer(dock, server, tiles, jobs, stand_in_engine):
    stand_in_engine(SUCCEED)
    server.go_on.clear()
    tick(dock, tiles)
    dock.run_page.form.where.choose("canvas")
    click(dock, QPushButton, "rsDinoRun")
    wait_for(lambda: server.tiles, "the first tile")
    assert dock.run_page.run.text() == "Stop saving"
    click(dock, QPushButton, "rsDinoRun")
    assert dock.run_page.run.text() == "Ru&n" and not dock.follower.jobs
    wait_for(lambda: list(jobs.iterdir()) == [], "the folder to go")


def test_a_layer_may_leave_the_project_while_it_is_saved(dock, server, tiles, stand_in_engine):
    stand_in_engine(SUCCEED)
    server.go_on.clear()
    tick(dock, tiles)
    dock.run_page.form.where.choose("canvas")
    click(dock, QPushButton, "rsDinoRun")
    wait_for(lambda: server.tiles, "the first tile")
    QgsProject.instance().removeMapLayer(tiles.id())
    server.go_on.set()
    wait_for(lambda: dock.follower.jobs and dock.follower.jobs[0].is_final, "the job")
    job = dock.follower.jobs[0]
    assert job.state == "successful"
    kept = json.loads((job.folder / "exported.json").read_text(encoding="utf-8"))
    assert list(kept) == job.request.inputs["rasters"]
    wait_for(lambda: QgsProject.instance().mapLayers(), "the result")


def test_an_imported_models_own_pixels_are_saved(dock, server, stand_in_engine, interface, imported):
    """Not the map's, which are finer here."""
    stand_in_engine(SUCCEED)
    layer = QgsRasterLayer(server.wms(), "photos", "wms")
    QgsProject.instance().addMapLayer(layer)
    frame = QgsRasterLayer(str(SAMPLES / "suburb.tif")).extent()
    interface.canvas.setDestinationCrs(layer.crs())
    interface.canvas.setExtent(frame.buffered(-frame.width() / 3))
    imported("fields-fr", gsd_m=0.8)
    tick(dock, layer)
    dock.run_page.form.model.set_value("fields-fr")
    dock.run_page.form.where.choose("canvas")
    job = started(dock)
    wait_for(lambda: job.is_final, "the end of the job")
    ground_m = gdal.Open(job.request.inputs["rasters"][0]).GetGeoTransform()[1] * 0.7576  # the latitude's cosine
    assert dock.run_page.form.where.gsd_m() < 0.5 and ground_m == pytest.approx(0.8, rel=0.01)
