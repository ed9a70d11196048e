"""The page that runs a task: the form, and the way from its button to a job."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Optional

from qgis.core import QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ..engine_client.documents import Request
from ..engine_client.local import LocalEngine
from ..errors import EngineUnusable, PluginError
from ..i18n import tr
from ..model_cards import card_of
from ..notices import engine_unusable
from ..recipes import models_of
from ..settings import found_engine
from ..workload import Costs, is_small
from .check import Check
from .job_follower import JobFollower
from .preflight_dialog import PreflightDialog
from .run_form import RunForm


class RunPage(QWidget):
    """``started`` carries the job. What goes wrong is said beside the button, and nothing in the form is lost."""

    started = pyqtSignal(object)

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject, follower: JobFollower) -> None:
        super().__init__()
        self._follower = follower
        self._check = Check(self)
        self._check.done.connect(self._checked)
        self._check.refused.connect(self._refused)
        self._waiting: Optional[Request] = None
        self._folder: Optional[Path] = None
        self.form = RunForm(canvas, project)
        self.form.changed.connect(self.clear_message)
        scroll = QScrollArea()
        scroll.setWidget(self.form)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.message = QLabel()
        self.message.setObjectName("rsDinoMessage")
        self.message.setWordWrap(True)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.message.hide()
        self.run = QPushButton(tr("&Run"))
        self.run.setObjectName("rsDinoRun")
        self.run.setDefault(True)
        self.run.clicked.connect(self.run_or_stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(scroll, 1)
        for widget in (self.message, self.run):
            layout.addWidget(widget)

    def leave_project(self) -> None:
        if self._check.is_running:
            self._stop_check()
        self.form.leave_project()

    def run_or_stop(self) -> None:
        """The button: run, or give up the check that goes on."""
        if self._check.is_running:
            self._stop_check()
            return
        self.clear_message()
        try:
            engine = LocalEngine(found_engine().path)
            self._folder = self._follower.store.new_folder(self.form.task.id, self.form.name())
            request = self.form.request(self._folder)
            if self._is_small(request):
                self._start(request)
                return
            self._waiting = request
            self._check.start(engine, request, self._folder)
        except (PluginError, OSError) as error:
            self._give_up(_why(error))
            if isinstance(error, EngineUnusable):
                engine_unusable(str(error))  # which shows the way to the page where it is set up
        else:
            self.run.setText(tr("Stop checking"))
            self._say(tr("Asking the engine what the run will take…"))

    def clear_message(self) -> None:
        if not self._check.is_running:
            self._say("")

    def _is_small(self, request: Request) -> bool:
        models = models_of(request)
        card = card_of(models[0]) if len(models) == 1 else None
        return is_small(self.form.rasters.layers(), card, self.form.where.area(), request.inputs)

    def _checked(self, costs: Costs) -> None:
        self.run.setText(tr("&Run"))
        self._say("")
        if not costs.should_be_shown:
            self._start_waiting()
            return
        dialog = PreflightDialog(costs, self)
        dialog.accepted.connect(self._start_waiting)
        dialog.rejected.connect(lambda: self._give_up(""))
        dialog.open()

    def _start_waiting(self) -> None:
        request, self._waiting = self._waiting, None
        if request is None:
            return
        try:
            self._start(request)
        except (PluginError, OSError) as error:
            self._give_up(_why(error))

    def _start(self, request: Request) -> None:
        job = self._follower.start(LocalEngine(found_engine().path), request, self._folder)
        self._folder = None
        self.form.remember()
        self.started.emit(job)

    def _stop_check(self) -> None:
        folder, self._folder = self._folder, None  # an engine is still at work in it
        self._check.cancel(folder)
        self._give_up("")

    def _refused(self, text: str, details: str) -> None:
        self._give_up(text)
        self.message.setToolTip(details[-2000:])

    def _give_up(self, text: str) -> None:
        """Back to the form; a folder that did not become a job goes."""
        folder, self._folder, self._waiting = self._folder, None, None
        if folder is not None:
            shutil.rmtree(str(folder), ignore_errors=True)
        self.run.setText(tr("&Run"))
        self._say(text)

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setToolTip("")
        self.message.setVisible(bool(text))


def _why(error: Exception) -> str:
    if isinstance(error, PluginError):
        return str(error)
    return tr("The job's folder cannot be written: {reason}").format(reason=error)
