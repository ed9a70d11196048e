"""DINOv3 models with weights that tell (:mod:`rs_dino_engine.verify.seeded`), as model folders for the command line,
and a real picture that is large enough for them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Optional, Tuple

import numpy as np
import rasterio
import torch
from children import REPO
from rasterio.transform import from_origin
from rs_dino_engine.models.checkpoints.dinov3_spec import WEB, backbone_spec, canopy_spec
from rs_dino_engine.models.folder import write_torch_folder
from rs_dino_engine.models.networks.dinov3.sizes import SIZES, VitSize, four_levels
from rs_dino_engine.models.spec import ClassInfo, ClassMap, ModelSpec, OutputSpec
from rs_dino_engine.verify.seeded import picture, seeded_network

WINDOW_PX, OVERLAP_PX = 512, 128
THIN = VitSize(64, 12, 1, 128)
THIN_DEEP = VitSize(128, 24, 2, 256)
CLASSES = 5
SAMPLES = REPO / "resources" / "samples"


def backbone(work: Path, size: VitSize = SIZES["ViT-S/16"]) -> Path:
    """A backbone alone: what feature-map takes."""
    spec = backbone_spec(size, WEB)
    return _written(work / f"model-backbone-{size.dim}", spec, size)


def segmenter(work: Path, name: str = "ViT-S/16", head: str = "multilevel") -> Path:
    """A backbone with a head for classes."""
    size = SIZES[name]
    classes = [ClassInfo(id=i, name=f"class {i}", color=(50 * i, 200 - 40 * i, 90)) for i in range(CLASSES)]
    network = {
        "kind": "dinov3", "backbone": size.as_dict(), "head": {"kind": head},
        "layers": [size.depth - 1] if head == "linear" else list(four_levels(size.depth)),
    }  # fmt: skip
    output = OutputSpec(kind="classes", class_map=ClassMap(classes=classes), channels=CLASSES, blend_on="probabilities")
    about = {"name": f"bench-{size.dim}-{head}", "title": f"{name}, {head} head", "task": "segment"}
    spec = backbone_spec(size, WEB).model_copy(update={"network": network, "output": output, **about})
    return _written(work / f"model-segment-{size.dim}-{head}", spec, size)


def canopy(work: Path, large: bool) -> Path:
    """A model in the shape of CHMv2: ViT-L with its head, or a thin one as deep. At the raster's own GSD."""
    size = SIZES["ViT-L/16"] if large else THIN_DEEP
    spec = canopy_spec(size)
    network: Dict[str, Any] = dict(spec.network)
    if not large:
        network["head"] = {"kind": "dpt", "post": [32, 64, 128, 256], "width": 64, "hidden": 32, "bins": 256}
    inputs = spec.input.model_copy(update={"gsd_m": None})
    spec = spec.model_copy(update={"network": network, "input": inputs})
    return _written(work / f"model-canopy-{size.dim}", spec, size)


def _written(folder: Path, spec: ModelSpec, size: VitSize) -> Path:
    if not (folder / "model.json").exists():
        write_torch_folder(folder, spec, telling_network(spec, size).state_dict())
    return folder


def telling_network(spec: ModelSpec, size: VitSize) -> torch.nn.Module:
    """Classes are centred and spread alike, so that every one of them wins somewhere."""
    network = seeded_network(spec, size)
    if spec.output.kind == "classes":
        last = getattr(network.head, "last", None) or network.head.classify
        with torch.no_grad():
            logits = network(picture(256, 256))
            spread = logits.std(dim=(0, 2, 3))
            last.weight.div_(spread[:, None, None, None])
            last.bias.copy_((last.bias - logits.mean(dim=(0, 2, 3))) / spread)
    return network


def mirrored(path: Path, side: int, own: Optional[Path] = None) -> Path:
    """``side`` × ``side`` pixels of a real picture, 0.15 m in UTM 18: ``own`` from its top left corner, or the bundled
    samples side by side, each mirrored at its borders."""
    if path.exists():
        return path
    pictures = [_read(own)] if own else [_read(SAMPLES / name) for name in ("suburb.tif", "golf-course.tif")]
    profile = dict(
        driver="GTiff", height=side, width=side, count=3, dtype="uint8", crs="EPSG:32618", tiled=True,
        compress="deflate", blockxsize=512, blockysize=512, transform=from_origin(650000, 4500000, 0.15, 0.15),
    )  # fmt: skip
    wholes = [_whole(p) for p in pictures]
    unit = np.concatenate([w[:, : min(p.shape[1] for p in wholes)] for w in wholes], axis=2)
    height, width = unit.shape[1:]
    partial = path.with_suffix(".part.tif")
    with rasterio.open(partial, "w", **profile) as data:
        for top in range(0, side, height):
            rows = min(height, side - top)
            repeated = np.concatenate([unit] * -(-side // width), axis=2)[:, :rows, :side]
            data.write(repeated, window=((top, top + rows), (0, side)))
    partial.rename(path)
    return path


def _read(path: Path) -> np.ndarray:
    with rasterio.open(path) as data:
        return data.read((1, 2, 3))


def _whole(pixels: np.ndarray) -> np.ndarray:
    """A picture and its mirror images, twice as large both ways, which joins with itself; rows with a part of a black
    strip are left out."""
    used = pixels[:, pixels.any(axis=0).mean(axis=1) > 0.99]
    wide = np.concatenate([used, used[:, :, ::-1]], axis=2)
    return np.concatenate([wide, wide[:, ::-1]], axis=1)


def cropped(source: Path, path: Path, offset: Tuple[int, int], size: Tuple[int, int]) -> Path:
    """A part of a raster, where it lies."""
    if path.exists():
        return path
    window = rasterio.windows.Window(offset[1], offset[0], size[1], size[0])
    with rasterio.open(source) as data:
        profile = {**data.profile, "height": size[0], "width": size[1], "transform": data.window_transform(window)}
        pixels = data.read(window=window)
    with rasterio.open(path, "w", **profile) as out:
        out.write(pixels)
    return path
