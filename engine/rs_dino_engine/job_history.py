"""The job folders under ``<output>/.rs-dino``: new ones, the one to resume, and those that may go."""

from __future__ import annotations

import json
import secrets
import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, List, Optional, Sequence

from .jobs import REQUEST, create, reopen, state
from .protocol import DISMISSED, FAILED, FINAL, SUCCESSFUL, Request, plain

FOLDER = ".rs-dino"
KEEP = 5
VOLATILE_INPUTS = ("preflight",)
"""Inputs that do not change what a job computes, so that a resumed job may differ in them."""


def new_job(destination: Path, request: Request) -> Path:
    """A fresh job folder for results that go to ``destination``."""
    stamp = datetime.now().strftime("%Y%m%d-%H%M%S-%f")[:-3]  # milliseconds: names sort by age
    return create(destination / FOLDER / f"{stamp}-{request.process_id}-{secrets.token_hex(2)}", request)


def unfinished_job(destination: Path, request: Request) -> Optional[Path]:
    """The newest job there that asks for the same and did not succeed, ready to be run again; None without one."""
    for folder in reversed(_jobs(destination)):
        if _asks(folder, request) and state(folder).status in (FAILED, DISMISSED):
            reopen(folder)
            return folder
    return None


def forget_refused(folder: Path, new: Sequence[Path]) -> None:
    """After a job that was refused before it had done anything: drop its folder, and those of the ``new`` folders
    (inner ones first) that are empty. A job with work to resume stays."""
    if any(path.is_file() for name in ("checkpoint", "outputs") for path in (folder / name).rglob("*")):
        return
    shutil.rmtree(str(folder), ignore_errors=True)
    for path in (folder.parent, *new):
        with suppress(OSError):  # it is not empty
            path.rmdir()


def tidy(destination: Path, succeeded: Optional[Request], keep: int = KEEP) -> None:
    """After a job: drop all but the last folders, and, when it ``succeeded``, the working data of unfinished jobs
    that asked for the same."""
    jobs = _jobs(destination)
    for folder in jobs:
        status = state(folder).status
        if status not in FINAL:
            continue
        if status == SUCCESSFUL or (succeeded is not None and _asks(folder, succeeded)):
            for name in ("checkpoint", "outputs"):
                shutil.rmtree(str(folder / name), ignore_errors=True)
        if folder not in jobs[-keep:]:
            shutil.rmtree(str(folder), ignore_errors=True)


def _jobs(destination: Path) -> List[Path]:
    """Oldest first; names begin with the time."""
    return sorted(p.parent for p in (destination / FOLDER).glob(f"*/{REQUEST}"))


def _asks(folder: Path, request: Request) -> bool:
    try:
        other = json.loads((folder / REQUEST).read_bytes().decode("utf-8"))
    except (OSError, ValueError):
        return False
    return bool(other.get("processID") == request.process_id and _kept(other.get("inputs")) == _kept(request.inputs))


def _kept(inputs: Any) -> Any:
    if not isinstance(inputs, dict):
        return inputs
    return plain({k: v for k, v in inputs.items() if k not in VOLATILE_INPUTS})
