"""The card of a model as a line below the box in which it is chosen."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from ..i18n import tr
from ..model_cards import card_of
from .words import coloured


class ModelCardLabel(QLabel):
    """Follows an editable box. Not seen where nothing can be said. ``task``: what the model is chosen for, if known."""

    def __init__(self, box: QComboBox) -> None:
        super().__init__()
        self.task = ""
        self.setObjectName("rsDinoModelCard")
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hide()
        box.editTextChanged.connect(self.show_model)

    def show_model(self, model: str) -> None:
        """``model``: a name, a folder or a file."""
        model = model.strip()
        card = card_of(model)
        if card is not None and self.task and not card.serves(self.task):
            self.setText(coloured(tr("This model is for another task:") + " " + card.line(), "bad"))
        elif card is not None:
            self.setText(card.line())
        else:
            self.setText(tr("A file; the engine recognises it when it runs.") if Path(model).is_file() else "")
        self.setVisible(bool(self.text()))


def with_card(chooser: QWidget, box: QComboBox) -> QWidget:
    """``chooser`` with the card of the model below it that its ``box`` names."""
    both, label = QWidget(), ModelCardLabel(box)
    layout = QVBoxLayout(both)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(2)
    layout.addWidget(chooser)
    layout.addWidget(label)
    label.show_model(box.currentText())
    return both
