"""Runs inside the real QGIS (its option --code): plays the steps of a script, one after another.

A step is a function. One that waits is a generator: it yields functions, and goes on when they return something true.
No step has a time; the whole QGIS has (see real_desktop.py), and a condition that never holds ends there.
"""

import json
import os
import runpy
import sys
import time
import traceback
from pathlib import Path

from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QApplication

POLL_MS = 20
LONGEST_WAIT_S = 90.0  # then the step fails by its name, before the whole is killed
PICTURES = Path(os.environ["PICTURES"])


def picture(name):
    """What the screen shows."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    QApplication.primaryScreen().grabWindow(0).save(str(PICTURES / (name + ".png")))


class Player:
    """Plays steps; the first one that fails ends QGIS."""

    def __init__(self, steps):
        self._steps = list(steps)
        self._step = self._waiting = self._condition = None
        self._since = 0.0
        self._timer = QTimer()
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._turn)
        self._timer.start()

    def _turn(self):
        self._timer.stop()  # a step may open a dialog, which has an event loop of its own
        try:
            self._go_on()
        except BaseException:
            self._fail(traceback.format_exc())
        self._timer.start()

    def _go_on(self):
        if self._condition is not None:
            if not self._condition():
                if time.monotonic() - self._since > LONGEST_WAIT_S:
                    raise AssertionError(f"waited in vain for {self._where()}")
                return
            self._condition = None
        if self._waiting is None:
            if not self._steps:
                self._timer.timeout.disconnect(self._turn)
                return
            self._step = self._steps.pop(0)
            self._waiting = self._step() or iter(())
        self._condition, self._since = next(self._waiting, None), time.monotonic()
        if self._condition is None:
            self._waiting = None
            self._tell("ok")

    def _where(self):
        frame = getattr(self._waiting, "gi_frame", None)
        return f"line {frame.f_lineno} of {self._step.__name__}" if frame else self._step.__name__

    def _fail(self, what):
        picture("failed")
        self._tell(what)
        sys.stderr.write(what)
        sys.stderr.flush()
        os._exit(3)

    def _tell(self, outcome):
        with Path(os.environ["REPORT"]).open("a", encoding="utf-8") as report:
            report.write(json.dumps({"step": self._step.__name__, "outcome": outcome}) + "\n")
        if outcome == "ok":
            picture(self._step.__name__)


sys.path.insert(0, str(Path(os.environ["SCRIPT"]).parent))
player = Player(runpy.run_path(os.environ["SCRIPT"])["STEPS"])
