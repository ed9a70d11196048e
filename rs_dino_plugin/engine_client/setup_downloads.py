"""What is fetched while an engine is set up lies in the engine's folder: on the disk that was chosen, where it can be
measured as it grows, is gone on with after a cancel, and is taken away in the end.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import contextmanager
from math import exp
from pathlib import Path
from typing import Callable, Dict, Iterator

DOWNLOADS = "downloads"
EVERY_S = 1.0
_CACHE, _UNFINISHED = "cache", "tmp"
_TEMPORARY = ("TMPDIR", "TEMP", "TMP")


@contextmanager
def downloads(folder: Path) -> Iterator[Dict[str, str]]:
    """The places are there, below the engine's ``folder``. Gives the variables that tell pip and uv of them: whole
    packages lie in a cache; pip takes several times their size where temporary files go."""
    cache, unfinished = folder / DOWNLOADS / _CACHE, folder / DOWNLOADS / _UNFINISHED
    caches = {"UV_CACHE_DIR": cache, "PIP_CACHE_DIR": cache, "UV_PYTHON_CACHE_DIR": cache / "python"}
    _drop_halves(folder)
    for place in (cache, unfinished):
        place.mkdir(parents=True, exist_ok=True)
    try:
        yield {name: str(place) for name, place in {**caches, **dict.fromkeys(_TEMPORARY, unfinished)}.items()}
    finally:
        _drop_halves(folder)


def _drop_halves(folder: Path) -> None:
    """Nobody goes on with what was fetched or unpacked in part."""
    halves = [folder / DOWNLOADS / _UNFINISHED, *(folder / DOWNLOADS / _CACHE).glob(".tmp*")]
    for half in halves:
        shutil.rmtree(str(half), ignore_errors=True)


def take_away(folder: Path) -> None:
    """Everything is installed, or not wanted any more."""
    shutil.rmtree(str(folder / DOWNLOADS), ignore_errors=True)


def bytes_on_disk(folder: Path, environment: Path, by_uv: bool) -> int:
    """What one installer has fetched and unpacked so far. uv unpacks into its cache and links from there; pip fetches
    into a folder among the temporary files, and unpacks from there."""
    if by_uv:
        return bytes_below(str(folder / DOWNLOADS / _CACHE))
    # loose files there are second copies, on their way into pip's cache
    folders = [entry for entry in (folder / DOWNLOADS / _UNFINISHED).glob("*") if entry.is_dir()]
    return sum(map(bytes_below, map(str, [*folders, environment])))


def bytes_below(folder: str) -> int:
    """The size of all files there; 0 where there is no such folder."""
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    total += bytes_below(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    total += entry.stat(follow_symlinks=False).st_size
    except OSError:  # moved or removed meanwhile
        pass
    return total


class Growth:
    """Tells now and then by how many MB what ``measure`` counts in bytes has grown."""

    def __init__(self, measure: Callable[[], int], tell: Callable[[int], None]) -> None:
        self._measure, self._tell = measure, tell
        self._before, self._most, self._next = measure(), 0, time.monotonic() + EVERY_S

    def look(self) -> None:
        """Look again if it is time."""
        if time.monotonic() < self._next:
            return
        grown = (self._measure() - self._before) // 1_000_000
        self._next = time.monotonic() + EVERY_S
        if grown > self._most:  # what was only passing through may be gone again
            self._most = grown
            self._tell(grown)


def share(grown_mb: float, expected_mb: float) -> float:
    """How much of a step is done, 0 to 1. What is expected is a guess, so the end is come near to, never reached."""
    return 1 - exp(-2 * grown_mb / expected_mb)
