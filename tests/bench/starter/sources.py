"""The sources of starter-landcover: where they lie, at which GSD chips are cut, how often they are drawn.

``prepare`` writes what a source needs before the engine can read it (georeferencing, class rasters) into a
work folder; nothing of it is shipped.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Callable, Dict, NamedTuple, Optional, Tuple

import hand_labels
import numpy as np
import rasterio
from rasterio.transform import from_bounds
from rs_dino_engine.datasets.spec import DataSetSpec, load_spec

CLASSES = ("building", "road and paved", "low vegetation", "tree", "water", "bare ground")
WEB_MERCATOR_HALF_M = 20037508.342789244


class Source(NamedTuple):
    """A data set of the starter; ``gsd_m`` is that of its chips, ``zoom`` varies it further."""

    spec: str
    gsd_m: float
    weight: float
    zoom: Tuple[float, float]
    prepare: Callable[[Path, Path, Path], Path]
    """(data, wheels, work) -> root"""
    overlap_px: int = 0

    def described(self) -> DataSetSpec:
        """The engine's description of the data set, or the one beside this file."""
        return load_spec(str(Path(__file__).with_name(self.spec)) if self.spec.endswith(".toml") else self.spec)


def _mbrsc(data: Path, wheels: Path, work: Path) -> Path:
    return data / "landcover_mbrsc"


def _canopy(data: Path, wheels: Path, work: Path) -> Path:
    return data / "canopy"


def _idtrees(data: Path, wheels: Path, work: Path) -> Path:
    return data / "canopy" / "idtrees"


def _banepa(data: Path, wheels: Path, work: Path) -> Path:
    """The chips are named by their map tile (zoom 19) but carry no georeferencing: write it."""
    root = work / "banepa"
    (root / "chips").mkdir(parents=True, exist_ok=True)
    train = data / "buildings_banepa" / "train"
    shutil.copy(next((train / "osm").glob("*.geojson")), root / "buildings.geojson")
    side = 2 * WEB_MERCATOR_HALF_M / 2**19
    for path in sorted((train / "oam").glob("*.tif")):
        x, y = (int(v) for v in path.stem.split("-")[1:3])
        left, top = x * side - WEB_MERCATOR_HALF_M, WEB_MERCATOR_HALF_M - y * side
        with rasterio.open(path) as source:
            pixels = source.read([1, 2, 3])
        transform = from_bounds(left, top - side, left + side, top, pixels.shape[2], pixels.shape[1])
        with rasterio.open(
            root / "chips" / path.name,
            "w",
            driver="GTiff",
            count=3,
            dtype="uint8",
            crs="EPSG:3857",
            transform=transform,
            height=pixels.shape[1],
            width=pixels.shape[2],
        ) as sink:
            sink.write(pixels)
    return root


def _ign(data: Path, wheels: Path, work: Path) -> Path:
    """LiDAR classes (1 ground, 2-4 vegetation by height, 5 building) and NDVI -> one class raster (see the TOML)."""
    root = work / "ign"
    root.mkdir(parents=True, exist_ok=True)
    for rgb in sorted((data / "canopy" / "ign").glob("*_rgb.tif")):
        stem = rgb.name[: -len("_rgb.tif")]
        with rasterio.open(rgb) as source:
            bands, profile = source.read().astype(np.float32), source.profile
        with rasterio.open(rgb.with_name(f"{stem}_lidarclass.tif")) as source:
            lidar = source.read(1)
        red, nir = bands[0], bands[3]
        ndvi = (nir - red) / np.maximum(nir + red, 1)
        out = np.full(lidar.shape, 255, np.uint8)
        ground = np.isin(lidar, (0, 1))
        out[ground & (ndvi > 0.2)] = 2
        out[ground & (ndvi < 0.08)] = 5
        out[np.isin(lidar, (2, 3))] = 6
        out[(lidar == 4) & (ndvi > 0.1)] = 3
        out[lidar == 5] = 0
        out[bands.max(0) == 0] = 255
        shutil.copy(rgb, root / rgb.name)
        profile.update(count=1, dtype="uint8", nodata=255)
        with rasterio.open(root / f"{stem}_landcover.tif", "w", **profile) as sink:
            sink.write(out, 1)
    return root


def _drawn(pictures: Path, drawn: Dict[str, list], side_px: int, root: Path) -> Path:
    """The pictures that have polygons, and the polygons in their pixels."""
    root.mkdir(parents=True, exist_ok=True)
    features = []
    for stem, polygons in drawn.items():
        shutil.copy(pictures / f"{stem}.png", root / f"{stem}.png")
        for name, points in polygons:
            ring = [[x * side_px / 1024, y * side_px / 1024] for x, y in [*points, points[0]]]
            features.append(
                {
                    "type": "Feature",
                    "properties": {"image": stem, "class": name},
                    "geometry": {"type": "Polygon", "coordinates": [ring]},
                }
            )
    document = {"type": "FeatureCollection", "features": features}
    (root / "polygons.geojson").write_text(json.dumps(document), encoding="utf-8")
    return root


def _netherlands(data: Path, wheels: Path, work: Path) -> Path:
    pictures = wheels / "configilm" / "extra" / "mock_data" / "HRVQA" / "images"
    return _drawn(pictures, hand_labels.HRVQA, 1024, work / "netherlands")


def _new_york(data: Path, wheels: Path, work: Path) -> Path:
    pictures = wheels / "configilm" / "extra" / "mock_data" / "RSVQA-HR" / "Images" / "Data"
    return _drawn(pictures, hand_labels.RSVQA, 512, work / "new-york")


SOURCES: Dict[str, Source] = {
    "mbrsc": Source("mbrsc", 0.3, 6.0, (0.65, 1.4), _mbrsc),
    "neon-canopy": Source("neon-canopy", 0.2, 0.8, (0.6, 1.5), _canopy),
    "idtrees-canopy": Source("idtrees-canopy", 0.15, 0.5, (0.6, 1.5), _idtrees),
    "banepa": Source("banepa", 0.2, 1.2, (0.6, 1.5), _banepa),
    "ign-farmland": Source("ign-farmland", 0.3, 0.1, (1.0, 1.5), _ign),
    "netherlands": Source("netherlands.toml", 0.16, 2.5, (0.7, 1.5), _netherlands),
    "new-york": Source("new-york.toml", 0.16, 1.8, (0.7, 1.5), _new_york),
}
"""By the names of their data sets."""


def find_wheels(wheels: Optional[Path]) -> Path:
    """The folder into which the wheels named in README.md were unpacked."""
    if wheels is None or not wheels.is_dir():
        raise SystemExit("unpack the wheels named in tests/bench/starter/README.md and give their folder")
    return wheels
