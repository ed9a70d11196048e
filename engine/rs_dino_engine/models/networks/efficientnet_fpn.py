"""EfficientNet-Lite0 features with a light top-down decoder (after feature pyramids, arXiv:1612.03144).

The decoder goes down to stride 2, so that borders of houses and roads stay sharp; its output is up-sampled
twice to the input's size.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from ...devices import prefers_channels_last
from .efficientnet import LEVELS, Lite0Features
from .layers import ConvNorm, Separable


def _twice(x: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


class TopDown(nn.Module):
    """Features at strides 2-32 -> one map at stride 2."""

    def __init__(self, width: int, fine_width: int) -> None:
        super().__init__()
        self.lateral = nn.ModuleDict({str(s): ConvNorm(LEVELS[s], width, act=False) for s in (4, 8, 16, 32)})
        self.smooth = nn.ModuleDict({str(s): Separable(width, width) for s in (4, 8, 16, 32)})
        self.narrow = ConvNorm(width, fine_width, act=False)
        self.lateral_fine = ConvNorm(LEVELS[2], fine_width, act=False)
        self.smooth_fine = Separable(fine_width, fine_width)

    def forward(self, levels: "dict[int, torch.Tensor]") -> torch.Tensor:
        x = self.smooth["32"](self.lateral["32"](levels[32]))
        for stride in (16, 8, 4):
            x = self.smooth[str(stride)](_twice(x) + self.lateral[str(stride)](levels[stride]))
        out: torch.Tensor = self.smooth_fine(_twice(self.narrow(x)) + self.lateral_fine(levels[2]))
        return out


class EfficientNetFpn(nn.Module):
    """``backbone`` (pretrained, may be frozen) and ``decoder`` + ``head`` (always trained)."""

    stride_px = 32
    receptive_radius_px = None

    def __init__(self, bands: int, classes: int, width: int, fine_width: int, dropout: float) -> None:
        super().__init__()
        self.backbone = Lite0Features(bands)
        self.decoder = TopDown(width, fine_width)
        self.drop = nn.Dropout2d(dropout)
        self.head = nn.Conv2d(fine_width, classes, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """``(n, bands, h, w)``, sides multiples of 32 -> ``(n, classes, h, w)``."""
        if prefers_channels_last(windows.device.type):  # a third of the time on a processor
            windows = windows.contiguous(memory_format=torch.channels_last)
        return _twice(self.head(self.drop(self.decoder(self.backbone(windows)))))


def build(
    bands: int = 3, classes: int = 6, width: int = 96, fine_width: int = 48, dropout: float = 0.1
) -> EfficientNetFpn:
    return EfficientNetFpn(bands, classes, width, fine_width, dropout)
