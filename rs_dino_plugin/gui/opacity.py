"""The slider for how far a result covers the map below it: the newest one, or the one that was clicked."""

from __future__ import annotations

from typing import Any, List, Optional

from qgis.core import QgsMapLayer, QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from ..i18n import tr
from ..recipes import is_result
from ..result_layers import is_opaque_map, newest_opaque


class OpacitySlider(QWidget):
    """Hidden until the project has a result. ``view`` is the layer tree's."""

    def __init__(self, project: QgsProject, view: Any) -> None:
        super().__init__()
        self._project, self._view = project, view
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
        self._signals = (
            (project.readProject, self._look),
            (project.layersRemoved, self._look),
            (view.currentLayerChanged, self._clicked),
        )
        for signal, slot in self._signals:
            signal.connect(slot)
        self._look()

    def leave(self) -> None:
        """Stop following the project."""
        for signal, slot in self._signals:
            signal.disconnect(slot)

    def follow(self, layers: List[QgsMapLayer]) -> None:
        """Take new layers; the opacity chosen before is theirs from the start."""
        self._take(layers)
        self._set(self.slider.value())

    def _take(self, layers: List[QgsMapLayer]) -> None:
        self._layers = [layer.id() for layer in layers]
        self.setToolTip(", ".join(layer.name() for layer in layers))
        self.setVisible(bool(layers))

    def _show(self, layers: List[QgsMapLayer]) -> None:
        """Take layers as they are."""
        self._take(layers)
        if layers:
            self.slider.blockSignals(True)
            self.slider.setValue(round(100 * layers[0].opacity()))
            self.slider.blockSignals(False)

    def _look(self, *_: object) -> None:
        """Another project, or layers have gone: what is not there any more is not followed."""
        if not any(self._project.mapLayer(identifier) is not None for identifier in self._layers):
            self._show(newest_opaque(self._project))

    def _clicked(self, layer: Optional[QgsMapLayer]) -> None:
        is_one = layer is not None and layer.isValid() and is_result(layer) and is_opaque_map(layer)
        if is_one and layer.id() not in self._layers:
            self._show([layer])

    def _set(self, percent: int) -> None:
        for identifier in self._layers:
            layer = self._project.mapLayer(identifier)
            if layer is not None:
                layer.setOpacity(percent / 100)
                layer.triggerRepaint()
