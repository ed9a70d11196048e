"""Where a run's results go: with the job, beside the raster, or into a folder of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import List

from qgis.core import QgsSettings
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from ..engine_client.job_store import RESULTS_FOLDER
from ..errors import PluginError
from ..i18n import tr
from ..settings import RESULTS_PLACE, jobs_folder
from .narrow_box import narrow_box

JOB, BESIDE, OWN = "job", "beside", "own"
BESIDE_FOLDER = "rs_dino"


class PlaceBox(QWidget):
    """Every run gets a folder of its own wherever it is: nothing of an earlier run is written over."""

    def __init__(self) -> None:
        super().__init__()
        self.box = narrow_box("rsDinoPlace", tr("Results"))
        in_job = tr("In {folder}, which is set under Settings ▸ Options ▸ RS-DINO.").format(folder=jobs_folder())
        beside = tr("In a folder “{name}” beside the first raster; each run has a folder of its own in it.")
        for key, text, told in (
            (JOB, tr("With the job"), in_job),
            (BESIDE, tr("Beside the raster"), beside.format(name=BESIDE_FOLDER)),
            (OWN, tr("In a folder…"), tr("Each run has a folder of its own in it.")),
        ):
            self.box.addItem(text, key)
            self.box.setItemData(self.box.count() - 1, told, Qt.ItemDataRole.ToolTipRole)
        self.own = QgsFileWidget()
        self.own.setObjectName("rsDinoOwnPlace")
        self.own.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for widget in (self.box, self.own):
            layout.addWidget(widget)
        self.box.currentIndexChanged.connect(self._show)
        self.choose(str(QgsSettings().value(RESULTS_PLACE, "") or JOB))

    def choose(self, place: str) -> None:
        """``job``, ``beside``, or a folder."""
        self.box.setCurrentIndex(self.box.findData(place if place in (JOB, BESIDE) else OWN))
        if place not in (JOB, BESIDE):
            self.own.setFilePath(place)
        self._show()

    def folder(self, job: Path, files: List[str]) -> Path:
        """For the results of a job on ``files``; :class:`PluginError` where there is no such folder."""
        choice = self.box.currentData()
        if choice == JOB:
            return job / RESULTS_FOLDER
        if choice == BESIDE:
            folder = Path(files[0]).parent if files else Path()
            if not files or not folder.is_dir():
                raise PluginError(tr("This raster lies in no folder: choose another place for the results."))
            return folder / BESIDE_FOLDER / job.name
        own = self.own.filePath().strip()
        if not own or not Path(own).is_dir():
            raise PluginError(tr("Choose a folder for the results that exists."))
        return Path(own) / job.name

    def remember(self) -> None:
        """The same place is the choice in the next session."""
        choice = self.box.currentData()
        QgsSettings().setValue(RESULTS_PLACE, self.own.filePath().strip() if choice == OWN else choice)

    def _show(self, *_: object) -> None:
        self.own.setVisible(self.box.currentData() == OWN)
        self.box.setToolTip(self.box.itemData(self.box.currentIndex(), Qt.ItemDataRole.ToolTipRole))
