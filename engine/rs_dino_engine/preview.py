"""Small PNG pictures of results, for people who want to see before they open a GIS."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Iterable, Tuple

import numpy as np
import rasterio
from rasterio.features import rasterize

from .models.spec import ClassMap
from .raster.gdal_env import gdal
from .raster.grid import scaled
from .raster.source import open_raster

SIDE_PX = 1024
"""Pictures are at most this long, each way."""
HATCH = (255, 255, 255)
TALL_M = 30.0
"""Heights from here on have the last colour."""
DOT_PX = 2.0
HEIGHT_COLORS = np.array(
    [(247, 242, 228), (199, 221, 158), (110, 175, 98), (38, 120, 66), (0, 60, 40)], dtype=np.float32
)
CONFIDENCE_COLORS = np.array(
    [(165, 0, 38), (253, 174, 97), (255, 255, 191), (166, 217, 106), (0, 104, 55)], dtype=np.float32
)


def picture_of_raster(path: str, out: Path) -> Path:
    """The image itself, its first three bands, stretched to its 2nd-98th percentile where it is not 8 bit."""
    with open_raster(path) as source:
        read = source.read(0, source.height, 0, source.width)
        pixels = read.pixels[:3].astype(np.float32)
        valid = np.ones(pixels.shape[1:], bool) if read.valid is None else read.valid
        if source.dtype != np.uint8 and valid.any():
            low, high = np.percentile(pixels[:, valid], (2, 98))
            pixels = (pixels - low) / max(high - low, 1e-6) * 255
    pixels = np.repeat(pixels[:1], 3, axis=0) if len(pixels) < 3 else pixels
    return _write(np.where(valid, np.clip(pixels, 0, 255), 255), out)


def picture_of_labels(path: Path, class_map: ClassMap, out: Path) -> Path:
    """Class colours; white where there is no label."""
    labels, _ = _read(path)
    table = np.full((256, 3), 255, dtype=np.uint8)
    for info in class_map.classes:
        table[info.id] = info.color
    return _write(np.moveaxis(table[labels], -1, 0), out)


def picture_of_confidence(path: Path, out: Path) -> Path:
    """Red (undecided) over yellow to green (certain); white where there is none."""
    values, _ = _read(path)
    colors = _along(CONFIDENCE_COLORS, values / 100.0)
    colors[values == 255] = 255
    return _write(np.moveaxis(colors, -1, 0), out)


def picture_of_heights(path: Path, out: Path) -> Path:
    """Light ground to dark green at ``TALL_M``; white where there is no value."""
    values, _ = _read(path)
    known = values > -1000
    colors = _along(HEIGHT_COLORS, np.where(known, values, 0) / TALL_M)
    colors[~known] = 255
    return _write(np.moveaxis(colors, -1, 0), out)


def picture_of_trees(tops: Path, crowns: Path, image: Path, heights: Path, out: Path) -> Path:
    """Crowns as outlines and tops as dots over the image."""
    import pyogrio
    import shapely

    pixels, transform = _under(image, heights)
    both = (pyogrio.raw.read(path, layer=path.stem, columns=[])[2] for path in (crowns, tops))
    outlines, points = (shapely.from_wkb(wkb) for wkb in both)
    dots = shapely.buffer(points, DOT_PX * abs(transform.a))
    for shapes, color in ((shapely.boundary(outlines), (255, 230, 90)), (dots, (220, 40, 40))):
        _burn(pixels, shapes, transform, color)
    return _write(np.clip(pixels, 0, 255), out)


def _along(stops: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Colours (h, w, 3) between ``stops`` for 0-1."""
    at = np.clip(share, 0, 1) * (len(stops) - 1)
    low = np.minimum(at.astype(int), len(stops) - 2)
    part = (at - low)[..., None]
    colors: np.ndarray = stops[low] * (1 - part) + stops[low + 1] * part
    return colors


def picture_of_polygons(path: Path, image: Path, labels: Path, class_map: ClassMap, out: Path) -> Path:
    """Outlines of the polygons in their class colours, over the image."""
    import pyogrio
    import shapely

    _, _, wkb, fields = pyogrio.raw.read(path, layer=path.stem, columns=["class_id"])
    outlines = shapely.boundary(shapely.from_wkb(wkb))
    pixels, transform = _under(image, labels)
    colors: Dict[int, Tuple[int, int, int]] = {c.id: c.color for c in class_map.classes}
    for class_id in np.unique(fields[0]):
        _burn(pixels, outlines[fields[0] == class_id], transform, colors.get(int(class_id), HATCH))
    return _write(np.clip(pixels, 0, 255), out)


def _under(image: Path, layer: Path) -> Tuple[np.ndarray, Any]:
    """A faded picture (3, h, w) to draw on, and the transform of its pixels, known from a layer of the same raster."""
    with gdal(), rasterio.open(image) as data:
        pixels = data.read().astype(np.float32)
    with rasterio.open(layer) as data:
        scale = data.width / pixels.shape[2]
        return pixels * 0.75 + 40, scaled(data.transform, scale, scale)


def _burn(pixels: np.ndarray, shapes: Iterable[Any], transform: Any, color: Tuple[int, int, int]) -> None:
    drawable = [shape for shape in shapes if not shape.is_empty]
    if not drawable:
        return
    drawn = rasterize(drawable, out_shape=pixels.shape[1:], transform=transform, all_touched=False).astype(bool)
    pixels[:, drawn] = np.asarray(color, dtype=np.float32)[:, None]


def _read(path: Path) -> Tuple[np.ndarray, float]:
    """First band, made small by its overviews (nearest)."""
    with rasterio.open(path) as data:
        factor = max(1.0, max(data.height, data.width) / SIDE_PX)
        shape = (max(1, round(data.height / factor)), max(1, round(data.width / factor)))
        return data.read(1, out_shape=shape), factor


def _write(pixels: np.ndarray, out: Path) -> Path:
    """``(3, h, w)`` -> PNG, at most ``SIDE_PX`` long."""
    step = max(1, -(-max(pixels.shape[1:]) // SIDE_PX))
    small = np.ascontiguousarray(pixels[:, ::step, ::step]).astype(np.uint8)
    out.write_bytes(_png(small))
    return out


def _png(pixels: np.ndarray) -> bytes:
    with rasterio.MemoryFile() as memory:
        profile = dict(driver="PNG", width=pixels.shape[2], height=pixels.shape[1], count=3, dtype="uint8")
        with gdal(), memory.open(**profile) as data:
            data.write(pixels)
        return bytes(memory.read())
