"""The switch for rasters that are sheets of one picture."""

from __future__ import annotations

from typing import Any, Dict, Mapping

from qgis.PyQt.QtWidgets import QCheckBox

from ..catalog import Task
from ..i18n import tr

MOSAIC = "mosaic"


class MosaicBox(QCheckBox):
    """Only there when several rasters are ticked and the task can join them."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rsDinoMosaic")
        self.hide()

    def offer(self, task: Task, count: int) -> None:
        """Show it for a task and so many rasters, or not."""
        entry = next((one for one in task.inputs if one.name == MOSAIC), None)
        if entry is not None:
            self.setText(tr(entry.title))
            self.setToolTip(tr(entry.description))
        self.setHidden(entry is None or count < 2)

    def inputs(self) -> Dict[str, Any]:
        """What a request gets from it."""
        return {MOSAIC: True} if self.isChecked() and not self.isHidden() else {}

    def show_inputs(self, inputs: Mapping[str, Any]) -> None:
        """As it was for a request."""
        self.setChecked(bool(inputs.get(MOSAIC)))
