"""Cut the chips of starter-landcover: ``python cut.py --data DIR --wheels DIR --work DIR [--only NAME …]``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, List, Sequence

from rs_dino_engine.datasets.chip_store import ChipStore
from rs_dino_engine.datasets.chips import ChipSettings, cut_scene, raster_stretch
from rs_dino_engine.datasets.label_table import LabelTable
from rs_dino_engine.datasets.polygons import polygon_labels, read_polygons
from rs_dino_engine.datasets.scenes import Scene, find_scenes
from rs_dino_engine.datasets.spec import DataSetSpec

from ponds import PondWriter  # isort: skip
from sources import CLASSES, SOURCES, find_wheels  # isort: skip

CHIP_PX = 384


def cut(data: Path, wheels: Path, work: Path, only: List[str]) -> ChipStore:
    """All sources into one chip store at ``work/chips``."""
    writer = PondWriter(work / "chips", LabelTable(CLASSES))
    for name in only or list(SOURCES):
        source = SOURCES[name]
        spec = source.described()
        root = source.prepare(data, wheels, work)
        cut_scenes(writer, spec, find_scenes(spec, root), ChipSettings(CHIP_PX, source.gsd_m, source.overlap_px))
    store = writer.finish()
    for note in store.notes:
        print(json.dumps(note))
    return store


def cut_scenes(writer: Any, spec: DataSetSpec, scenes: Sequence[Scene], settings: ChipSettings) -> None:
    """Scenes of one data set, all stretched as the first; says how many chips they gave."""
    stretch = raster_stretch([scenes[0].image], spec.bands)
    drawn = read_polygons(scenes[0].labels) if spec.labels.kind == "polygons" else None

    def open_polygons(scene, image):
        return polygon_labels(drawn, image, spec, writer.table)

    opener = open_polygons if drawn else None
    count = sum(cut_scene(writer, scene, spec, settings, stretch, opener) for scene in scenes)
    print(f"{spec.name}: {len(scenes)} images, {count} chips", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, required=True, help="the folder with landcover_mbrsc, canopy, buildings_banepa"
    )
    parser.add_argument("--wheels", type=Path, required=True, help="the folder into which the wheels were unpacked")
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=[])
    given = parser.parse_args()
    store = cut(given.data, find_wheels(given.wheels), given.work, given.only)
    for split in ("train", "validation"):
        chosen = store.where(split)
        print(
            split,
            len(chosen),
            dict(zip([str(s) for s in store.table.as_lists()], store.counts[chosen].sum(0).tolist())),
        )


if __name__ == "__main__":
    main()
