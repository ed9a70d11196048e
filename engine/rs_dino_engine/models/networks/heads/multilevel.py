"""A light head of ours: several levels joined on the patch grid, then brought to pixels along the image itself.

Features of a ViT stand for 16 pixels each; borders come from a small convolutional stem that sees the image at
half, a quarter and an eighth of its size.
"""

from __future__ import annotations

from typing import Sequence

import torch
from torch import nn
from torch.nn import functional

from ..backbone import Level
from ..layers import ConvNorm, Separable


class Stem(nn.Module):
    """Image -> details at strides 2, 4 and 8."""

    def __init__(self, bands: int, width: int) -> None:
        super().__init__()
        self.to_half = ConvNorm(bands, width // 2, 3, 2)
        self.to_quarter = ConvNorm(width // 2, width, 3, 2)
        self.to_eighth = ConvNorm(width, width, 3, 2)

    def forward(self, images: torch.Tensor) -> "tuple[torch.Tensor, torch.Tensor, torch.Tensor]":
        half = self.to_half(images)
        quarter = self.to_quarter(half)
        return half, quarter, self.to_eighth(quarter)


class MultilevelHead(nn.Module):
    """Levels and image -> channels at the image's size."""

    stride_px = 16

    def __init__(self, dim: int, classes: int, levels: int, width: int, bands: int, dropout: float) -> None:
        super().__init__()
        self.join = ConvNorm(dim * levels, width, 1)
        self.stem = Stem(bands, width // 2)
        self.at8 = Separable(width + width // 2, width)
        self.at4 = Separable(width + width // 2, width // 2)
        self.at2 = Separable(width // 2 + width // 4, width // 2)
        self.drop = nn.Dropout2d(dropout)
        self.last = nn.Conv2d(width // 2, classes, 1)

    def forward(self, levels: Sequence[Level], images: torch.Tensor) -> torch.Tensor:
        half, quarter, eighth = self.stem(images)
        x = self.join(torch.cat([level.patches for level in levels], dim=1))
        for step, detail in ((self.at8, eighth), (self.at4, quarter), (self.at2, half)):
            x = step(torch.cat([_to(x, detail), detail], dim=1))
        out: torch.Tensor = self.last(self.drop(x))
        return functional.interpolate(out, size=images.shape[-2:], mode="bilinear", align_corners=False)


def _to(x: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(x, size=like.shape[-2:], mode="bilinear", align_corners=False)


def build(dim: int, classes: int, levels: int, bands: int, width: int = 96, dropout: float = 0.1) -> MultilevelHead:
    return MultilevelHead(dim, classes, levels, width, bands, dropout)
