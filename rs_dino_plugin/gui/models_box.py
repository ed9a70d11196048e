"""Choosing several models that share a backbone: one a line, with their cards below."""

from __future__ import annotations

from typing import Any, List

from processing.gui.wrappers import WidgetWrapper
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QMenu, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from ..i18n import tr
from ..model_cards import SHARING_TASK, models_for
from .browse_button import BrowseButton
from .model_card_below import card_label, card_line

_ROWS = 3


class ModelsEdit(QWidget):
    """A line is a name of an embedded or imported model, or a path."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.text = QPlainTextEdit()
        self.text.setObjectName("rsDinoModels")
        self.text.setPlaceholderText(tr("One a line: a name, a folder or a file"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight((_ROWS + 1) * self.text.fontMetrics().lineSpacing())
        self.add = QToolButton()
        self.add.setText("+")
        self.add.setObjectName("rsDinoAddModel")
        self.add.setToolTip(tr("Add a model that is known here"))
        self.add.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setMenu(QMenu(self.add))
        self.add.menu().aboutToShow.connect(self._offer)
        self.add.menu().triggered.connect(self._added)
        self.browse = BrowseButton(self._last)
        self.browse.chosen.connect(self.add_model)
        self.cards = card_label()
        self.text.textChanged.connect(self._edited)
        buttons = QVBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.browse)
        buttons.addStretch(1)
        line = QHBoxLayout()
        line.addWidget(self.text, 1)
        line.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.cards)

    def models(self) -> List[str]:
        """What stands there, without empty lines."""
        return [line.strip() for line in self.text.toPlainText().splitlines() if line.strip()]

    def add_model(self, model: str) -> None:
        """One more, once."""
        if model not in self.models():
            self.text.setPlainText("\n".join([*self.models(), model]))

    def _last(self) -> str:
        return (self.models() or [""])[-1]

    def _offer(self) -> None:
        """Those that can share a backbone, as far as anybody knows without the engine."""
        menu = self.add.menu()
        menu.clear()
        for name in models_for(SHARING_TASK):
            action = menu.addAction(name.replace("&", "&&"))
            action.setData(name)
            action.setEnabled(name not in self.models())

    def _added(self, action: Any) -> None:
        self.add_model(action.data())

    def _edited(self) -> None:
        lines = [line for line in (card_line(model, SHARING_TASK) for model in self.models()) if line]
        self.cards.setText("<br>".join(lines))
        self.cards.setVisible(bool(lines))
        self.changed.emit()


class ModelsBox(WidgetWrapper):
    """The value is the text, one model a line."""

    def createWidget(self) -> QWidget:
        self._edit = ModelsEdit()
        self._edit.changed.connect(self._changed)
        return self._edit

    def setValue(self, value: Any) -> None:
        lines = value if isinstance(value, (list, tuple)) else str(value or "").splitlines()
        self._edit.text.setPlainText("\n".join(str(line) for line in lines))

    def value(self) -> str:
        return "\n".join(self._edit.models())

    def _changed(self) -> None:
        self.widgetValueHasChanged.emit(self)
