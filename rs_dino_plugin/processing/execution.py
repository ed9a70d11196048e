"""The work of an algorithm: from parameters to a job, from its results to destinations."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Dict, List, Optional

from qgis.core import (
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingException,
    QgsProcessingUtils,
    QgsRasterBlockFeedback,
)
from qgis.PyQt.QtCore import Qt, QTimer

from .. import notices
from ..assessment import assessment_of
from ..catalog import Task
from ..engine_client.documents import Request, Results
from ..engine_client.local import LocalEngine
from ..errors import EngineUnusable, PluginError, sentence, why_not_begun
from ..export_plan import Export
from ..field_words import put_into_words, title_of
from ..i18n import tr
from ..kept_files import Keeping, keeping
from ..lasting import make_own_folder, passes, unused_model_folder
from ..layer_order import arrange_run
from ..legend import class_names, class_table, translate_legend
from ..output_titles import title_of_file
from ..placing import place, place_folder
from ..raster_export import write_raster
from ..recipes import Recipe, rasters_of, write_recipe
from ..settings import EnginePython, add_trained_model, found_engine
from . import parameters as declared
from .destinations import check_destinations, files_read
from .inputs import RequestedInputs, asked_for, targets
from .loading import Finish, load_when_done, style_when_loaded
from .run import for_experts, run_job, say_what_was_found

_TO_LABEL = "sample-points"
"""The task whose result a person works on for hours."""


class Execution:
    """One run. Layers are read in :meth:`prepare`, on the main thread; :meth:`run` touches none."""

    def __init__(self, algorithm: QgsProcessingAlgorithm, task: Task) -> None:
        self._algorithm = algorithm
        self._task = task
        self._inputs: Dict[str, Any] = {}
        self._exports: List[Export] = []
        self._read: List[Path] = []
        self._polygons = ""
        self._keys: Dict[str, str] = {}
        self._targets: Dict[str, Path] = {}
        self._names: Dict[str, str] = {}
        self._classes: List[Dict[str, Any]] = []
        self._keeping = Keeping({}, {})
        self._refusal: Optional[PluginError] = None

    def prepare(self, parameters: Dict[str, Any], context: Any, feedback: Any) -> None:
        """Read the parameters. What is wrong with them is said by :meth:`run`: an exception raised while
        Processing prepares does not reach the caller of ``processing.run``."""
        try:
            found_engine()
            self._read = files_read(self._algorithm, parameters, context)
            self._polygons = _name_of_polygons(self._algorithm, self._task, parameters, context)
            requested = RequestedInputs(self._algorithm, self._task, parameters, context, feedback)
            self._inputs = requested.inputs()
            self._exports = requested.exports(self._inputs)
        except PluginError as error:
            self._refusal = error

    def run(self, parameters: Dict[str, Any], context: Any, feedback: Any) -> Dict[str, str]:
        """Run the job and put its results where they are wanted; nothing when it was cancelled.

        Destinations are read here: only what this thread's ``context`` hears of is loaded in the end.
        Raises ``QgsProcessingException`` with one sentence.
        """
        folder = Path(QgsProcessingUtils.generateTempFilename("rsdino_job"))
        try:
            if self._refusal is not None:
                raise self._refusal
            self._keys = targets(self._algorithm, self._task, parameters, context)
            self._targets = {name: Path(key) for name, key in self._keys.items()}
            for path in self._targets.values():
                make_own_folder(path)
            check_destinations(self._algorithm, self._task, self._targets, self._read)
            request = self._request(folder)
            self._keeping = keeping(request, self._task, self._targets.values())
            for name, key in self._keys.items():
                self._name_layer(key, name, request, context)
                style_when_loaded(key, context, self._finish(request, name))
            done = all(_export(one, feedback) for one in self._exports)
            results = self._job(found_engine(), request, folder, feedback) if done else None
            if results is None:
                return {}
            notices.engine_works()
            self._names, self._classes = class_names(results), class_table(results)
            placed = self._place(results, request, folder, context)
            self._keeping.write()
        except PluginError as error:
            details = for_experts(error.details)
            if details:
                feedback.pushDebugInfo(details)
            if isinstance(error, EngineUnusable):
                notices.engine_unusable(str(error))
            raise QgsProcessingException(str(error)) from error
        except OSError as error:  # the disk is full, or a folder cannot be made
            raise QgsProcessingException(why_not_begun(error)) from error
        say_what_was_found(results, feedback)
        self._say_what_stays(placed, feedback)
        assessment = assessment_of(results)
        if assessment is not None:
            raster = Path(str(self._inputs.get("raster", ""))).stem
            notices.assessed(raster, assessment, [sentence(one) for one in results.messages])
        return placed

    def _say_what_stays(self, placed: Dict[str, str], feedback: Any) -> None:
        """Hours of training or of labelling must not vanish unsaid with QGIS's temporary folder."""
        for target in declared.destinations(self._task):
            path = placed.get(target.name)
            if path is None:
                continue
            if target.output.kind == "model":
                said = tr("The model is one of the models of the dock and of RS-DINO's algorithms now: {path}")
                feedback.pushInfo(said.format(path=path))
                notices.trained(str(self._inputs.get("name") or Path(path).name), path, passes(Path(path)))
                warning = tr("QGIS deletes its temporary folder when it is closed: copy the model {path} to keep it.")
            elif self._task.id == _TO_LABEL:
                warning = tr(
                    "QGIS deletes its temporary folder when it is closed: save the points {path} elsewhere "
                    "(right-click, Export) before you label them."
                )
            else:
                continue
            if passes(Path(path)):
                feedback.pushWarning(warning.format(path=path))

    def _job(self, engine: EnginePython, request: Request, folder: Path, feedback: Any) -> Optional[Results]:
        feedback.pushInfo(tr("Engine: {python} ({reason})").format(python=engine.path, reason=engine.reason))
        _made_in(folder).mkdir(parents=True)
        return run_job(LocalEngine(engine.path), request, folder, feedback)

    def _request(self, folder: Path) -> Request:
        made = _made_in(folder)
        inputs = {**self._inputs, **asked_for(self._task, self._targets)}
        for entry in self._task.inputs:
            if entry.kind == "folder":
                inputs[entry.name] = str(made)
            elif entry.kind == "output-file":
                name = self._main_target().name
                inputs[entry.name] = str(made / (name[:-4] + ".gpkg" if name.lower().endswith(".csv") else name))
        return Request(self._task.id, inputs)

    def _finish(self, request: Request, destination: str) -> Finish:
        """Gives a layer its recipe. The job's folder is a temporary one, and is not named."""
        names = {target.name: target.output.name for target in declared.destinations(self._task)}
        exported = {str(export.path): export.source for export in self._exports}
        output, kept = names.get(destination, destination), self._keeping
        recipe = Recipe(kept.request(request), "", output, exported, kept=kept.inside)

        def finish(layer: QgsMapLayer) -> None:
            put_into_words(layer, recipe.output, request)
            translate_legend(layer, self._names)
            write_recipe(layer, recipe._replace(classes=self._classes))
            notices.result(layer)
            QTimer.singleShot(0, partial(arrange_run, layer.id()))  # it comes into the tree after this

        return finish

    def _name_layer(self, key: str, destination: str, request: Request, context: Any) -> None:
        """After what it was made of, where nobody has named it."""
        output = next(one.output for one in declared.destinations(self._task) if one.name == destination)
        if context.willLoadLayerOnCompletion(key):
            details = context.layerToLoadOnCompletionDetails(key)
            if details.name == tr(output.title):
                details.name = title_of(self._task.id, details.name, request, self._polygons)

    def _main_target(self) -> Path:
        return next(iter(self._targets.values()))

    def _place(self, results: Results, request: Request, folder: Path, context: Any) -> Dict[str, str]:
        """Move every result to its destination. A result that was asked for and is not there is an error."""
        placed: Dict[str, str] = {}
        wanted = [target for target in declared.destinations(self._task) if target.name in self._targets]
        for target in sorted(wanted, key=lambda one: one.output.kind == "model"):  # a model takes what is left
            path = self._targets[target.name]
            if target.output.kind == "folder":
                place_folder(_made_in(folder), path)
                stems = [Path(one).stem for one in rasters_of(request)]
                for key, link in results.links.items():
                    made = path / link.path(folder).name
                    load_when_done(
                        made, title_of_file(self._task, made.stem, stems), context, self._finish(request, key)
                    )
                placed[target.name] = self._keys[target.name]
                continue
            if target.output.kind == "table" and target.output.requested_by and target.output.name not in results.links:
                continue  # not every map has it
            produced = _produced(results, target.output.name, folder)
            if target.output.kind == "model":
                free = unused_model_folder(path)
                place_folder(produced if produced.is_dir() else produced.parent, free)
                add_trained_model(str(free))
                placed[target.name] = self._keys[target.name] if free == path else str(free)
            else:
                place(produced, path)
                placed[target.name] = self._keys[target.name]
        return placed


def _name_of_polygons(algorithm: QgsProcessingAlgorithm, task: Task, parameters: Dict[str, Any], context: Any) -> str:
    """Of a task that measures polygons: what they are called."""
    entry = next((one for one in declared.parameters(task) if one.input.kind == "aoi" and one.input.required), None)
    source = algorithm.parameterAsSource(parameters, entry.name, context) if entry is not None else None
    return source.sourceName() if source is not None else ""


def _export(export: Export, feedback: Any) -> bool:
    """Save a layer as a raster, with its progress; False when it was cancelled."""
    feedback.pushInfo(export.word())
    block_feedback = QgsRasterBlockFeedback()
    # straight into this thread, which has no event loop
    feedback.canceled.connect(block_feedback.cancel, Qt.ConnectionType.DirectConnection)
    block_feedback.progressChanged.connect(feedback.setProgress, Qt.ConnectionType.DirectConnection)
    if feedback.isCanceled():
        return False
    warning = write_raster(export, block_feedback)
    if warning:
        feedback.pushWarning(warning)
    return warning is not None


def _made_in(folder: Path) -> Path:
    """Where the engine puts the results of a job."""
    return folder / "results"


def _produced(results: Results, name: str, folder: Path) -> Path:
    """The file of an output. Engines put the raster's name before the output's."""
    found: List[Path] = [
        link.path(folder) for key, link in results.links.items() if key == name or key.endswith("_" + name)
    ]
    if len(found) != 1 or not found[0].exists():
        missing = tr("The engine said that it succeeded, but the result “{name}” is missing.")
        raise PluginError(missing.format(name=name))
    return found[0]
