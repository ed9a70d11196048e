"""An editable list of suggestions for a Processing dialog, with a button that browses for a file or a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, List, Optional

from processing.gui.wrappers import WidgetWrapper
from qgis.core import QgsProcessingParameterDefinition
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from ..i18n import tr


class SuggestingBox(WidgetWrapper):
    """The value is the text, whether it was suggested, typed or browsed for."""

    def createWidget(self, words: List[str], browse: bool) -> QWidget:
        self._box = QComboBox()
        self._box.setEditable(True)
        self._box.addItems(words)
        self._box.editTextChanged.connect(self._changed)
        holder = QWidget()
        layout = QHBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._box, 1)
        if browse:
            layout.addWidget(self._browse_button())
        return holder

    def createLabel(self) -> Optional[QLabel]:
        """QGIS' own label, whose last word it does not translate for widgets in Python."""
        label = super().createLabel()
        definition = self.parameterDefinition()
        if label is not None and definition.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional:
            label.setText(tr("{title} [optional]").format(title=definition.description()))
        return label

    def setValue(self, value: Any) -> None:
        self._box.setEditText("" if value is None else str(value))

    def value(self) -> str:
        return self._box.currentText().strip()

    def _changed(self) -> None:
        self.widgetValueHasChanged.emit(self)

    def _browse_button(self) -> QToolButton:
        menu = QMenu()
        menu.addAction(tr("Choose a file…")).triggered.connect(self._choose_file)
        menu.addAction(tr("Choose a folder…")).triggered.connect(self._choose_folder)
        button = QToolButton()
        button.setText("…")
        button.setToolTip(tr("Choose a file or a folder"))
        button.setMenu(menu)
        menu.setParent(button, menu.windowFlags())
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self.widget, tr("Choose a file"), self.value())
        if path:
            self.setValue(str(Path(path).parent) if Path(path).name == "model.json" else path)

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self.widget, tr("Choose a folder"), self.value())
        if path:
            self.setValue(path)
