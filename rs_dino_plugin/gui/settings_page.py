"""The page of RS-DINO in QGIS's options: which Python has the engine."""

from __future__ import annotations

from qgis.gui import QgsFileWidget, QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QFormLayout, QLabel, QWidget

from ..i18n import tr
from ..paths import icon
from ..settings import engine_python, engine_python_setting, set_engine_python


class SettingsPageFactory(QgsOptionsWidgetFactory):
    """Makes the page when the options are opened."""

    def __init__(self) -> None:
        super().__init__()
        self.setTitle("RS-DINO")

    def icon(self) -> QIcon:
        return QIcon(icon("rs_dino"))

    def createWidget(self, parent: QWidget) -> "SettingsPage":
        return SettingsPage(parent)


class SettingsPage(QgsOptionsPageWidget):
    """One file to choose, and a line that says what is used now and why."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("rsDinoSettings")
        self.python = QgsFileWidget()
        self.python.setFilePath(engine_python_setting())
        self.python.setDialogTitle(tr("Choose the Python of the engine"))
        used = QLabel(_what_is_used())
        used.setWordWrap(True)
        how = QLabel(
            tr(
                "The engine runs in a Python of its own: make a virtual environment, install the engine there,"
                " and choose its python."
            )
        )
        how.setWordWrap(True)
        layout = QFormLayout(self)
        layout.addRow(how)
        layout.addRow(tr("Python of the engine"), self.python)
        layout.addRow(used)

    def apply(self) -> None:
        set_engine_python(self.python.filePath().strip())


def _what_is_used() -> str:
    found = engine_python()
    if found is None:
        return tr("No engine was found.")
    return tr("Used now: {python}, {reason}.").format(python=found.path, reason=found.reason)
