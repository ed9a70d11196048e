"""What of ``qgis.core`` widgets need to be built and clicked: settings, tasks, a project, parameters. The rest is
:class:`Anything`."""

import os
from pathlib import Path

from PyQt6.QtCore import QObject, QSettings, QTimer, pyqtSignal
from PyQt6.QtNetwork import QNetworkProxy
from PyQt6.QtWidgets import QApplication

from .anything import Anything, Lenient


def __getattr__(name):
    if not name.startswith("Qg"):
        raise AttributeError(name)
    made = globals()[name] = type(Anything)(name, (Anything,), {})
    return made


class Qgis(Anything):
    QGIS_VERSION = "4.0.0-stand-in"


class QgsSettings(QSettings):
    """In a file of the test's own."""

    def __init__(self, *ignored):
        super().__init__(os.environ["SETTINGS_FILE"], QSettings.Format.IniFormat)


class QgsTask(Lenient, QObject):
    """Runs on the main thread, at the next turn of the event loop."""

    Flag = type(Anything)("Flag", (Anything,), {})

    def __init__(self, description="", flags=None):
        super().__init__()
        self._cancelled = False

    def isCanceled(self):
        return self._cancelled

    def cancel(self):
        self._cancelled = True

    def setProgress(self, percent):
        pass


class _TaskManager:
    def addTask(self, task):
        QTimer.singleShot(0, lambda: task.finished(task.run()))


class _AuthManager(Anything):
    def isDisabled(self):
        return True

    def configIds(self):
        return []


class QgsApplication(QApplication):
    """Qt's own application, with what the plugin asks QGIS's for."""

    _tasks = _TaskManager()

    def locale(self):
        return "en"

    @classmethod
    def taskManager(cls):
        return cls._tasks

    @staticmethod
    def authManager():
        return _AuthManager()

    @staticmethod
    def processingRegistry():
        return Anything()

    @staticmethod
    def qgisSettingsDirPath():
        return str(Path(os.environ["SETTINGS_FILE"]).parent)


class QgsNetworkAccessManager:
    @classmethod
    def instance(cls):
        return cls()

    def fallbackProxy(self):
        return QNetworkProxy(QNetworkProxy.ProxyType.NoProxy)


class _Root(Lenient, QObject):
    addedChildren = pyqtSignal(object, int, int)
    removedChildren = pyqtSignal(object, int, int)
    nameChanged = pyqtSignal(object, str)

    def __init__(self):
        super().__init__()
        self.layers = []

    def findLayers(self):
        return self.layers


class QgsProject(Lenient, QObject):
    """One project with nothing, or with the layers that a test puts into it."""

    cleared = pyqtSignal()
    readProject = pyqtSignal(object)
    layersAdded = pyqtSignal(list)
    _only = None

    def __init__(self):
        super().__init__()
        self.root = _Root()

    @classmethod
    def instance(cls):
        if cls._only is None:
            cls._only = cls()
        return cls._only

    def layerTreeRoot(self):
        return self.root

    def mapLayers(self):
        return {node.layer().id(): node.layer() for node in self.root.layers}

    def mapLayer(self, identifier):
        return self.mapLayers().get(identifier)

    def readEntry(self, scope, key, default=""):
        return default, False

    def transformContext(self):
        return Anything()

    def ellipsoid(self):
        return "EPSG:7030"


class QgsMapLayer(Lenient, QObject):
    def __init__(self, source, name):
        super().__init__()
        self._source, self._name = source, name

    def id(self):
        return self._name

    def layer(self):
        """It is its own node in the layer tree."""
        return self

    def name(self):
        return self._name

    def source(self):
        return self._source

    def isValid(self):
        return True

    def customProperty(self, key):
        return None

    def providerType(self):
        return "gdal"


class QgsRasterLayer(QgsMapLayer):
    pass


class QgsVectorLayer(QgsMapLayer):
    selectionChanged = pyqtSignal()

    def geometryType(self):
        return QgsWkbTypes.GeometryType.PolygonGeometry

    def selectedFeatureCount(self):
        return 0

    def featureCount(self):
        return 3


class QgsWkbTypes(Anything):
    pass


class QgsProcessingParameterDefinition(Anything):
    """Keeps its name and its words, whatever kind it is."""

    def __init__(self, name="", description="", *more, defaultValue=None, **named):
        self._name, self._description, self._default, self._metadata, self._help = (
            name,
            description,
            defaultValue,
            {},
            "",
        )

    def name(self):
        return self._name

    def description(self):
        return self._description

    def defaultValue(self):
        return self._default

    def metadata(self):
        return self._metadata

    def setMetadata(self, metadata):
        self._metadata = metadata

    def setHelp(self, text):
        self._help = text

    def help(self):
        return self._help


class QgsProcessingAlgorithm:
    def __init__(self):
        self._definitions = []

    def create(self):
        made = self.createInstance()
        made.initAlgorithm({})
        return made

    def addParameter(self, definition):
        self._definitions.append(definition)

    def parameterDefinitions(self):
        return self._definitions

    def parameterDefinition(self, name):
        return next(one for one in self._definitions if one.name() == name)


for _kind in (
    "Band", "Boolean", "Enum", "FeatureSource", "File", "FileDestination", "FolderDestination", "MultipleLayers",
    "Number", "RasterDestination", "RasterLayer", "String", "VectorDestination",
):  # fmt: skip
    globals()["QgsProcessingParameter" + _kind] = type(Anything)(_kind, (QgsProcessingParameterDefinition,), {})
