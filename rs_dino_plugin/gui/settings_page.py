"""The page of RS-DINO in QGIS's options: how the engine is, and which one it is."""

from __future__ import annotations

from qgis.gui import QgsFileWidget, QgsOptionsPageWidget
from qgis.PyQt.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from ..i18n import tr
from ..settings import jobs_folder_setting, set_jobs_folder, usual_jobs_folder
from .doctor_panel import DoctorPanel
from .options import SETTINGS
from .scrolled import ScrolledPage
from .setup_panel import SetupPanel
from .words import wrapped


class SettingsPage(QgsOptionsPageWidget):
    """The engine is looked at again when another one may be there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(SETTINGS)
        self.setup = SetupPanel()
        self.doctor = DoctorPanel(self.setup.chosen, self.setup.way)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.addWidget(
            wrapped(tr("The models run in an engine of its own, outside QGIS: nothing is installed into QGIS itself."))
        )
        layout.addWidget(self.doctor)
        layout.addWidget(self.setup)
        self.jobs = QgsFileWidget()
        self.jobs.setObjectName("rsDinoJobsFolder")
        self.jobs.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.jobs.setFilePath(jobs_folder_setting())
        self.jobs.lineEdit().setPlaceholderText(str(usual_jobs_folder()))
        self.jobs.setToolTip(
            tr("Every run has a folder here, with its log and, unless the dock is told otherwise, its results.")
        )
        row = QFormLayout()
        row.addRow(tr("Folder of the jobs"), self.jobs)
        layout.addLayout(row)
        layout.addStretch(1)
        self.scrolled = ScrolledPage(inside)
        outside = QVBoxLayout(self)
        outside.setContentsMargins(0, 0, 0, 0)
        outside.addWidget(self.scrolled)
        self.setup.changed.connect(self.doctor.examine)
        self.setup.sources.collapsedStateChanged.connect(self._sources_folded)

    def _sources_folded(self, is_closed: bool) -> None:
        self.scrolled.opens(None if is_closed else self.setup.sources)

    def apply(self) -> None:
        self.setup.apply()
        set_jobs_folder(self.jobs.filePath().strip())
