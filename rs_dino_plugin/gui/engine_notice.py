"""When a run finds no engine, the message bar leads to the page that helps."""

from __future__ import annotations

from typing import Any

from qgis.core import Qgis
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QPushButton

from .. import notices
from ..i18n import tr
from .options import SETTINGS


class EngineNotice(QObject):
    """Listens from :meth:`__init__` to :meth:`remove`; what is said in another thread is shown on the main one."""

    said = pyqtSignal(str)

    def __init__(self, iface: Any) -> None:
        super().__init__()
        self._iface = iface
        self.said.connect(self.show)
        self._listener = self.said.emit
        notices.listen(self._listener)

    def remove(self) -> None:
        notices.stop_listening(self._listener)

    def show(self, sentence: str) -> None:
        bar = self._iface.messageBar()
        item = bar.createMessage("RS-DINO", sentence)
        button = QPushButton(tr("Set up…"), item)
        button.clicked.connect(self.open_page)
        button.clicked.connect(item.dismiss)
        item.layout().addWidget(button)
        bar.pushWidget(item, Qgis.MessageLevel.Warning)

    def open_page(self) -> None:
        """The options, at the page of the engine."""
        self._iface.showOptionsDialog(self._iface.mainWindow(), SETTINGS)
