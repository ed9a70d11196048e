"""How Processing makes widgets written in Python."""

from importlib import import_module

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QLabel
from qgis.gui import QgsProcessingGui

DIALOG_STANDARD, DIALOG_BATCH, DIALOG_MODELER = (
    QgsProcessingGui.WidgetType.Standard,
    QgsProcessingGui.WidgetType.Batch,
    QgsProcessingGui.WidgetType.Modeler,
)
dialogTypes = {  # noqa: N816 - QGIS's name
    "AlgorithmDialog": DIALOG_STANDARD,
    "BatchAlgorithmDialog": DIALOG_BATCH,
    "ModelerParametersDialog": DIALOG_MODELER,
}


class WidgetWrapper(QObject):
    widgetValueHasChanged = pyqtSignal(object)

    def __init__(self, param, dialog, row=0, col=0, **named):
        super().__init__()
        self._definition = param
        self.widget = self.createWidget(**named)
        self.label = self.createLabel()
        if param.defaultValue() is not None:
            self.setValue(param.defaultValue())

    def type(self):
        return QgsProcessingGui.WidgetType.Standard

    def parameterDefinition(self):
        return self._definition

    def createLabel(self):
        return QLabel(self._definition.description())

    def parameterValue(self):
        return self.value()

    def setParameterValue(self, value, context):
        self.setValue(value)

    def _nothing(self, *ignored):
        pass

    setWidgetContext = registerProcessingContextGenerator = postInitialize = _nothing


class WidgetWrapperFactory:
    @staticmethod
    def create_wrapper_from_metadata(param, dialog, row=0, col=0):
        given = dict(param.metadata()["widget_wrapper"])
        module, name = given.pop("class").rsplit(".", 1)
        return getattr(import_module(module), name)(param, dialog, row, col, **given)
