"""Which parts of a raster are looked at when all of it is too much, and what is valid of them."""

from __future__ import annotations

from typing import List, Optional, Tuple

import numpy as np

SEED = 20240229

Block = Tuple[int, int, int, int]
"""First row, end row, first column, end column."""


def scattered(height: int, width: int, per_side: int, block_px: int) -> List[Block]:
    """One block at a random place in each cell of a regular grid, so that every part is heard; always the same.

    A block is ``block_px`` long each way, or as long as its cell; a cell without a pixel has none.
    """
    rng = np.random.RandomState(SEED)  # its stream is frozen across numpy versions; default_rng's is not
    edges = [np.linspace(0, size, per_side + 1).astype(int) for size in (height, width)]
    blocks = []
    for row in range(per_side):
        for col in range(per_side):
            r0, r1 = _place(rng, edges[0][row], edges[0][row + 1], block_px)
            c0, c1 = _place(rng, edges[1][col], edges[1][col + 1], block_px)
            if r1 > r0 and c1 > c0:
                blocks.append((r0, r1, c0, c1))
    return blocks


def _place(rng: np.random.RandomState, first: int, end: int, block_px: int) -> Tuple[int, int]:
    size = min(block_px, end - first)
    start = int(first + rng.randint(0, end - first - size + 1)) if size else int(first)
    return start, start + int(size)


def valid_values(pixels: np.ndarray, valid: Optional[np.ndarray]) -> np.ndarray:
    """Pixels ``(bands, h, w)`` and where they are real ``(h, w)``, None: everywhere -> ``(bands, n)``."""
    found: np.ndarray = pixels.reshape(len(pixels), -1) if valid is None else pixels[:, valid]
    return found
