"""A window as QGIS has one - map, layer tree, toolbar, menu, message bar, all real - with the plugin in it."""

import shutil
import subprocess

import pytest
from dock_actions import SAMPLES, click, tick
from qgis.core import QgsLayerTreeModel, QgsProject, QgsRasterLayer, QgsSettings, QgsVectorLayer
from qgis.gui import QgsLayerTreeView, QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QMainWindow, QMenu, QPushButton, QToolBar


class Bar(QgsMessageBar):
    """Keeps what it was told; the items that it hands out are bare widgets in Python."""

    def __init__(self, window):
        super().__init__(window)
        self.said = []

    def pushMessage(self, title, text, level):
        self.said.append(text)
        super().pushMessage(title, text, level)

    def createMessage(self, title, text):
        self.said.append(text)
        return super().createMessage(title, text)


class Interface(QObject):
    """What the plugin uses of QGIS's interface, over real widgets. pytest-qgis has no toolbar, no layer tree."""

    initializationCompleted = pyqtSignal()

    def __init__(self):
        super().__init__()
        self.window = QMainWindow()
        self.canvas = QgsMapCanvas(self.window)
        self.window.setCentralWidget(self.canvas)
        self.tree = QgsLayerTreeView(self.window)
        self.tree.setModel(QgsLayerTreeModel(QgsProject.instance().layerTreeRoot(), self.tree))
        self.tools, self.raster_menu = QToolBar(self.window), QMenu(self.window)
        self.window.addToolBar(self.tools)
        self.bar = Bar(self.window)
        self.said = self.bar.said
        self.pages, self.layer_actions = [], {}
        self.window.resize(1100, 800)

    def mapCanvas(self):
        return self.canvas

    def mainWindow(self):
        return self.window

    def messageBar(self):
        return self.bar

    def layerTreeView(self):
        return self.tree

    def activeLayer(self):
        return self.tree.currentLayer()

    def addToolBarIcon(self, action):
        self.tools.addAction(action)

    def removeToolBarIcon(self, action):
        self.tools.removeAction(action)

    def addPluginToRasterMenu(self, name, action):
        self.raster_menu.addAction(action)

    def removePluginRasterMenu(self, name, action):
        self.raster_menu.removeAction(action)

    def addDockWidget(self, area, dock):
        self.window.addDockWidget(area, dock)

    def removeDockWidget(self, dock):
        self.window.removeDockWidget(dock)

    def registerOptionsWidgetFactory(self, factory):
        self.pages.append(factory)

    def unregisterOptionsWidgetFactory(self, factory):
        self.pages.remove(factory)

    def addCustomActionForLayerType(self, action, menu, kind, for_all):
        self.layer_actions.setdefault(action, [])

    def addCustomActionForLayer(self, action, layer):
        self.layer_actions[action].append(layer.id())

    def layer_action(self, name):
        """The entry of layers' menus that is called so."""
        return next(action for action in self.layer_actions if action.objectName() == name)

    def removeCustomActionForLayerType(self, action):
        self.layer_actions.pop(action)


@pytest.fixture
def interface(processing, qgis_new_project):
    made = Interface()
    made.window.show()
    yield made
    made.window.close()
    made.window.deleteLater()


@pytest.fixture
def jobs(tmp_path):
    """The folder of the jobs, with a space and Chinese characters."""
    folder = tmp_path / "任务 jobs"
    QgsSettings().setValue("rsdino/jobs_folder", str(folder))
    names = ("dock_open", "dock_task", "dock_model", "results_place", "unseen_jobs")
    own = [f"rsdino/{name}" for name in names]
    for key in own:
        QgsSettings().remove(key)
    yield folder
    for key in ("rsdino/jobs_folder", *own):
        QgsSettings().remove(key)


@pytest.fixture
def desktop(interface, jobs, monkeypatch):
    """The plugin in the window, its dock not yet asked for; without any engine."""
    import rs_dino_plugin

    monkeypatch.delenv("RS_DINO_ENGINE_PYTHON", raising=False)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    plugin = rs_dino_plugin.classFactory(interface)
    plugin.initGui()
    yield plugin.desktop
    plugin.unload()
    QgsProject.instance().clear()


@pytest.fixture
def dock(desktop):
    desktop.action.trigger()
    return desktop.dock


@pytest.fixture
def engine(desktop, monkeypatch, engine_python):
    """The real engine, for the desktop."""
    monkeypatch.setenv("RS_DINO_ENGINE_PYTHON", str(engine_python))
    return engine_python


@pytest.fixture
def start(dock, suburb, stand_in_engine):
    """Press Run over an engine that does what it is told; the job."""

    def go(body=None):
        if body is not None:
            stand_in_engine(body)
        tick(dock, suburb)
        dock.tabs.setCurrentWidget(dock.run_page)
        click(dock, QPushButton, "rsDinoRun")
        assert dock.run_page.message.text() == ""
        return dock.follower.jobs[0]

    return go


@pytest.fixture
def suburb(interface):
    """The sample as a layer on the map."""
    layer = QgsRasterLayer(str(SAMPLES / "suburb.tif"), "郊区 suburb")
    QgsProject.instance().addMapLayer(layer)
    interface.canvas.setDestinationCrs(layer.crs())
    interface.canvas.setLayers([layer])
    interface.canvas.setExtent(layer.extent())
    interface.canvas.refresh()
    return layer


@pytest.fixture(scope="session")
def segmented(tmp_path_factory, engine_python):
    """What the real engine makes of the sample, once."""
    folder = tmp_path_factory.mktemp("结果 results") / "suburb"
    command = [engine_python, "-m", "rs_dino_engine", "segment", SAMPLES / "suburb.tif", "--output", folder]
    subprocess.run([str(part) for part in command], check=True, capture_output=True)
    return folder


@pytest.fixture
def result(segmented, tmp_path, suburb):
    """Its polygons as a layer of the project, in a folder of the test's own; with a recipe, as the dock gives it."""
    from rs_dino_plugin.engine_client.documents import Request
    from rs_dino_plugin.recipes import Recipe, write_recipe

    folder = tmp_path / "结果 of a job"
    shutil.copytree(segmented, folder)
    layer = QgsVectorLayer(str(folder / "suburb_polygons.gpkg"), "多边形 polygons")
    inputs = {"rasters": [str(SAMPLES / "suburb.tif")], "model": "starter-landcover"}
    write_recipe(layer, Recipe(Request("segment", inputs), str(folder), "polygons"))
    QgsProject.instance().addMapLayer(layer)
    return layer


@pytest.fixture
def reviewed(dock, result, interface, monkeypatch):
    """The dock's page, with a review of all polygons of the result begun."""
    from review_actions import begin

    monkeypatch.setattr("rs_dino_plugin.gui.review_filter.small_below", lambda polygons: 0.0)  # a sample has few
    page = dock.review_page
    dock.tabs.setCurrentWidget(page)
    interface.window.activateWindow()
    begin(page)
    return page
