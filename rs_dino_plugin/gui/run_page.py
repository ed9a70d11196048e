"""The page that runs a task: the form, and the way from its button to a job."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import List, Optional

from qgis.core import Qgis, QgsProject, QgsRasterLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ..engine_client.documents import Request
from ..engine_client.job_store import write_names
from ..engine_client.local import LocalEngine
from ..errors import EngineUnusable, PluginError, why_not_begun
from ..export_plan import Export
from ..i18n import tr
from ..model_cards import card_of
from ..notices import engine_unusable
from ..recipes import models_of
from ..settings import found_engine
from ..workload import Costs, is_small
from .check import Check
from .job_follower import JobFollower
from .live_box import LiveBox
from .preflight_dialog import PreflightDialog
from .run_form import RunForm
from .save_rasters import SaveRasters
from .where_box import CANVAS


class RunPage(QWidget):
    """``started`` carries the job, ``noted`` a word and its level. What goes wrong is said beside the button, and
    nothing in the form is lost."""

    started = pyqtSignal(object)
    noted = pyqtSignal(str, object)

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject, follower: JobFollower) -> None:
        super().__init__()
        self._follower = follower
        self._check = Check(self)
        self._check.done.connect(self._checked)
        self._check.refused.connect(self._refused)
        self._save = SaveRasters(self)
        self._save.done.connect(self._saved)
        self._save.refused.connect(self._refused)
        self._save.progress.connect(self._show_saving)
        self._exports: List[Export] = []
        self._waiting: Optional[Request] = None
        self._folder: Optional[Path] = None
        self._where: Optional[str] = None
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
        self.run = QPushButton(tr("Ru&n"))
        self.run.setObjectName("rsDinoRun")
        self.run.setDefault(True)
        self.run.clicked.connect(self.run_or_stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.message)
        self.live = LiveBox(canvas, project, self.form)
        for widget in (self.live.state, self.live.notes, self.live.keep):
            layout.addWidget(widget)
        self.live.keep.clicked.connect(self.keep)
        buttons = QHBoxLayout()
        buttons.addWidget(self.live)
        buttons.addWidget(self.run, 1)
        layout.addLayout(buttons)

    def leave_project(self) -> None:
        self.stop()
        self.live.leave()
        self.form.leave_project()

    def run_or_stop(self) -> None:
        """The button: run, or give up what goes on before the run."""
        if not self.stop():
            self._begin(None)

    def keep(self) -> None:
        """Run what the form says in what the map shows, wherever else it would run."""
        if self._waiting is None:
            self._begin(CANVAS)

    def _begin(self, where: Optional[str]) -> None:
        self.clear_message()
        self._where = where
        try:
            found_engine()
            self._folder = self._follower.store.new_folder(self.form.task.id, self.form.name())
            self._waiting = request = self.form.request(self._folder, where)
            self._exports = self.form.exports(request)
            write_names(self.form.names(request, where), self._folder)
            if not self._exports:
                self._check_or_start(request, self.form.rasters.layers())
                return
            self._save.start(self._exports, self._folder)
        except (PluginError, OSError) as error:
            self._give_up(why_not_begun(error))
            if isinstance(error, EngineUnusable):
                engine_unusable(str(error))  # which shows the way to the page where it is set up
        else:
            self.run.setText(tr("Stop saving"))
            self._show_saving(0)

    def clear_message(self) -> None:
        if not self._check.is_running and not self._save.is_running:
            self._say("")

    def _show_saving(self, percent: float) -> None:
        words = [export.word() for export in self._exports]
        self._say("\n".join([*words, tr("{percent} %").format(percent=round(percent))]))

    def _saved(self, warnings: List[str]) -> None:
        """Now the request's rasters are all there."""
        request = self._waiting
        if request is None:
            return
        for export in self._exports:
            self.noted.emit(export.word(), Qgis.MessageLevel.Info)
        for warning in warnings:
            self.noted.emit(warning, Qgis.MessageLevel.Warning)
        try:
            self._check_or_start(request, [QgsRasterLayer(path) for path in request.inputs["rasters"]])
        except (PluginError, OSError) as error:
            self._give_up(why_not_begun(error))

    def _check_or_start(self, request: Request, layers: List[QgsRasterLayer]) -> None:
        models = models_of(request)
        card = card_of(models[0]) if len(models) == 1 else None
        if is_small(layers, card, self.form.where.area(self._where), request.inputs):
            self._start_waiting()
            return
        self._check.start(LocalEngine(found_engine().path), request, self._folder)
        self.run.setText(tr("Stop checking"))
        self._say(tr("Asking the engine what the run will take…"))

    def _checked(self, costs: Costs) -> None:
        self.run.setText(tr("Ru&n"))
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
        self.run.setText(tr("Ru&n"))
        self._say("")
        try:
            self._start(request)
        except (PluginError, OSError) as error:
            self._give_up(why_not_begun(error))

    def _start(self, request: Request) -> None:
        job = self._follower.start(LocalEngine(found_engine().path), request, self._folder)
        self._folder = None
        self.form.remember()
        self.started.emit(job)

    def stop(self) -> bool:
        """Give up what goes on before a run; False when nothing does."""
        saving = self._save.cancel()
        if saving is None and not self._check.is_running:
            return False
        folder, self._folder = self._folder, None  # somebody is still at work in it
        if saving is not None:
            saving.ended.connect(lambda *_: shutil.rmtree(str(folder), ignore_errors=True))
        else:
            self._check.cancel(folder)
        self._give_up("")
        return True

    def _refused(self, text: str, details: str) -> None:
        self._give_up(text)
        self.message.setToolTip(details[-2000:])

    def _give_up(self, text: str) -> None:
        """Back to the form; a folder that did not become a job goes."""
        folder, self._folder, self._waiting = self._folder, None, None
        if folder is not None:
            shutil.rmtree(str(folder), ignore_errors=True)
        self.run.setText(tr("Ru&n"))
        self._say(text)

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setToolTip("")
        self.message.setVisible(bool(text))
