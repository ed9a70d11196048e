"""What to run: rasters, task, model, where, and the settings of the task. It makes the request."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProject,
    QgsRasterLayer,
    QgsSettings,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QLabel, QVBoxLayout, QWidget

from ..area import kept
from ..catalog import Task, catalogue
from ..engine_client.documents import Request
from ..engine_client.job_store import AREA
from ..errors import PluginError
from ..export_plan import Export, file_name, frame_of, planned
from ..foreign import NONE_EXPORTED, Exported
from ..i18n import tr
from ..model_cards import TASKS_BY_KIND, card_of, finest_gsd_m
from ..processing import parameters as declared
from ..processing.algorithm import DeclaredAlgorithm
from ..processing.inputs import RequestedInputs, asked_for, model_named
from ..processing.values import parameter_values, wanted_outputs
from ..recipes import models_of, rasters_of
from ..settings import DOCK_MODEL, DOCK_TASK
from ..workload import touches
from .fold import Fold
from .model_box import ModelBox
from .mosaic_box import MosaicBox
from .narrow_box import narrow_box
from .place_box import PlaceBox
from .project_layers import layer_signals
from .raster_list import RasterList
from .tooltips import set_tooltips
from .where_box import WhereBox

_OWN = ("rasters", "model", "aoi")
"""Inputs that have a widget of their own here."""
ZONES = "zones"
"""The input that asks for figures per polygon of the area."""
SAVED_FOLDER = "rasters"
"""In a job's folder: the rasters that layers were saved as."""


def tasks_of_the_dock() -> List[Task]:
    """The tasks that make maps of rasters."""
    return [task for task in catalogue().tasks if task.makes_maps]


class RunForm(QWidget):
    """Everything is read on the main thread, into plain values. ``changed``: other rasters or another task; ``edited``:
    anything that a request is made of, but for the place."""

    changed = pyqtSignal()
    edited = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        super().__init__()
        self._canvas, self._project = canvas, project
        self.rasters, self.mosaic = RasterList(project), MosaicBox()
        self.task_box = narrow_box("rsDinoTask", tr("Task"))
        for task in tasks_of_the_dock():
            self.task_box.addItem(tr(task.title), task.id)
            self.task_box.setItemData(self.task_box.count() - 1, tr(task.description), Qt.ItemDataRole.ToolTipRole)
        self.model = ModelBox()
        self._model_label = QLabel(tr("Model"))
        self._model_label.setBuddy(self.model.box)
        self.where = WhereBox(canvas, project)
        self.outputs: Dict[str, QCheckBox] = {}
        self._layout = QVBoxLayout(self)
        self._add(tr("R&asters"), self.rasters, self.rasters)
        self._layout.addWidget(self.mosaic)
        self._add(tr("&Task"), self.task_box, self.task_box)
        self._layout.addWidget(self._model_label)
        self._layout.addWidget(self.model)
        self._add(tr("Where"), self.where, self.where.box)
        self._of_task = QWidget()
        self._layout.addWidget(self._of_task)
        self.place = PlaceBox()
        self._add(tr("Res&ults"), self.place, self.place.box)
        self._layout.addStretch(1)
        self._required: Any = None
        self._more: Any = None
        self._pending: Dict[str, Any] = {}
        self.task_box.currentIndexChanged.connect(self._task_chosen)
        self.rasters.chosen.connect(self._rasters_chosen)
        self.changed.connect(self.edited)
        self.model.changed.connect(self.edited)
        self.mosaic.toggled.connect(self._edited)
        for signal in layer_signals(project):
            signal.connect(self._suggest_layers)
        self._task_chosen()
        self._recall()

    @property
    def task(self) -> Task:
        return next(task for task in catalogue().tasks if task.id == self.task_box.currentData())

    def leave_project(self) -> None:
        for signal in layer_signals(self._project):
            signal.disconnect(self._suggest_layers)
        self.rasters.leave_project()
        self.where.leave_project()

    def name(self) -> str:
        """What the run is called: the first raster's name."""
        layers = self.rasters.layers()
        first = layers[0] if layers else next(iter(self.rasters.rasters()), "")
        return first.name() if isinstance(first, QgsRasterLayer) else Path(first).stem

    def request(self, folder: Path, where: Optional[str] = None) -> Request:
        """The request for a job in ``folder``; files that it needs are written there. ``where``: instead of the choice.

        :class:`PluginError` with one sentence when something is missing or wrong.
        """
        rasters = self.rasters.rasters()
        if not rasters:
            raise PluginError(tr("Tick at least one raster."))
        paths = [
            one if isinstance(one, str) else str(folder / SAVED_FOLDER / str(number) / file_name(one.name()))
            for number, one in enumerate(rasters, 1)
        ]
        inputs = {"rasters": paths, **self.mosaic.inputs(), **self._inputs()}
        for entry in self.task.inputs:
            if entry.kind == "places" and entry.name in inputs:
                inputs[entry.name] = kept(Path(inputs[entry.name]), folder)
        if not touches(self.rasters.layers(), self.where.frame(where)):
            raise PluginError(tr("The area lies beside the raster. Choose another one, or move the map there."))
        area = self.where.write(folder / AREA, where)
        if inputs.get(ZONES) and area is None:
            raise PluginError(tr("“Statistics per polygon” needs polygons: choose them at “Where”."))
        if area is not None:
            inputs["aoi"] = area
        files = [one for one in rasters if isinstance(one, str)]
        return Request(self.task.id, {**inputs, "output": str(self.place.folder(folder, files))})

    def names(self, request: Request, where: Optional[str] = None) -> Dict[str, str]:
        """What the layers of a request that was just made are called, by its paths: rasters, and polygons to run in."""
        names = self.rasters.names(request.inputs["rasters"])
        polygons = self.where.layer_name(where)
        return {**names, str(request.inputs["aoi"]): polygons} if polygons else names

    def live_request(self, folder: Path) -> Request:
        """What live mode shows: the same settings, wherever the map is. :class:`PluginError` as in :meth:`request`."""
        rasters = self.rasters.rasters()
        if not rasters:
            raise PluginError(tr("Tick at least one raster."))
        for one in rasters:
            if isinstance(one, QgsRasterLayer):
                raise PluginError(tr("Live mode needs a raster file; “{name}” is not one.").format(name=one.name()))
        inputs = {"rasters": rasters, **self.mosaic.inputs(), **self._inputs()}
        return Request(self.task.id, {**inputs, "output": str(folder / "results")})

    def exports(self, request: Request) -> List[Export]:
        """What has to be saved as rasters for a request that was just made: layers that are no files."""
        rasters = zip(self.rasters.rasters(), request.inputs["rasters"])
        foreign = [(layer, Path(path)) for layer, path in rasters if isinstance(layer, QgsRasterLayer)]
        if not foreign:
            return []
        gsd_m = finest_gsd_m(models_of(request)) or self.where.gsd_m()
        frame = frame_of(request.inputs.get("aoi"))
        return [planned(layer, path, frame, gsd_m) for layer, path in foreign]

    def show_request(self, request: Request, exported: Exported = NONE_EXPORTED) -> None:
        """Set everything as it was for a request; :class:`PluginError` for a task that is not known here. ``exported``
        says of which layers its rasters were saved."""
        index = self.task_box.findData(request.process_id)
        if index < 0:
            raise PluginError(tr("The task {task} is not one of the dock's.").format(task=request.process_id))
        self.task_box.setCurrentIndex(index)
        self._show_task_widgets()
        self.rasters.tick_sources(rasters_of(request), exported)
        self.mosaic.show_inputs(request.inputs)
        if self._has_model():
            self.model.set_value(next(iter(models_of(request)), ""))
        area = request.inputs.get("aoi")
        if area:
            self.where.choose_file(str(area))
        else:
            self.where.choose("whole")
        for name, wanted in wanted_outputs(self.task, request.inputs).items():
            self.outputs[name].setChecked(wanted)
        values = parameter_values(self.task, request.inputs)
        if self._required is not None:
            self._required.set_values(values)
        self._pending = values
        changed = {name for name, value in values.items() if name in self._folded and self._is_changed(name, value)}
        if changed:
            self.fold.button.setChecked(True)
        if self._more is not None:
            self._more.set_values(values)

    def _inputs(self) -> Dict[str, Any]:
        task, algorithm = self.task, self._algorithm
        values: Dict[str, Any] = {}
        if self._required is not None:
            values.update(self._required.values())
        if self._more is not None:
            values.update(self._more.values())
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        feedback = QgsProcessingFeedback()
        for parameter in declared.parameters(task):
            if parameter.input.required and parameter.input.name not in _OWN and not values.get(parameter.name):
                raise PluginError(tr("“{title}” is needed.").format(title=tr(parameter.input.title)))
        inputs = RequestedInputs(algorithm, task, values, context, feedback).inputs(without=_OWN)
        if self._has_model():
            if not self.model.value():
                raise PluginError(tr("Choose a model."))
            inputs["model"] = model_named(self.model.value())
        made = {
            target.name: Path(target.output.name + (".gpkg" if target.output.kind == "vector" else ".tif"))
            for target in declared.destinations(task)
            if target.output.requested_by is None or self.outputs[target.output.name].isChecked()
        }
        return {**inputs, **asked_for(task, made)}

    def offer_models(self) -> None:
        """There are other models than before."""
        if self._has_model():
            self.model.offer(self.task.id)

    def use_model(self, model: str) -> None:
        """Choose a model, and a task that it serves."""
        card = card_of(model)
        serves = TASKS_BY_KIND.get(card.kind, ()) if card is not None else ()
        if serves and self.task.id not in serves:
            self.task_box.setCurrentIndex(self.task_box.findData(serves[0]))
        if self._has_model():
            self.model.set_value(model)

    def remember(self) -> None:
        """The task and the model are there again in the next session."""
        QgsSettings().setValue(DOCK_TASK, self.task.id)
        self.place.remember()
        if self._required is not None:
            self._required.keep_layers()
        if self._has_model():
            QgsSettings().setValue(DOCK_MODEL, self.model.value())

    def _recall(self) -> None:
        index = self.task_box.findData(QgsSettings().value(DOCK_TASK, ""))
        model = str(QgsSettings().value(DOCK_MODEL, "") or "")
        if index >= 0:
            self.task_box.setCurrentIndex(index)
            if model and self._has_model():
                self.model.set_value(model)

    def _add(self, text: str, widget: QWidget, buddy: QWidget) -> None:
        label = QLabel(text)
        label.setBuddy(buddy)
        self._layout.addWidget(label)
        self._layout.addWidget(widget)

    def _task_chosen(self, *_: object) -> None:
        self.task_box.setToolTip(tr(self.task.description))
        self.model.setVisible(self._has_model())
        self._model_label.setVisible(self._has_model())
        if self._has_model():
            self.model.offer(self.task.id)
        self.mosaic.offer(self.task, len(self.rasters.rasters()))
        self._show_task_widgets()
        self.changed.emit()

    def _show_task_widgets(self) -> None:
        """Make what depends on the task anew: needed inputs, results to choose from, and the fold."""
        task = self.task
        self._algorithm = DeclaredAlgorithm(task).create()
        self._required, self._more, self._pending = None, None, {}
        shown = [one for one in declared.parameters(task) if one.input.name not in _OWN]
        needed = [one.name for one in shown if one.input.required]
        self._folded = [one.name for one in shown if not one.input.required]
        made = QWidget()
        layout = QVBoxLayout(made)
        layout.setContentsMargins(0, 0, 0, 0)
        if needed:
            self._required = self._widgets(needed)
            self._required.edited.connect(self.edited)
            layout.addWidget(self._required)
        self.outputs = {}
        for output in task.outputs:
            if output.requested_by is not None:
                self.outputs[output.name] = box = QCheckBox(tr(output.title))
                box.setToolTip(tr(output.description))
                box.toggled.connect(self._edited)
        for name, wanted in wanted_outputs(task, {}).items():
            self.outputs[name].setChecked(wanted)
        if self.outputs:
            layout.addWidget(QLabel(tr("Also make")))
            for box in self.outputs.values():
                layout.addWidget(box)
        self.fold = Fold(tr("More settings"))
        self.fold.button.setObjectName("rsDinoMore")
        set_tooltips(self.fold)
        self.fold.opened.connect(self._open_fold)
        layout.addWidget(self.fold)
        self._layout.replaceWidget(self._of_task, made)
        self._of_task.hide()  # deleted later may be much later
        self._of_task.deleteLater()
        self._of_task = made

    def _open_fold(self) -> None:
        if self._more is None:
            self._more = self._widgets(self._folded)
            self._more.set_values(self._pending)
            self._more.edited.connect(self.edited)
            self.fold.add(self._more)

    def _widgets(self, names: List[str]) -> Any:
        from .parameter_widgets import ParameterWidgets  # loads all of Processing's dialogs

        made = ParameterWidgets(self._algorithm, names, self._canvas)
        made.set_raster(self._first_layer())
        return made

    def _rasters_chosen(self) -> None:
        for widgets in (self._required, self._more):
            if widgets is not None:
                widgets.set_raster(self._first_layer())
        self.mosaic.offer(self.task, len(self.rasters.rasters()))
        self.changed.emit()

    def _suggest_layers(self, *_: object) -> None:
        if self._required is not None:
            self._required.suggest_layers()

    def _edited(self, *_: object) -> None:
        self.edited.emit()

    def _first_layer(self) -> Optional[Any]:
        return next(iter(self.rasters.layers()), None)

    def _has_model(self) -> bool:
        return any(entry.name == "model" for entry in self.task.inputs)

    def _is_changed(self, name: str, value: Any) -> bool:
        definition = self._algorithm.parameterDefinition(name)
        return value not in (definition.defaultValue(), None, [], "")
