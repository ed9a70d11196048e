"""Loading and unloading in a window: what the plugin puts into it, it takes out again."""

import gc
import threading

import pytest
from dock_actions import SAMPLES, SUCCEED, WAIT, click, tick, wait_for, wait_for_tasks
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QEvent, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget, QPushButton
from review_actions import begin, key


class AtMost(int):
    """A count that is the same as a later one that is smaller: a thread of an earlier test may end meanwhile."""

    def __eq__(self, earlier):
        return int(self) <= int(earlier)

    __hash__ = int.__hash__


def state_of(interface):
    """Everything that could be left behind."""
    project = QgsProject.instance()
    root = project.layerTreeRoot()
    return {
        "providers": [provider.id() for provider in QgsApplication.processingRegistry().providers()],
        "threads": AtMost(threading.active_count()),
        "docks": len(interface.window.findChildren(QDockWidget)),
        "tools": len(interface.tools.actions()),
        "menu": len(interface.raster_menu.actions()),
        "pages": len(interface.pages),
        "layer menus": len(interface.layer_actions),
        "on the map": len(interface.canvas.scene().items()),
        "map tool": interface.canvas.mapTool(),
        "listeners": [
            project.receivers(signal)
            for signal in (project.layersAdded, project.layersWillBeRemoved, project.cleared, project.readProject)
        ]
        + [root.receivers(signal) for signal in (root.addedChildren, root.removedChildren, root.nameChanged)],
    }


def delete_what_is_to_be_deleted():
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def test_reloading_ten_times_leaves_nothing(interface, jobs, suburb):
    import rs_dino_plugin

    delete_what_is_to_be_deleted()
    before = state_of(interface)
    for _ in range(10):
        plugin = rs_dino_plugin.classFactory(interface)
        plugin.initGui()
        assert QgsApplication.processingRegistry().algorithmById("rsdino:segment") is not None
        assert len(interface.tools.actions()) == len(interface.raster_menu.actions()) == 1
        assert len(interface.layer_actions) == 5 and interface.pages
        plugin.desktop.action.trigger()
        dock = plugin.desktop.dock
        assert dock.isVisible()
        tick(dock, suburb)
        where = dock.run_page.form.where
        where.choose("drawn")
        click(dock, QPushButton, "rsDinoDraw")  # unloaded in the middle of drawing
        dock.run_page.form.settings.fold.button.click()
        plugin.unload()
        del plugin, dock, where
        delete_what_is_to_be_deleted()
        assert state_of(interface) == before
    assert QgsApplication.processingRegistry().algorithmById("rsdino:segment") is None


@pytest.mark.parametrize("what", ["reading", "between two", "drawing"])
def test_unloaded_in_the_middle_of_a_review(interface, jobs, result, what):
    """Nothing stays on the map or listens; what was decided is in the file, and the next review goes on with it."""
    import rs_dino_plugin

    canvas, project = interface.canvas, QgsProject.instance()
    delete_what_is_to_be_deleted()
    before, layers = state_of(interface), len(project.mapLayers())
    for number in range(3):
        plugin = rs_dino_plugin.classFactory(interface)
        plugin.initGui()
        plugin.desktop.action.trigger()
        page = plugin.desktop.dock.review_page
        plugin.desktop.dock.tabs.setCurrentWidget(page)
        interface.window.activateWindow()
        if what == "reading":
            click(page, QPushButton, "rsDinoReviewStart")
        else:
            begin(page)
            assert len(page.review.corrections.decided) == number
            key(Qt.Key.Key_A)
        if what == "drawing":
            key(Qt.Key.Key_S)
        plugin.unload()
        del plugin, page
        wait_for_tasks()
        delete_what_is_to_be_deleted()
        assert state_of(interface) == before
        canvas.setFocus()
        QTest.keyClick(canvas, Qt.Key.Key_A)  # nobody hears it
    assert len(project.mapLayers()) == layers + (what != "reading")


def test_unloaded_while_a_job_and_a_check_run(interface, jobs, suburb, stand_in_engine):
    """The job goes on, the check ends; nothing speaks to the dock that is gone."""
    import rs_dino_plugin

    stand_in_engine('say("running", 10)\nwhile not (job / "cancel").exists(): time.sleep(0.01)\nsay("dismissed", 10)')
    plugin = rs_dino_plugin.classFactory(interface)
    plugin.initGui()
    plugin.desktop.action.trigger()
    dock = plugin.desktop.dock
    tick(dock, suburb)
    click(dock, QPushButton, "rsDinoRun")
    (job,) = dock.follower.jobs
    dock.tabs.setCurrentWidget(dock.run_page)
    dock.run_page.form.model.set_value(str(SAMPLES / "suburb.tif"))  # unknown, so the engine is asked
    click(dock, QPushButton, "rsDinoRun")
    assert dock.run_page.run.text() == "Stop checking"
    plugin.unload()
    del plugin, dock
    delete_what_is_to_be_deleted()
    QgsProject.instance().removeMapLayer(suburb.id())
    assert not job.is_final
    job.job.cancel()


def test_unloaded_while_results_are_opened(interface, jobs, suburb, stand_in_engine):
    import rs_dino_plugin

    stand_in_engine(SUCCEED)
    plugin = rs_dino_plugin.classFactory(interface)
    plugin.initGui()
    plugin.desktop.action.trigger()
    dock = plugin.desktop.dock
    tick(dock, suburb)
    click(dock, QPushButton, "rsDinoRun")
    (job,) = dock.follower.jobs
    wait_for(lambda: len(QgsProject.instance().mapLayers()) == 2)  # opened by itself
    dock.open_result(job)
    plugin.unload()
    del plugin, dock
    wait_for_tasks()
    delete_what_is_to_be_deleted()
    assert len(QgsProject.instance().mapLayers()) == 2


def test_dock_is_there_again_when_it_was_open_at_the_end(interface, jobs):
    import rs_dino_plugin

    for was_open in (True, False):
        plugin = rs_dino_plugin.classFactory(interface)
        plugin.initGui()
        plugin.desktop.show_dock(True)
        plugin.desktop.dock.setVisible(was_open)
        plugin.unload()
        delete_what_is_to_be_deleted()
        plugin = rs_dino_plugin.classFactory(interface)
        plugin.initGui()
        assert plugin.desktop.dock is None
        interface.initializationCompleted.emit()
        assert (plugin.desktop.dock is not None) == was_open
        plugin.unload()
        delete_what_is_to_be_deleted()


def test_the_end_of_a_job_is_told_although_the_dock_was_hidden(interface, jobs, suburb, stand_in_engine):
    import rs_dino_plugin

    stand_in_engine(WAIT + SUCCEED)
    plugin = rs_dino_plugin.classFactory(interface)
    plugin.initGui()
    plugin.desktop.show_dock(True)
    tick(plugin.desktop.dock, suburb)
    click(plugin.desktop.dock, QPushButton, "rsDinoRun")
    (job,) = plugin.desktop.dock.follower.jobs
    wait_for(lambda: job.state == "running")
    plugin.desktop.dock.close()
    plugin.unload()
    delete_what_is_to_be_deleted()
    (job.folder / "go").touch()
    wait_for(lambda: not job.job.is_alive())
    plugin = rs_dino_plugin.classFactory(interface)
    plugin.initGui()
    interface.initializationCompleted.emit()
    assert not plugin.desktop.dock.isVisible() and not plugin.desktop.action.isChecked()
    wait_for(lambda: any("it went on without QGIS" in text for text in interface.said))
    plugin.unload()
    del plugin
    delete_what_is_to_be_deleted()


def test_button_shows_and_hides_the_dock_and_knows_which(desktop):
    assert desktop.dock is None
    desktop.action.trigger()
    assert desktop.dock.isVisible() and desktop.action.isChecked()
    desktop.dock.close()
    assert not desktop.action.isChecked()
    assert QgsSettings().value("rsdino/dock_open", type=bool) is False
    desktop.action.trigger()
    assert desktop.dock.isVisible()


def test_layers_of_a_project_that_is_opened_are_listed_and_can_be_run_again(dock, interface, tmp_path):
    from rs_dino_plugin.engine_client.documents import Request
    from rs_dino_plugin.recipes import Recipe, write_recipe

    project = QgsProject.instance()
    for name, is_made in (("image", False), ("labels", True)):
        layer = QgsRasterLayer(str(SAMPLES / "suburb.tif"), name)
        project.addMapLayer(layer)
        if is_made:
            write_recipe(layer, Recipe(Request("segment", {"rasters": [layer.source()]}), "/job", "labels"))
    project.write(str(tmp_path / "项目.qgz"))
    project.clear()
    assert dock.run_page.form.rasters.count() == 0
    assert project.read(str(tmp_path / "项目.qgz"))
    rasters = dock.run_page.form.rasters
    assert [rasters.item(row).text() for row in range(rasters.count())] == ["image"]
    offered = interface.layer_actions[interface.layer_action("rsDinoRunLayerAgain")]
    assert offered == [project.mapLayersByName("labels")[0].id()]


@pytest.mark.parametrize("width", [300])
def test_dock_fits_into_a_narrow_place(dock, suburb, interface, width):
    form = dock.run_page.form
    for index in range(form.task_box.count()):
        form.task_box.setCurrentIndex(index)
        form.settings.fold.button.setChecked(True)
        interface.window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
        assert dock.minimumSizeHint().width() <= width, form.task.id
        assert form.minimumSizeHint().width() <= width - 20, form.task.id


@pytest.mark.parametrize("width", [300])
@pytest.mark.parametrize("scale", [1, 2])
def test_review_fits_into_a_narrow_place(reviewed, dock, interface, width, scale):
    font = reviewed.font()
    font.setPointSizeF(font.pointSizeF() * scale)
    reviewed.setFont(font)
    reviewed.panel.fold.button.click()
    interface.window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
    assert dock.minimumSizeHint().width() <= width
    assert reviewed.panel.minimumSizeHint().width() <= width - 20
