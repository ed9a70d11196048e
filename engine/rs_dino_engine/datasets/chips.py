"""Chips: squares of images and label ids on the model's grid, cut window by window and kept in flat files.

A chip store is a folder: ``images.npy`` (n, bands, side, side) uint8, ``labels.npy`` (n, side, side) uint8 label
ids, ``index.json``. Both arrays are memory-mapped, so that a training's memory does not grow with its data.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

import numpy as np
from affine import Affine

from ..errors import UserError
from ..predict.resample import Resampler
from ..raster.source import RasterSource, open_raster
from .label_table import IGNORED, LabelTable
from .labels import Labels, open_raster_labels
from .scenes import VALIDATION, Scene
from .spec import DataSetSpec

MIN_LABELLED = 0.02
"""A chip with a smaller labelled share is not worth its place."""


class ChipSettings(NamedTuple):
    """How chips are cut: side in pixels, metres per pixel (None: the images' own), shared border."""

    side_px: int
    gsd_m: Optional[float]
    overlap_px: int = 0


class Stretch(NamedTuple):
    """Per band, the values that become 0 and 255. uint8 is left untouched by (0, 255)."""

    low: Tuple[float, ...]
    high: Tuple[float, ...]


OpenLabels = Callable[[Scene, RasterSource], Labels]


class ChipStore:
    """Chips that were cut; see the module."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
        self.classes: List[str] = index["classes"]
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


class _Grid(NamedTuple):
    """The model's grid over an image."""

    rows: Resampler
    cols: Resampler

    def to_image(self, row0: int, col0: int) -> Affine:
        return Affine(self.cols.step, 0, col0 * self.cols.step, 0, self.rows.step, row0 * self.rows.step)


def model_grid(image: RasterSource, gsd_m: Optional[float], own_gsd_m: Optional[float]) -> _Grid:
    """The image's own grid where the GSD is within 5 %, or one of the two is not known."""
    gsd = image.gsd_m
    rows = gsd.row if gsd else own_gsd_m
    cols = gsd.col if gsd else own_gsd_m
    resamplers = []
    for size, own in ((image.height, rows), (image.width, cols)):
        ratio = 1.0 if own is None or gsd_m is None else own / gsd_m
        target = size if abs(ratio - 1) <= 0.05 else max(1, round(size * ratio))
        resamplers.append(Resampler(size, target, size / target))
    return _Grid(*resamplers)


def offsets(length: int, side: int, overlap: int) -> List[int]:
    """Where chips begin: every ``side - overlap``, the last one moved back inside."""
    if length <= side:
        return [0]
    step = side - overlap
    count = math.ceil((length - side) / step) + 1
    return [min(i * step, length - side) for i in range(count)]


def read_chip(
    image: RasterSource, grid: _Grid, stretch: Stretch, row0: int, col0: int, side: int
) -> Tuple[np.ndarray, np.ndarray]:
    """Pixels (bands, h, w) uint8 and valid (h, w) of a chip; h, w < side where the image ends."""
    row1, col1 = min(row0 + side, grid.rows.n_out), min(col0 + side, grid.cols.n_out)
    (r0, r1), (c0, c1) = grid.rows.taps(row0, row1), grid.cols.taps(col0, col1)
    read = image.read(r0, r1, c0, c1)
    low, high = np.array(stretch.low)[:, None, None], np.array(stretch.high)[:, None, None]
    values = (read.pixels.astype(np.float32) - low) * (255.0 / (high - low))
    values = np.clip(values, 0, 255).astype(np.float32)
    valid = np.ones(values.shape[1:], np.float32) if read.valid is None else read.valid.astype(np.float32)
    values *= valid
    down, across = grid.rows.matrix(row0, row1, r0, r1), grid.cols.matrix(col0, col1, c0, c1)
    share = down @ valid @ across.T
    resampled = (down @ values @ across.T) / np.maximum(share, 1e-3)
    return np.clip(np.rint(resampled), 0, 255).astype(np.uint8), share > 0.5


def raster_stretch(images: Sequence[str], bands: Optional[Sequence[int]], seed: int = 0, blocks: int = 16) -> Stretch:
    """(0, 255) for uint8, else the 2nd and 98th percentile of a seeded block sample of all images together."""
    rng = np.random.default_rng(seed)
    seen: List[np.ndarray] = []
    for path in images:
        with open_raster(path, bands) as source:
            if source.dtype == np.uint8:
                return Stretch((0.0,) * len(source.bands), (255.0,) * len(source.bands))
            for _ in range(max(1, blocks // len(images))):
                row = int(rng.integers(0, max(1, source.height - 128)))
                col = int(rng.integers(0, max(1, source.width - 128)))
                read = source.read(row, min(row + 128, source.height), col, min(col + 128, source.width))
                valid = np.ones(read.pixels.shape[1:], bool) if read.valid is None else read.valid
                seen.append(read.pixels[:, valid].astype(np.float64))
    values = np.concatenate(seen, axis=1)
    if values.shape[1] == 0:
        raise UserError("raster-empty", path=images[0])
    low, high = np.percentile(values, 2, axis=1), np.percentile(values, 98, axis=1)
    high = np.where(high > low, high, low + 1)
    return Stretch(tuple(low.tolist()), tuple(high.tolist()))


class ChipWriter:
    """Cuts scenes into a chip store; ``finish`` closes it."""

    def __init__(self, folder: Path, table: LabelTable) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.table = folder, table
        for name in ("images", "labels"):
            (folder / f"{name}.part").write_bytes(b"")
        self._rows: List[Tuple[str, str, str]] = []
        self._ids: List[np.ndarray] = []
        self._shape: Tuple[int, int] = (0, 0)
        self.notes: List[Dict[str, Any]] = []

    @property
    def side_px(self) -> int:
        return self._shape[1]

    @property
    def splits(self) -> Set[str]:
        """Sides of the split that have chips so far."""
        return {row[0] for row in self._rows}

    def move_to_validation(self, chips: Sequence[int]) -> None:
        """Hold these chips out."""
        for chip in chips:
            self._rows[chip] = (VALIDATION, *self._rows[chip][1:])

    def id_counts(self) -> np.ndarray:
        """(chips, ids): pixels of every label id."""
        return np.array([c[: len(self.table)] for c in self._ids]).reshape(len(self._ids), len(self.table))

    def add(self, image: np.ndarray, labels: np.ndarray, scene: Scene) -> None:
        """One chip (bands, side, side), (side, side)."""
        self._shape = (image.shape[0], image.shape[1])
        for name, values in (("images", image), ("labels", labels)):  # nothing stays open when cutting fails
            with (self.folder / f"{name}.part").open("ab") as stream:
                stream.write(np.ascontiguousarray(values).tobytes())
        self._rows.append((scene.split, scene.data_set, scene.group))
        self._ids.append(np.bincount(labels.reshape(-1), minlength=256))

    def cut(
        self,
        scene: Scene,
        spec: DataSetSpec,
        settings: ChipSettings,
        stretch: Stretch,
        open_labels: Optional[OpenLabels] = None,
    ) -> int:
        """Cut one scene; returns the number of chips. Small images are mirrored to a chip's side."""
        count = 0
        with open_raster(scene.image) as all_bands:
            if len(all_bands.available_bands) < max(spec.bands):
                raise UserError(
                    "dataset-too-few-bands",
                    image=scene.image,
                    bands=len(all_bands.available_bands),
                    wanted=max(spec.bands),
                )
        with open_raster(scene.image, spec.bands) as image:
            labels = (
                open_labels(scene, image) if open_labels else open_raster_labels(scene.labels, image, spec, self.table)
            )
            try:
                grid = model_grid(image, settings.gsd_m, spec.gsd_m)
                for row0 in offsets(grid.rows.n_out, settings.side_px, settings.overlap_px):
                    for col0 in offsets(grid.cols.n_out, settings.side_px, settings.overlap_px):
                        count += self._cut_one(scene, image, labels, grid, settings.side_px, stretch, row0, col0)
            finally:
                labels.close()
            if labels.unnamed:
                self.notes.append(
                    {
                        "labels": scene.labels,
                        "unnamed": dict(labels.unnamed.most_common(8)),
                        "pixels": image.width * image.height,
                    }
                )
        return count

    def _cut_one(
        self,
        scene: Scene,
        image: RasterSource,
        labels: Labels,
        grid: _Grid,
        side: int,
        stretch: Stretch,
        row0: int,
        col0: int,
    ) -> int:
        pixels, valid = read_chip(image, grid, stretch, row0, col0, side)
        ids = labels.read(grid.to_image(row0, col0), *valid.shape)
        ids = np.where(valid, ids, IGNORED).astype(np.uint8)
        if (ids != IGNORED).mean() < MIN_LABELLED:
            return 0
        short = ((0, side - ids.shape[0]), (0, side - ids.shape[1]))
        if any(after for _, after in short):
            pixels = np.pad(pixels, ((0, 0), *short), mode="symmetric")
            ids = np.pad(ids, short, mode="symmetric")
        self.add(pixels, ids, scene)
        return 1

    def finish(self) -> ChipStore:
        """Write the index; raises ``UserError`` where nothing was labelled."""
        if not self._rows:
            raise UserError("dataset-all-ignored", path=str(self.folder))
        bands, side = self._shape
        count = len(self._rows)
        _as_npy(self.folder, "images", (count, bands, side, side))
        _as_npy(self.folder, "labels", (count, side, side))
        index = {
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


def hold_out_chips(writer: ChipWriter, share: float, seed: int) -> None:
    """Hold out a seeded share of the chips so that, where possible, every class is on both sides.

    For a single image only: neighbouring chips resemble each other, so scores look better than they are elsewhere.
    """
    present = writer.id_counts() > 0
    count = len(present)
    if count < 2:
        raise UserError("dataset-too-small", chips=count, chip_px=writer.side_px)
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
    writer.move_to_validation(held or order[:1])


def _as_npy(folder: Path, name: str, shape: Tuple[int, ...]) -> None:
    """Turn raw bytes into an .npy of ``shape``, a block at a time."""
    part = folder / f"{name}.part"
    out = np.lib.format.open_memmap(folder / f"{name}.npy", mode="w+", dtype=np.uint8, shape=shape)
    flat = out.reshape(shape[0], -1)
    raw = np.memmap(part, np.uint8, mode="r", shape=flat.shape)
    for i in range(0, shape[0], 64):
        flat[i : i + 64] = raw[i : i + 64]
    out.flush()
    del raw, flat, out
    part.unlink()
