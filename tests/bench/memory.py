"""Peak memory above the loaded model: 6000², a raster four times as tall, and one twice as large both ways."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Dict, List, Tuple

import networks
import scene
from children import run_ours
from report import Check, Figure, median_row
from tiled import Settings

LIMIT_MB = 300
TALL_SHARE = 0.05
CLASSES = 4


def memory(settings: Settings) -> Figure:
    """One run of the conv net on each size. ``child_mb``: the whole of the process that writes larger COGs, its
    imports included; it runs when the windows are done."""
    side = settings.side
    sizes: List[Tuple[int, int]] = [(side, side), (4 * side, side), (2 * side, 2 * side)]
    figure = Figure("memory", f"Peak memory above the loaded model: {side}², {4 * side} × {side}, {2 * side}²")
    peaks = []
    for height, width in sizes:
        stem = str(height) if height == width else f"{height}x{width}"
        raster = scene.write_scene(settings.work / f"scene-{stem}.tif", height, width)
        rounds = 1 if settings.quick else 3  # whether two passes are at their highest at once is chance
        row = median_row([_one(f"{height} × {width}", raster, settings.work / "out") for _ in range(rounds)])
        print(f"   {row}", flush=True)
        peaks.append(row.get("peak_mb"))
        figure.rows.append({k: v for k, v in row.items() if k not in ("network", "labels")})
    carry_mb = networks.OVERLAP_PX * 2 * side * CLASSES * 4 / 2**20
    if None in peaks:
        figure.checks.append(Check("one of the sizes failed", False))
        return figure
    small, tall, large = peaks
    if settings.quick:
        figure.notes.append("quick scenes are smaller than GDAL's cache, which still grows: no limits")
        return figure
    figure.checks += [
        Check(f"{small} MB, at most {LIMIT_MB}", small <= LIMIT_MB),
        Check(
            f"four times as tall: {tall} MB, {100 * (tall / small - 1):+.1f} %, at most +5 %",
            tall <= small * (1 + TALL_SHARE),
        ),
        Check(
            f"twice as large both ways: {large - small:+} MB, at most overlap × width × classes × 4 B = {carry_mb:.1f}",
            large - small <= carry_mb,
        ),
    ]
    return figure


def _one(name: str, raster: Path, out: Path) -> Dict[str, Any]:
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    return run_ours(name, raster, "conv", out)
