"""When an accuracy assessment is done, the message bar says the result and leads to its table."""

from __future__ import annotations

from typing import Any, List, Optional

from qgis.core import Qgis
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QPushButton

from .. import notices
from ..assessment import said
from ..i18n import tr

SHOWN_S = 30


class AccuracyNotice(QObject):
    """Listens from :meth:`__init__` to :meth:`remove`; what is said in another thread is shown on the main one."""

    done = pyqtSignal(object)

    def __init__(self, iface: Any) -> None:
        super().__init__()
        self._iface = iface
        self._last: Optional[notices.Assessed] = None
        self.done.connect(self.show)
        self._listener = self.done.emit
        notices.listen_assessed(self._listener)

    def remove(self) -> None:
        notices.stop_listening_assessed(self._listener)

    def show(self, assessed: notices.Assessed) -> None:
        self._last = assessed
        bar = self._iface.messageBar()
        item = bar.createMessage("RS-DINO", f"{assessed.title}: {said(assessed.document)}")
        button = QPushButton(tr("Show table"), item)
        button.clicked.connect(self.open_table)
        button.clicked.connect(item.dismiss)
        item.layout().addWidget(button)
        bar.pushWidget(item, Qgis.MessageLevel.Success, SHOWN_S)

    def open_table(self) -> None:
        """The table of the last assessment."""
        if self._last is not None:
            show_table(self._iface, self._last.title, self._last.document, self._last.notes)


def show_table(iface: Any, title: str, document: Any, notes: List[str]) -> Any:
    """Open the dialog; it deletes itself when it is closed."""
    from .accuracy_dialog import AccuracyDialog

    dialog = AccuracyDialog(title, document, notes, iface.mainWindow())
    dialog.show()
    return dialog
