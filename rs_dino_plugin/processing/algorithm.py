"""A Processing algorithm out of a declared task."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from qgis.core import QgsProcessingAlgorithm, QgsProcessingException, QgsProcessingUtils
from qgis.PyQt.QtGui import QIcon

from ..catalog import Task
from ..engine_client.documents import Request, Results
from ..engine_client.local import LocalEngine
from ..errors import PluginError
from ..i18n import tr
from ..layers import check_destination, place
from ..paths import icon
from ..settings import EnginePython, engine_python
from . import parameters as declared
from .inputs import RequestedInputs
from .run import run_job, say_what_was_found


class DeclaredAlgorithm(QgsProcessingAlgorithm):
    """Whatever the task is. Layers are read in ``prepareAlgorithm``, on the main thread; ``processAlgorithm``
    has plain values only."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self._task = task
        self._inputs: Dict[str, Any] = {}
        self._targets: Dict[str, Path] = {}
        self._refusal: Optional[PluginError] = None

    def createInstance(self) -> "DeclaredAlgorithm":  # noqa: N802
        return DeclaredAlgorithm(self._task)

    def name(self) -> str:
        return self._task.id.replace("-", "")

    def displayName(self) -> str:  # noqa: N802
        return tr(self._task.title)

    def shortDescription(self) -> str:  # noqa: N802
        return tr(self._task.description)

    def shortHelpString(self) -> str:  # noqa: N802
        outputs = "".join(
            "<li><b>{}</b>: {}</li>".format(tr(output.title), tr(output.description)) for output in self._task.outputs
        )
        return "<p>{}</p><h3>{}</h3><ul>{}</ul>".format(tr(self._task.description), tr("Results"), outputs)

    def icon(self) -> QIcon:
        return QIcon(icon("rs_dino"))

    def svgIconPath(self) -> str:  # noqa: N802
        return icon("rs_dino")

    def initAlgorithm(self, config: Any = None) -> None:  # noqa: N802
        for parameter in declared.parameters(self._task):
            self.addParameter(declared.definition(self._task, parameter))
        for target in declared.destinations(self._task):
            self.addParameter(declared.destination(self._task, target))

    def canExecute(self) -> Tuple[bool, str]:  # noqa: N802
        try:
            _engine()
        except PluginError as error:
            return False, str(error)
        return True, ""

    def prepareAlgorithm(self, parameters: Dict[str, Any], context: Any, feedback: Any) -> bool:  # noqa: N802
        reader = RequestedInputs(self, self._task, parameters, context, feedback)
        try:
            _engine()
            self._targets = reader.targets()
            for path in self._targets.values():
                check_destination(path)
            self._inputs = reader.inputs(self._targets)
        except PluginError as error:
            self._refusal = error  # said in processAlgorithm: what is raised here reaches no caller of processing.run
        return True

    def processAlgorithm(self, parameters: Dict[str, Any], context: Any, feedback: Any) -> Dict[str, Any]:  # noqa: N802
        folder = Path(QgsProcessingUtils.generateTempFilename("rsdino_job"))
        try:
            if self._refusal is not None:
                raise self._refusal
            engine = _engine()
            feedback.pushInfo(tr("Engine: {python} ({reason})").format(python=engine.path, reason=engine.reason))
            results = self._run(engine, folder, feedback)
            if results is None:
                return {}
            placed = self._place(results, folder)
        except PluginError as error:
            if error.details:
                feedback.pushDebugInfo(error.details)
            raise QgsProcessingException(str(error)) from error
        say_what_was_found(results, feedback)
        return placed

    def _run(self, engine: EnginePython, folder: Path, feedback: Any) -> Any:
        inputs = dict(self._inputs)
        for entry in self._task.inputs:
            if entry.kind == "folder":
                inputs[entry.name] = str(folder / "results")
            elif entry.kind == "output-file":
                inputs[entry.name] = str(folder / "results" / ("result" + self._main_target().suffix))
        (folder / "results").mkdir(parents=True)
        return run_job(LocalEngine(engine.path), Request(self._task.id, inputs), folder, feedback)

    def _main_target(self) -> Path:
        return next(iter(self._targets.values()))

    def _place(self, results: Results, folder: Path) -> Dict[str, str]:
        """Move every result to its destination. A result that was asked for and is not there is an error."""
        placed: Dict[str, str] = {}
        for target in declared.destinations(self._task):
            path = self._targets.get(target.name)
            if path is None:
                continue
            place(_produced(results, target.output.name, folder), path)
            placed[target.name] = str(path)
        return placed


def _produced(results: Results, name: str, folder: Path) -> Path:
    """The file of an output. Engines put the raster's name before the output's."""
    found: List[Path] = [
        link.path(folder) for key, link in results.links.items() if key == name or key.endswith("_" + name)
    ]
    if len(found) != 1 or not found[0].exists():
        missing = tr("The engine said that it succeeded, but the result “{name}” is missing.")
        raise PluginError(missing.format(name=name))
    return found[0]


def _engine() -> EnginePython:
    """The engine's interpreter, or an error that says how to set one."""
    how = tr("Choose the Python that has it under Settings ▸ Options ▸ RS-DINO.")
    found = engine_python()
    if found is None:
        raise PluginError(tr("RS-DINO has no engine yet.") + " " + how)
    if not found.path.is_file():
        missing = tr("RS-DINO's engine is set to {python} ({reason}), which does not exist.")
        raise PluginError(missing.format(python=found.path, reason=found.reason) + " " + how)
    return found
