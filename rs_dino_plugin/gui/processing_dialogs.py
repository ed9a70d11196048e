"""Dialogs of Processing that the plugin opens: filled in, not yet run."""

from __future__ import annotations

from functools import partial
from typing import Any, Dict, List

from qgis.core import QgsProject

from ..catalog import Task
from ..engine_client.documents import Request
from ..foreign import Exported, found_in
from ..processing import parameters as declared
from ..processing.values import parameter_values, wanted_outputs


class ProcessingDialogs:
    """Keeps them until they are gone: QGIS's window keeps a dialog, but not its Python half, which is what runs, and
    whose algorithm QGIS 3.40 and later ask when a layer leaves the project, even of a dialog that is closed."""

    def __init__(self) -> None:
        self.opened: List[Any] = []

    def open(self, algorithm: str, values: Dict[str, Any]) -> None:
        import processing  # loads all of its dialogs

        dialog = processing.createAlgorithmDialog(algorithm, values)
        if dialog is None:
            return
        self.opened.append(dialog)
        dialog.destroyed.connect(partial(self._gone, dialog))
        dialog.show()

    def close(self) -> None:
        """Close them all; QGIS deletes them then."""
        for dialog in list(self.opened):
            dialog.close()

    def _gone(self, dialog: Any, *_: object) -> None:
        self.opened = [one for one in self.opened if one is not dialog]


def algorithm_of(task: Task) -> str:
    return "rsdino:" + task.id.replace("-", "")


def values_of(task: Task, request: Request, exported: Exported) -> Dict[str, Any]:
    """What the dialog of a task begins with to do a request again. ``exported`` says of which layers its rasters were
    saved: those layers are chosen, as far as the project has them."""
    values = {name: _layer_or(value, exported) for name, value in parameter_values(task, request.inputs).items()}
    wanted = wanted_outputs(task, request.inputs)
    for target in declared.destinations(task):
        if target.output.name in wanted:
            values[target.name] = "TEMPORARY_OUTPUT" if wanted[target.output.name] else None
    return values


def _layer_or(value: Any, exported: Exported) -> Any:
    if isinstance(value, list):
        return [_layer_or(one, exported) for one in value]
    source = exported.get(value) if isinstance(value, str) else None
    layer = found_in(QgsProject.instance(), source) if source is not None else None
    return layer.id() if layer is not None else value
