"""Self-attention over ``(n, heads, tokens, head_dim)``, by whatever the torch at hand offers."""

from __future__ import annotations

import torch
from torch.nn import functional

_FUSED = getattr(functional, "scaled_dot_product_attention", None)
"""Since torch 2.0."""
_CONTINUOUS = getattr(functional, "scaled_dot_product_attention_continuous", None)
"""In Enflame's builds: the same over ``(n, tokens, heads, head_dim)``."""


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """softmax(q kᵀ / sqrt(head_dim)) v."""
    if _FUSED is not None:
        fused: torch.Tensor = _FUSED(q, k, v)
        return fused
    if _CONTINUOUS is not None and q.device.type == "xla":
        moved = [x.transpose(1, 2).contiguous() for x in (q, k, v)]
        continuous: torch.Tensor = _CONTINUOUS(*moved, None, 0.0, False)
        return continuous.transpose(1, 2)
    weights = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-2, -1))
    return torch.matmul(weights.softmax(dim=-1), v)
