"""One 1 x 1 convolution over the features of one or several levels, up-sampled to the image.

As in facebookresearch/dinov3 ``eval/segmentation/models/heads/linear_head.py``: dropout, normalisation, convolution.
"""

from __future__ import annotations

from typing import Sequence

import torch
from torch import nn
from torch.nn import functional

from ..backbone import Level

_FRESH_STD = 0.01


class LinearHead(nn.Module):
    """Features -> logits."""

    stride_px = 16

    def __init__(self, dim: int, classes: int, levels: int, dropout: float) -> None:
        super().__init__()
        self.drop = nn.Dropout2d(dropout)
        self.norm = nn.BatchNorm2d(dim * levels)
        self.classify = nn.Conv2d(dim * levels, classes, 1)
        nn.init.normal_(self.classify.weight, std=_FRESH_STD)
        nn.init.zeros_(self.classify.bias)

    def forward(self, levels: Sequence[Level], images: torch.Tensor) -> torch.Tensor:
        features = torch.cat([level.patches for level in levels], dim=1)
        logits = self.classify(self.norm(self.drop(features)))
        return functional.interpolate(logits, size=images.shape[-2:], mode="bilinear", align_corners=False)


def build(dim: int, classes: int, levels: int, bands: int, dropout: float = 0.1) -> LinearHead:
    return LinearHead(dim, classes, levels, dropout)
