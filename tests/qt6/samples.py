"""Values for the arguments that our widgets are built with, by the arguments' names."""

import json

from qgis.anything import Lenient
from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer, QgsSettings, QgsVectorLayer
from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QMainWindow, QToolBar, QTreeView

LINES = (
    {"status": "accepted", "progress": 0, "message": None},
    {"status": "successful", "progress": 100, "message": {"code": "job-done", "params": {}, "text": "Done."}},
)
ENTRY = {
    "name": "dinov3-vits16-lvd1689m", "title": "DINOv3 ViT-S/16", "licence": "DINOv3 License", "hub": "facebook/x",
    "licence_page": "https://example.org/licence", "form_page": "https://example.org/form", "timm": "timm/x",
    "good_for": "features", "size_mb": 80, "parameters_m": 21, "file": "model.safetensors",
}  # fmt: skip

HEIGHTS = {
    "kind": "heights", "references": 9, "mae": 1.5, "rmse": 2.0, "bias": -0.5, "r2": 0.8,
    "bins": [{"from_m": 0.0, "to_m": None, "references": 9, "mae": 1.5, "bias": -0.5}],
}  # fmt: skip


class Interface(Lenient, QObject):
    """What the plugin uses of QGIS's interface."""

    initializationCompleted = pyqtSignal()

    def __init__(self):
        super().__init__()
        self.window = QMainWindow()
        self.canvas = QgsMapCanvas(self.window)
        self.window.setCentralWidget(self.canvas)
        self.bar, self.tools, self.tree = QgsMessageBar(self.window), QToolBar(self.window), QTreeView()
        self.window.addToolBar(self.tools)
        self.window.resize(900, 700)

    def mapCanvas(self):
        return self.canvas

    def mainWindow(self):
        return self.window

    def messageBar(self):
        return self.bar

    def activeLayer(self):
        return None

    def addToolBarIcon(self, action):
        self.tools.addAction(action)

    def removeToolBarIcon(self, action):
        self.tools.removeAction(action)

    def addDockWidget(self, area, dock):
        self.window.addDockWidget(area, dock)

    def removeDockWidget(self, dock):
        self.window.removeDockWidget(dock)

    def _nothing(self, *ignored):
        pass

    addPluginToRasterMenu = removePluginRasterMenu = showOptionsDialog = _nothing
    registerOptionsWidgetFactory = unregisterOptionsWidgetFactory = _nothing
    addCustomActionForLayerType = addCustomActionForLayer = removeCustomActionForLayerType = _nothing


def fill_project() -> QgsProject:
    """Two layers."""
    project = QgsProject.instance()
    project.root.layers = [QgsRasterLayer("/data/影像.tif", "影像 image"), QgsVectorLayer("/data/a.gpkg", "areas")]
    assert all(isinstance(layer, QgsMapLayer) for layer in project.root.layers)
    return project


def make_job(folder) -> None:
    """A job as an engine leaves it."""
    folder.mkdir(parents=True)
    request = {"processID": "segment", "inputs": {"rasters": ["/data/影像.tif"], "output": str(folder / "results")}}
    (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
    lines = [json.dumps({"jobID": folder.name, "processID": "segment", "metrics": {}, **line}) for line in LINES]
    (folder / "status.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "log.txt").write_text("日志 log\n", encoding="utf-8")


def samples(tmp_path) -> dict:
    """One value for each name."""
    from rs_dino_plugin.engine_client.documents import Message
    from rs_dino_plugin.engine_client.job_store import JobStore
    from rs_dino_plugin.gui.job_follower import JobFollower
    from rs_dino_plugin.gui.run_form import RunForm, tasks_of_the_dock
    from rs_dino_plugin.processing.algorithm import DeclaredAlgorithm
    from rs_dino_plugin.review.classes import Class
    from rs_dino_plugin.setup_choices import Choices
    from rs_dino_plugin.workload import Costs

    make_job(tmp_path / "jobs" / "20260101-000000-segment-影像")
    QgsSettings().setValue("rsdino/jobs_folder", str(tmp_path / "jobs"))
    interface, algorithm = Interface(), DeclaredAlgorithm(tasks_of_the_dock()[0]).create()
    warning = Message("gsd-coarse", {"raster": "r", "gsd": 5, "wanted": 0.2}, "Coarse.")
    given = {
        "iface": interface, "canvas": interface.canvas, "parent": interface.window, "project": fill_project(),
        "follower": JobFollower(JobStore(tmp_path / "jobs")), "title": "标题 title", "choices": Choices(),
        "chosen": lambda: "", "way": lambda: "", "entry": ENTRY, "algorithm": algorithm,
        "costs": Costs(12, 300.0, 800.0, 50.0, None, [warning]),
        "one": Class(1, "water", "水体 water", QColor(40, 90, 200)), "key": "1",
        "document": HEIGHTS, "notes": ["说明 note"],
        "wanted": [one.name() for one in algorithm.parameterDefinitions()],
    }  # fmt: skip
    return {**given, "form": RunForm(interface.canvas, given["project"])}
