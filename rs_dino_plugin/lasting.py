"""Places that stay, for what costs a person hours: trained models, points to label."""

from __future__ import annotations

import os
from pathlib import Path

from qgis.core import QgsProcessingUtils

from .settings import models_folder, points_folder

_SAMPLE = "_sample"


def free_model_folder(name: str) -> Path:
    """A folder for a new model; no other model is in it."""
    return free(models_folder() / name)


def unused_model_folder(wanted: Path) -> Path:
    """``wanted``, or a folder beside it where a model of an earlier run lies there already, which stays."""
    is_own = wanted.parent == models_folder() and (wanted / "model.json").exists()
    return free(wanted) if is_own else wanted


def sample_file(raster: Path) -> Path:
    """A file for points of a map: beside it, else in a folder of the user's profile."""
    name = f"{raster.stem}{_SAMPLE}.gpkg"
    beside = raster.parent
    if beside.is_dir() and os.access(str(beside), os.W_OK) and not passes(beside / name):
        return free(beside / name)
    return free(points_folder() / name)


def make_own_folder(path: Path) -> None:
    """The folder that a result goes into, where it is one of the plugin's own."""
    if path.parent in (models_folder(), points_folder()):
        path.parent.mkdir(parents=True, exist_ok=True)


def passes(path: Path) -> bool:
    """Whether QGIS deletes it when it is closed."""
    return Path(QgsProcessingUtils.tempFolder()) in path.parents


def free(wanted: Path) -> Path:
    """``wanted``, or a name with a number where something is called so already."""
    number, path = 1, wanted
    while path.exists():
        number += 1
        path = wanted.with_name(f"{wanted.stem}_{number}{wanted.suffix}")
    return path
