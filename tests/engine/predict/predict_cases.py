"""A real raster and a small real network for the tests of the streaming loop."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import rasterio
import torch
from rasterio.transform import from_origin
from rs_dino_engine.models.networks import build
from rs_dino_engine.models.spec import Band, ClassInfo, ClassMap, InputSpec, ModelSpec, OutputSpec
from rs_dino_engine.models.torch_model import TorchModel
from safetensors.torch import save_file

CLASSES = ClassMap(
    classes=[ClassInfo(id=i, name=n, color=(60 * i, 200 - 50 * i, 90)) for i, n in enumerate(("a", "b", "c", "d"))]
)


def small_network() -> torch.nn.Module:
    """Zero padding, receptive radius 5, four balanced classes."""
    torch.manual_seed(1)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 5, padding=2), torch.nn.ReLU(), torch.nn.Conv2d(8, 4, 7, padding=3)
    ).eval()
    with torch.no_grad():
        network[-1].bias -= network(torch.randn(1, 3, 64, 64)).mean(dim=(0, 2, 3))
    return network


def small_model(
    window_px: int = 64, radius: "int | None" = 5, gsd_m: float = 0.5, blend_on: str = "logits"
) -> TorchModel:
    spec = ModelSpec(
        name="small",
        title="Small",
        task="segment",
        input=InputSpec(
            bands=[Band(name=n) for n in ("red", "green", "blue")],
            mean=[0.45, 0.4, 0.35],
            std=[0.2, 0.25, 0.3],
            gsd_m=gsd_m,
            window_px=window_px,
            receptive_radius_px=radius,
        ),
        output=OutputSpec(kind="classes", class_map=CLASSES, channels=4, blend_on=blend_on),
    )
    return TorchModel(spec, small_network())


def write_raster(path: Path, pixels: np.ndarray, **profile: object) -> Path:
    """``pixels`` (bands, h, w) at 0.5 m in UTM 33."""
    settings = dict(
        driver="GTiff", count=len(pixels), height=pixels.shape[1], width=pixels.shape[2], dtype=pixels.dtype,
        crs="EPSG:32633", transform=from_origin(500000, 5400000, 0.5, 0.5),
    )  # fmt: skip
    settings.update(profile)
    with rasterio.open(path, "w", **settings) as data:
        data.write(pixels)
    return path


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Smooth blobs with grain, uint8 RGB."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(1, 3, max(2, height // 8), max(2, width // 8), generator=generator)
    image = torch.nn.functional.interpolate(coarse, (height, width), mode="bilinear", align_corners=False)[0]
    image = image * 200 + torch.rand(3, height, width, generator=generator) * 40 + 5
    return image.to(torch.uint8).numpy()


BACKBONE_MEAN, BACKBONE_STD = 0.45, 0.25


def write_backbone(folder: Path) -> Path:
    """A DINOv3 ViT of 64 channels and 3 blocks whose random weights are large enough to tell textures apart."""
    torch.manual_seed(5)
    folder.mkdir()
    settings = {"kind": "dinov3", "backbone": {"dim": 64, "depth": 3, "heads": 1, "hidden": 128}}
    network = build({**settings, "bands": 3, "classes": 64})
    with torch.no_grad():
        for name, values in network.named_parameters():
            if "scale" in name:
                values.fill_(0.5)
            if values.ndim > 1:
                values.mul_(5)
    save_file(network.state_dict(), str(folder / "model.safetensors"))
    ModelSpec(
        name="vit",
        title="Tiny ViT",
        task="feature-map",
        network=settings,
        licence="MIT",
        input=InputSpec(
            bands=[Band(name=n) for n in ("red", "green", "blue")],
            mean=[BACKBONE_MEAN] * 3,
            std=[BACKBONE_STD] * 3,
            window_px=128,
            stride_px=16,
        ),
        output=OutputSpec(kind="features", blend_on="value", cell_px=16, channels=64),
    ).write(folder)
    return folder


def textures(side: int = 160) -> np.ndarray:
    """Four squares, uint8 RGB: noise and rows above, columns and nothing below."""
    rng = np.random.default_rng(0)
    row, col = np.mgrid[:side, :side]
    squares = [
        [rng.integers(60, 200, (side, side)), np.where(row // 4 % 2, 200, 50)],
        [np.where(col // 4 % 2, 200, 50), np.full((side, side), 120)],
    ]
    pixels = np.stack([np.block(squares)] * 3) + rng.integers(-8, 8, (3, 2 * side, 2 * side))
    return np.clip(pixels, 1, 255).astype(np.uint8)


def rs_dino(*arguments: object, **settings: str) -> subprocess.CompletedProcess:
    """The command line, on one thread; ``settings`` are environment variables."""
    command = [sys.executable, "-m", "rs_dino_engine", *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **settings}
    return subprocess.run(command, capture_output=True, env=environment, timeout=240, check=False, text=True)
