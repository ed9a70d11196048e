"""An editable list of suggestions for a Processing dialog, with a button that browses for a file or a folder."""

from __future__ import annotations

from typing import Any, List, Optional

from processing.gui.wrappers import WidgetWrapper
from qgis.core import QgsProcessingParameterDefinition
from qgis.PyQt.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from ..i18n import tr
from .browse_button import BrowseButton


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
            layout.addWidget(BrowseButton(self._box))
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
