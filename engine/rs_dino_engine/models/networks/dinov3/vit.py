"""The ViT of DINOv3: patches of 16 pixels, a class token, four registers, RoPE, LayerScale, GELU or SwiGLU.

Written from the published description (arXiv:2508.10104) and the released files' layout. Tokens are ordered
class, registers, patches row by row.
"""

from __future__ import annotations

from typing import List, Sequence

import torch
from torch import nn
from torch.nn import functional

from ..backbone import Level
from .attention import attend
from .rope import Angles, RotaryPositions, rotate
from .sizes import PATCH_PX, REGISTERS, VitSize

EPS = 1e-5
PREFIX = 1 + REGISTERS
_FRESH_SCALE = 1e-5
_FRESH_STD = 0.02


class Attention(nn.Module):
    """Multi-head self-attention with turned queries and keys."""

    def __init__(self, size: VitSize) -> None:
        super().__init__()
        self.heads = size.heads
        self.qkv = nn.Linear(size.dim, 3 * size.dim, bias=size.qkv_bias)
        self.proj = nn.Linear(size.dim, size.dim)

    def forward(self, x: torch.Tensor, angles: Angles) -> torch.Tensor:
        n, tokens, dim = x.shape
        q, k, v = self.qkv(x).reshape(n, tokens, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        mixed = attend(rotate(q, angles), rotate(k, angles), v)
        out: torch.Tensor = self.proj(mixed.transpose(1, 2).reshape(n, tokens, dim))
        return out


class Feed(nn.Module):
    """The feed-forward part with GELU."""

    def __init__(self, size: VitSize) -> None:
        super().__init__()
        self.up = nn.Linear(size.dim, size.hidden)
        self.down = nn.Linear(size.hidden, size.dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.down(functional.gelu(self.up(x)))
        return out


class GatedFeed(nn.Module):
    """The feed-forward part with SwiGLU: down(silu(gate x) · up x)."""

    def __init__(self, size: VitSize) -> None:
        super().__init__()
        self.gate = nn.Linear(size.dim, size.hidden)
        self.up = nn.Linear(size.dim, size.hidden)
        self.down = nn.Linear(size.hidden, size.dim)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.down(functional.silu(self.gate(x)) * self.up(x))
        return out


class Block(nn.Module):
    """x + scale1 · attention(norm1 x), then x + scale2 · feed(norm2 x)."""

    def __init__(self, size: VitSize) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(size.dim, eps=EPS)
        self.attn = Attention(size)
        self.scale1 = nn.Parameter(torch.full((size.dim,), _FRESH_SCALE))
        self.norm2 = nn.LayerNorm(size.dim, eps=EPS)
        self.feed = GatedFeed(size) if size.gated else Feed(size)
        self.scale2 = nn.Parameter(torch.full((size.dim,), _FRESH_SCALE))
        self._folded = False

    def forward(self, x: torch.Tensor, angles: Angles) -> torch.Tensor:
        if self._folded:
            x = x + self.attn(self.norm1(x), angles)
            return x + self.feed(self.norm2(x))
        x = x + self.scale1 * self.attn(self.norm1(x), angles)
        return x + self.scale2 * self.feed(self.norm2(x))

    def fold(self) -> None:
        """Put LayerScale into the projections before it, for inference only."""
        with torch.no_grad():
            for scale, last in ((self.scale1, self.attn.proj), (self.scale2, self.feed.down)):
                last.weight.mul_(scale[:, None])
                last.bias.mul_(scale)
        self._folded = True


class Vit(nn.Module):
    """Images -> normalised features after chosen blocks. ``(n, bands, h, w)`` with sides that are multiples of 16."""

    stride_px = PATCH_PX

    def __init__(self, size: VitSize, bands: int = 3) -> None:
        super().__init__()
        if size.dim % size.heads:
            raise ValueError(f"{size.dim} channels cannot be shared by {size.heads} heads")
        self.size, self.dims, self.strides = size, size.dims, size.strides
        self.patches = nn.Conv2d(bands, size.dim, PATCH_PX, PATCH_PX)
        self.class_token = nn.Parameter(torch.zeros(1, 1, size.dim))
        self.registers = nn.Parameter(torch.zeros(1, REGISTERS, size.dim))
        self.rope = RotaryPositions(size.dim // size.heads, PREFIX)
        self.blocks = nn.ModuleList([Block(size) for _ in range(size.depth)])
        self.norm = nn.LayerNorm(size.dim, eps=EPS)
        self._start()

    def _start(self) -> None:
        """Fresh weights as the original has them."""
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.trunc_normal_(module.weight, std=_FRESH_STD)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        nn.init.normal_(self.class_token, std=_FRESH_STD)
        nn.init.normal_(self.registers, std=_FRESH_STD)

    def forward(self, images: torch.Tensor, layers: Sequence[int]) -> List[Level]:
        """Levels after the blocks ``layers`` (ascending, 0 is the first); later blocks are not run."""
        tokens = self.patches(images)
        n, _, rows, cols = tokens.shape
        x = tokens.flatten(2).transpose(1, 2)
        x = torch.cat([self.class_token.expand(n, -1, -1), self.registers.expand(n, -1, -1), x], dim=1)
        angles = self.rope(rows, cols)
        levels: List[Level] = []
        for number, block in enumerate(self.blocks[: layers[-1] + 1]):
            x = block(x, angles)
            if number in layers:
                levels.append(self._level(x, rows, cols))
        return levels

    def _level(self, x: torch.Tensor, rows: int, cols: int) -> Level:
        normed = self.norm(x)
        patches = normed[:, PREFIX:].transpose(1, 2).reshape(len(x), -1, rows, cols)
        return Level(patches, normed[:, 0])
