"""Model folders on one small DINOv3 backbone with weights that tell: classes, heights, and the features themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, Optional

import torch
from rs_dino_engine.models.folder import write_torch_folder
from rs_dino_engine.models.networks import build
from rs_dino_engine.models.spec import Band, ClassInfo, ClassMap, InputSpec, ModelSpec, OutputSpec

VIT = {"dim": 64, "depth": 4, "heads": 1, "hidden": 128}
DPT = {"kind": "dpt", "post": [8, 8, 16, 16], "width": 16, "hidden": 8, "bins": 16}
CLASSES = ClassMap(classes=[ClassInfo(id=i, name=n, color=(60 * i, 200 - 50 * i, 90)) for i, n in enumerate("abcd")])
OUTPUTS: Dict[str, OutputSpec] = {
    "segment": OutputSpec(kind="classes", class_map=CLASSES, channels=4, blend_on="probabilities"),
    "canopy-height": OutputSpec(kind="value", blend_on="value", quantity="canopy height", unit="m"),
    "feature-map": OutputSpec(kind="features", blend_on="value", cell_px=16, channels=64),
}
HEADS: Dict[str, Dict[str, Any]] = {
    "segment": {"head": {"kind": "linear"}, "layers": [1, 3]},
    "canopy-height": {"head": DPT, "layers": [0, 1, 2, 3]},
    "feature-map": {},
}


def spec_of(
    task: str, name: str, backbone: Dict[str, Any] = VIT, head: Optional[Dict[str, Any]] = None, **changes: Any
) -> ModelSpec:
    """``changes`` are of its input."""
    values: Dict[str, Any] = dict(
        bands=[Band(name=n) for n in ("red", "green", "blue")],
        mean=[0.45] * 3,
        std=[0.25] * 3,
        window_px=128,
        stride_px=32 if task == "canopy-height" else 16,
    )
    values.update(changes)
    network = {"kind": "dinov3", "backbone": backbone, **(HEADS[task] if head is None else head)}
    return ModelSpec(
        name=name, title=name.title(), task=task, network=network, licence="MIT", input=InputSpec(**values),
        output=OUTPUTS[task],
    )  # fmt: skip


def network_of(spec: ModelSpec, seed: int = 5, head_seed: int = 0) -> torch.nn.Module:
    """The backbone's weights follow from ``seed`` alone."""
    settings = {**spec.network, "bands": 3, "classes": spec.output.channels}
    torch.manual_seed(1 + head_seed)
    network = build(settings)
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, values in network.backbone.named_parameters():
            if values.ndim > 1:
                values.normal_(0, 0.2)
            elif "scale" in name:
                values.fill_(0.5)
            elif name.endswith("bias"):
                values.normal_(0, 0.1)
        torch.manual_seed(100 + head_seed)
        for name, values in network.named_parameters():
            if spec.task == "segment" and name.startswith("head.classify"):
                values.normal_(0, 0.3)
    return network.eval()


def model(
    folder: Path,
    task: str,
    name: Optional[str] = None,
    seed: int = 5,
    head_seed: int = 0,
    half: bool = False,
    **more: Any,
) -> Path:
    """Write a model folder; see :func:`spec_of`."""
    spec = spec_of(task, name or task, **more)
    write_torch_folder(folder / spec.name, spec, network_of(spec, seed, head_seed).state_dict(), half)
    return folder / spec.name
