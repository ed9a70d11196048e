"""When an accuracy assessment is done, the message bar says the result and leads to its table."""

from __future__ import annotations

from typing import Any, List, Optional

from qgis.core import Qgis

from .. import notices
from ..assessment import said
from ..i18n import tr
from .notice import Notice

SHOWN_S = 30


class AccuracyNotice(Notice):
    """Of assessments."""

    def __init__(self, iface: Any) -> None:
        super().__init__(iface, notices.listen_assessed, notices.stop_listening_assessed)
        self._last: Optional[notices.Assessed] = None

    def show(self, assessed: notices.Assessed) -> None:
        self._last = assessed
        text = f"{assessed.title}: {said(assessed.document)}"
        self.push(text, tr("Show table"), self.open_table, Qgis.MessageLevel.Success, SHOWN_S)

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
