"""What to run: rasters, task, model, where, and the task's settings. It makes the request."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional

from qgis.core import QgsProject, QgsRasterLayer, QgsSettings
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QVBoxLayout, QWidget

from ..area import kept
from ..catalog import Task, catalogue
from ..engine_client.documents import Request
from ..engine_client.job_store import AREA
from ..errors import PluginError
from ..export_plan import Export, file_name, frame_of, planned
from ..foreign import NONE_EXPORTED, Exported
from ..i18n import tr
from ..model_cards import TASKS_BY_KIND, card_of, finest_gsd_m
from ..processing.inputs import model_named
from ..recipes import models_of, rasters_of
from ..settings import DOCK_MODEL, DOCK_TASK
from ..workload import touches
from .model_box import ModelBox
from .mosaic_box import MosaicBox
from .narrow_box import narrow_box
from .place_box import PlaceBox
from .project_layers import layer_signals
from .raster_list import RasterList
from .task_settings import TaskSettings
from .where_box import WhereBox

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
        self._layout = QVBoxLayout(self)
        self._add(tr("R&asters"), self.rasters, self.rasters)
        self._layout.addWidget(self.mosaic)
        self._add(tr("&Task"), self.task_box, self.task_box)
        self._layout.addWidget(self._model_label)
        self._layout.addWidget(self.model)
        self._add(tr("Where"), self.where, self.where.box)
        self.settings = self._settings()
        self._layout.addWidget(self.settings)
        self.place = PlaceBox()
        self._add(tr("Res&ults"), self.place, self.place.box)
        self._layout.addStretch(1)
        self.task_box.currentIndexChanged.connect(self._task_chosen)
        self.rasters.chosen.connect(self._rasters_chosen)
        self.changed.connect(self.edited)
        self.model.changed.connect(self.edited)
        self.mosaic.toggled.connect(self._edited)
        for signal in layer_signals(project):
            signal.connect(self._layers_change)
        self._show_task()
        self._recall()

    @property
    def task(self) -> Task:
        return next(task for task in catalogue().tasks if task.id == self.task_box.currentData())

    def leave_project(self) -> None:
        for signal in layer_signals(self._project):
            signal.disconnect(self._layers_change)
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
        self._renew_settings()
        self.rasters.tick_sources(rasters_of(request), exported)
        self.mosaic.show_inputs(request.inputs)
        if self._has_model():
            self.model.set_value(next(iter(models_of(request)), ""))
        area = request.inputs.get("aoi")
        if area:
            self.where.choose_file(str(area))
        else:
            self.where.choose("whole")
        self.settings.show_inputs(request.inputs)

    def _inputs(self) -> Dict[str, Any]:
        inputs = self.settings.inputs()
        if self._has_model():
            if not self.model.value():
                raise PluginError(tr("Choose a model."))
            inputs["model"] = model_named(self.model.value())
        return {**inputs, **self.settings.wanted()}

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
        self.settings.keep_layers()
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
        self._renew_settings()
        self._show_task()
        self.changed.emit()

    def _show_task(self) -> None:
        self.task_box.setToolTip(tr(self.task.description))
        self.model.setVisible(self._has_model())
        self._model_label.setVisible(self._has_model())
        if self._has_model():
            self.model.offer(self.task.id)
        self.mosaic.offer(self.task, len(self.rasters.rasters()))

    def _settings(self) -> TaskSettings:
        made = TaskSettings(self.task, self._canvas, self._first_layer())
        made.edited.connect(self.edited)
        return made

    def _renew_settings(self) -> None:
        before, self.settings = self.settings, self._settings()
        self._layout.replaceWidget(before, self.settings)
        before.hide()  # deleted later may be much later
        before.deleteLater()

    def _rasters_chosen(self) -> None:
        self.settings.set_raster(self._first_layer())
        self.mosaic.offer(self.task, len(self.rasters.rasters()))
        self.changed.emit()

    def _layers_change(self, *_: object) -> None:
        self.settings.suggest_layers()

    def _edited(self, *_: object) -> None:
        self.edited.emit()

    def _first_layer(self) -> Optional[Any]:
        return next(iter(self.rasters.layers()), None)

    def _has_model(self) -> bool:
        return any(entry.name == "model" for entry in self.task.inputs)
