"""Wiring only: what is put into QGIS, and how it is taken out again."""

from __future__ import annotations

from qgis.core import QgsApplication

from .i18n import Translation
from .processing.provider import RsDinoProvider


class RsDinoPlugin:
    """``initGui`` is called by the desktop, ``initProcessing`` alone by qgis_process, where ``iface`` is None."""

    def __init__(self, iface) -> None:
        self.iface = iface
        self.translation = None
        self.provider = None
        self.options = None
        self.desktop = None

    def initProcessing(self) -> None:
        self.translation = Translation(QgsApplication.instance().locale())
        self.provider = RsDinoProvider()
        QgsApplication.processingRegistry().addProvider(self.provider)

    def initGui(self) -> None:
        self.initProcessing()
        from .gui.settings_page import SettingsPageFactory

        self.options = SettingsPageFactory()
        self.iface.registerOptionsWidgetFactory(self.options)
        from .gui.desktop import Desktop

        self.desktop = Desktop(self.iface)

    def unload(self) -> None:
        if self.desktop is not None:
            self.desktop.close()
            self.desktop = None
        if self.options is not None:
            self.iface.unregisterOptionsWidgetFactory(self.options)
            self.options = None
        if self.provider is not None:
            QgsApplication.processingRegistry().removeProvider(self.provider)
            self.provider = None
        if self.translation is not None:
            self.translation.remove()
            self.translation = None
