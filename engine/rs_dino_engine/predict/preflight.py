"""What a run will cost, said before it starts; and a refusal of what cannot work."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Sequence

import numpy as np

from ..errors import UserError
from ..messages import Message, message
from .prepare import Prepared
from .products import Layer

COMPRESSION = 0.35
"""Rough share of the raw size that parts and result take together; class maps compress far better."""


@dataclass(frozen=True)
class Preflight:
    """Costs of one raster: windows, seconds, memory beyond the loaded model, disk."""

    windows: int
    seconds: float
    memory_mb: float
    disk_mb: float

    def message(self, raster: str) -> Message:
        return message(
            "preflight",
            raster=raster,
            windows=self.windows,
            minutes=max(0.1, round(self.seconds / 60, 1)),
            memory=round(self.memory_mb),
            disk=round(self.disk_mb),
        )

    def as_dict(self) -> Dict[str, Any]:
        return {
            "windows": self.windows,
            "seconds": round(self.seconds, 1),
            "memory_mb": round(self.memory_mb),
            "disk_mb": round(self.disk_mb),
        }


def preflight(prepared: Prepared, layers: Sequence[Layer], window_s: float, copies: int, outputs: Path) -> Preflight:
    """Estimate a run; raises ``UserError`` when the disk is too small for it."""
    plan = prepared.plan
    pixels = plan.rows.n_out * plan.cols.n_out
    per_pixel = sum(layer.bands * np.dtype(layer.dtype).itemsize for layer in layers)
    disk_mb = pixels * per_pixel * 2 * COMPRESSION / 2**20
    free_mb = shutil.disk_usage(outputs).free / 2**20
    if disk_mb > free_mb:
        raise UserError("disk-too-small", needed=round(disk_mb), free=round(free_mb), folder=str(outputs))
    seconds = plan.window_count * window_s * copies
    return Preflight(plan.window_count, seconds, memory_mb(prepared, per_pixel), disk_mb)


def memory_mb(prepared: Prepared, bytes_per_pixel: int) -> float:
    """Memory beyond the loaded model: queued windows, the blend's overlaps, one band of output rows."""
    plan = prepared.plan
    window = plan.rows.window_px * plan.cols.window_px
    bands = len(prepared.source.bands)
    cells = plan.rows.window_cells * plan.cols.window_cells
    queued = 6 * plan.batch_size * (window * bands * prepared.source.dtype.itemsize + cells * plan.channels * 4)
    carried = max(plan.rows.span(i).end - plan.rows.span(i).final for i in range(len(plan.rows.offsets)))
    widest = max(block.end - block.col for block in plan.blocks)
    carry = carried * widest * plan.channels * 4
    band = plan.rows.span(0).final * widest * bytes_per_pixel
    return (queued + carry + band) / 2**20
