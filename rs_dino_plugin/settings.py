"""What the user has set. Keys begin with ``rsdino/``."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Iterator, List, Mapping, NamedTuple, Optional

from qgis.core import QgsApplication, QgsSettings

from .engine_client.setup_folder import ready_python
from .errors import EngineUnusable
from .i18n import tr

ENGINE_PYTHON = "rsdino/engine_python"
JOBS_FOLDER = "rsdino/jobs_folder"
DOCK_TASK = "rsdino/dock_task"
DOCK_MODEL = "rsdino/dock_model"
RESULTS_PLACE = "rsdino/results_place"
DOCK_OPEN = "rsdino/dock_open"
UNSEEN_JOBS = "rsdino/unseen_jobs"
ENGINE_FOLDER = "rsdino/engine_folder"
KNOWN_MODELS = "rsdino/known_models"
WELCOMED = "rsdino/welcomed"
TRAINED_MODELS = "rsdino/trained_models"
MOST_TRAINED = 20
MOST_UNSEEN = 100
ENGINE_PYTHON_VARIABLE = "RS_DINO_ENGINE_PYTHON"


class EnginePython(NamedTuple):
    """The interpreter that has the engine, and why it is this one."""

    path: Path
    reason: str


def engine_python(setting: Optional[str] = None) -> Optional[EnginePython]:
    """The first interpreter there is: environment, setting, the engine that was set up here, ``rs-dino`` on PATH.

    What somebody named is taken even when it is not there, so that the error names it. ``setting``: what is about to
    be set, instead of what is.
    """
    named = os.environ.get(ENGINE_PYTHON_VARIABLE)
    if named:
        return EnginePython(Path(named), tr("from the environment variable {name}").format(name=ENGINE_PYTHON_VARIABLE))
    named = engine_python_setting() if setting is None else setting
    if named:
        return EnginePython(Path(named), tr("from the settings"))
    return next((found for found in _default_places() if found.path.is_file()), None)


def found_engine(setting: Optional[str] = None) -> EnginePython:
    """The engine's interpreter, or an error that says how to set one; ``setting`` as in :func:`engine_python`."""
    found = engine_python(setting)
    if found is None:
        raise EngineUnusable(tr("RS-DINO has no engine yet."))
    if not found.path.is_file():
        missing = tr("RS-DINO's engine is set to {python} ({reason}), which does not exist.")
        raise EngineUnusable(missing.format(python=found.path, reason=found.reason))
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
    """Where jobs and their results lie; the usual place unless it is set."""
    named = jobs_folder_setting()
    return Path(named) if named else usual_jobs_folder()


def jobs_folder_setting() -> str:
    """What is set; empty when nothing is."""
    return str(QgsSettings().value(JOBS_FOLDER, "") or "")


def set_jobs_folder(folder: str) -> None:
    """Set it; empty means the usual one. Jobs that lie elsewhere stay there and are not listed any more."""
    if folder:
        QgsSettings().setValue(JOBS_FOLDER, folder)
    else:
        QgsSettings().remove(JOBS_FOLDER)


def usual_jobs_folder() -> Path:
    """Where jobs lie when nothing is set."""
    return _usual_folder("rs_dino_jobs", "jobs")


def models_folder() -> Path:
    """Where models that were trained here go, unless another place is chosen."""
    return _usual_folder("rs_dino_models", "trained")


def points_folder() -> Path:
    """Where points to label go that cannot lie beside their raster."""
    return Path(QgsApplication.qgisSettingsDirPath()) / "rs_dino_points"


def live_folder() -> Path:
    """Where live mode keeps what it shows, as long as it shows it."""
    return _usual_folder("rs_dino_live", "live")


def _usual_folder(in_profile: str, beside_engine: str) -> Path:
    """For what may be large: below the user's profile of QGIS, and on Windows, where that is roamed, beside the engine,
    unless the profile has such a folder from before. The engine's library of models lies there, too, as ``models``."""
    of_before = Path(QgsApplication.qgisSettingsDirPath()) / in_profile
    if sys.platform != "win32" or of_before.is_dir():
        return of_before
    return default_engine_folder(sys.platform, os.environ, Path.home()).parent / beside_engine


def known_models() -> List[str]:
    """Names of imported models as they were last listed, then the folders of models that were trained here and are
    still there; nothing is asked."""
    trained = [folder for folder in _listed(TRAINED_MODELS) if (Path(folder) / "model.json").is_file()]
    return [*(Path(folder).name for folder in _listed(KNOWN_MODELS)), *trained]


def set_known_models(folders: List[str]) -> None:
    """Keep the folders of imported models, whose names are the models': dialogs suggest them and show their cards."""
    QgsSettings().setValue(KNOWN_MODELS, folders)


def known_folder(model: str) -> Optional[Path]:
    """The folder of an imported model of that name, as it was last listed; it may be gone."""
    return next((folder for folder in map(Path, _listed(KNOWN_MODELS)) if folder.name == model), None)


def add_trained_model(folder: str) -> None:
    """Keep the folder of a model that was trained, the newest first."""
    others = [one for one in _listed(TRAINED_MODELS) if one != folder]
    QgsSettings().setValue(TRAINED_MODELS, [folder, *others][:MOST_TRAINED])


def _listed(key: str) -> List[str]:
    found = QgsSettings().value(key, [])
    return [found] if isinstance(found, str) and found else list(found or [])


def engine_folder() -> Path:
    """Where an engine is set up, unless another folder was chosen: the user's own data, not what is roamed."""
    chosen = str(QgsSettings().value(ENGINE_FOLDER, "") or "")
    return Path(chosen) if chosen else default_engine_folder(sys.platform, os.environ, Path.home())


def set_engine_folder(folder: str) -> None:
    """Set it; empty, or the usual one, means the usual one."""
    usual = default_engine_folder(sys.platform, os.environ, Path.home())
    if folder and Path(folder) != usual:
        QgsSettings().setValue(ENGINE_FOLDER, folder)
    else:
        QgsSettings().remove(ENGINE_FOLDER)


def default_engine_folder(system: str, environment: Mapping[str, str], home: Path) -> Path:
    """Beside the engine's library of models; all QGIS profiles of a user share it."""
    if system == "win32":
        return Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local") / "RS-DINO" / "engine"
    if system == "darwin":
        return home / "Library" / "Application Support" / "RS-DINO" / "engine"
    return Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share") / "rs-dino" / "engine"


def _default_places() -> Iterator[EnginePython]:
    ready = ready_python(engine_folder())
    if ready is not None:
        yield EnginePython(ready, tr("set up by RS-DINO"))
    command = shutil.which("rs-dino")
    if command:
        name = "python.exe" if os.name == "nt" else "python"
        yield EnginePython(Path(command).parent / name, tr("beside the command rs-dino"))


def unseen_jobs() -> List[str]:
    """The folders' names of jobs whose end is still to be seen."""
    return [one for one in QgsSettings().value(UNSEEN_JOBS, [], type=list) or [] if one]


def note_unseen_job(name: str, is_unseen: bool) -> bool:
    """Remember that the end of a job, by its folder's name, is still to be seen, or that it has been; whether it was
    still to be seen before."""
    names = unseen_jobs()
    others = [one for one in names if one != name]
    if is_unseen or name in names:
        QgsSettings().setValue(UNSEEN_JOBS, ([*others, name] if is_unseen else others)[-MOST_UNSEEN:])
    return name in names
