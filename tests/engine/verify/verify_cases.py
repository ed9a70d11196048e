"""Small models for the tests of the verification kit."""

from __future__ import annotations

from pathlib import Path

import torch
from rs_dino_engine.models.folder import write_torch_folder
from rs_dino_engine.models.load import build_network
from rs_dino_engine.models.networks.dinov3.sizes import VitSize
from rs_dino_engine.models.spec import Band, ClassInfo, ClassMap, InputSpec, ModelSpec, OutputSpec

THIN = VitSize(64, 24, 1, 96)
"""As deep as the satellite ViT-L, so that the canopy-height head fits."""
LOVEDA_NAMES = ("Background", "Buildings", "road", "water", "barren", "forest", "agricultural")


def write_segmenter(folder: Path) -> Path:
    """A plain convolution network of LoveDA's classes, as somebody else would call them."""
    classes = [ClassInfo(id=i, name=name, color=(i, i, i)) for i, name in enumerate(LOVEDA_NAMES)]
    spec = ModelSpec(
        name="tiny",
        title="Tiny",
        task="segment",
        network={"kind": "conv-small", "width": 4},
        input=InputSpec(
            bands=[Band(name=b) for b in ("red", "green", "blue")], mean=[0.4] * 3, std=[0.2] * 3, window_px=64
        ),
        output=OutputSpec(kind="classes", channels=7, class_map=ClassMap(classes=classes)),
    )
    torch.manual_seed(0)
    write_torch_folder(folder, spec, build_network(spec).state_dict())
    return folder
