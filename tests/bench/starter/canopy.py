"""Cut the chips of starter-canopy: ``python canopy.py --data DIR --wheels DIR --work DIR``.

Heights come from LiDAR where there is some; pictures with land cover labels add places that are no canopy (0 m).
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import numpy as np
import rasterio
from rs_dino_engine.datasets.chip_store import ChipStore, ChipWriter
from rs_dino_engine.datasets.chips import ChipSettings
from rs_dino_engine.datasets.label_table import LabelTable
from rs_dino_engine.datasets.scenes import Scene, find_scenes
from rs_dino_engine.datasets.spec import DataSetSpec
from rs_dino_engine.datasets.target import CLASSES as IDS
from rs_dino_engine.datasets.target import HEIGHTS

from cut import cut_scenes  # isort: skip
from sources import CLASSES, SOURCES, find_wheels  # isort: skip

GSD_M = 0.25
CHIP_PX = 160
"""40 m: the side of most plots."""
MEASURED = {"neon-canopy": 3.0, "idtrees-canopy": 1.2, "ign-farmland": 0.6}
"""How often data sets with heights are drawn."""
BARE = {"netherlands": 0.7, "new-york": 0.7, "banepa": 0.5, "mbrsc": 0.4}
"""The same for those that only tell where no canopy is."""
EVERY = {"mbrsc": 9}
"""Of many alike images only every so-manieth is cut, and a fifth of its chips kept."""
SAMPLING = {**MEASURED, **BARE}


def _ign_heights(data: Path, work: Path) -> Path:
    """Heights above ground where the LiDAR saw vegetation, 0 on ground and roofs."""
    root = work / "ign-heights"
    root.mkdir(parents=True, exist_ok=True)
    for rgb in sorted((data / "canopy" / "ign").glob("*_rgb.tif")):
        stem = rgb.name[: -len("_rgb.tif")]
        shutil.copy(rgb, root / rgb.name)
        with rasterio.open(rgb.with_name(f"{stem}_lidarclass.tif")) as source:
            kind = source.read(1)
        with rasterio.open(rgb.with_name(f"{stem}_ndsm.tif")) as source:
            heights, profile = source.read(1).astype(np.float32), source.profile
        with rasterio.open(rgb) as source:
            void = source.read().max(0) == 0
        heights[~np.isin(kind, (2, 3, 4))] = 0
        heights[void] = -9999
        profile.update(dtype="float32", nodata=-9999)
        with rasterio.open(root / f"{stem}_landcover.tif", "w", **profile) as sink:
            sink.write(heights, 1)
    return root


class _BareWriter:
    """Takes chips of label ids and writes 0 m wherever a pixel cannot be a tree; the rest is unknown."""

    target = IDS

    def __init__(self, writer: ChipWriter, table: LabelTable, kept: float) -> None:
        self._writer, self.table, self._kept = writer, table, kept
        self.notes = writer.notes
        self._rng = np.random.default_rng(0)

    def add(self, image: np.ndarray, labels: np.ndarray, scene: Scene) -> None:
        if self._rng.random() > self._kept:
            return
        tree = self.table.allowed()[:, CLASSES.index("tree")]
        bare = np.append(~tree, np.zeros(256 - len(tree), bool))[labels]
        heights = np.where(bare, 0, HEIGHTS.unknown).astype(HEIGHTS.dtype)
        if bare.mean() > 0.05:
            self._writer.add(image, heights, scene)


def cut(data: Path, wheels: Path, work: Path) -> ChipStore:
    """All sources into one store of heights at ``work/canopy``."""
    writer = ChipWriter(work / "canopy", LabelTable([]), HEIGHTS)
    for name in SAMPLING:
        source = SOURCES[name]
        spec = source.described()
        if name == "ign-farmland":
            root = _ign_heights(data, work)
        else:
            root = source.prepare(data, wheels, work)
        if name in MEASURED:
            labels = spec.labels.model_copy(update={"kind": "heights"})
            _cut(writer, spec.model_copy(update={"classes": [], "labels": labels}), root, overlap_px=CHIP_PX // 2)
        else:
            table = LabelTable(CLASSES)
            kept = 0.2 if name in EVERY else 1.0
            _cut(_BareWriter(writer, table, kept), spec, root, overlap_px=0)
    return writer.finish()


def _cut(writer, spec: DataSetSpec, root: Path, overlap_px: int) -> None:
    scenes = find_scenes(spec, root)[:: EVERY.get(spec.name, 1)]
    cut_scenes(writer, spec, scenes, ChipSettings(CHIP_PX, GSD_M, overlap_px))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    given = parser.parse_args()
    store = cut(given.data, find_wheels(given.wheels), given.work)
    for split in ("train", "validation"):
        chosen = store.where(split)
        print(split, {n: int((store.data_sets[chosen] == n).sum()) for n in SAMPLING})


if __name__ == "__main__":
    main()
