"""What somebody says in whichever thread, in the message bar, with a button that leads on."""

from __future__ import annotations

from typing import Any, Callable

from qgis.core import Qgis
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QPushButton

Register = Callable[[Callable[[Any], None]], None]


class Notice(QObject):
    """Listens from :meth:`__init__` to :meth:`remove`; what is said in another thread is shown on the main one."""

    said = pyqtSignal(object)

    def __init__(self, iface: Any, listen: Register, stop_listening: Register) -> None:
        super().__init__()
        self._iface = iface
        self._stop_listening = stop_listening
        self.said.connect(self.show)
        self._listener = self.said.emit
        listen(self._listener)

    def remove(self) -> None:
        self._stop_listening(self._listener)

    def show(self, said: Any) -> None:
        raise NotImplementedError

    def push(
        self, text: str, way: str, follow: Callable[[], None], level: Qgis.MessageLevel, shown_s: int = 0
    ) -> Callable[[], None]:
        """Show ``text`` with the button ``way``, for ``shown_s`` seconds or, with 0, until it is closed. Returns what
        takes it away, if it is still there."""
        return push(self._iface, text, way, follow, level, shown_s)


def push(
    iface: Any, text: str, way: str, follow: Callable[[], None], level: Qgis.MessageLevel, shown_s: int = 0
) -> Callable[[], None]:
    """Show ``text`` in the message bar as :meth:`Notice.push` does."""
    bar = iface.messageBar()
    item = bar.createMessage("RS-DINO", text)
    button = QPushButton(way, item)
    button.clicked.connect(follow)
    button.clicked.connect(item.dismiss)
    item.layout().addWidget(button)
    bar.pushWidget(item, level, shown_s)

    def withdraw() -> None:
        if not sip.isdeleted(button):  # of the item Python would not know
            item.dismiss()

    return withdraw
