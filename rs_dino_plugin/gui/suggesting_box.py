"""An editable list of suggestions for a Processing dialog, with a button that browses for a file or a folder."""

from __future__ import annotations

from typing import Any, List, Optional

from processing.gui.wrappers import WidgetWrapper
from qgis.core import (
    QgsMapLayer,
    QgsMapLayerModel,
    QgsProcessingParameterDefinition,
    QgsProject,
    QgsRasterLayer,
)
from qgis.gui import QgsProcessingGui
from qgis.PyQt.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from ..i18n import tr
from ..processing.parameters import SHOWS_CARD
from .browse_button import BrowseButton
from .model_card_label import with_card
from .project_layers import has_polygons, layers_in_order


class SuggestingBox(WidgetWrapper):
    """The value is the text, whether it was suggested, typed or browsed for; of a layer of the project its id."""

    def createWidget(self, words: List[str], browse: bool, layers: bool = False) -> QWidget:
        self._box = QComboBox()
        self._box.setEditable(True)
        self._box.addItems(words)
        if layers:
            self._add_layers()
        self._box.editTextChanged.connect(self._changed)
        holder = QWidget()
        layout = QHBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._box, 1)
        if browse:
            layout.addWidget(BrowseButton(self._box))
        shows_card = self.parameterDefinition().metadata().get(SHOWS_CARD)
        if shows_card and self.type() == QgsProcessingGui.WidgetType.Standard:  # a row of a batch has no room
            return with_card(holder, self._box)
        return holder

    def createLabel(self) -> Optional[QLabel]:
        """QGIS' own label, whose last word it does not translate for widgets in Python."""
        label = super().createLabel()
        definition = self.parameterDefinition()
        if label is not None and definition.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional:
            label.setText(tr("{title} [optional]").format(title=definition.description()))
        return label

    def setValue(self, value: Any) -> None:
        row = self._box.findData(value.id() if isinstance(value, QgsMapLayer) else value) if value else -1
        if row >= 0:
            self._box.setCurrentIndex(row)
        else:
            self._box.setEditText("" if value is None else str(value))

    def value(self) -> str:
        text, row = self._box.currentText(), self._box.currentIndex()
        if row >= 0 and self._box.itemText(row) == text and self._box.itemData(row):
            return self._box.itemData(row)
        return text.strip()

    def _add_layers(self) -> None:
        """Those that may hold labels: polygons and rasters, in the tree's order."""
        for layer in layers_in_order(QgsProject.instance()):
            if isinstance(layer, QgsRasterLayer) or has_polygons(layer):
                self._box.addItem(QgsMapLayerModel.iconForLayer(layer), layer.name(), layer.id())
        self._box.setCurrentIndex(-1)
        self._box.lineEdit().setPlaceholderText(tr("A layer, a file or a folder"))

    def _changed(self) -> None:
        self.widgetValueHasChanged.emit(self)
