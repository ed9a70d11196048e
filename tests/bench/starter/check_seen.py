"""How often starter-canopy says that a picture is unlike its training's: ``python check_seen.py --data DIR --work DIR
[--model FOLDER]``, after ``canopy.py``. Prints the share of rasters that are told, as they are and with mistakes."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Dict, List

import numpy as np
import rasterio
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.spec import ModelSpec
from rs_dino_engine.predict.familiar import unlike
from rs_dino_engine.raster.source import open_raster
from rs_dino_engine.raster.stretch import make_stretch

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"
CHANGES = {
    "as it is": lambda p: p[:3],
    "blue, green, red": lambda p: p[2::-1],
    "a quarter as bright": lambda p: p[:3] // 4,
    "inverted": lambda p: 255 - p[:3],
    "one band three times": lambda p: p[[1, 1, 1]],
    "twice as bright": lambda p: np.clip(p[:3].astype(int) * 2, 0, 255).astype(np.uint8),
    "infrared, red, green": lambda p: p[[3, 0, 1]],
}


def rasters(data: Path, work: Path) -> Dict[str, List[Path]]:
    """Pictures by where they come from."""
    canopy = data / "canopy"
    plots = sorted(p for folder in ("bart", "teak", "osbs", "idtrees/rgb") for p in (canopy / folder).glob("*.tif"))
    plots = [p for p in plots if not p.stem.endswith("_chm")]
    held = [
        p for p in plots if p.parent.name == "osbs" or p.stem.startswith(("TEAK_04", "MLBS")) and "049" not in p.stem
    ]
    drawn = [p for name in ("netherlands", "new-york") for p in sorted((work / name).glob("*.png"))]
    return {
        "samples": sorted(SAMPLES.glob("*.tif")),
        "plots held out": held,
        "plots trained on": [p for p in plots if p not in held],
        "French farm": sorted((canopy / "ign").glob("*_rgb.tif")),
        "Netherlands, New York": drawn,
        "Banepa": sorted((work / "banepa" / "chips").glob("*.tif")),
        "Dubai": sorted((data / "landcover_mbrsc").glob("tile_*/images/*.jpg")),
    }


def told(path: Path, change: str, spec: ModelSpec, folder: Path) -> bool:
    """Whether a warning comes with a picture that was changed; void stays void."""
    with rasterio.open(path) as source:
        pixels, void, profile = source.read(), source.dataset_mask() == 0, source.profile
    made = np.ascontiguousarray(CHANGES[change](pixels))
    made[:, void] = profile["nodata"] or 0
    for name in ("photometric", "compress", "interleave", "tiled", "blockxsize", "blockysize"):
        profile.pop(name, None)
    profile.update(driver="GTiff", count=3)
    with rasterio.open(folder / "changed.tif", "w", **profile) as sink:
        sink.write(made)
    with open_raster(str(folder / "changed.tif")) as source:
        return unlike(source, make_stretch(source, spec.input, "auto", metric=True), spec) is not None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--model", default="starter-canopy")
    given = parser.parse_args()
    spec = find_model(given.model).spec
    with TemporaryDirectory() as folder:
        for name, paths in rasters(given.data, given.work).items():
            known = [c for c in CHANGES if c != "infrared, red, green" or name == "French farm"]
            found = {c: [p.stem for p in paths if told(p, c, spec, Path(folder))] for c in known}
            print(f"{name}: {len(paths)}: " + ", ".join(f"{c} {len(f)}" for c, f in found.items()), flush=True)
            print("   told as they are:", *found["as it is"])


if __name__ == "__main__":
    main()
