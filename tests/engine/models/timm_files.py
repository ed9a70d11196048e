"""Files of timm's networks as they are published: timm's own small test networks, with weights that tell."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any, Dict

import pytest
import torch
from dinov3_files import telling
from rs_dino_engine.models.timm_import import timm_module
from rs_dino_engine.models.weights import write_safetensors

needs_timm = pytest.mark.skipif(importlib.util.find_spec("timm") is None, reason="timm is not installed")


def network(name: str, **options: Any) -> torch.nn.Module:
    """timm's network with weights that depend on nothing but their names."""
    net = timm_module().create_model(name, pretrained=False, **options).eval()
    state = net.state_dict()
    made = telling({k: tuple(v.shape) for k, v in state.items() if v.is_floating_point() and v.ndim})
    for key, values in made.items():
        if key.endswith("running_var"):
            made[key] = values.abs() + 0.5
    net.load_state_dict({**state, **made})
    return net


def publish(net: Any, folder: Path, **changes: Any) -> Path:
    """A folder as timm puts it on a hub: weights with the classifier, and ``config.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", dict(net.state_dict()))
    told = {k: v for k, v in net.pretrained_cfg.items() if v is not None}
    config: Dict[str, Any] = {"architecture": told.pop("architecture"), "num_classes": net.num_classes}
    config["pretrained_cfg"] = {**told, **changes}
    (folder / "config.json").write_text(json.dumps(config))
    return folder
