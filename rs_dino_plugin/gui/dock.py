"""The dock: run a task, follow the jobs, see the results. What each page does is in a file of its own."""

from __future__ import annotations

from functools import partial
from typing import Any, List, Optional

from qgis.core import Qgis, QgsApplication, QgsMapLayer, QgsProject
from qgis.gui import QgsDockWidget
from qgis.PyQt import sip
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from ..assessment import assessment_of
from ..engine_client.client import ClientError
from ..engine_client.documents import Request
from ..engine_client.job_store import JobStore, KnownJob
from ..errors import PluginError, from_client, sentence
from ..foreign import NONE_EXPORTED, Exported, read_exported
from ..i18n import tr
from ..kept_files import gone
from ..result_layers import Finished, add_results, is_opaque_map, split_loaded
from ..settings import jobs_folder, note_unseen_job
from ..visibility import make_visible
from . import job_words
from .accuracy_notice import show_table
from .job_follower import JobFollower
from .job_list import JobList
from .load_results import LoadResults
from .notice import push
from .opacity import OpacitySlider
from .review_page import ReviewPage
from .run_page import RunPage
from .show_layer import reveal_layer, show_layer
from .tooltips import set_tooltips

NARROWEST_PX = 240


class RsDinoDock(QgsDockWidget):
    """``iface`` gives the map, the message bar and the active layer. ``results_added`` carries the new layers;
    ``dialog_wanted`` a task that is not done here, its request, and of which layers its rasters were saved."""

    results_added = pyqtSignal(object)
    dialog_wanted = pyqtSignal(object, object, object)

    def __init__(self, iface: Any, parent: Optional[QWidget] = None) -> None:
        super().__init__("RS-DINO", parent)
        self.setObjectName("RsDinoDock")
        self._iface = iface
        self._project = QgsProject.instance()
        self.follower = JobFollower(JobStore(jobs_folder()))
        self.run_page = RunPage(iface.mapCanvas(), self._project, self.follower)
        self.job_list = JobList(self.follower)
        self.review_page = ReviewPage(iface.mapCanvas(), self._project)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("rsDinoTabs")
        self.tabs.addTab(self.run_page, tr("Run"))
        self.tabs.addTab(self.job_list, tr("Jobs"))
        self.tabs.addTab(self.review_page, tr("Review"))
        self.tabs.setMinimumWidth(NARROWEST_PX)
        self.opacity = OpacitySlider(self._project, iface.layerTreeView())
        both = QWidget()
        layout = QVBoxLayout(both)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.opacity)
        self.setWidget(both)
        set_tooltips(self)
        self._of_this_project: List[KnownJob] = []
        self._loading: List[LoadResults] = []
        self.run_page.started.connect(self._started)
        self.run_page.noted.connect(self._say)
        self.job_list.open_wanted.connect(self.open_result)
        self.job_list.again_wanted.connect(self._run_job_again)
        self.job_list.resumed.connect(self._resumed)
        self.follower.ended.connect(self._ended)
        self.follower.added.connect(self._found)
        self._project.cleared.connect(self._project_left)
        self.run_page.live.mode.shown.connect(self._live_shown)
        self.closedStateChanged.connect(self._closed)
        self.tabs.currentChanged.connect(lambda _: self.follower.find())  # another QGIS may have started some
        self.follower.find()

    def leave(self) -> None:
        """Take everything off the map, stop following, and let the project go. Jobs go on by themselves."""
        self.follower.stop()
        for loading in self._loading:
            loading.cancel()
            loading.waitForFinished()
        self._loading.clear()
        self.run_page.leave_project()
        self.review_page.leave()
        self.opacity.leave()
        self._project.cleared.disconnect(self._project_left)
        self.closedStateChanged.disconnect(self._closed)

    def run_again(self, request: Request, exported: Exported = NONE_EXPORTED) -> None:
        """Show a request's settings in the form. ``exported`` says of which layers its rasters were saved."""
        task = job_words.task_of(request)
        if task is not None and not task.makes_maps:
            self.dialog_wanted.emit(task, request, exported)
            return
        for text in gone(request, task) if task is not None else ():
            self._say(text, Qgis.MessageLevel.Warning)
        try:
            self.run_page.form.show_request(request, exported)
        except PluginError as error:
            self._say(str(error), Qgis.MessageLevel.Warning)
            return
        self.tabs.setCurrentWidget(self.run_page)
        self.run_page.run.setFocus()

    def _run_job_again(self, job: KnownJob) -> None:
        self.run_again(job.request, read_exported(job.folder))

    def open_result(self, job: KnownJob, shows: bool = True) -> None:
        """Load what a job made, beside its raster. It takes a moment, in which QGIS goes on. ``shows``: lead the person
        to it in the layer tree and on the map."""
        task = job_words.task_of(job.request)
        if task is None:
            self._say(
                tr("The task {task} is not one of the dock's.").format(task=job.request.process_id),
                Qgis.MessageLevel.Warning,
            )
            return
        try:
            results = job.job.results()
        except ClientError as error:
            self._say(str(from_client(error)), Qgis.MessageLevel.Warning)
            return
        assessment = assessment_of(results)
        if assessment is not None:
            notes = [sentence(one) for one in results.messages]
            show_table(self._iface, job_words.title(job), assessment, notes)
        polygons = job.names.get(str(job.request.inputs.get("aoi")), "")
        finished = Finished(task, job.request, results, job.folder, job.created_s, read_exported(job.folder), polygons)
        loading = LoadResults(finished, partial(self._loaded, shows=shows))
        self._loading.append(loading)
        QgsApplication.taskManager().addTask(loading)

    def _loaded(self, loading: LoadResults, shows: bool) -> None:
        """On the main thread again. A project that was closed meanwhile has taken the loading off the list."""
        if loading not in self._loading:
            return
        self._loading.remove(loading)
        there, missing = split_loaded(self._project, loading.results, loading.layers)
        if there and not missing:
            self._see_again(there)
            show_layer(self._iface, there[0])
            return
        layers = add_results(self._project, loading.results, missing)
        if not layers:
            self._say(tr("The results of this job are not there any more."), Qgis.MessageLevel.Warning)
            return
        self.opacity.follow([layer for layer in layers if is_opaque_map(layer)])
        if shows:
            show_layer(self._iface, layers[0])
        else:
            reveal_layer(self._iface, layers[0])
        self.results_added.emit(layers)

    def _see_again(self, layers: List[QgsMapLayer]) -> None:
        """The main one, and those that were chosen to be seen with it."""
        nodes = [self._project.layerTreeRoot().findLayer(layer.id()) for layer in layers]
        beside = [one for one in nodes[1:] if one.itemVisibilityChecked() and one.parent() is nodes[0].parent()]
        for node in (nodes[0], *beside):
            make_visible(node)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.follower.find()
        active: Optional[QgsMapLayer] = self._iface.activeLayer()
        self.run_page.form.rasters.tick_first_choice(active)

    def _closed(self, is_closed: bool) -> None:
        """Nothing is computed for a map that nobody steers."""
        if is_closed:
            self.run_page.live.mode.stop()

    def _live_shown(self, layer: QgsMapLayer) -> None:
        self.opacity.follow([layer])

    def _started(self, job: KnownJob) -> None:
        self._of_this_project.append(job)
        note_unseen_job(job.folder.name, True)
        self.job_list.show_job(job)
        self.tabs.setCurrentWidget(self.job_list)

    def _resumed(self, job: KnownJob) -> None:
        self._of_this_project.append(job)
        note_unseen_job(job.folder.name, True)

    def _found(self, job: KnownJob) -> None:
        """A job of the list; it may have ended while nobody followed it."""
        if job.is_final:
            self._ended(job)

    def _ended(self, job: KnownJob) -> None:
        """Say it once: here, or when QGIS is opened again."""
        if not note_unseen_job(job.folder.name, False) and not job.started_here:
            return
        title = job_words.title(job)
        if job.state == "failed":
            text = sentence(job.status.message) if job.status is not None and job.status.message is not None else ""
            self._say(f"{title}: {text}", Qgis.MessageLevel.Critical)
        elif job.state == "successful" and job in self._of_this_project:
            self.open_result(job, shows=False)
            for message in [one for one in job.warnings if not job_words.is_as_wished(one)]:
                self._say(f"{title}: {sentence(message)}", Qgis.MessageLevel.Warning)
        elif job.state == "successful":
            text = tr("{title}: done.") if job.started_here else tr("{title}: done; it went on without QGIS.")
            success = Qgis.MessageLevel.Success
            push(self._iface, text.format(title=title), tr("Open result"), partial(self._open_said, job), success)

    def _open_said(self, job: KnownJob, *_: object) -> None:
        """From the message bar, where it may have been for long."""
        if not sip.isdeleted(self) and job in self.follower.jobs:
            self.job_list.show_job(job)
            self.open_result(job)

    def offer_models(self) -> None:
        """There are other models than before."""
        self.run_page.form.offer_models()

    def use_model(self, model: str) -> None:
        """Show the form with a model chosen, and a task that it serves."""
        self.tabs.setCurrentWidget(self.run_page)
        self.run_page.form.use_model(model)

    def _project_left(self) -> None:
        """Results of what runs now belong to a project that is not open any more."""
        self.run_page.stop()
        self._of_this_project.clear()
        self._loading.clear()

    def _say(self, text: str, level: Qgis.MessageLevel = Qgis.MessageLevel.Info) -> None:
        self._iface.messageBar().pushMessage("RS-DINO", text, level)
