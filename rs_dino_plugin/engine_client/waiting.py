"""Jobs that wait for their turn: a folder with a request and a mark, which whoever starts or cancels the job takes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Optional

from .documents import Message, Request, Status
from .local import REQUEST, STATUS, write_request

MARK = "waiting"


def put_in_line(request: Request, folder: Path) -> None:
    """Write the request of a job that is started later."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    write_request(request, folder)


def waits(folder: Path) -> bool:
    return (folder / MARK).exists()


def take(folder: Path) -> bool:
    """Take a job out of the line; False when somebody else was faster, or its folder is gone."""
    try:
        os.utime(str(folder / REQUEST))  # from now on it has time to begin
        (folder / MARK).unlink()
    except OSError:
        return False
    return True


def end_unstarted(request: Request, folder: Path, state: str, message: Optional[Message]) -> None:
    """Say how a job ended that nothing has worked on."""
    line = Status(folder.name, request.process_id, state, 0.0, message).document()
    with (folder / STATUS).open("a", encoding="utf-8", newline="\n") as lines:
        lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def can_resume(folder: Path) -> bool:
    """Whether an engine left something to go on from."""
    return any(path.is_file() for path in (folder / "checkpoint").rglob("*"))
