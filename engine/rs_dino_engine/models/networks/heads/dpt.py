"""The DPT head (dense prediction transformer, arXiv:2103.13413) in the form that DINOv3's heads have.

Layout and order of operations: facebookresearch/dinov3 ``eval/depth/models/dpt_head.py``. Its output is the image's
size only where the grid of patches is even both ways, hence ``stride_px`` 32.
"""

from __future__ import annotations

from typing import List, Optional, Sequence

import torch
from torch import nn
from torch.nn import functional

from ..backbone import Level
from .heights import HeightBins

POST = (128, 256, 512, 1024)
"""Channels of the four levels, from the finest to the coarsest."""


class Reassemble(nn.Module):
    """One level at its own scale: the class token is worked in, then 4 x, 2 x, 1 x or half the patch grid."""

    def __init__(self, dim: int, channels: int, level: int) -> None:
        super().__init__()
        self.readout = nn.Linear(2 * dim, dim)
        self.project = nn.Conv2d(dim, channels, 1)
        self.resize = self._resize(channels, level)

    @staticmethod
    def _resize(channels: int, level: int) -> nn.Module:
        if level < 2:
            factor = 4 if level == 0 else 2
            return nn.ConvTranspose2d(channels, channels, factor, factor)
        return nn.Identity() if level == 2 else nn.Conv2d(channels, channels, 3, 2, 1)

    def forward(self, level: Level) -> torch.Tensor:
        n, dim, rows, cols = level.patches.shape
        patches = level.patches.flatten(2).transpose(1, 2)
        whole = level.whole[:, None].expand(-1, rows * cols, -1)
        mixed = functional.gelu(self.readout(torch.cat([patches, whole], dim=-1)))
        out: torch.Tensor = self.resize(self.project(mixed.transpose(1, 2).reshape(n, dim, rows, cols)))
        return out


class Residual(nn.Module):
    """x + conv(relu(conv(relu x)))."""

    def __init__(self, channels: int, bias: bool) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=bias)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.conv2(functional.relu(self.conv1(functional.relu(x))))


class Fuse(nn.Module):
    """Join what comes from the coarser level with this one, twice as fine."""

    def __init__(self, channels: int, bias: bool, first: bool) -> None:
        super().__init__()
        self.skip: Optional[Residual] = None if first else Residual(channels, bias)
        self.refine = Residual(channels, bias)
        self.project = nn.Conv2d(channels, channels, 1)

    def forward(self, x: torch.Tensor, level: Optional[torch.Tensor]) -> torch.Tensor:
        if self.skip is not None and level is not None:
            if level.shape[-2:] != x.shape[-2:]:
                level = functional.interpolate(level, size=x.shape[-2:], mode="bilinear", align_corners=False)
            x = x + self.skip(level)
        out: torch.Tensor = self.project(_twice(self.refine(x)))
        return out


def _twice(x: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=True)


class DptHead(nn.Module):
    """Four levels -> channels at the image's size; with ``bins`` -> one channel of metres."""

    stride_px = 32

    def __init__(
        self, dim: int, channels: int, post: Sequence[int], width: int, hidden: int, bias: bool, bins: bool
    ) -> None:
        super().__init__()
        self.reassemble = nn.ModuleList([Reassemble(dim, c, i) for i, c in enumerate(post)])
        self.convs = nn.ModuleList([nn.Conv2d(c, width, 3, padding=1, bias=False) for c in post])
        self.fuse = nn.ModuleList([Fuse(width, bias, first=i == 0) for i in range(len(post))])
        self.fine = nn.Conv2d(width, width // 2, 3, padding=1)
        self.narrow = nn.Conv2d(width // 2, hidden, 3, padding=1)
        self.last = nn.Conv2d(hidden, channels, 1)
        self.heights = HeightBins(channels) if bins else nn.Identity()

    def forward(self, levels: Sequence[Level], images: torch.Tensor) -> torch.Tensor:
        parts: List[torch.Tensor] = [
            conv(assemble(level)) for conv, assemble, level in zip(self.convs, self.reassemble, levels)
        ]
        x = self.fuse[0](parts[-1], None)
        for fuse, part in zip(list(self.fuse)[1:], parts[-2::-1]):
            x = fuse(x, part)
        x = self.last(functional.relu(self.narrow(_twice(self.fine(x)))))
        out: torch.Tensor = self.heights(x)
        return out


def build(
    dim: int,
    classes: int,
    levels: int,
    bands: int,
    post: Sequence[int] = POST,
    width: int = 256,
    hidden: int = 128,
    bias: bool = True,
    bins: Optional[int] = None,
) -> DptHead:
    """``bins``: the head ends in so many height bins, as CHMv2 does, and gives metres; ``classes`` is 1 then."""
    if levels != len(post):
        raise ValueError(f"the DPT head takes {len(post)} levels, not {levels}")
    if bins is not None and classes != 1:
        raise ValueError("a head of height bins gives one channel")
    return DptHead(dim, bins or classes, post, width, hidden, bias, bins is not None)
