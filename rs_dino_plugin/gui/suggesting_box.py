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

from ..area import is_more_than_its_file
from ..foreign import is_foreign
from ..i18n import tr
from ..layers import file_behind
from ..processing.parameters import SHOWS_CARD
from .browse_button import browse_into
from .model_card_below import CardBelow
from .project_layers import has_polygons, layers_in_order


class SuggestingBox(WidgetWrapper):
    """The value is the text, whether it was suggested, typed or browsed for; of a layer of the project its source, or
    its id where that does not say all."""

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
            layout.addWidget(browse_into(self._box))
        shows_card = self.parameterDefinition().metadata().get(SHOWS_CARD)
        if shows_card and self.type() == QgsProcessingGui.WidgetType.Standard:  # a row of a batch has no room
            return CardBelow(holder, self._box)
        return holder

    def createLabel(self) -> Optional[QLabel]:
        """QGIS' own label, whose last word it does not translate for widgets in Python."""
        label = super().createLabel()
        definition = self.parameterDefinition()
        if label is not None and definition.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional:
            label.setText(tr("{title} [optional]").format(title=definition.description()))
        return label

    def setValue(self, value: Any) -> None:
        row = self._row_of(value.id() if isinstance(value, QgsMapLayer) else value) if value else -1
        if row >= 0:
            self._box.setCurrentIndex(row)
        else:
            self._box.setEditText("" if value is None else str(value))

    def value(self) -> str:
        text, row = self._box.currentText(), self._box.currentIndex()
        if row >= 0 and self._box.itemText(row) == text and self._box.itemData(row):
            layer = QgsProject.instance().mapLayer(self._box.itemData(row))
            return _lasting_name(layer) if layer is not None else self._box.itemData(row)
        return text.strip()

    def _row_of(self, value: str) -> int:
        """Of a layer's id or source."""
        row = self._box.findData(value)
        if row < 0:
            layers = (QgsProject.instance().mapLayer(self._box.itemData(i) or "") for i in range(self._box.count()))
            row = next((i for i, layer in enumerate(layers) if layer is not None and layer.source() == value), -1)
        return row

    def _add_layers(self) -> None:
        """Those that may hold labels: polygons and rasters, in the tree's order."""
        for layer in layers_in_order(QgsProject.instance()):
            if isinstance(layer, QgsRasterLayer) or has_polygons(layer):
                self._box.addItem(QgsMapLayerModel.iconForLayer(layer), layer.name(), layer.id())
        self._box.setCurrentIndex(-1)
        self._box.lineEdit().setPlaceholderText(tr("A layer, a file or a folder"))

    def _changed(self) -> None:
        self.widgetValueHasChanged.emit(self)


def _lasting_name(layer: QgsMapLayer) -> str:
    """The source of a layer that is a file and shows nothing else: it means the same in Processing's history, in a
    script and in another project. Of any other layer its id."""
    is_file = file_behind(layer.source()).is_file()
    is_other = is_foreign(layer) if isinstance(layer, QgsRasterLayer) else is_more_than_its_file(layer, None)
    return layer.source() if is_file and not is_other else layer.id()
