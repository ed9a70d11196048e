"""The scene all tiled-inference figures are taken on, and the networks that are run over it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import rasterio
import torch
from rasterio.transform import from_origin

SEED = 7


def write_scene(path: Path, height: int, width: int) -> Path:
    """A uint8 RGB raster, 0.5 m, EPSG:32633, deflate in 512 px tiles, nodata 0 with a void corner.

    Smooth fields with texture on top, so that neither compression nor classes are trivial. Written by strips.
    """
    if path.exists():
        return path
    profile = dict(
        driver="GTiff", height=height, width=width, count=3, dtype="uint8", crs="EPSG:32633", nodata=0,
        transform=from_origin(500000, 5400000, 0.5, 0.5), tiled=True, blockxsize=512, blockysize=512,
        compress="deflate",
    )  # fmt: skip
    rng = np.random.default_rng(SEED)
    waves = rng.uniform(0.002, 0.05, size=(3, 6, 2)), rng.uniform(0, 6.28, size=(3, 6))
    cols = np.arange(width, dtype=np.float32)
    partial = path.with_suffix(".part.tif")
    with rasterio.open(partial, "w", **profile) as data:
        for top in range(0, height, 512):
            rows = np.arange(top, min(top + 512, height), dtype=np.float32)
            strip = np.zeros((3, len(rows), width), dtype=np.float32)
            for band in range(3):
                for (down, right), phase in zip(waves[0][band], waves[1][band]):
                    strip[band] += np.sin(rows[:, None] * down + cols[None] * right + phase)
            strip = 128 + 18 * strip + rng.normal(0, 9, size=strip.shape).astype(np.float32)
            pixels = np.clip(strip, 1, 255).astype(np.uint8)
            corner = (rows[:, None] + cols[None]) < 700
            pixels[:, corner] = 0
            data.write(pixels, window=((top, top + len(rows)), (0, width)))
    partial.rename(path)
    return path


def small_conv(classes: int = 4) -> torch.nn.Module:
    """A plain convolutional network with zero padding; an output pixel sees 15 pixels each way (3 + 4 + 8)."""
    torch.manual_seed(SEED)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(3, 16, 7, padding=3),
        torch.nn.ReLU(),
        torch.nn.Conv2d(16, 16, 5, padding=4, dilation=2),
        torch.nn.ReLU(),
        torch.nn.Conv2d(16, 16, 5, padding=8, dilation=4),
        torch.nn.ReLU(),
        torch.nn.Conv2d(16, classes, 1),
    ).eval()
    with torch.no_grad():  # centre the classes, so that each of them wins somewhere
        network[-1].bias -= network(torch.randn(1, 3, 256, 256)).mean(dim=(0, 2, 3))
    return network


class Normalised(torch.nn.Module):
    """0-1 input, normalised with ImageNet's mean and standard deviation in front of a network."""

    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network((x - self.mean) / self.std)


class SmallViT(torch.nn.Module):
    """A ViT-S-sized network: 12 blocks of 384 channels on 16 px patches, linear head, bilinear upsampling."""

    def __init__(self, classes: int = 4) -> None:
        super().__init__()
        torch.manual_seed(SEED)
        self.patch = torch.nn.Conv2d(3, 384, 16, stride=16)
        layer = torch.nn.TransformerEncoderLayer(384, 6, 1536, 0.0, "gelu", batch_first=True, norm_first=True)
        self.blocks = torch.nn.TransformerEncoder(layer, 12, enable_nested_tensor=False)
        self.head = torch.nn.Linear(384, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        tokens = self.patch(x)
        height, width = tokens.shape[2:]
        tokens = self.head(self.blocks(tokens.flatten(2).transpose(1, 2)))
        maps = tokens.transpose(1, 2).reshape(len(x), -1, height, width)
        return torch.nn.functional.interpolate(maps, scale_factor=16, mode="bilinear", align_corners=False)


def vit_small(classes: int = 4) -> torch.nn.Module:
    network = SmallViT(classes).eval()
    with torch.no_grad():
        network.head.bias -= network(torch.randn(1, 3, 256, 256)).mean(dim=(0, 2, 3))
    return network
