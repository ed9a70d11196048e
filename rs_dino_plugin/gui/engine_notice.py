"""The message bar leads to the page of the engine: when a run finds none, and once when the plugin is new. What it
says goes when there is an engine."""

from __future__ import annotations

from typing import Any, Callable, List

from qgis.core import Qgis, QgsSettings
from qgis.PyQt.QtCore import QTimer, pyqtSignal

from .. import notices
from ..i18n import tr
from ..settings import WELCOMED, engine_python
from .notice import Notice
from .options import SETTINGS


class EngineNotice(Notice):
    """Of runs without an engine; :meth:`welcome_later` for whoever has just installed the plugin."""

    works = pyqtSignal(object)

    def __init__(self, iface: Any) -> None:
        super().__init__(iface, notices.listen, notices.stop_listening)
        self._shown: List[Callable[[], None]] = []
        self.works.connect(self.withdraw)
        self._works = self.works.emit
        notices.listen_engine_works(self._works)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.welcome)

    def remove(self) -> None:
        self._later.stop()
        notices.stop_listening_engine_works(self._works)
        super().remove()

    def show(self, sentence: str) -> None:
        self._lead(sentence, Qgis.MessageLevel.Warning)

    def welcome_later(self) -> None:
        """As soon as QGIS has nothing else to do: its start does not wait for this."""
        if not QgsSettings().value(WELCOMED, False, type=bool):
            self._later.start(0)

    def welcome(self) -> None:
        """Say once in a profile what to do next, if there is no engine."""
        QgsSettings().setValue(WELCOMED, True)
        if engine_python() is None:
            said = tr("Installed. One thing is left to do: set up the engine that its models run in.")
            self._lead(said, Qgis.MessageLevel.Info)

    def withdraw(self, *_: object) -> None:
        """Take away what is still shown."""
        shown, self._shown = self._shown, []
        for take_away in shown:
            take_away()

    def open_page(self) -> None:
        """The options, at the page of the engine."""
        self._iface.showOptionsDialog(self._iface.mainWindow(), SETTINGS)

    def _lead(self, said: str, level: Qgis.MessageLevel) -> None:
        self._shown.append(self.push(said, tr("Set up…"), self.open_page, level))
