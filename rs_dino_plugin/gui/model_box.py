"""Choosing a model: those that come with the engine or were imported, or a file or folder, with a line about it."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from ..i18n import tr
from ..model_cards import card_of, cards_for
from ..settings import known_models
from .browse_button import BrowseButton
from .narrow_box import narrow_box


class ModelBox(QWidget):
    """The value is a name of an embedded model, or a path."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.box = narrow_box("rsDinoModel", tr("Model"))
        self.box.setEditable(True)
        self.box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.card = QLabel()
        self.card.setObjectName("rsDinoModelCard")
        self.card.setWordWrap(True)
        self.card.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.box.editTextChanged.connect(self._show_card)
        line = QHBoxLayout()
        line.addWidget(self.box, 1)
        line.addWidget(BrowseButton(self.box))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.card)

    def offer(self, task: str) -> None:
        """Offer the models of a task; what was chosen stays when it serves the task, too."""
        before, cards = self.value(), cards_for(task)
        known = card_of(before)
        self.box.clear()
        self.box.addItems([*(card.name for card in cards), *known_models()])
        if before and (known is None or known.name in [card.name for card in cards]):
            self.set_value(before)

    def value(self) -> str:
        return self.box.currentText().strip()

    def set_value(self, model: str) -> None:
        self.box.setEditText(model)

    def _show_card(self) -> None:
        card = card_of(self.value())
        if card is not None:
            self.card.setText(card.line())
        elif Path(self.value()).is_file():
            self.card.setText(tr("A file; the engine recognises it when it runs."))
        else:
            self.card.setText("")
        self.card.setVisible(bool(self.card.text()))
        self.changed.emit()
