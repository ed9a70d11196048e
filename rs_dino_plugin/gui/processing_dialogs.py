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
    """Keeps them while they are open: QGIS's window keeps a dialog, but not its Python half, which is what runs."""

    def __init__(self) -> None:
        self.opened: List[Any] = []

    def open(self, algorithm: str, values: Dict[str, Any]) -> None:
        import processing  # loads all of its dialogs

        dialog = processing.createAlgorithmDialog(algorithm, values)
        if dialog is None:
            return
        self.opened.append(dialog)
        dialog.rejected.connect(partial(self._closed, dialog))
        dialog.show()

    def _closed(self, dialog: Any, *_: object) -> None:
        if dialog in self.opened:
            self.opened.remove(dialog)


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
