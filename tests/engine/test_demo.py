"""The demo: labels, heights, trees and features of both samples, each with a picture, and one page of all."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.errors import NotGeoreferencedWarning

PICTURES = ("", "_labels", "_confidence", "_polygons", "_canopy_height", "_tree_tops", "_features")


@pytest.mark.filterwarnings("ignore", category=NotGeoreferencedWarning)
def test_every_part_gives_maps_and_pictures(tmp_path: Path) -> None:
    pytest.importorskip("skimage")
    out = tmp_path / "示范 demo"
    command = [sys.executable, "-m", "rs_dino_engine", "demo", "--output", str(out)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    page = (out / "index.html").read_text(encoding="utf-8")
    seen = []
    for sample in ("golf-course", "suburb"):
        for name in PICTURES:
            file = f"{sample}{name}.png"
            with rasterio.open(out / file) as data:
                pixels = data.read()
            assert pixels.shape == (3, 512, 512) and pixels.std() > 1, file
            assert file in page and str(out / file) in done.stdout
            seen.append(pixels)
    assert not any(np.array_equal(a, b) for i, a in enumerate(seen) for b in seen[:i])
    heights = json.loads((out / "canopy-height" / "results.json").read_text(encoding="utf-8"))
    trees = [one["trees"]["count"] for one in heights["summary"]["value"]["rasters"]]
    assert len(trees) == 2 and min(trees) > 0
    assert (out / "feature-map" / "pca_basis.json").is_file()
