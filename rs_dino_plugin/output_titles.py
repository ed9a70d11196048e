"""What results are called that a run names by itself."""

from __future__ import annotations

from typing import Sequence

from .catalog import Task, catalogue
from .i18n import tr


def titled(task: Task, name: str) -> str:
    """A result's title; “several maps” gives results of other tasks, with a model's name where two are alike."""
    outputs = [*task.outputs, *(output for other in catalogue().tasks for output in other.outputs)]
    for output in outputs:
        if name.replace("-", "_") == output.name:
            return tr(output.title)
    for output in outputs:
        if name.replace("-", "_").endswith("_" + output.name):
            return f"{tr(output.title)} ({name[: -len(output.name) - 1]})"
    return name


def title_of_file(task: Task, stem: str, rasters: Sequence[str]) -> str:
    """Of a result's file, which begins with what its raster is called; with that where there are several."""
    raster = max((one for one in rasters if stem.startswith(one + "_")), key=len, default="")
    title = titled(task, stem.partition(raster + "_")[2] if raster else stem)
    return f"{title} · {raster}" if raster and len(rasters) > 1 else title
