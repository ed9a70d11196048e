"""The provider ``rsdino``: one algorithm a task of the catalogue."""

from __future__ import annotations

from typing import List

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from ..catalog import catalogue
from ..paths import icon
from .algorithm import DeclaredAlgorithm


class RsDinoProvider(QgsProcessingProvider):
    """Lists what the catalogue lists, whether an engine is there or not."""

    def id(self) -> str:
        return "rsdino"

    def name(self) -> str:
        return "RS-DINO"

    def icon(self) -> QIcon:
        return QIcon(icon("rs_dino"))

    def svgIconPath(self) -> str:
        return icon("rs_dino")

    def loadAlgorithms(self) -> None:
        for task in catalogue().tasks:
            self.addAlgorithm(DeclaredAlgorithm(task))

    def supportedOutputRasterLayerExtensions(self) -> List[str]:
        return ["tif", "tiff"]

    def supportedOutputVectorLayerExtensions(self) -> List[str]:
        return ["gpkg", "geojson", "shp", "fgb", "csv"]

    def supportedOutputTableExtensions(self) -> List[str]:
        return self.supportedOutputVectorLayerExtensions()

    def defaultRasterFileExtension(self) -> str:
        return "tif"

    def defaultVectorFileExtension(self, hasGeometry: bool = True) -> str:
        return "gpkg" if hasGeometry else "csv"
