"""The colours of QGIS's theme."""

from __future__ import annotations

from typing import Tuple

from qgis.PyQt.QtCore import QThread
from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QApplication, QDialog


def theme() -> Tuple[QColor, QColor]:
    """Text and background of a window. QGIS's themes are style sheets: the application's palette knows neither, but has
    to do in other threads, where there are no windows."""
    palette = QApplication.palette()
    if QThread.currentThread() == QApplication.instance().thread():
        window = QDialog()
        window.ensurePolished()
        palette = window.palette()
    return palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window)
