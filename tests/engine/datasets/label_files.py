"""Small rasters for tests of data sets, written with rasterio."""

from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin
from rs_dino_engine.raster.gdal_env import gdal


def write(
    path: Path, pixels: np.ndarray, gsd=None, origin=(500000.0, 5000000.0), crs="EPSG:32633", colormap=None, tags=None
):
    """Without ``gsd``: no georeferencing. PNG or GeoTIFF by the name's ending."""
    pixels = pixels if pixels.ndim == 3 else pixels[None]
    path.parent.mkdir(parents=True, exist_ok=True)
    driver = {".png": "PNG", ".tif": "GTiff"}[path.suffix]
    profile = {
        "driver": driver,
        "count": len(pixels),
        "height": pixels.shape[1],
        "width": pixels.shape[2],
        "dtype": pixels.dtype,
    }
    if gsd is not None:
        profile.update(crs=crs, transform=from_origin(*origin, gsd, gsd))
    with gdal(), rasterio.open(path, "w", **profile) as sink:
        sink.write(pixels)
        if colormap:
            sink.write_colormap(1, colormap)
        if tags:
            sink.update_tags(1, **tags)


def ramp(height: int, width: int, bands: int = 3) -> np.ndarray:
    """A picture in which every pixel differs from its neighbours."""
    rows, cols = np.mgrid[:height, :width]
    return np.stack([(rows * 3 + cols * 5 + 40 * b) % 256 for b in range(bands)]).astype(np.uint8)
