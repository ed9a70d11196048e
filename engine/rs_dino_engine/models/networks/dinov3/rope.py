"""Rotary positions of DINOv3 (RoPE on the patch grid, normalised to -1 … 1 along each side).

Formula: facebookresearch/dinov3, ``dinov3/layers/rope_position_encoding.py``; periods
``base ** (2 i / (head_dim / 2))``.
The random stretching of coordinates that the original applies in training mode is left out: a backbone that is
taught further here sees its own grid.
"""

from __future__ import annotations

import math
from typing import Dict, NamedTuple, Tuple

import torch
from torch import nn

BASE = 100.0
_KEPT_GRIDS = 4
"""Grids whose angles are kept; a run has one, its probe and augmentations a few more."""


class Angles(NamedTuple):
    """What turns tokens, each ``(prefix + patches, head_dim)`` float32; tokens of the prefix are not turned."""

    sin: torch.Tensor
    """Negative in the first half of the channels, which the second half is turned into."""
    cos: torch.Tensor


def make_periods(head_dim: int) -> torch.Tensor:
    """``(head_dim / 4,)`` float32: 1 … nearly ``BASE``."""
    quarter = head_dim // 4
    return BASE ** (torch.arange(quarter, dtype=torch.float32) / quarter)


class RotaryPositions(nn.Module):
    """Angles of a patch grid. ``periods`` is stored with the weights: published files hold them rounded to bfloat16."""

    def __init__(self, head_dim: int, prefix: int) -> None:
        """``prefix``: tokens before the patches."""
        super().__init__()
        self._prefix = prefix
        if head_dim % 4:
            raise ValueError(f"{head_dim} channels a head cannot be turned in pairs along two axes")
        self.register_buffer("periods", make_periods(head_dim))
        self._kept: Dict[Tuple[int, int, torch.device], Angles] = {}

    def _load_from_state_dict(self, *args: object, **kwargs: object) -> None:
        self._kept.clear()
        super()._load_from_state_dict(*args, **kwargs)

    def forward(self, rows: int, cols: int) -> Angles:
        """Angles of the prefix and of ``rows × cols`` patches, row by row."""
        key = (rows, cols, self.periods.device)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _KEPT_GRIDS:
                self._kept.clear()
            found = self._kept[key] = self._angles(rows, cols)
        return found

    def _angles(self, rows: int, cols: int) -> Angles:
        periods = self.periods.to(torch.float32)
        down = (2.0 * math.pi) * _centres(rows, periods.device)[:, None] / periods
        along = (2.0 * math.pi) * _centres(cols, periods.device)[:, None] / periods
        quarter = len(periods)
        grid = torch.cat(
            [
                down[:, None].expand(rows, cols, quarter),
                along[None].expand(rows, cols, quarter),
            ],
            dim=-1,
        ).reshape(rows * cols, 2 * quarter)
        still = grid.new_zeros((self._prefix, 2 * quarter))
        turned = torch.cat([still, grid])
        sin, cos = turned.sin(), turned.cos()
        return Angles(torch.cat([-sin, sin], dim=-1), torch.cat([cos, cos], dim=-1))


def _centres(count: int, device: torch.device) -> torch.Tensor:
    """Middles of ``count`` cells on -1 … 1."""
    return 2.0 * (torch.arange(count, dtype=torch.float32, device=device) + 0.5) / count - 1.0


def rotate(x: torch.Tensor, angles: Angles) -> torch.Tensor:
    """Turn queries or keys ``(n, heads, tokens, head_dim)``."""
    wide = x.float()
    turned = (wide * angles.cos).add_(wide.roll(x.shape[-1] // 2, dims=-1).mul_(angles.sin))
    return turned.to(x.dtype)
