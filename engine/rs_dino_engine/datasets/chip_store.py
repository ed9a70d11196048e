"""Chip stores: squares of images and what is known of them, in flat files.

A chip store is a folder: ``images.npy`` (n, bands, side, side) uint8, ``labels.npy`` (n, side, side), ``index.json``.
Both arrays are memory-mapped, so that a training's memory does not grow with its data. Labels are label ids (uint8)
or heights (uint16, centimetres); see :class:`.target.Target`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Set, Tuple

import numpy as np

from ..errors import UserError
from .label_table import LabelTable
from .scenes import TRAIN, VALIDATION, Scene
from .target import CLASSES, TARGETS, Target


class ChipStore:
    """Chips that were cut; see the module."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        self.classes: List[str] = index["classes"]
        self.target = TARGETS[index["target"]]
        self.table = LabelTable.from_lists(index["classes"], index["sets"])
        self.splits = np.array(index["splits"])
        self.data_sets = np.array(index["data_sets"])
        self.groups = np.array(index["groups"])
        self.counts = np.array(index["counts"], np.int64).reshape(len(self.splits), len(self.table))
        self.notes: List[Dict[str, Any]] = index["notes"]
        self.images = np.load(folder / "images.npy", mmap_mode="r")
        self.labels = np.load(folder / "labels.npy", mmap_mode="r")

    def __len__(self) -> int:
        return len(self.splits)

    def where(self, split: str, data_set: Optional[str] = None) -> np.ndarray:
        """Numbers of the chips on one side of the split (of one data set)."""
        chosen = self.splits == split
        if data_set is not None:
            chosen &= self.data_sets == data_set
        return np.flatnonzero(chosen)


class ChipWriter:
    """Writes a chip store; ``finish`` closes it."""

    def __init__(self, folder: Path, table: LabelTable, target: Target = CLASSES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.table, self.target = folder, table, target
        for name in ("images", "labels"):
            (folder / f"{name}.part").write_bytes(b"")
        self._rows: List[Tuple[str, str, str]] = []
        self._ids: List[np.ndarray] = []
        self._shape: Tuple[int, int] = (0, 0)
        self.notes: List[Dict[str, Any]] = []

    @property
    def splits(self) -> Set[str]:
        """Sides of the split that have chips so far."""
        return {row[0] for row in self._rows}

    def hold_out(self, chips: Sequence[int]) -> None:
        """Validate on these chips, and train on all others."""
        for chip, row in enumerate(self._rows):
            self._rows[chip] = (VALIDATION if chip in chips else TRAIN, *row[1:])

    def id_counts(self) -> np.ndarray:
        """(chips, ids): pixels of every label id."""
        return np.array([c[: len(self.table)] for c in self._ids]).reshape(len(self._ids), len(self.table))

    def add(self, image: np.ndarray, labels: np.ndarray, scene: Scene) -> None:
        """One chip (bands, side, side) uint8, (side, side) of the target's type."""
        self._shape = (image.shape[0], image.shape[1])
        for name, values in (("images", image), ("labels", labels)):  # nothing stays open when cutting fails
            with (self.folder / f"{name}.part").open("ab") as stream:
                stream.write(np.ascontiguousarray(values).tobytes())
        self._rows.append((scene.split, scene.data_set, scene.group))
        self._ids.append(np.bincount(labels.reshape(-1), minlength=256) if self.target.counted else np.zeros(0, int))

    def finish(self) -> ChipStore:
        """Write the index; raises ``UserError`` where nothing was labelled."""
        if not self._rows:
            raise UserError("dataset-all-ignored", path=str(self.folder))
        bands, side = self._shape
        count = len(self._rows)
        _as_npy(self.folder, "images", (count, bands, side, side), "uint8")
        _as_npy(self.folder, "labels", (count, side, side), self.target.dtype)
        index = {
            "target": self.target.name,
            "classes": self.table.classes,
            "sets": self.table.as_lists(),
            "notes": self.notes,
            "splits": [r[0] for r in self._rows],
            "data_sets": [r[1] for r in self._rows],
            "groups": [r[2] for r in self._rows],
            "counts": self.id_counts().tolist(),
        }
        (self.folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
        return ChipStore(self.folder)


def hold_out_chips(writer: ChipWriter, share: float, seed: int, crop_px: int) -> None:
    """Hold out a seeded share of the chips so that, where possible, every class is on both sides.

    Where one image has all of the labels: neighbouring chips resemble each other, so scores look better than they are
    elsewhere. ``crop_px``: the size that was asked for, which chips are a little larger than.
    """
    present = writer.id_counts() > 0
    count = len(present)
    if count < 2:
        raise UserError("dataset-too-small", chips=count, chip_px=crop_px)
    wanted = min(count - 1, max(1, round(share * count)))
    order = np.random.default_rng(seed).permutation(count).tolist()
    left = np.ones(count, bool)
    held: List[int] = []
    for chip in order:
        left[chip] = False
        loses = (present[chip] & ~present[left].any(0)).any()
        needed = len(held) < wanted or (present[chip] & ~present[held].any(0)).any()
        if needed and not loses:
            held.append(chip)
        else:
            left[chip] = True
    writer.hold_out(held or order[:1])


def _as_npy(folder: Path, name: str, shape: Tuple[int, ...], dtype: str) -> None:
    """Turn raw bytes into an .npy of ``shape``, a block at a time."""
    part = folder / f"{name}.part"
    out = np.lib.format.open_memmap(folder / f"{name}.npy", mode="w+", dtype=dtype, shape=shape)
    flat = out.reshape(shape[0], -1)
    raw = np.memmap(part, dtype, mode="r", shape=flat.shape)
    for i in range(0, shape[0], 64):
        flat[i : i + 64] = raw[i : i + 64]
    out.flush()
    del raw, flat, out
    part.unlink()
