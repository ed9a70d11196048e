"""The jobs: how each is, and what can be done with it."""

from __future__ import annotations

from typing import Dict, Optional

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..engine_client.job_store import KnownJob
from ..engine_client.waiting import can_resume
from ..i18n import tr
from . import job_words
from .delete_job import ask_and_delete
from .job_follower import JobFollower
from .job_log import log_of


class JobList(QWidget):
    """Shows what the follower knows. ``open_wanted``, ``again_wanted`` and ``resumed`` carry the job."""

    open_wanted = pyqtSignal(object)
    again_wanted = pyqtSignal(object)
    resumed = pyqtSignal(object)

    def __init__(self, follower: JobFollower) -> None:
        super().__init__()
        self._follower = follower
        self._rows: Dict[int, QTreeWidgetItem] = {}
        self.list = QTreeWidget()
        self.list.setObjectName("rsDinoJobs")
        self.list.setAccessibleName(tr("Jobs"))
        self.list.setHeaderLabels([tr("Job"), tr("State")])
        self.list.setRootIsDecorated(False)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.details = QLabel()
        self.details.setObjectName("rsDinoJobDetails")
        self.details.setWordWrap(True)
        self.details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.open = _button(tr("Open res&ult"), "rsDinoOpenResult")
        self.again = _button(tr("Run &again"), "rsDinoRunAgain")
        self.cancel = _button(tr("Ca&ncel"), "rsDinoCancelJob")
        self.resume = _button(tr("Resume"), "rsDinoResume")
        self.log = _button(tr("Lo&g"), "rsDinoJobLog")
        self.delete = _button(tr("Dele&te…"), "rsDinoDelete")
        self.open.clicked.connect(self._open)
        self.again.clicked.connect(lambda: self._emit(self.again_wanted))
        self.cancel.clicked.connect(self._cancel)
        self.resume.clicked.connect(self._resume)
        self.log.clicked.connect(self._show_log)
        self.delete.clicked.connect(self._delete)
        self.list.currentItemChanged.connect(self._show_current)
        self.list.itemActivated.connect(lambda *_: self._open())
        buttons = QGridLayout()
        for number, button in enumerate((self.open, self.again, self.cancel, self.resume, self.log, self.delete)):
            buttons.addWidget(button, number // 2, number % 2)
        layout = QVBoxLayout(self)
        for widget in (self.list, self.progress, self.details):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        follower.added.connect(self._add)
        follower.changed.connect(self._update)
        follower.ended.connect(self._update)
        follower.removed.connect(self._remove)
        self._show_current()

    def current(self) -> Optional[KnownJob]:
        item = self.list.currentItem()
        return item.data(0, Qt.ItemDataRole.UserRole) if item is not None else None

    def show_job(self, job: KnownJob) -> None:
        """Make a job the current one."""
        self.list.setCurrentItem(self._rows[id(job)])

    def _add(self, job: KnownJob) -> None:
        item = QTreeWidgetItem([job_words.row(job), ""])
        item.setData(0, Qt.ItemDataRole.UserRole, job)
        self._rows[id(job)] = item
        self.list.insertTopLevelItem(self._follower.jobs.index(job), item)
        self._update(job)
        if self.list.currentItem() is None:  # the newest one, which is found first
            self.list.setCurrentItem(item)

    def _remove(self, job: KnownJob) -> None:
        item = self._rows.pop(id(job))
        self.list.takeTopLevelItem(self.list.indexOfTopLevelItem(item))

    def _update(self, job: KnownJob) -> None:
        item = self._rows[id(job)]
        item.setText(1, job_words.state(job))
        item.setToolTip(0, job_words.row(job))
        if job is self.current():
            self._show_current()

    def _show_current(self, *_: object) -> None:
        job = self.current()
        runs = job is not None and not job.is_final
        self.details.setText(job_words.details(job) if job is not None else "")
        waits = job is not None and job.waits
        self.progress.setVisible(runs and not waits)
        if runs:
            progress = job.status.progress if job.status is not None else 0.0
            self.progress.setRange(
                0, 100 if progress else 0
            )  # until there is any, it only shows that something goes on
            self.progress.setValue(round(progress))
        self.open.setEnabled(job is not None and job.state == "successful")
        self.again.setEnabled(job is not None)
        self.log.setEnabled(job is not None)
        self.delete.setEnabled(job is not None and job.is_final)
        self.cancel.setEnabled(runs and job.cancel_asked_s is None)
        ended_early = job is not None and job.state in ("failed", "dismissed")
        self.resume.setText(tr("Start now") if waits else tr("Resume"))
        self.resume.setEnabled(waits or (ended_early and can_resume(job.folder)))

    def _emit(self, signal: pyqtSignal) -> None:
        job = self.current()
        if job is not None:
            signal.emit(job)

    def _open(self) -> None:
        job = self.current()
        if job is not None and job.state == "successful":
            self.open_wanted.emit(job)

    def _cancel(self) -> None:
        job = self.current()
        if job is not None:
            self._follower.cancel(job)

    def _resume(self) -> None:
        job = self.current()
        if job is None:
            return
        if job.waits:
            self._follower.start_now(job)
        else:
            self._follower.resume(job)
            self.resumed.emit(job)

    def _delete(self) -> None:
        job = self.current()
        if job is not None and job.is_final:
            ask_and_delete(job, self._follower, QgsProject.instance(), self)

    def _show_log(self) -> None:
        job = self.current()
        if job is None:
            return
        dialog = QDialog(self)
        dialog.setObjectName("rsDinoLogDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(job_words.title(job))
        text = QPlainTextEdit(log_of(job) or tr("The log is empty."))
        text.setReadOnly(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(dialog.close)
        folder = QLabel(str(job.folder))
        folder.setWordWrap(True)
        folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(dialog)
        for widget in (folder, text, buttons):
            layout.addWidget(widget)
        dialog.resize(640, 420)
        dialog.open()


def _button(text: str, name: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    return button
