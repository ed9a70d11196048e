"""Which widget stands for a text with suggestions, in which of Processing's dialogs."""

from __future__ import annotations

from typing import Any, Sequence

from processing.gui.wrappers import DIALOG_MODELER, DIALOG_STANDARD, dialogTypes
from qgis.core import QgsProcessingParameterDefinition, QgsProcessingParameterString
from qgis.gui import QgsGui

from .designer_box import DesignerBox
from .models_box import ModelsBox
from .suggesting_box import SuggestingBox


class SuggestedText:
    """Calling it makes the widget: Processing takes nothing but a class here."""

    def __new__(  # type: ignore[misc]
        cls,
        definition: QgsProcessingParameterDefinition,
        dialog: Any,
        row: int = 0,
        col: int = 0,
        words: Sequence[str] = (),
        browse: bool = False,
        layers: bool = False,
    ) -> Any:
        kind = dialogTypes.get(type(dialog).__name__, DIALOG_STANDARD)
        if kind == DIALOG_MODELER:
            return DesignerBox(definition, dialog, words, browse, layers)
        if isinstance(definition, QgsProcessingParameterString) and definition.multiLine():
            if kind == DIALOG_STANDARD:
                return ModelsBox(definition, dialog, row, col)
            return QgsGui.processingGuiRegistry().createParameterWidgetWrapper(definition, kind)
        return SuggestingBox(definition, dialog, row, col, words=words, browse=browse, layers=layers)
