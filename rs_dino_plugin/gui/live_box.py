"""The switch of live mode beside the button Run, and the line that says how it stands."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QCheckBox, QLabel

from ..errors import EngineUnusable, PluginError, why_not_begun
from ..i18n import tr
from ..notices import engine_unusable
from .live_mode import LiveMode
from .narrow_button import NarrowButton
from .words import wrapped


class LiveBox(QCheckBox):
    """``state`` is the line, ``notes`` what else is to be known, ``keep`` the button that makes a run of what is shown;
    the page puts them where there is room."""

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject, form: Any) -> None:
        super().__init__(tr("L&ive"))
        self.setObjectName("rsDinoLive")
        self.setToolTip(tr("Show the result for what the map shows, while you move the map"))
        self.state = QLabel()
        self.state.setObjectName("rsDinoLiveState")
        self.state.setWordWrap(True)
        self.state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.state.hide()
        self.notes = wrapped()
        self.notes.setObjectName("rsDinoLiveNotes")
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.keep = NarrowButton(tr("&Keep as a run"))
        self.keep.setObjectName("rsDinoLiveKeep")
        self.keep.setToolTip(
            tr("Starts the ordinary run of what the map shows now, with the same settings; its layers are kept")
        )
        for widget in (self.notes, self.keep):
            widget.hide()
        self.mode = LiveMode(canvas, project, form.live_request)
        form.edited.connect(self.mode.form_edited)
        self.mode.said.connect(self._say)
        self.mode.noted.connect(self._note)
        self.mode.ended.connect(self._ended)
        self.clicked.connect(self._switch)

    def leave(self) -> None:
        """Off, for good."""
        self.mode.stop()

    def _switch(self, wanted: bool) -> None:
        if not wanted:
            self.mode.stop()
            return
        try:
            self.mode.start()
        except (PluginError, OSError) as error:
            self.mode.stop()
            self._ended(why_not_begun(error))
            if isinstance(error, EngineUnusable):
                engine_unusable(str(error))

    def _ended(self, why: str) -> None:
        self.setChecked(False)
        self._say(why)
        self._note("")

    def _say(self, text: str) -> None:
        self.state.setText(text)
        self.state.setVisible(bool(text))
        self.keep.setVisible(self.mode.layer is not None)

    def _note(self, text: str) -> None:
        self.notes.setText(text)
        self.notes.setVisible(bool(text))
