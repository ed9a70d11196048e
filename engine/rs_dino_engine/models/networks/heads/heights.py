"""Bins of height -> metres, as CHMv2 has them.

Formula: facebookresearch/dinov3 ``eval/depth/utils.py`` with the configuration of ``hub/depthers.py``: bin centres
pass from logarithmic to linear spacing, and weights are the activations made positive by a small common shift.
"""

from __future__ import annotations

import math

import torch
from torch import nn

NEAREST, FARTHEST = 0.001, 96.0
"""Smallest and largest height in metres (the smallest before ``FACTOR``)."""
FACTOR = 8.0
"""The bins span ``FARTHEST / FACTOR``; heights are that much larger."""
_SHIFT_LIMIT, _SHIFT_LEAST, _LEAST = 1e-4, 1e-8, 1e-12


def bin_centres(count: int) -> torch.Tensor:
    """Heights of the bins in metres, ``(count,)`` float32."""
    low, high = NEAREST, FARTHEST / FACTOR
    even = torch.linspace(low, high, count)
    logarithmic = torch.exp(torch.linspace(math.log(low), math.log(high), count))
    share = torch.linspace(1.0, 0.0, count)
    return FACTOR * (share * logarithmic + (1.0 - share) * even)


class HeightBins(nn.Module):
    """``(n, bins, h, w)`` activations -> ``(n, 1, h, w)`` metres."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.register_buffer("centres", bin_centres(count), persistent=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        weights = torch.relu(x.float())
        shift = (-weights.amin(dim=1, keepdim=True)).clamp(0.0, _SHIFT_LIMIT) + _SHIFT_LEAST
        weights = weights + shift
        centres = self.centres.to(weights.dtype)[None, :, None, None]
        heights = (weights * centres).sum(dim=1, keepdim=True) / weights.sum(dim=1, keepdim=True)
        return heights.clamp(min=FACTOR * _LEAST)
