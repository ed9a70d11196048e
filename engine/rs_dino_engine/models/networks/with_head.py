"""A backbone and, unless its features are what is wanted, a head."""

from __future__ import annotations

from math import gcd
from typing import Any, Dict, NamedTuple, Optional, Sequence

import torch
from torch import nn
from torch.nn import functional

from .backbone import Backbone, Level, Levels
from .heads import build_head


class Head(NamedTuple):
    """``module`` takes the levels ``layers`` (ascending) of a backbone; without one the features of the last of them
    are the output."""

    module: Optional[nn.Module]
    layers: Sequence[int]


class WithHead(nn.Module):
    """``backbone`` and ``head``; without a head the last chosen level's features.

    Levels of one stride reach the head as they are. Those of a pyramid reach it as one: all side by side on the
    grid of the finest.
    """

    receptive_radius_px = None

    def __init__(self, backbone: Backbone, head: Optional[nn.Module], layers: Sequence[int]) -> None:
        super().__init__()
        self.backbone, self.head, self.layers = backbone, head, tuple(layers)
        own = backbone.stride_px
        self.stride_px = own if head is None else common_multiple(own, int(getattr(head, "stride_px", 1)))
        self._pyramid = is_pyramid(backbone, layers)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        """``(n, bands, h, w)``, sides multiples of ``stride_px`` -> ``(n, channels, h / cell, w / cell)``."""
        levels = self.backbone(windows, self.layers)
        if self.head is None:
            last: torch.Tensor = levels[-1].patches
            return last
        out: torch.Tensor = self.head([side_by_side(levels)] if self._pyramid else levels, windows)
        return out


def assemble(
    backbone: Backbone, classes: int, bands: int, head: Optional[Dict[str, Any]], layers: Optional[Sequence[int]]
) -> WithHead:
    """A network of a backbone and the head that :func:`fitting_head` makes for it."""
    made = fitting_head(backbone, classes, bands, head, layers)
    return WithHead(backbone, made.module, made.layers)


def fitting_head(
    backbone: Levels, classes: int, bands: int, head: Optional[Dict[str, Any]], layers: Optional[Sequence[int]]
) -> Head:
    """The head that ``{kind, …settings}`` names, with fresh weights; ``layers`` defaults to the last level.

    Raises ``ValueError`` for levels or a number of channels that the backbone does not have.
    """
    count = len(backbone.dims)
    chosen = tuple(layers) if layers else (count - 1,)
    if list(chosen) != sorted(set(chosen)) or not 0 <= chosen[0] <= chosen[-1] < count:
        raise ValueError(f"layers {list(chosen)} are not ascending levels of {count}")
    dims = [backbone.dims[i] for i in chosen]
    if head is None:
        if classes != dims[-1]:
            raise ValueError(f"the backbone alone gives {dims[-1]} channels, not {classes}")
        return Head(None, chosen)
    dim, levels = (sum(dims), 1) if is_pyramid(backbone, chosen) else (dims[0], len(dims))
    return Head(build_head(head, dim, classes, levels, bands), chosen)


def is_pyramid(backbone: Levels, layers: Sequence[int]) -> bool:
    """Whether the chosen levels differ in stride or in channels."""
    return len({(backbone.strides[i], backbone.dims[i]) for i in layers}) > 1


def side_by_side(levels: Sequence[Level]) -> Level:
    """Several levels as one: side by side on the grid of the finest."""
    size = max((level.patches.shape[-2:] for level in levels), key=lambda side: side[0] * side[1])
    maps = [_on(level.patches, size) for level in levels]
    return Level(torch.cat(maps, dim=1), torch.cat([level.whole for level in levels], dim=1))


def _on(patches: torch.Tensor, size: Sequence[int]) -> torch.Tensor:
    if tuple(patches.shape[-2:]) == tuple(size):
        return patches
    return functional.interpolate(patches, size=tuple(size), mode="bilinear", align_corners=False)


def common_multiple(a: int, b: int) -> int:
    return a * b // gcd(a, b)
