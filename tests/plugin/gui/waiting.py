"""Waits in the event loop for a condition, never for a time."""

import time

from qgis.PyQt.QtWidgets import QApplication

DEADLINE_S = 120.0


def wait_until(condition, tell=lambda: ""):
    """Let QGIS work until ``condition`` holds."""
    until = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < until, tell()
        QApplication.processEvents()
        time.sleep(0.01)
