"""Several heads on one DINOv3 backbone, which runs once for all of them."""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence

import torch
from torch import nn

from ..backbone import Level
from ..with_head import Head
from .vit import Vit

Levels = Dict[int, Level]


class Joined(nn.Module):
    """``backbone`` and ``heads``; a head's output is what it gives alone on the same backbone."""

    def __init__(self, backbone: Vit, heads: Sequence[Head]) -> None:
        super().__init__()
        self.backbone = backbone
        self.heads = nn.ModuleList([nn.Identity() if head.module is None else head.module for head in heads])
        self._plain = [head.module is None for head in heads]
        self._layers = [tuple(head.layers) for head in heads]
        self.layers = sorted({number for layers in self._layers for number in layers})

    def levels(self, windows: torch.Tensor, head: Optional[int] = None) -> Levels:
        """One pass of the backbone: the levels that one head needs, or those of all."""
        wanted = self.layers if head is None else self._layers[head]
        return dict(zip(wanted, self.backbone(windows, wanted)))

    def output(self, head: int, levels: Levels, windows: torch.Tensor) -> torch.Tensor:
        """What one head makes of levels of the same windows."""
        chosen: List[Level] = [levels[number] for number in self._layers[head]]
        if self._plain[head]:
            return chosen[-1].patches
        out: torch.Tensor = self.heads[head](chosen, windows)
        return out

    def forward(self, windows: torch.Tensor) -> List[torch.Tensor]:
        """``(n, bands, h, w)`` -> the output of every head."""
        levels = self.levels(windows)
        return [self.output(head, levels, windows) for head in range(len(self.heads))]
