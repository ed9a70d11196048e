"""Cut the chips of starter-landcover: ``python cut.py --data DIR --wheels DIR --work DIR [--only NAME …]``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import List

from rs_dino_engine.datasets.chip_store import ChipStore
from rs_dino_engine.datasets.chips import ChipSettings, cut_scene, raster_stretch
from rs_dino_engine.datasets.label_table import LabelTable
from rs_dino_engine.datasets.polygons import polygon_labels, read_polygons
from rs_dino_engine.datasets.scenes import find_scenes
from rs_dino_engine.datasets.spec import load_spec

from ponds import PondWriter  # isort: skip
from sources import CLASSES, SOURCES, find_wheels  # isort: skip

CHIP_PX = 384


def cut(data: Path, wheels: Path, work: Path, only: List[str]) -> ChipStore:
    """All sources into one chip store at ``work/chips``."""
    table = LabelTable(CLASSES)
    writer = PondWriter(work / "chips", table)
    for name in only or list(SOURCES):
        source = SOURCES[name]
        spec = load_spec(str(Path(__file__).with_name(source.spec)) if source.spec.endswith(".toml") else source.spec)
        root = source.prepare(data, wheels, work)
        scenes = find_scenes(spec, root)
        stretch = raster_stretch([scenes[0].image], spec.bands)
        drawn = read_polygons(scenes[0].labels) if spec.labels.kind == "polygons" else None

        def open_polygons(scene, image, spec=spec, drawn=drawn):
            return polygon_labels(drawn, image, spec, table)

        count = sum(
            cut_scene(
                writer,
                scene,
                spec,
                ChipSettings(CHIP_PX, source.gsd_m, source.overlap_px),
                stretch,
                open_polygons if drawn else None,
            )
            for scene in scenes
        )
        print(f"{name}: {len(scenes)} images, {count} chips", flush=True)
    store = writer.finish()
    for note in store.notes:
        print(json.dumps(note))
    return store


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
