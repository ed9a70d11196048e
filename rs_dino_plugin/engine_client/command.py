"""Runs a command to its end: what it prints is heard line by line, it can be stopped, and no console flashes."""

from __future__ import annotations

import queue
import subprocess
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO, Callable, List, Mapping, NamedTuple, Optional, Tuple

from .process import end_tree, start_piped

POLL_S = 0.1
LAST_WORDS_S = 5.0
"""How long a grandchild may keep the pipes open after the command has ended."""
TAIL_LINES = 60
STOPPED = -1000
"""The exit code of a command that was stopped from here."""

Hear = Callable[[str], None]
IsCancelled = Callable[[], bool]


class Finished(NamedTuple):
    """How a command ended: its exit code, what it answered on stdout, and the last lines it said beside that."""

    code: int
    answer: str
    tail: str

    @property
    def stopped(self) -> bool:
        return self.code == STOPPED


def never() -> bool:
    """Nobody cancels."""
    return False


def run_command(
    command: List[str],
    environment: Mapping[str, str],
    folder: Path,
    hear: Hear = lambda line: None,
    cancelled: IsCancelled = never,
    answers: bool = False,
    given: str = "",
    meanwhile: Callable[[], None] = lambda: None,
) -> Finished:
    """Run ``command`` in ``folder``. ``hear`` gets every line of stderr, and of stdout unless that is its answer
    (``answers``); ``given`` is what it reads from stdin. ``meanwhile`` is called several times a second while it works.
    When ``cancelled`` says so it is ended with its children.

    Raises ``OSError`` when it cannot be started.
    """
    process = start_piped(command, environment, folder)
    lines: "queue.Queue[Tuple[bool, Optional[str]]]" = queue.Queue()
    for pipe, is_answer in ((process.stdout, answers), (process.stderr, False)):
        threading.Thread(target=_read, args=(pipe, is_answer, lines), name="rs-dino-pipe", daemon=True).start()
    _give(process, given)
    answer: List[str] = []
    tail: "deque[str]" = deque(maxlen=TAIL_LINES)
    open_pipes, ended_at = 2, 0.0
    while open_pipes:
        if cancelled():
            end_tree(process)
            return Finished(STOPPED, "".join(answer), "\n".join(tail))
        meanwhile()
        if process.poll() is not None:
            ended_at = ended_at or time.monotonic()
            if time.monotonic() - ended_at > LAST_WORDS_S:
                break
        try:
            is_answer, line = lines.get(timeout=POLL_S)
        except queue.Empty:
            continue
        if line is None:
            open_pipes -= 1
        elif is_answer:
            answer.append(line)
        elif line.strip():
            tail.append(line.rstrip())
            hear(line.rstrip())
    return Finished(process.wait(), "".join(answer), "\n".join(tail))


def _read(pipe: IO[bytes], is_answer: bool, lines: "queue.Queue[Tuple[bool, Optional[str]]]") -> None:
    """Lines of a pipe as text; what a program draws over again and again (carriage return) comes line by line."""
    with pipe:
        for raw in pipe:
            for line in raw.decode("utf-8", errors="replace").replace("\r\n", "\n").split("\r"):
                lines.put((is_answer, line))
    lines.put((is_answer, None))


def _give(process: subprocess.Popen, given: str) -> None:
    """A command that has ended without reading is no error."""
    for act in (lambda: process.stdin.write(given.encode("utf-8")), process.stdin.close):  # type: ignore[union-attr]
        with suppress(OSError):
            act()
