"""Run inside the real desktop by take_pictures.sh: the algorithm's dialog, its run and layers; the dock with a result,
a review, what a long run will take, live mode; the pages in the options."""

import os
import sys
import traceback
from functools import partial
from pathlib import Path

from osgeo import gdal
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QRect, Qt, QTimer
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QTextEdit
from qgis.utils import iface, plugins

PICTURES = Path(os.environ["PICTURES"])
DEADLINE_MS = 60_000
STEP_MS = 500
PAGES = {"rsDinoSettings": "options", "rsDinoModels": "models"}


class Session:
    """Steps that wait for what they need."""

    def __init__(self):
        self.window = iface.mainWindow()
        self.dialog = self.dock = None
        self.waited_ms = 0

    def start(self):
        QgsApplication.setUITheme(os.environ.get("THEME", "default"))
        self.window.setGeometry(QRect(0, 0, 1100, 700))  # keeps the picture below 300 kB
        layer = QgsRasterLayer(os.environ["RASTER"], Path(os.environ["RASTER"]).stem)
        QgsProject.instance().addMapLayer(layer)
        iface.mapCanvas().setExtent(layer.extent())
        from processing.gui.AlgorithmDialog import AlgorithmDialog

        algorithm = QgsApplication.processingRegistry().createAlgorithmById("rsdino:segment")
        self.dialog = AlgorithmDialog(algorithm, parent=self.window)
        self.dialog.setGeometry(QRect(330, 60, 860, 800))
        self.dialog.show()
        self.later(self.run, 2000)

    def run(self):
        self.grab(self.dialog, "segment-dialog")
        self.dialog.runButton().click()
        self.later(self.wait_for_layers)

    def wait_for_layers(self):
        self.waited_ms += STEP_MS
        layers = QgsProject.instance().mapLayers()
        if len(layers) < 4 and self.waited_ms < DEADLINE_MS:
            self.later(self.wait_for_layers)
            return
        if len(layers) < 4:
            raise RuntimeError("\n".join(box.toPlainText() for box in self.dialog.findChildren(QTextEdit)))
        self.later(self.show_log, 1500)

    def show_log(self):
        self.grab(self.dialog, "segment-log")
        self.dialog.close()
        for layer in QgsProject.instance().mapLayers().values():
            node = QgsProject.instance().layerTreeRoot().findLayer(layer.id())
            node.setItemVisibilityChecked(layer.name() not in ("Confidence", "Polygons", "置信度", "多边形"))
            node.setExpanded(layer.name() in ("Labels", "类别标签"))
            if layer.name() in ("Labels", "类别标签"):
                layer.renderer().setOpacity(0.6)
        self.window.findChild(QDockWidget, "Browser").hide()
        iface.mapCanvas().zoomToFullExtent()
        iface.messageBar().clearWidgets()
        self.later(self.show_result, 3000)

    def show_result(self):
        self.grab(self.window, "segment-result")
        QgsProject.instance().clear()
        self.later(self.open_dock)

    def open_dock(self):
        layer = QgsRasterLayer(os.environ["RASTER"], Path(os.environ["RASTER"]).stem)
        QgsProject.instance().addMapLayer(layer)
        iface.setActiveLayer(layer)
        iface.mapCanvas().setExtent(layer.extent())
        desktop = plugins["rs_dino_plugin"].desktop
        desktop.action.trigger()
        self.dock = desktop.dock
        self.window.resizeDocks([self.dock], [300], Qt.Orientation.Horizontal)
        self.later(self.run_dock, 1500)

    def run_dock(self):
        self.grab(self.window, "dock-run")
        self.dock.run_page.run.click()
        self.waited_ms = 0
        self.later(self.wait_for_job)

    def wait_for_job(self):
        self.waited_ms += STEP_MS
        if len(QgsProject.instance().mapLayers()) > 1:
            self.later(self.show_dock, 3000)
        elif self.waited_ms < DEADLINE_MS:
            self.later(self.wait_for_job)
        else:
            raise RuntimeError(self.dock.run_page.message.text())

    def show_dock(self):
        self.dock.opacity.slider.setValue(60)
        iface.mapCanvas().zoomToFullExtent()
        iface.messageBar().clearWidgets()
        self.later(self.start_review, 3000)

    def start_review(self):
        self.grab(self.window, "dock-result")
        self.dock.tabs.setCurrentWidget(self.dock.review_page)
        self.dock.review_page.start()
        self.waited_ms = 0
        self.later(self.decide)

    def decide(self):
        page = self.dock.review_page
        self.waited_ms += STEP_MS
        if page.review is None and self.waited_ms < DEADLINE_MS:
            self.later(self.decide)
            return
        for key in ("accept", "accept", "skip"):
            page.press(key)
        self.later(self.show_long_run, 4000)

    def show_long_run(self):
        self.grab(self.window, "dock-review")
        QgsProject.instance().clear()
        path = str(PICTURES / "ortho.vrt")
        raster = gdal.Open(os.environ["RASTER"])
        left, size, _, top, _, _ = raster.GetGeoTransform()
        bounds = [left, top, left + 30000 * size, top - 30000 * size]
        gdal.Translate(path, raster, format="VRT", width=30000, height=30000, outputBounds=bounds).FlushCache()
        layer = QgsRasterLayer(path, "ortho")
        QgsProject.instance().addMapLayer(layer)
        iface.setActiveLayer(layer)
        iface.mapCanvas().setExtent(layer.extent())
        self.dock.tabs.setCurrentWidget(self.dock.run_page)
        self.dock.run_page.form.rasters.tick_first_choice(layer)
        self.dock.run_page.run.click()
        self.waited_ms = 0
        self.later(self.wait_for_preflight)

    def wait_for_preflight(self):
        self.waited_ms += STEP_MS
        dialog = QApplication.activeModalWidget()
        if dialog is None and self.waited_ms < DEADLINE_MS:
            self.later(self.wait_for_preflight)
            return
        if dialog is None:
            self.grab(self.window, "failed")
            raise RuntimeError(self.dock.run_page.message.text())
        self.grab(dialog, "preflight")
        dialog.reject()
        QgsProject.instance().clear()
        (PICTURES / "ortho.vrt").unlink()
        self.later(self.go_live)

    def go_live(self):
        layer = QgsRasterLayer(os.environ["RASTER"], Path(os.environ["RASTER"]).stem)
        QgsProject.instance().addMapLayer(layer)
        iface.setActiveLayer(layer)
        iface.mapCanvas().setExtent(layer.extent())
        self.dock.run_page.form.rasters.tick_first_choice(layer)
        self.dock.run_page.live.click()
        self.waited_ms = 0
        self.later(self.wait_for_live)

    def wait_for_live(self):
        self.waited_ms += STEP_MS
        if len(QgsProject.instance().mapLayers()) < 2 and self.waited_ms < DEADLINE_MS:
            self.later(self.wait_for_live)
        else:
            self.dock.opacity.slider.setValue(60)
            self.later(self.show_live, 12000)

    def show_live(self):
        self.grab(self.window, "dock-live")
        self.dock.run_page.live.click()
        QgsProject.instance().clear()
        self.later(self.show_options)

    def show_options(self):
        """The dialog returns when it is closed."""
        for page, name in PAGES.items():
            self.later(partial(self.grab_options, name), 9000)
            iface.showOptionsDialog(self.window, page)
        QApplication.processEvents()
        iface.actionExit().trigger()

    def grab_options(self, name):
        dialog = QApplication.activeModalWidget()
        self.grab(dialog, name)
        dialog.reject()

    def grab(self, widget, name):
        QApplication.processEvents()
        widget.grab().save(str(PICTURES / (name + ".png")))

    def later(self, step, after_ms=STEP_MS):
        def guarded():
            try:
                step()
            except Exception:  # the desktop would stay open for ever
                traceback.print_exc()
                sys.stderr.flush()
                os._exit(3)

        QTimer.singleShot(after_ms, guarded)


session = Session()
session.later(session.start, 3000)
