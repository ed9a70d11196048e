"""Networks: what turns normalised windows into channels. ``network.kind`` of a ModelSpec names one.

To add a network: write a file with ``build(**settings) -> nn.Module`` beside this one and name it in
``NETWORKS``. A network takes ``(n, bands, height, width)`` float32 with sides that are multiples of its
``stride_px`` and returns raw channels; ``receptive_radius_px`` is how far an output pixel sees (None: not
bounded in practice).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Dict

from ...errors import UserError

if TYPE_CHECKING:
    from torch import nn

NETWORKS: Dict[str, str] = {
    "conv-small": "rs_dino_engine.models.networks.conv_small:build",
    "convnext": "rs_dino_engine.models.networks.convnext:build",
    "dinov3": "rs_dino_engine.models.networks.dinov3:build",
    "efficientnet-fpn": "rs_dino_engine.models.networks.efficientnet_fpn:build",
    "timm": "rs_dino_engine.models.networks.timm_backbone:build",
}


def build(network: Dict[str, Any]) -> "nn.Module":
    """A network with fresh weights, from ``{kind, …settings}`` as a ModelSpec has it."""
    settings = dict(network)
    kind = settings.pop("kind", None)
    if kind not in NETWORKS:
        raise UserError("network-unknown", kind=str(kind), known=", ".join(sorted(NETWORKS)))
    module, function = NETWORKS[kind].split(":")
    built: "nn.Module" = getattr(import_module(module), function)(**settings)
    return built
