"""Models on a DINOv3 ViT: a ``backbone`` and, unless its features are what is wanted, a ``head``."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence

import torch
from torch import nn

from .joined import Head
from .sizes import PATCH_PX, VitSize
from .vit import Vit


class DinoV3(nn.Module):
    """``backbone`` and ``head``; without a head the last level's features, one cell for 16 pixels."""

    receptive_radius_px = None

    def __init__(self, backbone: Vit, head: Optional[nn.Module], layers: Sequence[int]) -> None:
        super().__init__()
        self.backbone, self.layers = backbone, tuple(layers)
        self.head = head
        self.stride_px: int = PATCH_PX if head is None else head.stride_px

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """``(n, bands, h, w)``, sides multiples of ``stride_px`` -> ``(n, channels, h / cell, w / cell)``."""
        levels = self.backbone(windows, self.layers)
        if self.head is None:
            return levels[-1].patches
        out: torch.Tensor = self.head(levels, windows)
        return out


def build(
    backbone: Dict[str, Any],
    bands: int = 3,
    classes: int = 1,
    head: Optional[Dict[str, Any]] = None,
    layers: Optional[Sequence[int]] = None,
) -> DinoV3:
    """``backbone``: a :class:`VitSize` as a dict; ``layers``: blocks whose output the head takes, default the last."""
    vit = Vit(VitSize(**backbone), bands)
    made = head_of({"backbone": backbone, "head": head, "layers": layers, "bands": bands, "classes": classes})
    return DinoV3(vit, made.module, made.layers)


def head_of(network: Dict[str, Any]) -> Head:
    """The head of ``network``, the arguments of :func:`build`, with fresh weights, and the levels that it takes."""
    size, head, layers = VitSize(**network["backbone"]), network.get("head"), network.get("layers")
    bands, classes = network["bands"], network["classes"]
    chosen = tuple(layers) if layers else (size.depth - 1,)
    if list(chosen) != sorted(set(chosen)) or not 0 <= chosen[0] <= chosen[-1] < size.depth:
        raise ValueError(f"layers {list(chosen)} are not ascending blocks of {size.depth}")
    if head is None:
        if classes != size.dim:
            raise ValueError(f"a backbone alone gives {size.dim} channels, not {classes}")
        return Head(None, chosen)
    from ..heads import build_head

    return Head(build_head(head, size.dim, classes, len(chosen), bands), chosen)
