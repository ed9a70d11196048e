"""A plain dilated convolution network with an exactly known receptive field, for tests and benchmarks."""

from __future__ import annotations

from typing import List, Sequence

import torch
from torch import nn

DILATIONS = (1, 2, 4, 8, 16)


class ConvSmall(nn.Module):
    """3 x 3 convolutions of growing dilation at full resolution; it sees ``sum(dilations)`` pixels each way."""

    stride_px = 1

    def __init__(self, bands: int, classes: int, width: int, dilations: Sequence[int]) -> None:
        super().__init__()
        layers: List[nn.Module] = []
        inputs = bands
        for dilation in dilations:
            layers += [nn.Conv2d(inputs, width, 3, padding=dilation, dilation=dilation), nn.ReLU()]
            inputs = width
        self.backbone = nn.Sequential(*layers)
        self.head = nn.Conv2d(width, classes, 1)
        self.receptive_radius_px = sum(dilations)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """``(n, bands, h, w)`` -> ``(n, classes, h, w)``."""
        out: torch.Tensor = self.head(self.backbone(windows))
        return out


def build(bands: int = 3, classes: int = 4, width: int = 16, dilations: Sequence[int] = DILATIONS) -> ConvSmall:
    return ConvSmall(bands, classes, width, dilations)
