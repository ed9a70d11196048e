"""Live mode: what the map shows is inferred by a warm worker while the map is moved.

Nothing here waits: the worker is asked by lines, what it says is read from its session's folder, and the map is drawn
by QGIS.
"""

from __future__ import annotations

import threading
import time
import uuid
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from qgis.core import QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..engine_client.client import ClientError
from ..engine_client.documents import Request, Status
from ..engine_client.live import LiveSession, LiveWorker, sweep
from ..errors import PluginError, from_client, sentence
from ..i18n import tr
from ..live_view import NOTHING, view_of
from ..settings import found_engine, live_folder
from . import live_words
from .live_layer import LiveLayer

POLL_MS = 30
SETTLE_MS = 50
"""A wheel zooms in steps: one look is enough for those that follow at once."""
FORM_MS = 400
"""What is changed in the form counts when nothing more has been changed for so long."""
SLOW_MAP_S = 2.0
"""What has come waits until the map has drawn what it is at, but not longer: a slow layer must not hold it up."""
ANSWER_S = 120.0
"""An engine that has not said a word by then does not know live mode."""


class LiveMode(QObject):
    """``said`` carries the state in words; ``noted`` what else is to be known of what is shown; ``ended`` why it has
    gone off, empty when it was switched off; ``shown`` the layer.

    While it is on there may be no session: when the form asks for what cannot be shown, which is said, until it is
    changed; and when the worker has left because nothing was asked for long, until the map is moved.
    """

    said = pyqtSignal(str)
    noted = pyqtSignal(str)
    ended = pyqtSignal(str)
    shown = pyqtSignal(object)

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject, wanted: Callable[[Any], Request]) -> None:
        """``wanted(folder)`` is the request as the form stands; it raises :class:`PluginError`."""
        super().__init__()
        self._canvas, self._project, self._wanted = canvas, project, wanted
        self._worker: Optional[LiveWorker] = None
        self._session: Optional[LiveSession] = None
        self._layer: Optional[LiveLayer] = None
        self._request: Optional[Request] = None
        self._notes: List[str] = []
        self._ramp: Any = None
        self._facts: Dict[str, Any] = {}
        self._number, self._view, self._computed, self._opened_s = 0, NOTHING, -1, 0.0
        self._news_s: Optional[float] = None
        self._polling = _timer(self, POLL_MS, self._poll)
        self._checking = _timer(self, FORM_MS, self._check_form, once=True)
        self._settling = _timer(self, SETTLE_MS, self._look, once=True)

    @property
    def is_on(self) -> bool:
        return self._worker is not None

    @property
    def layer(self) -> Optional[LiveLayer]:
        return self._layer

    @property
    def session(self) -> Optional[LiveSession]:
        return self._session

    @property
    def has_news(self) -> bool:
        """Whether pixels have come that are not on their way to the screen."""
        return self._news_s is not None

    def start(self) -> None:
        """Show what the form wants; :class:`PluginError` or ``OSError`` when that cannot be, and it stays off."""
        python = found_engine().path
        root = live_folder()
        threading.Thread(target=sweep, args=(root,), name="rs-dino-live-sweep", daemon=True).start()
        folder = root / uuid.uuid4().hex
        request = self._wanted(folder)
        folder.mkdir(parents=True)
        worker = LiveWorker(python, folder)
        try:
            self._open(worker, request)
        except PluginError:
            worker.leave()
            raise
        self._worker = worker
        for signal in self._signals():
            signal.connect(self._map_moved)
        self._project.cleared.connect(self._project_left)

    def stop(self, why: str = "") -> None:
        """Take everything off the map; the worker leaves."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        self._checking.stop()
        for signal in self._signals():
            signal.disconnect(self._map_moved)
        self._project.cleared.disconnect(self._project_left)
        self._close()
        worker.leave()
        self.ended.emit(why)

    def _signals(self) -> Any:
        return self._canvas.extentsChanged, self._canvas.destinationCrsChanged

    def _open(self, worker: LiveWorker, request: Request, folder: Optional[Path] = None) -> None:
        """A session; in the ``folder`` of an earlier one what was seen there is there again."""
        try:
            self._session = worker.open(request, folder)
        except ClientError as error:
            raise from_client(error) from error
        self._request = _settings(request)
        self._notes, self._ramp = live_words.notes(request), None
        self.noted.emit("\n".join(self._notes))
        self._view, self._computed, self._news_s = NOTHING, -1, None
        self._opened_s = time.monotonic()
        self._polling.start()
        self.said.emit(tr("Starting…"))

    def _close(self) -> None:
        """End the session, and take its layer away."""
        session, self._session = self._session, None
        layer, self._layer = self._layer, None
        self._polling.stop()
        self._settling.stop()
        if layer is not None:
            layer.remove()
        if session is not None:
            session.close()

    def _poll(self) -> None:
        session = self._session
        if session is None:
            return
        for status in session.news():
            if status.is_final:
                self._session_ended(status)
                return
            self._hear(status)
            if self._session is not session:
                return
        self._show_news()
        if session.status is not None or self._worker is None:
            return
        if self._worker.knows_live is False:
            self.stop(live_words.too_old())
        elif time.monotonic() - self._opened_s > ANSWER_S:
            self.stop(tr("Live mode is off: the engine does not answer."))

    def _show_news(self) -> None:
        if self._news_s is None or self._layer is None:
            return
        if not self._canvas.isDrawing() or time.monotonic() - self._news_s > SLOW_MAP_S:
            self._news_s = None
            self._show_ramp()
            self._layer.show_news()

    def _show_ramp(self) -> None:
        session = self._session
        ends = session.status.metrics.get("shown") if session is not None and session.status is not None else None
        if ends != self._ramp and ends is not None and self._layer is not None:
            self._ramp = ends
            self._layer.show_ramp()

    def _session_ended(self, status: Status) -> None:
        code = status.message.code if status.message is not None else ""
        if code == "live-idle":
            self._session = None
            self._polling.stop()
            self.said.emit(tr("Resting; it goes on when the map is moved."))
        elif status.state == "failed" and not code.startswith("client-"):
            self._close()
            self.said.emit(live_words.reason(status))
        else:
            self.stop(live_words.off(status))

    def _hear(self, status: Status) -> None:
        facts, look = status.metrics.get("live"), status.metrics.get("look")
        if facts is not None:
            self._ready(facts)
        elif look is not None and look["number"] == self._number:
            self.said.emit(live_words.progress(look))
        if status.metrics.get("warning") and status.message is not None:
            self._notes.append(sentence(status.message))
            self.noted.emit("\n".join(self._notes))
        if look is not None and status.metrics.get("computed") != self._computed:
            self._computed = status.metrics["computed"]
            self._news_s = self._news_s or time.monotonic()

    def _ready(self, facts: Dict[str, Any]) -> None:
        session = self._session
        assert session is not None  # nosec B101
        self._facts = facts
        if self._layer is None:
            try:
                self._layer = LiveLayer(self._project, session.request, facts, self._layer_lost)
            except PluginError as error:
                self.stop(str(error))
                return
            self.shown.emit(self._layer.layer)
        self._look()

    def _map_moved(self) -> None:
        self._settling.start()

    def _look(self) -> None:
        """Ask for what the map shows now."""
        if self._layer is None or self._layer.layer is None:
            return
        if self._session is None:
            self._wake()
            return
        view = view_of(self._canvas.mapSettings(), self._layer.layer.crs(), self._facts)
        if view == self._view:
            return
        self._view = view
        self._number += 1
        if view.rows is not None and view.cols is not None and not view.is_too_coarse:
            self._session.look(self._number, view.rows, view.cols)
            return
        self._session.look(self._number, (0, 0), (0, 0))
        self._number += 1  # what the engine says to that is not shown
        is_beside = view.rows is None
        self.said.emit(tr("The map does not show the raster.") if is_beside else live_words.zoom_in(view, self._facts))

    def _wake(self) -> None:
        """Another worker for the session of one that has left."""
        if self._worker is not None and self._layer is not None:
            try:
                self._open(self._worker, self._layer.request, self._layer.folder)
            except PluginError as error:
                self.stop(str(error))

    def form_edited(self) -> None:
        """The form may want something else now."""
        if self.is_on:
            self._checking.start()

    def _check_form(self) -> None:
        """Other settings mean another session; the worker stays."""
        worker = self._worker
        if worker is None:
            return
        try:
            wanted = self._wanted(worker.next_folder())
            if _settings(wanted) != self._request:
                self._close()
                self._open(worker, wanted)
        except PluginError as error:
            self._close()
            self._request = None
            self.said.emit(str(error))
            self.noted.emit("")

    def _layer_lost(self) -> None:
        self.stop(tr("Live mode is off: its layer was removed."))

    def _project_left(self) -> None:
        self.stop(tr("Live mode is off: the project was closed."))


def _timer(parent: QObject, interval_ms: int, work: Callable[[], None], once: bool = False) -> QTimer:
    made = QTimer(parent)
    made.setSingleShot(once)
    made.setInterval(interval_ms)
    made.timeout.connect(work)
    return made


def _settings(request: Request) -> Request:
    """A request without the folder of its session."""
    return Request(request.process_id, {name: value for name, value in request.inputs.items() if name != "output"})
