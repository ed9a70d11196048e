"""A whole run over a raster, as the command line does it, and what came out of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Dict, List, Optional

import numpy as np
import rasterio

from ..demo import SAMPLES
from ..devices import Device
from ..errors import EXIT_CANCELLED, EXIT_SUCCESS, EXIT_USER_ERROR, Cancelled
from ..job_history import new_job, tidy
from ..models.library import FoundModel
from ..protocol import Request
from ..raster.gdal_env import gdal
from ..worker import run_job
from .report import FAILED, NOT_RUN, PASSED, Check, Report
from .speed import peak_above

LAYERS = {"segment": "labels", "canopy-height": "canopy_height", "feature-map": "features"}
"""The map that a task makes."""
SAMPLE = "suburb.tif"
_HIGHEST_M = 120.0


def run_sample(found: FoundModel, given: Optional[Path], device: Device, out: Path, report: Report) -> None:
    """One raster (None: the bundled sample) through one model on one device, into ``out``."""
    raster, bundled = given or SAMPLES / SAMPLE, given is None
    task = found.spec.task
    name = f"{task} of {raster.name}, {device.name}"
    inputs: Dict[str, Any] = {"rasters": [str(raster)], "output": str(out), "model": str(found.path)}
    inputs["device"] = device.name
    if found.head is not None:
        inputs["head"] = str(found.head)
    if task == "segment":
        inputs["polygons"] = False
    request = Request(task, inputs)
    before, began = device.reset_peak(), time.perf_counter()
    outcome = run_job(new_job(out, request))
    seconds = time.perf_counter() - began
    if outcome.exit_code == EXIT_CANCELLED:
        raise Cancelled
    if outcome.exit_code != EXIT_SUCCESS:
        # the bundled sample is red, green and blue: a model of other bands needs a raster of its own
        unfit = bundled and outcome.exit_code == EXIT_USER_ERROR
        report.add(Check(name, NOT_RUN if unfit else FAILED, outcome.message.text))
        return
    tidy(out, request)
    results = outcome.results or {}
    summary = results["summary"]["value"]["rasters"][0]
    files = [Path(entry["href"]) for title, entry in results.items() if title == LAYERS[task]]
    figures: Dict[str, Any] = {
        "device": device.name,
        "raster": raster.name,
        "seconds": round(seconds, 2),
        "windows": summary["windows"],
        "window_s": round(seconds / max(1, summary["windows"]), 3),
        "peak_mb": peak_above(device, before),
    }
    figures.update(_statistics(files[0]))
    report.put("samples", {"model": found.spec.name, "task": task, **figures})
    problems = _problems(task, files[0], raster, figures)
    said = "; ".join(problems) if problems else f"{files[0].name} in {seconds:.1f} s, {_shown(task, figures)}"
    report.add(Check(name, FAILED if problems else PASSED, said + ".", figures))


def _statistics(path: Path) -> Dict[str, Any]:
    """Per band over valid pixels; shares of classes for labels. Read a block at a time."""
    with gdal(), rasterio.open(path) as data:
        counts = np.zeros(256, np.int64)
        total, square, number = np.zeros(data.count), np.zeros(data.count), 0
        low, high = np.full(data.count, np.inf), np.full(data.count, -np.inf)
        classes = data.count == 1 and data.dtypes[0] == "uint8"
        for _, window in data.block_windows(1):
            values, valid = data.read(window=window), data.dataset_mask(window=window) > 0
            if not valid.any():
                continue
            inside = values[:, valid].astype(np.float64)
            number += inside.shape[1]
            total, square = total + inside.sum(1), square + (inside**2).sum(1)
            low, high = np.minimum(low, inside.min(1)), np.maximum(high, inside.max(1))
            if classes:
                counts += np.bincount(values[0][valid], minlength=256)
        share = number / (data.width * data.height)
    if not number:
        return {"valid_share": 0.0}
    found: Dict[str, Any] = {"valid_share": round(share, 4)}
    if classes:
        return {**found, "shares": {str(i): round(int(c) / number, 4) for i, c in enumerate(counts) if c}}
    spread = np.sqrt(np.maximum(square / number - (total / number) ** 2, 0))
    parts = {"mean": total / number, "std": spread, "least": low, "most": high}
    return {**found, **{key: [float(f"{v:.5g}") for v in values] for key, values in parts.items()}}


def _problems(task: str, path: Path, raster: Path, figures: Dict[str, Any]) -> List[str]:
    """What a right map cannot be."""
    with gdal(), rasterio.open(path) as made, rasterio.open(raster) as source:
        problems = [] if (made.crs, made.shape) == (source.crs, source.shape) else ["it does not lie on the raster"]
    if not figures["valid_share"]:
        return [*problems, "it holds nothing"]
    if task != "segment" and max(figures["std"]) == 0:
        problems.append("it is the same everywhere")
    if task == "canopy-height" and not (figures["least"][0] >= 0 and figures["most"][0] <= _HIGHEST_M):
        problems.append(f"heights from {figures['least'][0]} to {figures['most'][0]} m cannot be")
    return problems


def _shown(task: str, figures: Dict[str, Any]) -> str:
    if task == "segment":
        return "classes " + ", ".join(f"{k}: {100 * v:.1f} %" for k, v in figures["shares"].items())
    if task == "canopy-height":
        return f"mean {figures['mean'][0]:g} m, {figures['least'][0]:g} to {figures['most'][0]:g} m"
    return "spread of the components " + ", ".join(f"{v:g}" for v in figures["std"])
