"""Where the corrections of a result lie."""

from __future__ import annotations

import os
import re
from pathlib import Path

from qgis.core import QgsProject, QgsVectorLayer

from ..lasting import passes
from ..layers import file_of
from ..settings import jobs_folder

_ENDING = "_review.gpkg"
_ELSEWHERE = "reviews"


def corrections_path(layer: QgsVectorLayer, project: QgsProject) -> Path:
    """Beside the result's file; where that is not possible, or QGIS deletes the folder at its end, beside the project,
    else below the folder of jobs."""
    file = file_of(layer)
    is_temporary = file is not None and passes(file)
    if file is not None and not is_temporary and os.access(str(file.parent), os.W_OK):
        return file.with_name(file.stem + _ENDING)
    if file is not None and is_temporary:  # all of these have the same name, in folders with names of their own
        file = file.with_name(f"{file.stem}_{file.parent.name[:8]}")
    stem = file.stem if file is not None else re.sub(r'[\\/:*?"<>|\s]+', "_", layer.name()) or "result"
    home = project.homePath()
    folder = Path(home) if home and os.access(home, os.W_OK) else jobs_folder() / _ELSEWHERE
    return folder / (stem + _ENDING)
