"""Compare label rasters of the demo's samples with polygons drawn by eye: ``python check_samples.py FOLDER``.

FOLDER holds what ``rs-dino segment resources/samples/*.tif --output FOLDER`` wrote. The polygons were never
trained on; they cover clear objects only, so the scores say little about borders.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Dict

import numpy as np
import shapely
from affine import Affine
from rs_dino_engine.datasets.labels import PolygonLabels, Shape
from rs_dino_engine.raster.source import open_raster
from rs_dino_engine.training.metrics import Confusion, scores

from hand_labels import SAMPLES  # isort: skip
from sources import CLASSES  # isort: skip


def check(folder: Path) -> Dict[str, Any]:
    """Scores of each sample and of both together."""
    whole = Confusion(np.eye(len(CLASSES), dtype=bool))
    out: Dict[str, Any] = {}
    for name, drawn in SAMPLES.items():
        one = Confusion(whole.allowed)
        with open_raster(str(folder / f"{name}_labels.tif"), expand_palette=False) as source:
            found = source.read(0, source.height, 0, source.width).pixels[0]
        scale = found.shape[0] / 1024
        shapes = [Shape(shapely.Polygon(np.array(p) * scale), CLASSES.index(c)) for c, p in drawn]
        labels = PolygonLabels(shapes, 255).read(Affine.identity(), *found.shape)
        labels[found == 255] = 255  # void
        one.add(labels, found)
        whole.counts += one.counts
        out[name] = scores(one.table, CLASSES)
    out["both"] = scores(whole.table, CLASSES)
    return out


if __name__ == "__main__":
    print(json.dumps(check(Path(sys.argv[1])), indent=1))
