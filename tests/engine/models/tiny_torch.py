"""A small torch model and its spec, for tests."""

from __future__ import annotations

from typing import Any

import torch
from rs_dino_engine.models.load import build_network
from rs_dino_engine.models.spec import Band, ClassInfo, ClassMap, InputSpec, ModelSpec, OutputSpec


def tiny_spec(name: str = "tiny", classes: int = 4, **changes: Any) -> ModelSpec:
    """A plain convolution network of three bands."""
    table = [ClassInfo(id=i, name=f"类 {i}", color=(i * 20, 0, 0)) for i in range(classes)]
    spec = ModelSpec(
        name=name,
        title="Tiny",
        task="segment",
        network={"kind": "conv-small", "width": 4},
        input=InputSpec(
            bands=[Band(name=b) for b in ("red", "green", "blue")], mean=[0.4] * 3, std=[0.2] * 3, window_px=64
        ),
        output=OutputSpec(kind="classes", channels=classes, class_map=ClassMap(classes=table)),
    )
    return spec.model_copy(update=changes)


def tiny_network(spec: ModelSpec, seed: int = 0) -> torch.nn.Module:
    """The spec's network with seeded weights."""
    torch.manual_seed(seed)
    return build_network(spec).eval()
