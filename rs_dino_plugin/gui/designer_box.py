"""The widget of a text in Processing's model designer: a value, a calculated one, a model input, an earlier result."""

from __future__ import annotations

from typing import Any, List, Optional, Sequence, Union

from qgis.core import QgsProcessingModelChildParameterSource, QgsProcessingParameterDefinition
from qgis.gui import QgsProcessingModelerParameterWidget
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QStackedWidget, QWidget

from .browse_button import browse_into

Source = QgsProcessingModelChildParameterSource

# The enumeration itself has moved in QGIS 3.34.
_TYPED = Source.fromStaticValue(None).source()
_WITH_EXPRESSIONS = Source.fromExpressionText("").source()
_MODEL_INPUT = Source.fromModelParameter("").source()
_EARLIER_RESULT = Source.fromChildOutput("", "").source()

_TEXTS, _RESULTS = ("string", "enum"), ("outputString",)
_FILES, _MADE_FILES = ("file",), ("outputFile", "outputFolder")
_LAYERS, _MADE_LAYERS = ("raster", "vector", "source", "layer"), ("outputRaster", "outputVector", "outputLayer")


class DesignerBox(QgsProcessingModelerParameterWidget):
    """QGIS's own, which offers what is suitable, with our suggestions where a value is typed.

    ``dialog`` is the designer's for a step; ``browse`` says that files and folders are taken, ``layers`` that layers
    are, too."""

    def __init__(
        self,
        definition: QgsProcessingParameterDefinition,
        dialog: Any,
        words: Sequence[str],
        browse: bool,
        layers: bool,
    ) -> None:
        super().__init__(dialog.model, dialog.childId, definition, dialog.context)
        self._model = dialog.model
        self._context = dialog.context  # the base class points to it
        self._with_expressions: Optional[Source] = None
        self.setDialog(dialog)
        self.populateSources(
            [*_TEXTS, *(_FILES if browse else ()), *(_LAYERS if layers else ())],
            [*_RESULTS, *(_MADE_FILES if browse else ()), *(_MADE_LAYERS if layers else ())],
            [],
        )
        self._suggest(words, browse)

    def setWidgetValue(self, value: Union[Source, List[Source]]) -> None:
        self._with_expressions = None
        if isinstance(value, Source):
            self._offer(value)
            if value.source() == _WITH_EXPRESSIONS:  # the base class has no place for it
                self._with_expressions = value
                value = Source.fromStaticValue(value.expressionText())
        super().setWidgetValue(value)

    def value(self) -> Any:
        value = super().value()
        kept = self._with_expressions
        if kept is not None and value.source() == _TYPED and value.staticValue() == kept.expressionText():
            return kept
        return value

    def _offer(self, source: Source) -> None:
        """What is bound stays bound, even if it is not of a kind that is offered: the base class would take another."""
        super().setWidgetValue(source)
        shown = super().value()
        if source.source() == _MODEL_INPUT and shown != source:
            bound = self._model.parameterDefinition(source.parameterName())
            if bound is not None:
                self.populateSources([bound.type()], [], [])
        elif source.source() == _EARLIER_RESULT and shown != source:
            step = self._model.childAlgorithms().get(source.outputChildId())
            bound = step.algorithm().outputDefinition(source.outputName()) if step and step.algorithm() else None
            if bound is not None:
                self.populateSources([], [bound.type()], [])

    def _suggest(self, words: Sequence[str], browse: bool) -> None:
        """Put the line of the base class into a list."""
        pages = self.findChild(QStackedWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        self._pages = pages  # without it the button below would lose its Python half
        line = pages.widget(0) if pages is not None else None
        if not isinstance(line, QLineEdit) or not (words or browse):
            return
        text = line.text()
        holder = QWidget()
        layout = QHBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        box = QComboBox()
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItems(list(words))
        layout.addWidget(box, 1)
        pages.removeWidget(line)
        box.setLineEdit(line)
        line.show()
        box.setCurrentIndex(-1)
        box.setEditText(text)
        if browse:
            layout.addWidget(browse_into(box))
        pages.insertWidget(0, holder)
        pages.setCurrentIndex(0)
