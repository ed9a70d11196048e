"""What a run will cost, said before it starts; and a refusal of what cannot work."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Sequence, Tuple

from ..errors import UserError
from ..messages import Message, message
from .plan import Plan
from .prepare import Prepared
from .products import Layer
from .track import pieces_of, pixel_bytes

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


def preflight(
    parts: Sequence[Tuple[Prepared, Sequence[Layer]]], window_s: float, copies: int, outputs: Path
) -> Preflight:
    """Estimate a run of one or several models, each with its layers; raises ``UserError`` when the disk is too small
    for it."""
    disk_mb = sum(_disk_mb(prepared, layers) for prepared, layers in parts)
    free_mb = shutil.disk_usage(outputs).free / 2**20
    if disk_mb > free_mb:
        raise UserError("disk-too-small", needed=round(disk_mb), free=round(free_mb), folder=str(outputs))
    windows = parts[0][0].plan.window_count
    return Preflight(windows, windows * window_s * copies, memory_mb(parts), disk_mb)


def _disk_mb(prepared: Prepared, layers: Sequence[Layer]) -> float:
    plan, box = prepared.plan, prepared.written()
    windows = len(plan.rows.offsets) * len(plan.cols.offsets)
    parts = plan.rows.n_out * plan.cols.n_out * plan.window_count / windows
    result = (box.row1 - box.row0) * (box.col1 - box.col0)
    return (parts + result) * pixel_bytes(layers) * COMPRESSION / 2**20


def memory_mb(parts: Sequence[Tuple[Prepared, Sequence[Layer]]]) -> float:
    """Memory beyond the loaded models: queued windows, the blends' overlaps, one band of output rows."""
    first = parts[0][0]
    window = first.plan.rows.window_px * first.plan.cols.window_px
    total = 6 * first.plan.batch_size * window * len(first.source.bands) * first.source.dtype.itemsize
    return (total + sum(_joining_bytes(prepared.plan, layers) for prepared, layers in parts)) / 2**20


def _joining_bytes(plan: Plan, layers: Sequence[Layer]) -> int:
    queued = 6 * plan.batch_size * plan.rows.window_cells * plan.cols.window_cells * plan.channels * 4
    carried = max(plan.rows.span(i).end - plan.rows.span(i).final for i in range(len(plan.rows.offsets)))
    widest = max(block.end - block.col for block in plan.blocks)
    band = widest * plan.rows.span(0).final * pixel_bytes(layers)
    return queued + widest * carried * plan.channels * 4 + band // pieces_of(band)
