"""The widgets of ``qgis.gui`` that ours are made of, as plain widgets of Qt 6."""

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import (
    QDockWidget,
    QFrame,
    QGraphicsPathItem,
    QGraphicsScene,
    QGraphicsView,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from .anything import Anything, Lenient


def __getattr__(name):
    if not name.startswith("Qg"):
        raise AttributeError(name)
    made = globals()[name] = type(Anything)(name, (Anything,), {})
    return made


class QgsDockWidget(QDockWidget):
    closed = pyqtSignal()
    opened = pyqtSignal()
    closedStateChanged = pyqtSignal(bool)
    openedStateChanged = pyqtSignal(bool)

    def setToggleVisibilityAction(self, action):
        self._action = action

    def setUserVisible(self, wanted):
        self.setVisible(wanted)
        self.openedStateChanged.emit(wanted)
        self.closedStateChanged.emit(not wanted)


class QgsScrollArea(QScrollArea):
    pass


class QgsCollapsibleGroupBox(QGroupBox):
    collapsedStateChanged = pyqtSignal(bool)

    def setCollapsed(self, is_collapsed):
        pass


class QgsOptionsPageWidget(QWidget):
    pass


class QgsOptionsWidgetFactory(QObject):
    def setTitle(self, title):
        self._title = title

    def title(self):
        return self._title


class QgsFileWidget(Lenient, QWidget):
    fileChanged = pyqtSignal(str)
    StorageMode = type(Anything)("StorageMode", (Anything,), {})

    def __init__(self, parent=None):
        super().__init__(parent)
        self._line = QLineEdit()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._line)
        self._line.textChanged.connect(self.fileChanged)

    def lineEdit(self):
        return self._line

    def filePath(self):
        return self._line.text()

    def setFilePath(self, path):
        self._line.setText(path)

    def setStorageMode(self, mode):
        pass

    def setDialogTitle(self, title):
        pass

    def setFilter(self, text):
        pass


class QgsMapCanvas(Lenient, QGraphicsView):
    def __init__(self, parent=None):
        super().__init__(parent)
        self.setScene(QGraphicsScene(self))
        self._tool = None

    def mapSettings(self):
        return Anything()

    def mapTool(self):
        return self._tool

    def setMapTool(self, tool):
        self._tool = tool

    def unsetMapTool(self, tool):
        if self._tool is tool:
            self._tool = None
            tool.deactivate()


class QgsMapTool(Lenient, QObject):
    deactivated = pyqtSignal()

    def __init__(self, canvas):
        super().__init__()
        self._canvas = canvas

    def canvas(self):
        return self._canvas

    def setCursor(self, cursor):
        pass

    def deactivate(self):
        self.deactivated.emit()


class QgsRubberBand(Lenient, QGraphicsPathItem):
    def __init__(self, canvas, kind):
        super().__init__()
        canvas.scene().addItem(self)

    def _nothing(self, *ignored):
        pass

    setStrokeColor = setFillColor = setWidth = reset = setToGeometry = _nothing


class QgsMessageBar(Lenient, QFrame):
    def __init__(self, parent=None):
        super().__init__(parent)
        self._layout = QHBoxLayout(self)

    def pushMessage(self, title, text, level=None):
        self._layout.addWidget(QLabel(text))

    def createMessage(self, title, text):
        item = QFrame()
        QHBoxLayout(item).addWidget(QLabel(text))
        item.dismiss = item.hide
        return item

    def pushWidget(self, item, level=None, duration=0):
        self._layout.addWidget(item)


class _Wrapper:
    """A line to type into, for whatever parameter."""

    def __init__(self, definition):
        self._definition, self._line = definition, QLineEdit()
        self.widgetValueHasChanged = self._line.textChanged

    def createWrappedWidget(self, context):
        return self._line

    def createWrappedLabel(self):
        return QLabel(self._definition.description())

    def parameterValue(self):
        return self._line.text() or None

    def setParameterValue(self, value, context):
        self._line.setText("" if value is None else str(value))

    def _nothing(self, *ignored):
        pass

    setWidgetContext = registerProcessingContextGenerator = postInitialize = _nothing


class _ProcessingRegistry:
    def createParameterWidgetWrapper(self, definition, kind):
        return _Wrapper(definition)


class QgsGui:
    @staticmethod
    def processingGuiRegistry():
        return _ProcessingRegistry()
