"""What can be said of a model without the engine, as a line below the box in which it is chosen."""

from __future__ import annotations

from html import escape
from pathlib import Path

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from ..i18n import tr
from ..model_cards import SHARING_TASK, card_of
from .words import coloured


def card_line(model: str, task: str = "") -> str:
    """What can be said of a name, a folder or a file, as HTML; "" where nothing. ``task``: what it is chosen for, if
    known."""
    card = card_of(model)
    if card is not None and task and not card.serves(task):
        shares = task == SHARING_TASK
        why = tr("Has no DINOv3 backbone to share:") if shares else tr("This model is for another task:")
        return coloured(f"{why} {card.line()}", "bad")
    if card is not None:
        return escape(card.line(), quote=False)
    return tr("A file; the engine recognises it when it runs.") if Path(model).is_file() else ""


def card_label() -> QLabel:
    """An empty one, not seen yet."""
    label = QLabel()
    label.setObjectName("rsDinoModelCard")
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.hide()
    return label


class CardBelow(QWidget):
    """``chooser``, and below it the card of the model that its editable ``box`` names. ``task``: what the model is
    chosen for, if known."""

    def __init__(self, chooser: QWidget, box: QComboBox) -> None:
        super().__init__()
        self.task = ""
        self.card = card_label()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(chooser)
        layout.addWidget(self.card)
        box.editTextChanged.connect(self.show_model)
        self.show_model(box.currentText())

    def show_model(self, model: str) -> None:
        """``model``: a name, a folder or a file."""
        self.card.setText(card_line(model.strip(), self.task))
        self.card.setVisible(bool(self.card.text()))
