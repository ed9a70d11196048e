"""An editable list of suggestions for a Processing dialog, with a button that browses for a file."""

from __future__ import annotations

from typing import Any, List

from processing.gui.wrappers import WidgetWrapper
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QToolButton, QWidget

from ..i18n import tr


class SuggestingBox(WidgetWrapper):
    """The value is the text, whether it was suggested, typed or browsed for."""

    def createWidget(self, words: List[str], browse: bool) -> QWidget:
        self._box = QComboBox()
        self._box.setEditable(True)
        self._box.addItems(words)
        self._box.editTextChanged.connect(lambda _: self.widgetValueHasChanged.emit(self))
        holder = QWidget()
        layout = QHBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._box, 1)
        if browse:
            button = QToolButton()
            button.setText("…")
            button.setToolTip(tr("Choose a model file"))
            button.clicked.connect(self._browse)
            layout.addWidget(button)
        return holder

    def setValue(self, value: Any) -> None:
        self._box.setEditText("" if value is None else str(value))

    def value(self) -> str:
        return self._box.currentText().strip()

    def _browse(self) -> None:
        patterns = tr("Models") + " (model.json *.pth *.pt *.safetensors *.onnx)"
        path, _ = QFileDialog.getOpenFileName(self.widget, tr("Choose a model file"), self.value(), patterns)
        if path:
            self.setValue(path)
