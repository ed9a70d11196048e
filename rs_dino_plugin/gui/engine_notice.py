"""When a run finds no engine, the message bar leads to the page that helps."""

from __future__ import annotations

from typing import Any

from qgis.core import Qgis

from .. import notices
from ..i18n import tr
from .notice import Notice
from .options import SETTINGS


class EngineNotice(Notice):
    """Of runs without an engine."""

    def __init__(self, iface: Any) -> None:
        super().__init__(iface, notices.listen, notices.stop_listening)

    def show(self, sentence: str) -> None:
        self.push(sentence, tr("Set up…"), self.open_page, Qgis.MessageLevel.Warning)

    def open_page(self) -> None:
        """The options, at the page of the engine."""
        self._iface.showOptionsDialog(self._iface.mainWindow(), SETTINGS)
