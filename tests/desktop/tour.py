"""Inside QGIS: install from the zip, name the engine in the options, run a task from the dock, see the layers."""

import os
from pathlib import Path

from hands import click, close_qgis, dialog, later
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsRectangle, QgsSettings, QgsVectorLayer
from qgis.gui import QgsFileWidget, QgsOptionsPageWidget
from qgis.PyQt.QtCore import QRect, Qt
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAction,
    QDialogButtonBox,
    QDockWidget,
    QLabel,
    QListWidget,
    QMessageBox,
    QPushButton,
    QRadioButton,
    QToolBar,
)
from qgis.utils import iface

RASTER = Path(os.environ.get("RASTER", "."))
dock = None
seen = {}


def start():
    window = iface.mainWindow()
    yield window.isVisible
    window.setGeometry(QRect(0, 0, 1400, 900))
    assert QgsApplication.processingRegistry().providerById("rsdino") is None


def install_from_zip():
    """In QGIS's plugin manager, by clicks; it warns that programs from elsewhere may do harm."""
    from qgis.utils import plugins

    later(iface.actionManagePlugins().trigger)
    yield lambda: dialog() is not None and dialog().findChild(QPushButton, "buttonInstallFromZip") is not None
    manager = dialog()
    pages, button = manager.findChild(QListWidget), manager.findChild(QPushButton, "buttonInstallFromZip")
    row = next(row for row in range(pages.count()) if _is_on_page(pages, row, button))
    assert pages.item(row).text() == "Install from ZIP"
    line = manager.findChild(QgsFileWidget, "mZipFileWidget").lineEdit()
    QTest.keyClicks(line, os.environ["ZIP"])
    yield button.isEnabled
    later(lambda: click(button))
    yield lambda: isinstance(dialog(), QMessageBox) or "rs_dino_plugin" in plugins
    if isinstance(dialog(), QMessageBox):
        click(dialog().button(QMessageBox.StandardButton.Yes))
    yield lambda: "rs_dino_plugin" in plugins and dialog() is manager
    manager.reject()
    yield lambda: dialog() is None
    assert QgsSettings().value("PythonPlugins/rs_dino_plugin", type=bool)
    assert QgsApplication.processingRegistry().algorithmById("rsdino:segment") is not None
    import rs_dino_plugin  # which has just been installed

    assert Path(QgsApplication.qgisSettingsDirPath()) in Path(rs_dino_plugin.__file__).parents


def button_and_menu_entry_are_there():
    action = iface.mainWindow().findChild(QAction, "rsDinoDockAction")
    bars = [bar for bar in iface.mainWindow().findChildren(QToolBar) if action in bar.actions()]
    assert len(bars) == 1 and action.isVisible() and not action.icon().isNull()
    menus = [one.menu() for one in iface.rasterMenu().actions() if one.menu() is not None]
    assert any(action in menu.actions() for menu in menus)


def engine_is_named_in_the_options():
    """Where the message bar leads whoever has just installed the plugin."""
    yield lambda: iface.messageBar().currentItem() is not None
    said = iface.messageBar().currentItem()
    assert "set up the engine" in said.text()
    later(lambda: click(said.findChild(QPushButton)))
    yield lambda: dialog() is not None and _page("rsDinoSettings") is not None and _page("rsDinoSettings").isVisible()
    page, options = _page("rsDinoSettings"), dialog()
    yield lambda: "no engine yet" in page.doctor.verdict.text()
    click(page.findChild(QRadioButton, "use"))
    line = page.setup.python.lineEdit()
    line.setFocus()
    QTest.keyClicks(line, os.environ["ENGINE"])
    QTest.keyClick(line, Qt.Key.Key_Tab)
    yield lambda: "Everything that is needed is there" in page.doctor.verdict.text()
    (buttons,) = [box for box in options.findChildren(QDialogButtonBox) if box.isVisible()]
    click(buttons.button(QDialogButtonBox.StandardButton.Ok))
    yield lambda: dialog() is None
    assert QgsSettings().value("rsdino/engine_python") == os.environ["ENGINE"]


def models_are_listed_in_the_options():
    later(lambda: iface.showOptionsDialog(iface.mainWindow(), "rsDinoModels"))
    yield lambda: dialog() is not None and _page("rsDinoModels") is not None and _page("rsDinoModels").isVisible()
    page, options = _page("rsDinoModels"), dialog()
    yield lambda: page.idle() and page.tree.topLevelItemCount() > 0
    options.reject()
    yield lambda: dialog() is None


def dock_opens_at_its_button():
    global dock
    layer = QgsRasterLayer(str(RASTER), RASTER.stem)
    QgsProject.instance().addMapLayer(layer)
    iface.setActiveLayer(layer)
    bar = next(bar for bar in iface.mainWindow().findChildren(QToolBar) if _action() in bar.actions())
    click(bar.widgetForAction(_action()))
    dock = iface.mainWindow().findChild(QDockWidget, "RsDinoDock")
    yield dock.isVisible
    assert dock.run_page.form.rasters.layers() == [layer]
    yield lambda: not iface.mapCanvas().isDrawing()


def accelerators_are_free():
    """None is a menu's of QGIS, nor another's on the same page."""
    menus = [_letter(action.text()) for action in iface.mainWindow().menuBar().actions()]
    for page in range(dock.tabs.count()):
        dock.tabs.setCurrentIndex(page)
        shown = [one for one in dock.findChildren((QLabel, QAbstractButton)) if one.isVisible()]
        letters = [letter for letter in (_letter(one.text()) for one in shown) if letter]
        assert len(set(letters)) == len(letters) and not set(letters) & set(menus), (letters, menus)
    dock.tabs.setCurrentWidget(dock.run_page)
    assert _letter(dock.run_page.run.text())


def task_runs_and_its_job_is_listed():
    click(dock.run_page.run)
    assert dock.run_page.message.text() == ""
    yield lambda: dock.follower.jobs
    job = dock.follower.jobs[0]
    yield lambda: dock.tabs.currentWidget() is dock.job_list
    assert dock.job_list.list.topLevelItemCount() == 1
    yield lambda: job.is_final
    assert job.state == "successful", job.status
    assert dock.job_list.list.topLevelItem(0).text(1) == "done"


def results_are_layers_with_a_style():
    project = QgsProject.instance()
    yield lambda: len(project.mapLayers()) >= 4
    layers = {layer.name().split(" · ")[0]: layer for layer in project.mapLayers().values()}
    assert all(layer.isValid() for layer in layers.values())
    assert layers["Labels"].renderer().type() == "paletted"
    assert isinstance(layers["Polygons"], QgsVectorLayer) and layers["Polygons"].featureCount() > 0
    yield lambda: not iface.mapCanvas().isDrawing()


def algorithm_runs_from_processings_dialog():
    """Opened as the toolbox opens it, over the layer that is the active one."""
    import processing

    project, before, raster = QgsProject.instance(), set(QgsProject.instance().mapLayers()), iface.activeLayer()
    dialog = processing.createAlgorithmDialog("rsdino:segment", {"INPUT": raster.id()})
    dialog.show()
    yield dialog.isVisible
    click(dialog.runButton())
    yield lambda: len(set(project.mapLayers()) - before) == 3
    made = [project.mapLayer(one) for one in set(project.mapLayers()) - before]
    assert sum(layer.customProperty("rsdino/output") == "labels" for layer in made) == 1
    assert all(project.layerTreeRoot().findLayer(layer.id()) is not None for layer in made)
    dialog.close()
    project.removeMapLayers([layer.id() for layer in made])
    iface.setActiveLayer(raster)
    yield lambda: not iface.mapCanvas().isDrawing()


def live_mode_follows_the_map():
    """A quarter of the raster, then the one across."""
    dock.tabs.setCurrentWidget(dock.run_page)
    live, whole = dock.run_page.live, iface.activeLayer().extent()
    one = QgsRectangle(whole.xMinimum(), whole.yMinimum(), whole.center().x(), whole.center().y())
    across = QgsRectangle(whole.center().x(), whole.center().y(), whole.xMaximum(), whole.yMaximum())
    for result in iface.layerTreeView().layerTreeModel().rootGroup().findLayers():
        result.setItemVisibilityChecked(result.layer() is iface.activeLayer())
    _show(across)
    yield lambda: not iface.mapCanvas().isDrawing()
    seen["before"] = _picture()
    _show(one)
    click(live)
    yield lambda: live.state.text() == "Up to date" and not live.mode.has_news
    layer = live.mode.layer.layer
    assert layer.renderer().type() == "paletted"
    assert _is_filled(layer, one)
    _show(across)
    yield lambda: live.state.text() == "Up to date" and _is_filled(layer, across)
    yield lambda: not iface.mapCanvas().isDrawing()


def live_mode_leaves_nothing_behind():
    live = dock.run_page.live
    layers = set(QgsProject.instance().mapLayers())
    gone = live.mode.layer.layer.id()
    yield lambda: _picture() != seen["before"]
    click(live)
    assert not live.isChecked() and set(QgsProject.instance().mapLayers()) == layers - {gone}
    yield lambda: not iface.mapCanvas().isDrawing() and _picture() == seen["before"]
    iface.zoomFull()
    yield lambda: not iface.mapCanvas().isDrawing()


def dock_closes_and_comes_back():
    dock.close()
    assert not _action().isChecked()
    _action().trigger()
    yield dock.isVisible
    assert len(dock.follower.jobs) == 1


def plugin_is_switched_off_and_on():
    from qgis.utils import loadPlugin, plugins, startPlugin, unloadPlugin

    for _ in range(10):
        unloadPlugin("rs_dino_plugin")
        yield lambda: iface.mainWindow().findChild(QDockWidget, "RsDinoDock") is None
        assert _action() is None and QgsApplication.processingRegistry().providerById("rsdino") is None
        assert loadPlugin("rs_dino_plugin") and startPlugin("rs_dino_plugin")
        yield lambda: "rs_dino_plugin" in plugins
        _action().trigger()
    found = iface.mainWindow().findChildren(QDockWidget, "RsDinoDock")
    yield lambda: len(found[0].follower.jobs) == 1
    assert len(found) == 1


def options_are_closed_while_the_engine_is_asked():
    """QGIS would ask at its end whether to cancel that, if it counted."""
    later(lambda: iface.showOptionsDialog(iface.mainWindow(), "rsDinoSettings"))
    yield lambda: dialog() is not None and _page("rsDinoSettings") is not None and _page("rsDinoSettings").isVisible()
    assert not _page("rsDinoSettings").doctor.again.isEnabled()
    dialog().reject()
    yield lambda: dialog() is None


def end():
    close_qgis()


def _action():
    return iface.mainWindow().findChild(QAction, "rsDinoDockAction")


def _show(extent):
    canvas = iface.mapCanvas()
    canvas.setExtent(canvas.mapSettings().layerExtentToOutputExtent(iface.activeLayer(), extent))
    canvas.refresh()


def _picture():
    """What the map shows, without what lies over it."""
    return iface.mapCanvas().grab(iface.mapCanvas().rect().adjusted(100, 100, -100, -100)).toImage()


def _is_filled(layer, extent):
    """Whether there are pixels all over the middle of it."""
    block = layer.dataProvider().block(1, extent.scaled(0.5), 64, 64)
    return block.isValid() and not any(block.isNoData(row, col) for row in range(64) for col in range(64))


def _letter(text):
    return QKeySequence.mnemonic(text).toString()


def _is_on_page(pages, row, button):
    pages.setCurrentRow(row)
    return button.isVisible()


def _page(name):
    """Newer QGIS lays a scroll area of the same name around it."""
    return dialog().findChild(QgsOptionsPageWidget, name)


STEPS = [
    start,
    install_from_zip,
    button_and_menu_entry_are_there,
    engine_is_named_in_the_options,
    models_are_listed_in_the_options,
    dock_opens_at_its_button,
    accelerators_are_free,
    task_runs_and_its_job_is_listed,
    results_are_layers_with_a_style,
    algorithm_runs_from_processings_dialog,
    live_mode_follows_the_map,
    live_mode_leaves_nothing_behind,
    dock_closes_and_comes_back,
    plugin_is_switched_off_and_on,
    options_are_closed_while_the_engine_is_asked,
    end,
]
