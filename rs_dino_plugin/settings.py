"""What the user has set. Keys begin with ``rsdino/``."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Iterator, NamedTuple, Optional

from qgis.core import QgsApplication, QgsSettings

from .errors import PluginError
from .i18n import tr

ENGINE_PYTHON = "rsdino/engine_python"
JOBS_FOLDER = "rsdino/jobs_folder"
DOCK_TASK = "rsdino/dock_task"
DOCK_MODEL = "rsdino/dock_model"
DOCK_OPEN = "rsdino/dock_open"
ENGINE_PYTHON_VARIABLE = "RS_DINO_ENGINE_PYTHON"


class EnginePython(NamedTuple):
    """The interpreter that has the engine, and why it is this one."""

    path: Path
    reason: str


def engine_python() -> Optional[EnginePython]:
    """The first interpreter there is: environment, setting, the profile's own engine, ``rs-dino`` on PATH.

    What somebody named is taken even when it is not there, so that the error names it.
    """
    named = os.environ.get(ENGINE_PYTHON_VARIABLE)
    if named:
        return EnginePython(Path(named), tr("from the environment variable {name}").format(name=ENGINE_PYTHON_VARIABLE))
    named = engine_python_setting()
    if named:
        return EnginePython(Path(named), tr("from the settings"))
    return next((found for found in _default_places() if found.path.is_file()), None)


def found_engine() -> EnginePython:
    """The engine's interpreter, or an error that says how to set one."""
    how = tr("Choose the Python that has it under Settings ▸ Options ▸ RS-DINO.")
    found = engine_python()
    if found is None:
        raise PluginError(tr("RS-DINO has no engine yet.") + " " + how)
    if not found.path.is_file():
        missing = tr("RS-DINO's engine is set to {python} ({reason}), which does not exist.")
        raise PluginError(missing.format(python=found.path, reason=found.reason) + " " + how)
    return found


def engine_python_setting() -> str:
    """What is set; empty when nothing is."""
    return str(QgsSettings().value(ENGINE_PYTHON, "") or "")


def set_engine_python(path: str) -> None:
    """Set it; empty means: look in the usual places."""
    if path:
        QgsSettings().setValue(ENGINE_PYTHON, path)
    else:
        QgsSettings().remove(ENGINE_PYTHON)


def jobs_folder() -> Path:
    """Where jobs and their results lie; below the user's profile unless it is set."""
    named = str(QgsSettings().value(JOBS_FOLDER, "") or "")
    return Path(named) if named else Path(QgsApplication.qgisSettingsDirPath()) / "rs_dino_jobs"


def interpreter(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _default_places() -> Iterator[EnginePython]:
    profile = Path(QgsApplication.qgisSettingsDirPath()) / "rs_dino_engine"
    yield EnginePython(interpreter(profile), tr("from the QGIS profile"))
    command = shutil.which("rs-dino")
    if command:
        name = "python.exe" if os.name == "nt" else "python"
        yield EnginePython(Path(command).parent / name, tr("beside the command rs-dino"))
