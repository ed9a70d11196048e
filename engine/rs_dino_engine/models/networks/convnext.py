"""Models on a ConvNeXt (arXiv:2201.03545) without a classifier, as DINOv3's were distilled.

Four stages at strides 4, 8, 16 and 32; the last one's features are normalised, as in facebookresearch/dinov3
``dinov3/models/convnext.py``.
"""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import torch
from torch import nn
from torch.nn import functional

from .backbone import Level
from .with_head import WithHead, assemble

EPS = 1e-6
STRIDES = (4, 8, 16, 32)
_FRESH_SCALE = 1e-6
_FRESH_STD = 0.02


class ConvNextSize(NamedTuple):
    """Blocks and channels of each stage."""

    depths: Sequence[int]
    dims: Sequence[int]


SIZES: Dict[str, ConvNextSize] = {
    "Tiny": ConvNextSize((3, 3, 9, 3), (96, 192, 384, 768)),
    "Small": ConvNextSize((3, 3, 27, 3), (96, 192, 384, 768)),
    "Base": ConvNextSize((3, 3, 27, 3), (128, 256, 512, 1024)),
    "Large": ConvNextSize((3, 3, 27, 3), (192, 384, 768, 1536)),
}


def name_of(size: ConvNextSize) -> Optional[str]:
    """The family's name for a size; None for one of somebody's own."""
    wanted = (tuple(size.depths), tuple(size.dims))
    return next((name for name, known in SIZES.items() if (tuple(known.depths), tuple(known.dims)) == wanted), None)


class ChannelNorm(nn.LayerNorm):
    """Layer normalisation over the channels of ``(n, c, h, w)``."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        moved = x.permute(0, 2, 3, 1)
        return functional.layer_norm(moved, self.normalized_shape, self.weight, self.bias, self.eps).permute(0, 3, 1, 2)


class Block(nn.Module):
    """x + scale · down(gelu(up(norm(depthwise x))))."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(dim, dim, 7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim, eps=EPS)
        self.up = nn.Linear(dim, 4 * dim)
        self.down = nn.Linear(4 * dim, dim)
        self.scale = nn.Parameter(torch.full((dim,), _FRESH_SCALE))
        self._folded = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        out = self.down(functional.gelu(self.up(out)))
        out = out if self._folded else out * self.scale
        return x + out.permute(0, 3, 1, 2)

    def fold(self) -> None:
        """Put LayerScale into the projection before it, for inference only."""
        with torch.no_grad():
            self.down.weight.mul_(self.scale[:, None])
            self.down.bias.mul_(self.scale)
        self._folded = True


class ConvNext(nn.Module):
    """Images -> levels of chosen stages; ``(n, bands, h, w)`` with sides that are multiples of 32."""

    strides, stride_px = STRIDES, STRIDES[-1]

    def __init__(self, size: ConvNextSize, bands: int = 3) -> None:
        super().__init__()
        if not len(size.depths) == len(size.dims) == len(STRIDES):
            raise ValueError(f"a ConvNeXt has {len(STRIDES)} stages")
        self.dims = tuple(size.dims)
        first = self.dims[0]
        self.reduce = nn.ModuleList([nn.Sequential(nn.Conv2d(bands, first, 4, 4), ChannelNorm(first, EPS))])
        for inputs, outputs in zip(self.dims, self.dims[1:]):
            self.reduce.append(nn.Sequential(ChannelNorm(inputs, EPS), nn.Conv2d(inputs, outputs, 2, 2)))
        self.stages = nn.ModuleList(
            [nn.Sequential(*[Block(dim) for _ in range(depth)]) for depth, dim in zip(size.depths, self.dims)]
        )
        self.norm = ChannelNorm(self.dims[-1], EPS)
        for module in self.modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                nn.init.trunc_normal_(module.weight, std=_FRESH_STD)
                nn.init.zeros_(module.bias)

    def forward(self, images: torch.Tensor, layers: Sequence[int]) -> List[Level]:
        x = images
        levels: List[Level] = []
        for number in range(layers[-1] + 1):
            x = self.stages[number](self.reduce[number](x))
            if number in layers:
                levels.append(self._level(x, number))
        return levels

    def _level(self, x: torch.Tensor, number: int) -> Level:
        """A stage's features and their mean, which stands for the whole picture; each normalised after the last."""
        whole = x.mean(dim=(2, 3), keepdim=True)
        if number == len(self.stages) - 1:
            return Level(self.norm(x), self.norm(whole).flatten(1))
        return Level(x, whole.flatten(1))


def build(
    backbone: Dict[str, Any],
    bands: int = 3,
    classes: int = 1,
    head: Optional[Dict[str, Any]] = None,
    layers: Optional[Sequence[int]] = None,
) -> WithHead:
    """``backbone``: a :class:`ConvNextSize` as a dict; ``layers``: stages whose output the head takes (0-3)."""
    return assemble(ConvNext(ConvNextSize(**backbone), bands), classes, bands, head, layers)
