"""Inside the real QGIS: how long its event loop stands still, from the dock's first opening to the loaded results.

A timer of 5 ms notes when it is late. A thread looks at what Python does meanwhile; nothing of ours on the stack means
that QGIS itself is at work.
"""

import collections
import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path

sys.path.insert(0, os.environ["HANDS"])
from hands import click, close_qgis  # noqa: E402
from qgis.core import QgsProject, QgsRasterLayer, QgsSettings  # noqa: E402
from qgis.PyQt.QtCore import QRect, Qt, QTimer  # noqa: E402
from qgis.PyQt.QtWidgets import QAction  # noqa: E402
from qgis.utils import iface, plugins  # noqa: E402

RASTER = Path(os.environ.get("RASTER", "."))
LATE_MS = 25.0
MAIN = threading.get_ident()


class Watch:
    """Measures from :meth:`begin` to :meth:`end`."""

    def __init__(self):
        self.gaps, self.phase = [], ""
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._tick)
        self._seen, self._looks, self._stop = None, [], threading.Event()

    def begin(self, phase):
        self.phase = phase
        self._last, self._last_cpu = time.perf_counter(), time.thread_time()
        if not self._timer.isActive():
            self._timer.start()
            self._stop.clear()
            threading.Thread(target=self._look, daemon=True).start()

    def end(self):
        self._tick()
        self._timer.stop()
        self._stop.set()

    def _tick(self):
        now, cpu = time.perf_counter(), time.thread_time()
        gap_ms, cpu_ms = (now - self._last) * 1000, (cpu - self._last_cpu) * 1000
        looks, self._looks = self._looks, []
        self._last, self._last_cpu = now, cpu
        if gap_ms > LATE_MS:
            common = collections.Counter(looks).most_common(3)
            self.gaps.append((self.phase, round(gap_ms, 1), round(cpu_ms, 1), [f"{n}x {at}" for at, n in common]))

    def _look(self):
        while not self._stop.wait(0.004):
            if time.perf_counter() - self._last > LATE_MS / 1000:
                stack = traceback.extract_stack(sys._current_frames().get(MAIN))
                ours = [frame for frame in stack if "rs_dino_plugin" in frame.filename]
                said = " < ".join(f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in reversed(ours[-4:]))
                self._looks.append(said or "QGIS")


watch = Watch()
dock = None


def start():
    yield lambda: iface.mainWindow().isVisible() and "rs_dino_plugin" in plugins
    iface.mainWindow().setGeometry(QRect(0, 0, 1400, 900))
    layer = QgsRasterLayer(str(RASTER), RASTER.stem)
    QgsProject.instance().addMapLayer(layer)
    iface.setActiveLayer(layer)
    yield lambda: not iface.mapCanvas().isDrawing()


def open_dock():
    """The first opening, and once more."""
    global dock
    for phase in ("first opening of the dock", "opening it again"):
        watch.begin(phase)
        action = iface.mainWindow().findChild(QAction, "rsDinoDockAction")
        action.trigger()
        dock = plugins["rs_dino_plugin"].desktop.dock
        yield dock.isVisible
        yield _quiet()
        watch.end()
        action.trigger()
    action.trigger()
    yield dock.isVisible


def run_and_load():
    for phase in ("first run", "second run"):
        before = len(QgsProject.instance().mapLayers())
        dock.tabs.setCurrentWidget(dock.run_page)
        jobs = len(dock.follower.jobs)
        yield _quiet()
        watch.begin(phase + ": from the button to the job")
        click(dock.run_page.run)
        yield lambda jobs=jobs: len(dock.follower.jobs) > jobs
        job = dock.follower.jobs[0]
        yield lambda job=job: job.state == "running"
        watch.phase = phase + ": while the engine works"
        yield lambda job=job: job.is_final
        assert job.state == "successful", job.status
        watch.phase = phase + ": results become layers"
        yield lambda before=before: len(QgsProject.instance().mapLayers()) > before
        yield lambda: not iface.mapCanvas().isDrawing()
        yield _quiet()
        watch.end()


def options():
    from qgis.PyQt.QtWidgets import QApplication

    watch.begin("QGIS's options dialog")
    QTimer.singleShot(0, lambda: iface.showOptionsDialog(iface.mainWindow(), "rsDinoSettings"))
    yield lambda: QApplication.activeModalWidget() is not None
    yield _quiet()
    watch.end()
    QApplication.activeModalWidget().reject()


def end():
    assert QgsSettings() is not None
    Path(os.environ["GAPS"]).write_text(json.dumps(watch.gaps), encoding="utf-8")
    close_qgis()


def _quiet(turns=25):
    """A condition that holds after some turns of the event loop."""
    left = iter(range(turns))
    return lambda: next(left, None) is None


STEPS = [start, open_dock, run_and_load, options, end]
