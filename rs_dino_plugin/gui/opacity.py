"""The slider for how far the newest result covers the map below it."""

from __future__ import annotations

from typing import List

from qgis.core import QgsMapLayer, QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from ..i18n import tr


class OpacitySlider(QWidget):
    """Hidden until there is a result."""

    def __init__(self) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("rsDinoOpacity")
        self.slider.setRange(0, 100)
        self.slider.setValue(100)
        self.slider.valueChanged.connect(self._set)
        self.slider.setAccessibleName(tr("Result opacity"))
        label = QLabel(tr("Result opacity"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 4)
        layout.addWidget(label)
        layout.addWidget(self.slider, 1)
        self._layers: List[str] = []
        self.hide()

    def follow(self, layers: List[QgsMapLayer]) -> None:
        """Take new layers; the opacity chosen before is theirs from the start."""
        self._layers = [layer.id() for layer in layers]
        self.setToolTip(tr("Of the newest result: {layers}").format(layers=", ".join(layer.name() for layer in layers)))
        self.setVisible(bool(layers))
        self._set(self.slider.value())

    def _set(self, percent: int) -> None:
        for identifier in self._layers:
            layer = QgsProject.instance().mapLayer(identifier)
            if layer is not None:
                layer.setOpacity(percent / 100)
                layer.triggerRepaint()
