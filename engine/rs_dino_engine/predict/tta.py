"""Test-time augmentation: turned, mirrored and scaled copies of a window, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Sequence

import torch
import torch.nn.functional as F


@dataclass(frozen=True)
class Augmentation:
    """Quarter turns, then a mirror of the columns, then a scale."""

    turns: int = 0
    mirror: bool = False
    scale: float = 1.0

    def apply(self, windows: torch.Tensor, stride_px: int) -> torch.Tensor:
        """``(n, c, h, w)`` -> augmented copy; scaled sides are multiples of ``stride_px``."""
        if self.turns:
            windows = torch.rot90(windows, self.turns, (2, 3))
        if self.mirror:
            windows = torch.flip(windows, (3,))
        if self.scale != 1.0:
            size = [max(stride_px, round(side * self.scale / stride_px) * stride_px) for side in windows.shape[2:]]
            windows = F.interpolate(windows, size=size, mode="bilinear", align_corners=False)
        return windows.contiguous()

    def undo(self, outputs: torch.Tensor, cells: Sequence[int]) -> torch.Tensor:
        """Model output back in place: ``cells`` is the (height, width) of the output without augmentation."""
        if self.scale != 1.0:
            size = [cells[1], cells[0]] if self.turns % 2 else list(cells)
            outputs = F.interpolate(outputs, size=size, mode="bilinear", align_corners=False)
        if self.mirror:
            outputs = torch.flip(outputs, (3,))
        if self.turns:
            outputs = torch.rot90(outputs, -self.turns, (2, 3))
        return outputs


def augmentations(wanted: Sequence[str]) -> List[Augmentation]:
    """The copies for ``flips``, ``rotations``, ``scales``; the first is always the window as it is.

    flips: left-right and up-down; rotations: quarter turns; both: all eight symmetries of the square;
    scales: 0.75 and 1.25 besides, not turned.
    """
    turns = range(4) if "rotations" in wanted else (0,)
    found = [Augmentation(turn, False) for turn in turns]
    if "flips" in wanted:
        found += [Augmentation(turn, True) for turn in (turns if "rotations" in wanted else (0, 2))]
    if "scales" in wanted:
        found += [Augmentation(scale=0.75), Augmentation(scale=1.25)]
    return found
