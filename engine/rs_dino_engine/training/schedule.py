"""Learning rate over a training, as a factor of the base rate."""

from __future__ import annotations

import math

_FLOOR = 0.01


def factor(step: int, steps: int, warmup: int, kind: str = "cosine") -> float:
    """Rises linearly over ``warmup`` steps, then falls to a hundredth at ``steps``.

    ``cosine`` (Loshchilov & Hutter 2017), ``poly`` (power 0.9, as segmentation papers have it) or ``constant``.
    """
    if step < warmup:
        return (step + 1) / warmup
    done = min(1.0, (step - warmup) / max(1, steps - warmup))
    if kind == "cosine":
        return _FLOOR + (1 - _FLOOR) * 0.5 * (1 + math.cos(math.pi * done))
    if kind == "poly":
        return _FLOOR + (1 - _FLOOR) * (1 - done) ** 0.9
    if kind == "constant":
        return 1.0
    raise ValueError(f"{kind} is not a schedule")
