"""Scores of a canopy height model on the held-out plots, through the engine as anybody runs it:
``python score_canopy.py --model M --data DIR``.

Heights are averaged onto the grid of the LiDAR's raster and compared pixel by pixel; by site and by height, against
the one height that would do best over all training plots.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
import rasterio
from rasterio.warp import Resampling, reproject
from rs_dino_engine.datasets.scenes import TRAIN, VALIDATION, Scene, find_scenes
from rs_dino_engine.datasets.spec import load_spec
from rs_dino_engine.datasets.target import HEIGHTS, METRES
from rs_dino_engine.training.height_scores import HeightTally

PLACES = {"neon-canopy": "", "idtrees-canopy": "idtrees"}


def _scenes(data: Path) -> List[Scene]:
    return [s for name, sub in PLACES.items() for s in find_scenes(load_spec(name), data / "canopy" / sub)]


def _site(scene: Scene) -> str:
    return Path(scene.image).stem.split("_")[0]


def _measured(path: str) -> Tuple[np.ndarray, Any, Any]:
    """LiDAR heights in centimetres as labels, transform, CRS."""
    with rasterio.open(path) as source:
        heights = source.read(1).astype(np.float64)
        known = np.isfinite(heights) & (heights > -5) & (heights < 130)
        if source.nodata is not None:
            known &= heights != source.nodata
        labels = np.where(known, np.rint(np.clip(heights, 0, 130) / METRES), HEIGHTS.unknown).astype(np.uint16)
        return labels, source.transform, source.crs


def _predicted(path: Path, shape, transform, crs) -> np.ndarray:
    out = np.full(shape, np.nan, np.float32)
    with rasterio.open(path) as source:
        reproject(
            rasterio.band(source, 1),
            out,
            dst_transform=transform,
            dst_crs=crs,
            dst_nodata=np.nan,
            resampling=Resampling.average,
        )
    return out


def score(model: str, data: Path, sites: Sequence[str] = ()) -> Dict[str, Any]:
    """site -> scores; "all" over every plot; each with the MAE of the training plots' median height. ``sites``: only
    these; empty: all of them."""
    scenes = _scenes(data)
    trained = np.concatenate([_measured(s.labels)[0].ravel() for s in scenes if s.split == TRAIN])
    constant = float(np.median(trained[trained != HEIGHTS.unknown])) * METRES
    held = [s for s in scenes if s.split == VALIDATION and (not sites or _site(s) in sites)]
    tallies: Dict[str, Tuple[HeightTally, HeightTally]] = {}
    with TemporaryDirectory() as folder:
        command = ["canopy-height", *[s.image for s in held], "--model", model, "--output", folder]
        subprocess.run([sys.executable, "-m", "rs_dino_engine", *command], check=True, stdout=subprocess.DEVNULL)
        for scene in held:
            labels, transform, crs = _measured(scene.labels)
            found = _predicted(
                Path(folder) / f"{Path(scene.image).stem}_canopy_height.tif", labels.shape, transform, crs
            )
            labels = np.where(np.isfinite(found), labels, HEIGHTS.unknown)
            for name in (_site(scene), "all"):
                mine, plain = tallies.setdefault(name, (HeightTally(), HeightTally()))
                mine.add(labels, np.nan_to_num(found))
                plain.add(labels, np.full(labels.shape, constant))
    return {
        name: {
            **mine.scores(),
            "training_constant_m": round(constant, 2),
            "training_constant_mae": plain.scores()["mae"],
        }
        for name, (mine, plain) in sorted(tallies.items())
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    print(json.dumps(score(given.model, given.data), indent=1))


if __name__ == "__main__":
    main()
