"""A Processing algorithm out of a declared task."""

from __future__ import annotations

from typing import Any, Dict, Tuple

from qgis.core import QgsApplication, QgsProcessingAlgorithm
from qgis.PyQt.QtGui import QIcon

from ..catalog import Task
from ..errors import PluginError
from ..help import help_page, help_pictures
from ..i18n import tr
from ..paths import icon
from ..settings import found_engine
from ..theme import theme
from . import parameters as declared

_PICTURE_PX = 150


class DeclaredAlgorithm(QgsProcessingAlgorithm):
    """Whatever the task is; its work is done by :class:`.execution.Execution`."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self._task = task
        self._execution: Any = None

    def createInstance(self) -> "DeclaredAlgorithm":
        return DeclaredAlgorithm(self._task)

    def name(self) -> str:
        return self._task.id.replace("-", "")

    def displayName(self) -> str:
        return tr(self._task.title)

    def shortDescription(self) -> str:
        return tr(self._task.description)

    def shortHelpString(self) -> str:
        if QgsApplication.platform() == "qgis_process":  # which prints it as it is, below the description
            return ""
        # Processing's panel writes in greys that are made for a light theme
        ink = f'style="color: {theme()[0].name()}"'
        outputs = "".join(
            f"<li {ink}><b {ink}>{tr(output.title)}</b>: {tr(output.description)}</li>" for output in self._task.outputs
        )
        pictures = "".join(f'<img src="{url}" width="{_PICTURE_PX}"> ' for url in help_pictures(self._task.id))
        return (
            f"<p {ink}>{tr(self._task.description)}</p><p>{pictures}</p>"
            f"<h3 {ink}>{tr('Results')}</h3><ul>{outputs}</ul>"
            f'<p><a href="{self.helpUrl()}">{tr("More help")}</a></p>'
        )

    def helpUrl(self) -> str:
        return help_page(self._task.id)

    def icon(self) -> QIcon:
        return QIcon(icon("rs_dino"))

    def svgIconPath(self) -> str:
        return icon("rs_dino")

    def initAlgorithm(self, config: Any = None) -> None:
        for parameter in declared.parameters(self._task):
            self.addParameter(declared.definition(self._task, parameter))
            if parameter.input.name == declared.AREA and declared.takes_extent(self._task):
                self.addParameter(declared.extent())
        for target in declared.destinations(self._task):
            self.addParameter(declared.destination(self._task, target))

    def canExecute(self) -> Tuple[bool, str]:
        try:
            found_engine()
        except PluginError as error:
            return False, str(error)
        return True, ""

    def prepareAlgorithm(self, parameters: Dict[str, Any], context: Any, feedback: Any) -> bool:
        from .execution import Execution  # not before it is needed: QGIS starts with this module

        self._execution = Execution(self, self._task)
        self._execution.prepare(parameters, context, feedback)
        return True

    def processAlgorithm(self, parameters: Dict[str, Any], context: Any, feedback: Any) -> Dict[str, Any]:
        return self._execution.run(parameters, context, feedback)
