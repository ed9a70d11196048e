"""The sizes of DINOv3 ViTs, and what can be told about one from its weights.

Figures: facebookresearch/dinov3 ``dinov3/hub/backbones.py`` and MODEL_CARD.md.
"""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Optional

PATCH_PX = 16
REGISTERS = 4


class VitSize(NamedTuple):
    """``hidden``: channels inside the feed-forward part; ``gated``: SwiGLU instead of a plain one with GELU."""

    dim: int
    depth: int
    heads: int
    hidden: int
    gated: bool = False
    qkv_bias: bool = True

    @property
    def dims(self) -> "tuple[int, ...]":
        """Channels of every level."""
        return (self.dim,) * self.depth

    @property
    def strides(self) -> "tuple[int, ...]":
        """Pixels that a cell of every level stands for."""
        return (PATCH_PX,) * self.depth

    def as_dict(self) -> Dict[str, Any]:
        """The settings of a model.json's ``network.backbone``."""
        return dict(self._asdict())


SIZES: Dict[str, VitSize] = {
    "ViT-S/16": VitSize(384, 12, 6, 1536),
    "ViT-S+/16": VitSize(384, 12, 6, 1536, gated=True),
    "ViT-B/16": VitSize(768, 12, 12, 3072),
    "ViT-L/16": VitSize(1024, 24, 16, 4096),
    "ViT-L+/16": VitSize(1024, 24, 16, 4096, gated=True),
    "ViT-H+/16": VitSize(1280, 32, 20, 5120, gated=True),
    "ViT-7B/16": VitSize(4096, 40, 32, 8192, gated=True, qkv_bias=False),
}

FOUR_LEVELS = {12: (2, 5, 8, 11), 24: (5, 11, 17, 23), 32: (7, 15, 23, 31), 40: (9, 19, 29, 39)}
"""Blocks whose output a head with four levels takes, by the backbone's depth."""


def four_levels(depth: int) -> "tuple[int, ...]":
    """Four evenly spaced blocks, the last one among them."""
    return FOUR_LEVELS.get(depth) or tuple(max(0, (depth * part) // 4 - 1) for part in (1, 2, 3, 4))


def name_of(size: VitSize) -> Optional[str]:
    """The family's name for a size; None for one of somebody's own. Biases of queries, keys and values do not count:
    timm leaves them out where they are 0."""
    return next((name for name, known in SIZES.items() if known._replace(qkv_bias=size.qkv_bias) == size), None)
