"""Small real data for tests of training: coloured fields, written as rasters."""

import json
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin
from rs_dino_engine.errors import Cancelled
from rs_dino_engine.raster.gdal_env import gdal

COLORS = np.array([[60, 120, 60], [150, 150, 150], [40, 70, 140]], np.float32)


def fields(side: int, seed: int):
    """An image (3, side, side) uint8 of noisy squares and its class ids (side, side)."""
    rng = np.random.default_rng(seed)
    ids = rng.integers(0, 3, (side // 16 + 1, side // 16 + 1)).repeat(16, 0).repeat(16, 1)[:side, :side]
    image = COLORS[ids] + rng.normal(0, 12, (side, side, 3))
    return np.clip(image, 0, 255).astype(np.uint8).transpose(2, 0, 1), ids.astype(np.uint8)


def write_raster(path: Path, pixels: np.ndarray, origin=(500000.0, 5000000.0), gsd=0.5, crs="EPSG:32633", **more):
    profile = {
        "driver": "GTiff",
        "count": pixels.shape[0],
        "height": pixels.shape[1],
        "width": pixels.shape[2],
        "dtype": pixels.dtype,
    }
    if crs:
        profile.update(crs=crs, transform=from_origin(*origin, gsd, gsd))
    with gdal(), rasterio.open(path, "w", **profile, **more) as sink:
        sink.write(pixels)


class QuietJob:
    """A job that remembers what was said, and can be cancelled after a number of steps."""

    def __init__(self, folder: Path, cancel_after=None, resume=False):
        self.outputs, self.checkpoint, self.resume = folder / "outputs", folder / "checkpoint", resume
        self.outputs.mkdir(parents=True, exist_ok=True)
        self.checkpoint.mkdir(exist_ok=True)
        self.warnings, self.said, self.metrics, self.progress = [], [], [], []
        self._left = cancel_after

    def report(self, progress=None, message=None, **metrics):
        if progress is not None:
            self.progress.append(progress)
        if message is not None:
            self.said.append(message)
            json.dumps(message.as_dict())
        if metrics:
            json.dumps(metrics)
            self.metrics.append(metrics)

    def warn(self, message):
        self.warnings.append(message)

    def log(self, text):
        pass

    def check_cancel(self):
        if self._left is not None:
            if self._left <= 0:
                raise Cancelled()
            self._left -= 1
