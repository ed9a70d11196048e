"""Live mode in real QGIS: from a pan to the pixels on the screen, and the longest time in which the window is still.

``QT_QPA_PLATFORM=offscreen .venv-qgis/bin/python tests/bench/live.py [--model NAME] [--pans N] [--side PX]``, after
``engine/staging/stage.py plugin``; ``RS_DINO_ENGINE_PYTHON`` names the engine. The model's own time is what its forward
passes took in the same run. Exit code 1: a figure was missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Dict, List

import numpy
from osgeo import gdal
from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsRectangle
from qgis.gui import QgsLayerTreeMapCanvasBridge, QgsMapCanvas
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QMainWindow

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "build" / "stage"))
CANVAS_PX = 1024
FIRST_S, CANVAS_S, GAP_S = 0.3, 0.5, 0.1
DEADLINE_S = 300.0
TASKS = {"starter-landcover": ("segment", 0.2), "starter-canopy": ("canopy-height", 0.25)}


class Gaps:
    """The longest time between two turns of the event loop."""

    def __init__(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._timer.start(1)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now

    def restart(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()


class Bench:
    """A window with a map of ``CANVAS_PX`` square over a scene at the model's own pixel size, and live mode on it."""

    def __init__(self, model: str, side: int, folder: Path) -> None:
        from rs_dino_plugin.engine_client.documents import Request
        from rs_dino_plugin.gui.live_mode import LiveMode

        task, gsd_m = TASKS[model]
        self.layer = scene(folder / "scene.tif", side, gsd_m)
        self.window = QMainWindow()
        self.canvas = QgsMapCanvas(self.window)
        self.window.setCentralWidget(self.canvas)
        self.canvas.setFixedSize(CANVAS_PX, CANVAS_PX)
        self.canvas.setCachingEnabled(True)
        self.canvas.setParallelRenderingEnabled(True)
        project = QgsProject.instance()
        self._bridge = QgsLayerTreeMapCanvasBridge(project.layerTreeRoot(), self.canvas)
        self._bridge.setAutoSetupOnFirstLayer(False)  # which would zoom to all of it
        project.addMapLayer(self.layer)
        self.canvas.setDestinationCrs(self.layer.crs())
        self.window.show()
        inputs = {"rasters": [str(folder / "scene.tif")], "model": model, "device": "cpu", "output": str(folder / "o")}
        self.mode = LiveMode(self.canvas, project, lambda _: Request(task, inputs))
        self.state, self.why = "", ""
        self.mode.said.connect(self._said)
        self.mode.ended.connect(self._ended)
        self.gaps = Gaps()
        self.drawn_at, self.asked_at = 0.0, 0.0
        self.canvas.renderComplete.connect(self._drawn)

    def _said(self, text: str) -> None:
        self.state = text

    def _ended(self, why: str) -> None:
        self.why = why or "off"

    def _drawn(self, *_: Any) -> None:
        self.drawn_at = time.perf_counter()

    def _asked(self, *_: Any) -> None:
        self.asked_at = time.perf_counter()

    def show(self, row: int, col: int) -> None:
        self._asked()
        size, extent = self.layer.rasterUnitsPerPixelX(), self.layer.extent()
        left, top = extent.xMinimum() + col * size, extent.yMaximum() - row * size
        self.canvas.setExtent(QgsRectangle(left, top - CANVAS_PX * size, left + CANVAS_PX * size, top))
        self.canvas.refresh()

    def figures(self) -> Dict[str, Any]:
        status = self.mode.session.status
        return dict(status.metrics) if status is not None else {}

    def wait(self, condition: Callable[[], bool]) -> None:
        until = time.perf_counter() + DEADLINE_S
        while not condition():
            assert not self.why and time.perf_counter() < until, self.why or self.state
            QTest.qWait(2)

    def is_drawn(self) -> bool:
        """Everything that has come is on the screen."""
        return not self.mode.has_news and not self.canvas.isDrawing() and self.drawn_at > self.asked_at

    def pan(self, row: int, col: int) -> Dict[str, float]:
        """One pan from rest: seconds to the first new pixels on the screen, and to all of them."""
        before, number = self.figures(), self.figures().get("look", {}).get("number", 0)
        self.gaps.restart()
        began = time.perf_counter()
        self.show(row, col)
        self.wait(lambda: self.figures().get("look", {}).get("number", 0) > number)
        self.wait(lambda: self.figures()["computed"] > before.get("computed", 0) and self.is_drawn())
        first, window_s = self.drawn_at - began, self.figures()["window_s"]
        self.wait(lambda: self.figures()["look"]["done"] == self.figures()["look"]["total"] and self.is_drawn())
        after = self.figures()
        windows = after["computed"] - before.get("computed", 0)
        model_s = after["model_s"] - before.get("model_s", 0.0)
        return {
            "windows": windows, "first_s": first, "window_s": window_s, "all_s": self.drawn_at - began,
            "model_s": model_s, "gap_s": self.gaps.longest,
        }  # fmt: skip


def scene(path: Path, side: int, gsd_m: float) -> QgsRasterLayer:
    """The bundled suburb, many times beside itself, at ``gsd_m``."""
    sample = gdal.Open(str(ROOT / "resources" / "samples" / "suburb.tif"))
    pixels = sample.ReadAsArray()
    times = -(-side // pixels.shape[1])
    pixels = numpy.tile(pixels, (1, times, times))[:, :side, :side]
    made = gdal.GetDriverByName("GTiff").Create(str(path), side, side, 3, gdal.GDT_Byte, ["TILED=YES"])
    made.SetProjection(QgsRasterLayer(str(ROOT / "resources" / "samples" / "suburb.tif")).crs().toWkt())
    made.SetGeoTransform((0, gsd_m, 0, 0, 0, -gsd_m))
    for band in (1, 2, 3):
        made.GetRasterBand(band).WriteArray(pixels[band - 1])
    del made
    return QgsRasterLayer(str(path), "scene")


def measure(options: argparse.Namespace, folder: Path) -> List[Dict[str, float]]:
    bench = Bench(options.model, options.side, folder)
    began = time.perf_counter()
    bench.show(0, 0)
    bench.mode.start()
    bench.wait(lambda: bench.state == "Up to date" and bench.is_drawn())
    bench.mode.layer.layer.repaintRequested.connect(bench._asked)
    print(f"switched on to up to date: {time.perf_counter() - began:.2f} s", flush=True)
    rows: List[Dict[str, float]] = []
    free = options.side - CANVAS_PX
    places = [(free // 2, free // 2), (free, 0), (0, free), (free, free), (free // 2, 0), (0, free // 2)]
    for place in places[: options.pans]:
        rows.append(bench.pan(*place))
        print(json.dumps({key: round(value, 3) for key, value in rows[-1].items()}), flush=True)
    before = bench.figures()
    bench.gaps.restart()
    began = time.perf_counter()
    bench.show(*places[0])
    bench.wait(lambda: bench.figures()["look"]["number"] > before["look"]["number"] and bench.is_drawn())
    back_s, again = bench.drawn_at - began, bench.figures()["computed"] - before["computed"]
    print(f"panned back: {back_s:.3f} s, {again} windows, longest gap {bench.gaps.longest * 1000:.0f} ms")
    folder_of_session = bench.mode.session.folder.parent
    bench.mode.stop()
    bench.why = ""
    bench.wait(lambda: not folder_of_session.exists())
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="starter-landcover", choices=list(TASKS))
    parser.add_argument("--pans", type=int, default=5)
    parser.add_argument("--side", type=int, default=8192)
    options = parser.parse_args()
    os.environ.setdefault("RS_DINO_ENGINE_PYTHON", str(ROOT / ".venv" / "bin" / "python"))
    application = QgsApplication([], True)
    application.initQgis()
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(options, Path(folder))
        first = statistics.median(row["first_s"] - row["window_s"] for row in rows)
        whole = statistics.median(row["all_s"] - row["model_s"] for row in rows)
        gap = max(row["gap_s"] for row in rows)
        QgsProject.instance().clear()
    checks = {
        f"first pixels: model time of one window + {first:.2f} s (median), at most {FIRST_S}": first <= FIRST_S,
        f"{CANVAS_PX}² canvas: pure model time + {whole:.2f} s (median), at most {CANVAS_S}": whole <= CANVAS_S,
        f"longest gap of the event loop: {gap * 1000:.0f} ms, at most {GAP_S * 1000:.0f}": gap <= GAP_S,
    }
    for text, is_met in checks.items():
        print("ok    " if is_met else "MISSED", text)
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    return 0 if all(checks.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
