"""The folder of an engine that is set up here: what is in it, and how it is taken away.

``env`` is the environment, ``uv`` the program where none was there. ``making.json`` and ``downloads`` lie there while
it is made, and ``ready.json`` from the end on; without that nobody uses it.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, Optional

from .documents import DocumentError, read_document
from .lock import held
from .setup_downloads import take_away
from .setup_texts import SetupError

MAKING, READY, ENVIRONMENT = "making.json", "ready.json", "env"
LOG, CONSTRAINTS, _LOCK = "setup.log", "constraints.txt", ".lock"


def interpreter(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ready_python(folder: Path) -> Optional[Path]:
    """The interpreter of an engine that was set up to the end in ``folder``."""
    python = interpreter(folder / ENVIRONMENT)
    return python if (folder / READY).is_file() and python.is_file() else None


def facts(folder: Path, which: str = READY) -> Dict[str, Any]:
    """What was set up there (engine, torch, build, made_with, wishes), or is being; {} when nothing."""
    try:
        return read_document(folder / which)
    except (OSError, DocumentError):
        return {}


def is_half_made(folder: Path) -> bool:
    """Whether setting up began there and did not come to its end."""
    return (folder / MAKING).is_file()


def remove(folder: Path) -> None:
    """Remove what was set up in ``folder``, half made or whole; :class:`SetupError` when it is in use."""
    if (folder / MAKING).is_file() or (folder / READY).is_file():
        with alone(folder):
            (folder / READY).unlink(missing_ok=True)
            remove_environment(folder)
            shutil.rmtree(str(folder / "uv"), ignore_errors=True)
            take_away(folder)
            for name in (MAKING, LOG, CONSTRAINTS):
                (folder / name).unlink(missing_ok=True)


def check_folder(folder: Path) -> None:
    """Only a folder that is new, empty or ours may be filled, and emptied again."""
    ours = any((folder / name).is_file() for name in (MAKING, READY))
    if not ours and folder.exists() and (not folder.is_dir() or any(p.name != _LOCK for p in folder.iterdir())):
        raise SetupError("setup-foreign-folder", folder=str(folder))


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else sets up or removes while inside; :class:`SetupError` when somebody does."""
    with held(folder / _LOCK) as mine:
        if not mine:
            raise SetupError("setup-busy", folder=str(folder))
        yield


def remove_environment(folder: Path) -> None:
    """Renamed first: where a file is in use (Windows) that fails at once, and nothing is half removed."""
    target, old = folder / ENVIRONMENT, folder / (ENVIRONMENT + ".old")
    try:
        if old.exists():
            shutil.rmtree(str(old))
        if target.exists():
            target.rename(old)
            shutil.rmtree(str(old))
    except OSError as error:
        raise SetupError("setup-folder-in-use", folder=str(folder), reason=str(error)) from error


def write(path: Path, document: Dict[str, Any]) -> None:
    """A document that is there whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    part.replace(path)
