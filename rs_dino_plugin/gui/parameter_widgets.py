"""Widgets for parameters of an algorithm, as Processing's own dialog makes them."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional

from processing.gui.wrappers import WidgetWrapper, WidgetWrapperFactory
from processing.tools.dataobjects import createContext
from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingParameterDefinition,
    QgsProject,
    QgsRasterLayer,
)
from qgis.gui import (
    QgsGui,
    QgsMapCanvas,
    QgsProcessingContextGenerator,
    QgsProcessingGui,
    QgsProcessingParameterWidgetContext,
)
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QDoubleSpinBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from ..processing.parameters import INPUT
from .narrow_box import make_narrow
from .plain_widgets import (
    box_of,
    keep_choice,
    leave_open,
    make_plain,
    note_choice,
    say_bands,
    stands,
    suggestion,
    takes_bands,
    takes_features,
)

_DECIMALS = 3
_TEXT_ROWS = 4


class _Context(QgsProcessingContextGenerator):
    """Widgets ask for it when they look up layers."""

    def __init__(self, context: QgsProcessingContext) -> None:
        super().__init__()
        self._context = context

    def processingContext(self) -> QgsProcessingContext:
        return self._context


class ParameterWidgets(QWidget):
    """Labels and widgets, one below the other. ``wanted`` names the parameters that are shown."""

    edited = pyqtSignal()

    def __init__(self, algorithm: QgsProcessingAlgorithm, wanted: List[str], canvas: Optional[QgsMapCanvas]) -> None:
        super().__init__()
        self._wrappers: Dict[str, Any] = {}
        self.destroyed.connect(self._wrappers.clear)  # here, not by a garbage collector in some other thread
        self._algorithm = algorithm  # owns the definitions that the wrappers above point to until they are deleted
        self._processing_context = createContext()
        self._generator = _Context(self._processing_context)
        self._widget_context = QgsProcessingParameterWidgetContext()
        self._widget_context.setProject(QgsProject.instance())
        if canvas is not None:
            self._widget_context.setMapCanvas(canvas)
        self.layout_ = QVBoxLayout(self)
        self.layout_.setContentsMargins(0, 0, 0, 0)
        self._shown = wanted
        self._with_layer: List[str] = []
        self._with_bands: List[str] = []
        self._suggested: Dict[str, Any] = {}
        for definition in algorithm.parameterDefinitions():
            if definition.name() in wanted or definition.name() == INPUT:
                self._add(definition, visible=definition.name() in wanted)
        for wrapper in self._wrappers.values():
            wrapper.postInitialize(list(self._wrappers.values()))
            wrapper.widgetValueHasChanged.connect(self._edited)
        self.suggest_layers()
        self._say_bands()

    def values(self) -> Dict[str, Any]:
        """By the parameter's name."""
        return {name: self._wrappers[name].parameterValue() for name in self._shown}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Set those that are shown here; the others are left out."""
        for name in self._shown:
            if name in values:
                self._wrappers[name].setParameterValue(values[name], self._processing_context)
        if any(name in values for name in self._with_layer):
            self._chosen()
        self._say_bands()

    def set_raster(self, layer: Optional[QgsRasterLayer]) -> None:
        """The raster whose bands can be chosen."""
        wrapper = self._wrappers.get(INPUT)
        if wrapper is not None and INPUT not in self._shown and layer is not None:
            wrapper.setParameterValue(layer.id(), self._processing_context)
            self._say_bands()

    def suggest_layers(self) -> None:
        """Have the needed layers of features be those that were chosen before, or ones that no run has made."""
        project = QgsProject.instance()
        for name in self._with_layer:
            value = self._wrappers[name].parameterValue()
            if value == self._suggested.get(name) or not stands(name, value, project):
                self._suggested[name] = wanted = suggestion(name, project)
                if wanted is None:
                    leave_open(self._wrappers[name].wrappedWidget())
                elif value != wanted:
                    self._wrappers[name].setParameterValue(wanted, self._processing_context)

    def keep_layers(self) -> None:
        """Keep which ones they are with the project."""
        for name in self._with_layer:
            keep_choice(name, self._wrappers[name].parameterValue(), QgsProject.instance())

    def _edited(self, *_: object) -> None:
        self._say_bands()
        self.edited.emit()

    def _chosen(self, *_: object) -> None:
        for name in self._with_layer:
            note_choice(name, self._wrappers[name].parameterValue())

    def _say_bands(self) -> None:
        for name in self._with_bands:
            say_bands(self._wrappers[name].wrappedWidget(), self._wrappers[name].parameterValue())

    def _add(self, definition: QgsProcessingParameterDefinition, visible: bool) -> None:
        if (definition.metadata().get("widget_wrapper") or {}).get("class"):
            wrapper = WidgetWrapperFactory.create_wrapper_from_metadata(definition, self)
        else:
            standard = QgsProcessingGui.WidgetType.Standard
            wrapper = QgsGui.processingGuiRegistry().createParameterWidgetWrapper(definition, standard)
        wrapper.setWidgetContext(self._widget_context)
        wrapper.registerProcessingContextGenerator(self._generator)
        self._wrappers[definition.name()] = wrapper
        if isinstance(wrapper, WidgetWrapper):  # of Python, such as our own
            widget, has_label = wrapper.widget, wrapper.label is not None
        else:
            widget = wrapper.createWrappedWidget(self._processing_context)
            has_label = wrapper.createWrappedLabel() is not None
        widget.setParent(self)
        widget.setToolTip(definition.help())
        if not visible:
            widget.hide()
            return
        if has_label:
            label = QLabel(definition.description())  # QGIS' own says “optional” of nearly everything here
            label.setWordWrap(True)
            label.setToolTip(definition.help())
            label.setBuddy(widget)
            self.layout_.addWidget(label)
        if takes_features(definition):
            make_plain(widget)
            if not definition.flags() & QgsProcessingParameterDefinition.Flag.FlagOptional:
                self._with_layer.append(definition.name())
                box = box_of(widget)
                if box is not None:
                    box.activated.connect(self._chosen)
        elif takes_bands(definition):
            self._with_bands.append(definition.name())
        _make_small(widget)
        self.layout_.addWidget(widget)


def _make_small(widget: QWidget) -> None:
    """Long words in a list must not make the dock wide, nor a text high."""
    for one in [widget, *widget.findChildren(QWidget)]:
        if isinstance(one, QComboBox):
            make_narrow(one, 6)
        elif isinstance(one, QDoubleSpinBox):
            one.setDecimals(_DECIMALS)
        elif isinstance(one, QPlainTextEdit):
            one.setMaximumHeight(_TEXT_ROWS * one.fontMetrics().lineSpacing())
