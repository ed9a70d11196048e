"""Live mode: what the map shows is inferred by a warm worker while the map is moved.

Nothing here waits: the worker is asked by lines, what it says is read from its session's folder, and the map is drawn
by QGIS.
"""

from __future__ import annotations

import threading
import uuid
from typing import Any, Callable, Dict, Optional

from qgis.core import QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QLocale, QObject, QTimer, pyqtSignal

from ..engine_client.client import ClientError
from ..engine_client.documents import Request, Status
from ..engine_client.live import LiveSession, LiveWorker, sweep
from ..errors import PluginError, from_client, sentence
from ..i18n import tr
from ..live_view import COARSEST, NOTHING, View, view_of
from ..settings import found_engine, live_folder
from .live_layer import LiveLayer

POLL_MS = 30
SETTLE_MS = 50
"""A wheel zooms in steps: one look is enough for those that follow at once."""
FORM_MS = 500
"""How often the form is asked whether it still wants what is shown."""


class LiveMode(QObject):
    """``said`` carries the state in words; ``ended`` why it has gone off, empty when it was switched off."""

    said = pyqtSignal(str)
    ended = pyqtSignal(str)

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject, wanted: Callable[[Any], Request]) -> None:
        """``wanted(folder)`` is the request as the form stands; it raises :class:`PluginError`."""
        super().__init__()
        self._canvas, self._project, self._wanted = canvas, project, wanted
        self._worker: Optional[LiveWorker] = None
        self._session: Optional[LiveSession] = None
        self._layer: Optional[LiveLayer] = None
        self._facts: Dict[str, Any] = {}
        self._number, self._shown, self._computed = 0, NOTHING, -1
        self._has_news = False
        self._timers = [_timer(self, *one) for one in ((POLL_MS, self._poll), (FORM_MS, self._check_form))]
        self._settling = _timer(self, SETTLE_MS, self._look)
        self._settling.setSingleShot(True)

    @property
    def is_on(self) -> bool:
        return self._session is not None

    @property
    def layer(self) -> Optional[LiveLayer]:
        return self._layer

    @property
    def session(self) -> Optional[LiveSession]:
        return self._session

    @property
    def has_news(self) -> bool:
        """Whether pixels have come that are not on their way to the screen."""
        return self._has_news

    def start(self) -> None:
        """Show what the form wants; :class:`PluginError` when that cannot be."""
        python = found_engine().path
        if self._worker is None or self._worker.python != python:
            self._leave_worker()
            root = live_folder()
            threading.Thread(target=sweep, args=(root,), name="rs-dino-live-sweep", daemon=True).start()
            folder = root / uuid.uuid4().hex
            folder.mkdir(parents=True)
            self._worker = LiveWorker(python, folder)
        request = self._wanted(self._worker.next_folder())
        try:
            self._session = self._worker.open(request)
        except ClientError as error:
            raise from_client(error) from error
        self._shown, self._computed, self._has_news = NOTHING, -1, False
        for signal in self._signals():
            signal.connect(self._map_moved)
        self._project.cleared.connect(self._project_left)
        for timer in self._timers:
            timer.start()
        self.said.emit(tr("Starting…"))

    def stop(self, why: str = "") -> None:
        """Take everything off the map; the worker leaves."""
        if self._session is not None:
            self._close_session()
            self._leave_worker()
            self.ended.emit(why)

    def _signals(self) -> Any:
        return self._canvas.extentsChanged, self._canvas.destinationCrsChanged

    def _close_session(self) -> None:
        session, self._session = self._session, None
        for signal in self._signals():
            signal.disconnect(self._map_moved)
        self._project.cleared.disconnect(self._project_left)
        for timer in (*self._timers, self._settling):
            timer.stop()
        layer, self._layer = self._layer, None
        if layer is not None:
            layer.remove()
        if session is not None:
            session.close()

    def _leave_worker(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.leave()

    def _poll(self) -> None:
        session = self._session
        if session is None:
            return
        for status in session.news():
            if status.is_final:
                self.stop(_why(status))
                return
            self._hear(status)
            if self._session is not session:
                return
        if self._has_news and self._layer is not None and not self._canvas.isDrawing():
            self._has_news = False
            self._layer.show_news()

    def _hear(self, status: Status) -> None:
        facts, look = status.metrics.get("live"), status.metrics.get("look")
        if facts is not None:
            self._ready(facts)
        elif look is not None and look["number"] == self._number:
            self.said.emit(_words(look))
        if look is not None and status.metrics.get("computed") != self._computed:
            self._computed = status.metrics["computed"]
            self._has_news = True

    def _ready(self, facts: Dict[str, Any]) -> None:
        session = self._session
        assert session is not None  # nosec B101
        self._facts = facts
        try:
            self._layer = LiveLayer(self._project, session.request, facts, self._layer_lost)
        except PluginError as error:
            self.stop(str(error))
            return
        self._look()

    def _map_moved(self) -> None:
        self._settling.start()

    def _look(self) -> None:
        """Ask for what the map shows now."""
        if self._session is None or self._layer is None or self._layer.layer is None:
            return
        view = view_of(self._canvas.mapSettings(), self._layer.layer.crs(), self._facts)
        if view == self._shown:
            return
        self._shown = view
        self._number += 1
        if view.rows is None or view.cols is None:
            self._session.look(self._number, (0, 0), (0, 0))
            self.said.emit(tr("The map does not show the raster."))
        elif view.is_too_coarse:
            self._session.look(self._number, (0, 0), (0, 0))
            self.said.emit(_zoom_in(view, self._facts))
        else:
            self._session.look(self._number, view.rows, view.cols)

    def _check_form(self) -> None:
        """Settings that were changed mean another session; the worker stays."""
        if self._session is None or self._worker is None:
            return
        try:
            wanted = self._wanted(self._session.folder)
            if wanted == self._session.request:
                return
            self._close_session()
            self.start()
        except PluginError as error:
            self._close_session()
            self._leave_worker()
            self.ended.emit(str(error))

    def _layer_lost(self) -> None:
        self.stop(tr("Live mode is off: its layer was removed."))

    def _project_left(self) -> None:
        self.stop(tr("Live mode is off: the project was closed."))


def _timer(parent: QObject, interval_ms: int, work: Callable[[], None]) -> QTimer:
    made = QTimer(parent)
    made.setInterval(interval_ms)
    made.timeout.connect(work)
    return made


def _why(status: Status) -> str:
    reason = sentence(status.message) if status.message is not None else tr("The job failed without saying why.")
    return tr("Live mode is off: {reason}").format(reason=reason)


def _words(look: Dict[str, Any]) -> str:
    if look["refused"]:
        seconds = QLocale().toString(round(float(look["seconds"])))
        text = tr(
            "Zoom in: what the map shows here takes about {seconds} s ({windows} windows), too long for live mode."
        )
        return text.format(seconds=seconds, windows=look["total"])
    if look["done"] < look["total"]:
        return tr("{done} of {total} windows").format(done=look["done"], total=look["total"])
    return tr("Up to date")


def _zoom_in(view: View, facts: Dict[str, Any]) -> str:
    gsd_m = facts.get("gsd_m")
    if not gsd_m:
        return tr("Zoom in: at this scale the map shows too little of what the model sees.")
    number = QLocale()
    text = tr("Zoom in: the map shows {shown} m per pixel; this model sees {gsd} m, and live mode goes up to {most} m.")
    return text.format(
        shown=number.toString(view.coarse * gsd_m, "g", 2),
        gsd=number.toString(float(gsd_m), "g", 3),
        most=number.toString(COARSEST * gsd_m, "g", 3),
    )
