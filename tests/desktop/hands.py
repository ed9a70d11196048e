"""What a person does in QGIS's window; for scripts that run inside it."""

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication


def click(widget):
    """A click of the left button in the middle."""
    assert widget is not None and widget.isEnabled() and widget.isVisible(), widget
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def later(action):
    """For what opens a dialog and returns only when that is closed."""
    QTimer.singleShot(0, action)


def dialog():
    """The dialog that QGIS waits for, if any."""
    return QApplication.activeModalWidget()


def close_qgis():
    """As File, Exit does; a project that was changed would ask."""
    from qgis.utils import iface

    QgsProject.instance().clear()
    later(iface.actionExit().trigger)
