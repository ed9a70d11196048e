"""What a task asks for beside rasters, model and place: inputs it needs, results to choose from, and the fold."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

from qgis.core import QgsProcessingContext, QgsProcessingFeedback, QgsProject, QgsRasterLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from ..catalog import Task
from ..errors import PluginError
from ..i18n import tr
from ..processing import parameters as declared
from ..processing.algorithm import DeclaredAlgorithm
from ..processing.inputs import RequestedInputs, asked_for
from ..processing.values import parameter_values, wanted_outputs
from .fold import Fold
from .tooltips import set_tooltips

ELSEWHERE = ("rasters", "model", "aoi")
"""Inputs that have a widget of their own in the form."""


class TaskSettings(QWidget):
    """Of one task. ``layer``: the raster whose bands can be chosen; the folded widgets are made when the fold opens."""

    edited = pyqtSignal()

    def __init__(self, task: Task, canvas: QgsMapCanvas, layer: Optional[QgsRasterLayer]) -> None:
        super().__init__()
        self._task, self._canvas, self._layer = task, canvas, layer
        self.algorithm = DeclaredAlgorithm(task).create()
        shown = [one for one in declared.parameters(task) if one.input.name not in ELSEWHERE]
        self._needed = [one for one in shown if one.input.required]
        self._folded = [one.name for one in shown if not one.input.required]
        self._pending: Dict[str, Any] = {}
        self.required: Any = None
        self.more: Any = None
        self.outputs: Dict[str, QCheckBox] = {}
        self.fold = Fold(tr("More settings"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        if self._needed:
            self.required = self._widgets([one.name for one in self._needed])
            layout.addWidget(self.required)
        self._add_outputs(layout)
        self.fold.button.setObjectName("rsDinoMore")
        set_tooltips(self.fold)
        self.fold.opened.connect(self._open_fold)
        layout.addWidget(self.fold)

    def inputs(self) -> Dict[str, Any]:
        """Of a request; :class:`PluginError` with one sentence when something is missing or wrong."""
        values: Dict[str, Any] = {}
        for widgets in (self.required, self.more):
            if widgets is not None:
                values.update(widgets.values())
        for parameter in self._needed:
            if not values.get(parameter.name):
                raise PluginError(tr("“{title}” is needed.").format(title=tr(parameter.input.title)))
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        asked = RequestedInputs(self.algorithm, self._task, values, context, QgsProcessingFeedback())
        return asked.inputs(without=ELSEWHERE)

    def wanted(self) -> Dict[str, Any]:
        """The inputs that ask for what is ticked."""
        made = {
            target.name: Path(target.output.name + (".gpkg" if target.output.kind == "vector" else ".tif"))
            for target in declared.destinations(self._task)
            if target.output.requested_by is None or self.outputs[target.output.name].isChecked()
        }
        return asked_for(self._task, made)

    def show_inputs(self, inputs: Mapping[str, Any]) -> None:
        """Everything as it was for a request; the fold opens where something in it is not as usual."""
        for name, wanted in wanted_outputs(self._task, inputs).items():
            self.outputs[name].setChecked(wanted)
        self._pending = values = parameter_values(self._task, inputs)
        if self.required is not None:
            self.required.set_values(values)
        if any(name in values and self._is_changed(name, values[name]) for name in self._folded):
            self.fold.button.setChecked(True)
        if self.more is not None:
            self.more.set_values(values)

    def set_raster(self, layer: Optional[QgsRasterLayer]) -> None:
        """The raster whose bands can be chosen."""
        self._layer = layer
        for widgets in (self.required, self.more):
            if widgets is not None:
                widgets.set_raster(layer)

    def suggest_layers(self) -> None:
        """Layers have come or gone."""
        if self.required is not None:
            self.required.suggest_layers()

    def keep_layers(self) -> None:
        """Those that are chosen are chosen again when the project is opened."""
        if self.required is not None:
            self.required.keep_layers()

    def _add_outputs(self, layout: QVBoxLayout) -> None:
        wanted = wanted_outputs(self._task, {})
        for output in self._task.outputs:
            if output.requested_by is None:
                continue
            if not self.outputs:
                layout.addWidget(QLabel(tr("Also make")))
            self.outputs[output.name] = box = QCheckBox(tr(output.title))
            box.setToolTip(tr(output.description))
            box.setChecked(wanted[output.name])
            box.toggled.connect(self._toggled)
            layout.addWidget(box)

    def _open_fold(self) -> None:
        if self.more is None:
            self.more = self._widgets(self._folded)
            self.more.set_values(self._pending)
            self.fold.add(self.more)

    def _widgets(self, names: List[str]) -> Any:
        from .parameter_widgets import ParameterWidgets  # loads all of Processing's dialogs

        made = ParameterWidgets(self.algorithm, names, self._canvas)
        made.set_raster(self._layer)
        made.edited.connect(self.edited)
        return made

    def _toggled(self, *_: object) -> None:
        self.edited.emit()

    def _is_changed(self, name: str, value: Any) -> bool:
        definition = self.algorithm.parameterDefinition(name)
        return value not in (definition.defaultValue(), None, [], "")
