"""Commit points: what is finished, kept so that a run that was killed goes on with the very same pixels.

The manifest is replaced atomically; part files that it does not name do not count.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence

from ..raster.stretch import Stretch
from .products import Tally

FORMAT = 3
"""Of the checkpoint folder; another one is not gone on from."""
INTERVAL_S = 20.0
"""Commits are at least this far apart: a commit writes the overlap rows to disk."""
INTERVAL = "RS_DINO_COMMIT_EVERY_S"
"""Sets another interval, in seconds; 0 commits every group. For machines that die often, and for tests."""
KILL_SWITCH = "RS_DINO_KILL_AFTER_COMMIT"
"""Tests set it to end the process without warning after that many commits; then every group commits."""


@dataclass(frozen=True)
class Part:
    """A finished rectangle of one layer, in a file of the checkpoint folder."""

    file: str
    row: int
    col: int
    height: int
    width: int


@dataclass
class Made:
    """What is finished of one model's layers."""

    parts: Dict[str, List[Part]] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)


@dataclass
class Manifest:
    """State after ``done`` groups of the run that ``identity`` tells from others; ``made`` and ``carry`` (the files
    with the overlap rows) have one entry for each model."""

    identity: str
    done: int = 0
    carry: List[Optional[str]] = field(default_factory=list)
    batch_limit: Optional[int] = None
    windows: int = 0
    skipped: int = 0
    seconds: float = 0.0
    made: List[Made] = field(default_factory=list)


class Checkpoint:
    """The checkpoint folder of one raster of a job."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._last = time.monotonic()
        self._kill_after = int(os.environ.get(KILL_SWITCH, "0"))
        self._interval_s = float(os.environ.get(INTERVAL, INTERVAL_S))
        self._commits = 0

    def write_stretch(self, stretch: Stretch) -> None:
        """Keep the stretch, so that a resumed run does not depend on taking the same sample again."""
        (self.folder / "stretch.json").write_text(json.dumps(stretch.as_dict()), encoding="utf-8")

    def stretch(self) -> Optional[Stretch]:
        """The stretch of the interrupted run; None where there was none."""
        path = self.folder / "stretch.json"
        return Stretch.from_dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

    def load(self, identity: str) -> Optional[Manifest]:
        """The committed state, if it belongs to this very run."""
        path = self.folder / "manifest.json"
        if not path.exists():
            return None
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["identity"] != identity:
            return None
        data["made"] = [_made(made) for made in data["made"]]
        return Manifest(**data)

    def carried(self, manifest: Manifest) -> List[Optional[Path]]:
        """The files with the overlap rows, for each model."""
        return [None if name is None else self.folder / name for name in manifest.carry]

    def due(self) -> bool:
        return self._kill_after > 0 or time.monotonic() - self._last >= self._interval_s

    def commit(self, manifest: Manifest, savers: Sequence[Callable[[Path], bool]]) -> None:
        """Make ``manifest`` and the overlap rows the state to resume from; a saver writes those of a model into a file,
        or says that there are none."""
        previous = manifest.carry
        manifest.carry = [self._saved(f"carry-{manifest.done}-{i}.bin", save) for i, save in enumerate(savers)]
        temporary = self.folder / "manifest.json.tmp"
        with temporary.open("w", encoding="utf-8") as file:
            json.dump(asdict(manifest), file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.folder / "manifest.json")
        for name in previous:
            if name is not None and name not in manifest.carry:
                (self.folder / name).unlink()
        self._last = time.monotonic()
        self._commits += 1
        if self._commits == self._kill_after:
            os._exit(137)

    def _saved(self, name: str, save: Callable[[Path], bool]) -> Optional[str]:
        path = self.folder / name
        if not save(path):
            return None
        with path.open("r+b") as file:
            os.fsync(file.fileno())
        return name


def _made(data: Dict[str, Any]) -> Made:
    parts = {name: [Part(**p) for p in parts] for name, parts in data["parts"].items()}
    return Made(parts, Tally(**data["tally"]))
