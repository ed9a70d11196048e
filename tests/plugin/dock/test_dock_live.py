"""Live mode over the real engine: the map is moved, pixels come, and they are those of a run."""

import json
import os
import signal
import time

import numpy
import old_engine
import pytest
from dock_actions import SAMPLES, click, tick, wait_for, wait_for_tasks
from osgeo import gdal
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
)

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
    click(dock, QCheckBox, "rsDinoLive")


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
    wait_for_tasks()
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


def live_layers():
    return [one for one in QgsProject.instance().mapLayers().values() if one.name().startswith("Live: ")]


def is_off(dock, folder):
    """Nothing is left of it."""
    wait_for(lambda: not folder.exists(), "the folder to go")
    box = dock.findChild(QCheckBox, "rsDinoLive")
    return not box.isChecked() and not mode(dock).is_on and live_layers() == []


@pytest.fixture
def on(dock, engine, large, interface):
    """The dock with live mode on and up to date, over a small part of the raster."""
    tick(dock, large)
    show(interface, large, 0, 300, 0, 300)
    switch(dock)
    up_to_date(dock)
    return dock


def folder_of(dock):
    return mode(dock).session.folder.parent


def process_of(dock):
    return mode(dock).session._process


def test_zoomed_out_it_says_so_and_computes_nothing(on, large, interface):
    computed = mode(on).session.status.metrics["computed"]
    show(interface, large, -8 * SIDE, 9 * SIDE, -8 * SIDE, 9 * SIDE)
    wait_for(lambda: state(on).startswith("Zoom in: the map shows"), state(on))
    assert "this model sees 0.2 m, and live mode goes up to 0.8 m" in state(on)
    size, extent = large.rasterUnitsPerPixelX(), large.extent()
    left = extent.xMaximum() + 5000
    beside = QgsRectangle(left, extent.yMinimum(), left + 300 * size, extent.yMaximum())
    interface.canvas.setExtent(beside)
    wait_for(lambda: state(on) == "The map does not show the raster.", state(on))
    show(interface, large, 0, 280, 0, 280)
    up_to_date(on)
    assert mode(on).session.status.metrics["computed"] == computed


def test_another_crs_of_the_map(on, large, interface):
    interface.canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    to_map = interface.canvas.mapSettings().destinationCrs()
    transform = QgsCoordinateTransform(large.crs(), to_map, QgsProject.instance())
    interface.canvas.setExtent(transform.transformBoundingBox(large.extent()))
    up_to_date(on)
    wait_for(lambda: (live_pixels(on) != 255).mean() > 0.9, "all of it")


def test_other_settings_are_another_session_of_the_same_worker(on, large):
    process, first = process_of(on).pid, mode(on).session
    on.run_page.form.task_box.setCurrentIndex(on.run_page.form.task_box.findData("canopy-height"))
    wait_for(lambda: mode(on).session is not None and mode(on).session is not first, "another session")
    up_to_date(on)
    assert process_of(on).pid == process and len(live_layers()) == 1
    heights = live_pixels(on)[:300, :300]
    assert (heights > -9999).mean() > 0.9 and live_layers()[0].renderer().type() == "singlebandpseudocolor"
    on.run_page.form.task_box.setCurrentIndex(on.run_page.form.task_box.findData("feature-map"))
    wait_for(lambda: "needs the basis" in state(on), state(on))
    assert live_layers() == [] and on.findChild(QCheckBox, "rsDinoLive").isChecked()
    on.run_page.form.task_box.setCurrentIndex(on.run_page.form.task_box.findData("segment"))
    up_to_date(on)
    assert process_of(on).pid == process


def test_a_raster_that_goes_is_said_and_one_that_comes_goes_on(on, large, interface, suburb):
    QgsProject.instance().removeMapLayer(large.id())
    wait_for(lambda: state(on) == "Tick at least one raster.", state(on))
    assert live_layers() == [] and mode(on).is_on
    interface.canvas.setExtent(suburb.extent())
    tick(on, suburb)
    up_to_date(on)
    assert len(live_layers()) == 1


def test_a_worker_that_is_killed_is_said(on):
    folder = folder_of(on)
    os.killpg(process_of(on).pid, signal.SIGKILL)
    wait_for(lambda: state(on).startswith("Live mode is off: The system ended the engine"), state(on))
    assert is_off(on, folder)
    switch(on)
    up_to_date(on)


@pytest.mark.parametrize("how", ["layer", "project", "dock", "unload", "switch"])
def test_ends_that_leave_nothing(on, desktop, how):
    folder, process = folder_of(on), process_of(on)
    if how == "layer":
        QgsProject.instance().removeMapLayer(live_layers()[0].id())
        assert state(on) == "Live mode is off: its layer was removed."
    elif how == "project":
        QgsProject.instance().clear()
    elif how == "dock":
        on.close()
    elif how == "unload":
        on.run_page.live.leave()
    else:
        switch(on)
        assert state(on) == ""
    wait_for(lambda: process.poll() is not None, "the worker to leave")
    assert is_off(on, folder)


def test_a_worker_that_rested_goes_on_with_what_was_seen(dock, engine, large, interface, monkeypatch):
    monkeypatch.setattr("rs_dino_plugin.engine_client.live.IDLE_S", 5)
    tick(dock, large)
    show(interface, large, 0, 300, 0, 300)
    switch(dock)
    up_to_date(dock)
    folder, process = mode(dock).session.folder, process_of(dock)
    wait_for(lambda: state(dock).startswith("Resting"), state(dock))
    wait_for(lambda: process.poll() is not None, "the worker to leave")
    assert len(live_layers()) == 1 and (live_pixels(dock)[:300, :300] != 255).mean() > 0.9
    show(interface, large, 0, 290, 0, 290)
    up_to_date(dock)
    session = mode(dock).session
    assert session.status.metrics["computed"] == 0 and session.folder == folder


def test_it_is_not_saved_with_the_project(on, large, tmp_path):
    path = tmp_path / "p.qgs"
    assert QgsProject.instance().write(str(path))
    text = path.read_text(encoding="utf-8")
    assert "Live: " not in text and "大 large" in text
    wait_for(lambda: len(live_layers()) == 1, "the layer to be back")
    assert mode(on).is_on and not QgsProject.instance().isDirty()
    up_to_date(on)


def notes(dock):
    return dock.findChild(QLabel, "rsDinoLiveNotes")


def test_an_engine_that_does_not_know_live_mode_is_found_out_at_once(
    dock, engine, large, interface, tmp_path, monkeypatch
):
    """A worker that is silent must not be waited for; what the engine can do still works."""
    import rs_dino_plugin.gui.live_mode as live_mode

    old = old_engine.install(tmp_path / "旧 old engine", engine)
    monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", str(old))
    tick(dock, large)
    show(interface, large, 0, 300, 0, 300)
    began = time.monotonic()
    switch(dock)
    assert state(dock) == "Starting…"
    process, folder = process_of(dock), folder_of(dock)
    wait_for(lambda: state(dock).startswith("Live mode is off: this engine is older than the plugin"), state(dock))
    assert time.monotonic() - began < live_mode.ANSWER_S / 2, "it was not the long wait that found it out"
    assert "Settings ▸ Options ▸ RS-DINO" in state(dock)
    wait_for(lambda: process.poll() is not None, "the worker to leave")
    assert is_off(dock, folder)
    dock.run_page.form.where.choose("canvas")
    click(dock, QPushButton, "rsDinoRun")
    wait_for(lambda: dock.follower.jobs and dock.follower.jobs[0].is_final, "a run with the old engine")
    assert dock.follower.jobs[0].state == "successful"
    monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", str(engine))
    dock.tabs.setCurrentWidget(dock.run_page)
    switch(dock)
    up_to_date(dock)


def live_heights(dock, large, interface):
    """Heights of a corner are shown."""
    dock.run_page.form.task_box.setCurrentIndex(dock.run_page.form.task_box.findData("canopy-height"))
    tick(dock, large)
    show(interface, large, 0, 250, 0, 250)
    switch(dock)
    up_to_date(dock)


def ends_of(layer):
    return layer.renderer().classificationMin(), layer.renderer().classificationMax()


def test_the_ramp_of_heights_follows_what_is_seen(dock, engine, large, interface):
    live_heights(dock, large, interface)
    layer = mode(dock).layer.layer

    def as_seen():
        wait_for(lambda: not mode(dock).has_news, "the news")
        return list(ends_of(layer)) == mode(dock).session.status.metrics["shown"]

    assert as_seen() and ends_of(layer)[0] == 0
    layer.renderer().setOpacity(0.5)
    found = []
    layer.styleChanged.connect(lambda: found.append(ends_of(layer)))
    for number, (row, col) in enumerate(((700, 0), (200, 900), (900, 900)), 2):
        show(interface, large, row, row + 400, col, col + 400)
        wait_for(lambda n=number: mode(dock).session.status.metrics.get("look", {}).get("number", 0) >= n, "the look")
        up_to_date(dock)
        heights = live_pixels(dock)
        heights = heights[heights > -9999]
        assert as_seen() and ends_of(layer)[1] >= min(heights.max(), heights.mean() + 14 * heights.std())
    assert layer.renderer().opacity() == 0.5
    highest = [high for _, high in found]
    assert len(found) <= 3 and highest == sorted(highest), "wider with a look now and then, and never narrower"


def test_a_ramp_that_was_changed_by_hand_stays(dock, engine, large, interface):
    live_heights(dock, large, interface)
    live = mode(dock).layer
    live.layer.renderer().setClassificationMax(77)
    live.show_ramp()
    assert ends_of(live.layer)[1] == 77


def test_what_is_not_shown_is_said(on, large):
    assert notes(on).text() == "Not shown live: Confidence, Polygons. A run makes them." and notes(on).isVisible()
    for box in on.run_page.form.settings.outputs.values():
        box.setChecked(False)
    wait_for(lambda: notes(on).isHidden(), notes(on).text())
    switch(on)
    assert notes(on).isHidden()


def test_warnings_of_the_engine_are_said(dock, engine, large, interface):
    """A raster that the model was not made for."""
    coarse = large.source().replace("large.tif", "coarse.tif")
    options = gdal.TranslateOptions(outputBounds=[0, 3000, 3000, 0], outputSRS="EPSG:32633")
    gdal.Translate(coarse, large.source(), options=options)
    layer = QgsRasterLayer(coarse, "coarse")
    QgsProject.instance().addMapLayer(layer)
    tick(dock, layer)
    interface.canvas.setDestinationCrs(layer.crs())
    show(interface, layer, 0, 300, 0, 300)
    switch(dock)
    wait_for(lambda: len(notes(dock).text().splitlines()) > 1, notes(dock).text())
    assert notes(dock).text().splitlines()[0].startswith("Not shown live: ")
    wait_for(lambda: state(dock) not in ("", "Starting…"), state(dock))


def keep(dock):
    return dock.findChild(QPushButton, "rsDinoLiveKeep")


def test_what_is_shown_is_kept_as_a_run(on, large, interface):
    assert on.run_page.form.where.choice() == "whole" and keep(on).isVisible()
    show(interface, large, 100, 450, 200, 620)
    wait_for(lambda: mode(on).session.status.metrics["look"]["number"] >= 2, "the second look")
    up_to_date(on)
    found, layer = live_pixels(on), mode(on).layer.layer
    before, model = len(on.follower.jobs), on.run_page.form.model.value()
    click(on, QPushButton, "rsDinoLiveKeep")
    wait_for(lambda: len(on.follower.jobs) > before, "a job")
    job = on.follower.jobs[0]
    request = json.loads((job.folder / "request.json").read_text(encoding="utf-8"))
    assert request["inputs"]["model"] == model and request["inputs"]["aoi"]
    wait_for(lambda: job.is_final, "the end of the job")
    assert job.state == "successful"
    wait_for_tasks()
    assert mode(on).is_on and mode(on).layer.layer is layer, "live mode goes on"
    assert on.run_page.form.where.choice() == "whole", "the form is as it was"
    results = job.job.results().links["labels"].path(job.folder)
    wait_for(lambda: any(one.source() == str(results) for one in QgsProject.instance().mapLayers().values()), "it")
    kept = gdal.Open(str(results))
    pixels, (left, size, _, top, _, _) = kept.ReadAsArray(), kept.GetGeoTransform()
    extent = large.extent()
    row, col = round((extent.yMaximum() - top) / size), round((left - extent.xMinimum()) / size)
    seen = found[row : row + pixels.shape[0], col : col + pixels.shape[1]]
    both = (pixels != 255) & (seen != 255)
    assert both.sum() > 0.8 * 350 * 420 and numpy.array_equal(pixels[both], seen[both])
    on.tabs.setCurrentWidget(on.run_page)
    switch(on)
    assert keep(on).isHidden()


@pytest.mark.parametrize("task", ["segment", "canopy-height", "feature-map"])
def test_whatever_is_changed_in_the_form_is_heard(dock, engine, suburb, tmp_path, task):
    """Live mode asks the form only when it is told that something was changed."""
    form, heard = dock.run_page.form, []
    form.task_box.setCurrentIndex(form.task_box.findData(task))
    tick(dock, suburb)
    form.settings.fold.button.setChecked(True)
    form.edited.connect(lambda: heard.append(True))
    changed = []
    for widgets in (form.settings.required, form.settings.more):
        for name in widgets._shown if widgets is not None else ():
            wrapper = widgets._wrappers[name]
            before = wrapper.parameterValue()
            heard.clear()
            widget = wrapper.wrappedWidget() or wrapper.widget  # ours are of Python
            line = widget.findChild(QLineEdit)
            if line is not None and not line.isEnabled():  # several are chosen in a panel of QGIS's own
                wrapper.setParameterValue([1, 2] if name == "BANDS" else [0], widgets._processing_context)
            else:
                assert change(widget), name
            assert wrapper.parameterValue() != before and heard, name
            changed.append(name)
    assert len(changed) > 5
    for box in form.settings.outputs.values():
        heard.clear()
        box.click()
        assert heard
    others = form.mosaic.toggle, lambda: form.model.set_value("starter-other"), lambda: tick(dock)
    for act in others:
        heard.clear()
        act()
        assert heard


def change(widget):
    """Change a value as a person does; False where nobody knows how."""
    for kind, act in (
        (QAbstractSpinBox, lambda one: one.stepUp()),
        (QCheckBox, lambda one: one.click()),
        (QComboBox, next_entry),
        (QPlainTextEdit, lambda one: one.setPlainText("x")),
        (QLineEdit, lambda one: one.setText("x")),
    ):
        found = [widget] if isinstance(widget, kind) else widget.findChildren(kind)
        if found:
            act(found[0])
            return True
    return False


def next_entry(box):
    if box.isEditable():
        box.setEditText("x")
    else:
        box.setCurrentIndex((box.currentIndex() + 1) % box.count())
