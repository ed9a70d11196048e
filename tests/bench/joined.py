"""How long labels, heights and features take in one run, and one after the other, on a ViT-S with random weights.

    python tests/bench/joined.py [--raster FILE] [--times N] [--head linear|multilevel] [--repeat N]

The raster is laid out ``--times`` in both directions, every other copy mirrored. Times are of whole jobs in one
process, models in memory after a first round; the smallest of ``--repeat`` rounds counts. Seconds of the processor
(all cores together) say the same on a machine that has other things to do.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "engine" / "predict"))

import numpy as np
import rasterio
from rs_dino_engine.jobs import create
from rs_dino_engine.models.networks.dinov3.sizes import SIZES, four_levels
from rs_dino_engine.protocol import Request
from rs_dino_engine.worker import run_job
from shared_backbone import OUTPUTS, model

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "golf-course.tif"
SIZE = SIZES["ViT-S/16"]


def make_models(folder: Path, head: str) -> Dict[str, str]:
    """Three model folders on one backbone; the heights' head is CHMv2's with a quarter of its channels."""
    levels = list(four_levels(SIZE.depth))
    dpt = {"kind": "dpt", "post": [32, 64, 128, 256], "width": 64, "hidden": 32, "bins": 64}
    heads: Dict[str, Dict[str, Any]] = {
        "segment": {"head": {"kind": head}, "layers": levels},
        "canopy-height": {"head": dpt, "layers": levels},
        "feature-map": {},
    }
    OUTPUTS["feature-map"] = OUTPUTS["feature-map"].model_copy(update={"channels": SIZE.dim})
    common = {"backbone": SIZE.as_dict(), "window_px": 512, "stride_px": 32}
    return {task: str(model(folder, task, head=heads[task], **common)) for task in heads}


def enlarged(raster: str, times: int, folder: Path) -> str:
    """The raster several times over, as a file."""
    with rasterio.open(raster) as data:
        pixels, profile = data.read(), data.profile
    rows = np.concatenate([pixels[:, :: 1 - 2 * (i % 2)] for i in range(times)], axis=1)
    whole = np.concatenate([rows[:, :, :: 1 - 2 * (i % 2)] for i in range(times)], axis=2)
    keep = {name: profile[name] for name in ("dtype", "crs", "transform", "nodata", "count")}
    path = folder / "scene.tif"
    with rasterio.open(path, "w", driver="GTiff", height=whole.shape[1], width=whole.shape[2], **keep) as out:
        out.write(whole)
    return str(path)


class Taken(NamedTuple):
    """Seconds that a job took, on the clock and of the processor."""

    wall: float
    processor: float


def seconds(folder: Path, task: str, **inputs: Any) -> Taken:
    """One job, from request to published files."""
    job = create(folder / f"job-{time.monotonic_ns()}", Request(task, {"output": str(folder / task), **inputs}))
    began = Taken(time.perf_counter(), time.process_time())
    outcome = run_job(job)
    if outcome.exit_code:
        raise SystemExit(outcome.message.text)
    return Taken(time.perf_counter() - began.wall, time.process_time() - began.processor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raster", default=str(SAMPLE))
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--head", default="multilevel", choices=("linear", "multilevel"))
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models = make_models(folder / "models", options.head)
        common = {"rasters": [enlarged(options.raster, options.times, folder)], "device": "cpu"}
        own = {"segment": {"polygons": False}, "canopy-height": {}, "feature-map": {}}
        times: Dict[str, List[Taken]] = {}
        for number in range(options.repeat + 1):  # the first round loads the models
            for task in models:
                taken = seconds(folder, task, model=models[task], **own[task], **common)
                times.setdefault(task, []).append(taken)
            times.setdefault("maps", []).append(
                seconds(folder, "maps", models=list(models.values()), polygons=False, **common)
            )
            shown = (f"{task} {taken[-1].wall:.1f} ({taken[-1].processor:.1f})" for task, taken in times.items())
            print(f"round {number}, seconds on the clock (of the processor): {', '.join(shown)}", flush=True)
    for which in Taken._fields:
        best = {task: min(getattr(one, which) for one in taken[1:] or taken) for task, taken in times.items()}
        alone, together = sum(best[task] for task in models), best["maps"]
        print(f"{which}: one after the other {alone:.1f} s, together {together:.1f} s, {alone / together:.2f} to 1")


if __name__ == "__main__":
    main()
