"""The pages of RS-DINO in QGIS's options. What is on them is loaded when they are opened."""

from __future__ import annotations

from typing import List

from qgis.gui import QgsOptionsWidgetFactory
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QWidget

from ..i18n import tr
from ..paths import icon

SETTINGS, MODELS = "rsDinoSettings", "rsDinoModels"
"""The names under which the options open at a page."""


class SettingsPageFactory(QgsOptionsWidgetFactory):
    """The engine."""

    def __init__(self) -> None:
        super().__init__()
        self.setTitle("RS-DINO")

    def icon(self) -> QIcon:
        return QIcon(icon("rs_dino"))

    def createWidget(self, parent: QWidget) -> QWidget:
        from .settings_page import SettingsPage

        return SettingsPage(parent)


class ModelsPageFactory(QgsOptionsWidgetFactory):
    """The models, below it."""

    def __init__(self) -> None:
        super().__init__()
        self.setTitle(tr("Model library"))

    def icon(self) -> QIcon:
        return QIcon(icon("rs_dino"))

    def path(self) -> List[str]:
        return ["RS-DINO"]

    def createWidget(self, parent: QWidget) -> QWidget:
        from .models_page import ModelsPage

        return ModelsPage(parent)
