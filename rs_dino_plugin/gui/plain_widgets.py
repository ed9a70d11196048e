"""Processing's widgets for layers and bands as the dock needs them: without what only Processing's dialogs can do, and
with nothing chosen that nobody meant."""

from __future__ import annotations

from typing import Any, Dict, Optional

from qgis.core import (
    QgsMapLayer,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingParameterBand,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterFeatureSource,
    QgsProject,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.gui import QgsMapLayerComboBox
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QComboBox, QLineEdit, QToolButton, QWidget

from ..i18n import tr
from ..layers import file_behind
from ..recipes import is_result
from .project_layers import layers_in_order

_SCOPE = "rsdino"
_BROWSE = "\u2026"
_MARKS = (QgsWkbTypes.GeometryType.PointGeometry, QgsWkbTypes.GeometryType.PolygonGeometry)
_chosen: Dict[str, Any] = {}
"""By the parameter's name: what a person has chosen in this session."""


def takes_features(definition: QgsProcessingParameterDefinition) -> bool:
    return isinstance(definition, QgsProcessingParameterFeatureSource)


def takes_bands(definition: QgsProcessingParameterDefinition) -> bool:
    return isinstance(definition, QgsProcessingParameterBand) and definition.allowMultiple()


def make_plain(widget: QWidget) -> None:
    """Of a layer with features: it may be left open, and is not run once for every feature."""
    for button in widget.findChildren(QToolButton):
        button.setVisible(button.text() == _BROWSE)
    box = box_of(widget)
    if box is not None:  # with a word for none, that would be the value
        sip.cast(box, QgsMapLayerComboBox).setAllowEmptyLayer(True)
    leave_open(widget)


def leave_open(widget: QWidget) -> None:
    """Choose none, which the widget itself does only where its parameter is optional."""
    box = box_of(widget)
    if box is not None:
        sip.cast(box, QgsMapLayerComboBox).setLayer(None)


def box_of(widget: QWidget) -> Optional[QComboBox]:
    """The list of layers in it; None where QGIS builds it in another way."""
    boxes = widget.findChildren(QComboBox)
    return next((box for box in boxes if box.metaObject().className() == QgsMapLayerComboBox.__name__), None)


def say_bands(widget: QWidget, value: Any) -> None:
    """Where no bands are chosen, say which ones are taken."""
    line = widget.findChild(QLineEdit)
    if line is not None and not value:
        line.setText(tr("By name or order"))
        line.setToolTip(tr("The model's bands are found by the names of the raster's, else taken in their order."))


def note_choice(name: str, value: Any) -> None:
    """What a person has chosen is chosen again when the task is, as long as it is there."""
    _chosen[name] = value


def keep_choice(name: str, value: Any, project: QgsProject) -> None:
    """… and when the project is opened again."""
    note_choice(name, value)
    layer = _layer_of(value, project)
    if layer is not None:
        project.writeEntry(_SCOPE, f"/{name}", layer.id())


def stands(name: str, value: Any, project: QgsProject) -> bool:
    """Whether a value may stay: it is there, and no result of a run that nobody has chosen."""
    layer = _layer_of(value, project)
    if layer is not None and is_result(layer):
        return _layer_of(_chosen.get(name), project) is layer
    return _is_there(value, project)


def suggestion(name: str, project: QgsProject) -> Any:
    """What was chosen before, else the first layer of marks that no run has made; None where there is none."""
    chosen = _chosen.get(name)
    if _is_there(chosen, project):
        return chosen
    kept = project.mapLayer(project.readEntry(_SCOPE, f"/{name}", "")[0])
    if kept is not None:
        return kept.id()
    fitting = (layer.id() for layer in layers_in_order(project) if _may_mark(layer) and not is_result(layer))
    return next(fitting, None)


def _may_mark(layer: QgsMapLayer) -> bool:
    return isinstance(layer, QgsVectorLayer) and layer.geometryType() in _MARKS


def _is_there(value: Any, project: QgsProject) -> bool:
    """Whether a value of the widget still means something: a layer of the project, or a file."""
    if _layer_of(value, project) is not None:
        return True
    return isinstance(value, str) and bool(value) and file_behind(value).exists()


def _layer_of(value: Any, project: QgsProject) -> Optional[QgsMapLayer]:
    if isinstance(value, QgsProcessingFeatureSourceDefinition):
        value = value.source.staticValue()
    return project.mapLayer(value) if isinstance(value, str) else None
