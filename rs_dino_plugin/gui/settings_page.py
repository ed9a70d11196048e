"""The page of RS-DINO in QGIS's options: how the engine is, and which one it is."""

from __future__ import annotations

from qgis.gui import QgsOptionsPageWidget
from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from ..i18n import tr
from .doctor_panel import DoctorPanel
from .options import SETTINGS
from .setup_panel import SetupPanel
from .words import wrapped


class SettingsPage(QgsOptionsPageWidget):
    """The engine is looked at again when another one may be there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(SETTINGS)
        self.setup = SetupPanel()
        self.doctor = DoctorPanel(self.setup.chosen)
        layout = QVBoxLayout(self)
        layout.addWidget(
            wrapped(tr("The models run in an engine of its own, outside QGIS: nothing is installed into QGIS itself."))
        )
        layout.addWidget(self.doctor)
        layout.addWidget(self.setup)
        layout.addStretch(1)
        self.setup.changed.connect(self.doctor.examine)

    def apply(self) -> None:
        self.setup.apply()
