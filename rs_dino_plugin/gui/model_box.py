"""Choosing a model: those that come with the engine or were imported, or a file or folder, with a line about it."""

from __future__ import annotations

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QHBoxLayout, QWidget

from ..i18n import tr
from ..model_cards import card_of, models_for
from .browse_button import browse_into
from .model_card_below import CardBelow
from .narrow_box import narrow_box


class ModelBox(CardBelow):
    """The value is a name of an embedded or imported model, or a path."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        box, chooser = narrow_box("rsDinoModel", tr("Model")), QWidget()
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        line = QHBoxLayout(chooser)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(box, 1)
        line.addWidget(browse_into(box))
        super().__init__(chooser, box)
        self.box = box
        self.box.editTextChanged.connect(self._edited)

    def offer(self, task: str) -> None:
        """Offer the models of a task; what was chosen stays when it serves the task, too."""
        before = self.value()
        self.task = task
        known = card_of(before)
        self.box.clear()
        self.box.addItems(models_for(task))
        if before and (known is None or known.serves(task)):
            self.set_value(before)

    def value(self) -> str:
        return self.box.currentText().strip()

    def set_value(self, model: str) -> None:
        self.box.setEditText(model)

    def _edited(self) -> None:
        self.changed.emit()
