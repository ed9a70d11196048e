"""What a backbone is to the heads on it: images in, levels of features out."""

from __future__ import annotations

from typing import List, NamedTuple, Sequence

import torch
from typing_extensions import Protocol


class Level(NamedTuple):
    """What one block or stage gives: ``patches`` (n, dim, rows, cols), and ``whole`` (n, dim) for the whole picture."""

    patches: torch.Tensor
    whole: torch.Tensor


class Levels(Protocol):
    """All levels there are, from the first to the last."""

    @property
    def dims(self) -> Sequence[int]:
        """Channels of each level."""

    @property
    def strides(self) -> Sequence[int]:
        """Pixels a cell of each level stands for, each way."""


class Backbone(Levels, Protocol):
    """Images -> levels; a module."""

    @property
    def stride_px(self) -> int:
        """What the sides of images must be multiples of."""

    def __call__(self, images: torch.Tensor, layers: Sequence[int]) -> List[Level]:
        """The levels ``layers`` (ascending, 0 is the first)."""
