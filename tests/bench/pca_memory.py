"""Peak memory of a PCA map above the loaded model: ViT-S on 3000², and a thin ViT as deep on 3000² and 12000².

``python tests/bench/pca_memory.py RASTER MODEL OUT`` is one run, as the figure starts it; it prints one JSON line.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any, Dict

import dinov3_models as models
import scene
from children import HERE, run_json
from measure import cost_of
from report import Check, Figure, median_row
from tiled import Settings

LIMIT_MB = 400
GROWTH = 1.05
SMALL_PX, LARGE_PX = 3000, 12000
COMPONENTS = 3


def pca_memory(settings: Settings) -> Figure:
    """``child_mb``: the whole of the process that writes larger COGs, which runs when the windows are done."""
    small, large = (1000, 2000) if settings.quick else (SMALL_PX, LARGE_PX)
    figure = Figure("pca-memory", f"Memory of a PCA map above the loaded model, {small}² and {large}²")
    work = settings.work
    full, thin = models.backbone(work), models.backbone(work, models.THIN)
    rows = [
        _row(settings, f"ViT-S, {small}²", scene.write_scene(work / f"scene-{small}.tif", small, small), full),
        _row(settings, f"thin ViT, {small}²", scene.write_scene(work / f"scene-{small}.tif", small, small), thin),
        _row(settings, f"thin ViT, {large}²", scene.write_scene(work / f"scene-{large}.tif", large, large), thin),
    ]
    figure.rows += rows
    peaks = [row.get("peak_mb") for row in rows]
    if None in peaks:
        figure.checks.append(Check("one of the runs failed", False))
        return figure
    if settings.quick:
        figure.notes.append("quick scenes are smaller than what is kept of them: no limits")
        return figure
    figure.checks += [
        Check(f"ViT-S: {peaks[0]} MB, at most {LIMIT_MB}", peaks[0] <= LIMIT_MB),
        Check(
            f"{large}² takes {peaks[2] / peaks[1]:.3f} times what {small}² takes, at most {GROWTH}",
            peaks[2] <= peaks[1] * GROWTH,
        ),
    ]
    rows_mb = (models.OVERLAP_PX * COMPONENTS * 4 + (models.WINDOW_PX - models.OVERLAP_PX) * COMPONENTS) / 2**20
    figure.notes.append(
        f"{large}² is run with a thin ViT (64 channels, 12 blocks), since only the size of the raster is the question. "
        "Rows that wait across the raster (the overlap as float32, a row of windows as bytes) are "
        f"{rows_mb * small:.0f} MB of {small}² and {rows_mb * large:.0f} MB of {large}²."
    )
    return figure


def _row(settings: Settings, name: str, raster: Path, model: Path) -> Dict[str, Any]:
    rounds = min(3, settings.rounds)  # the peak comes and goes with the allocator
    command = [sys.executable, HERE / "pca_memory.py", raster, model, settings.work / "pca-out"]
    row = median_row([run_json(name, command) for _ in range(rounds)])
    print(f"   {row}", flush=True)
    return row


def main() -> None:
    raster, model, out = (Path(text).resolve() for text in sys.argv[1:])
    import torch
    from rs_dino_engine.job_history import new_job
    from rs_dino_engine.models.cache import MODELS
    from rs_dino_engine.models.library import find_model
    from rs_dino_engine.protocol import Request
    from rs_dino_engine.worker import run_job

    inputs = {"rasters": [str(raster)], "output": str(out), "model": str(model), "device": "cpu"}
    loaded = MODELS.get(find_model(str(model)), "cpu")
    loaded(torch.zeros(1, 3, models.WINDOW_PX, models.WINDOW_PX))
    found = {}
    folder = new_job(out, Request("feature-map", inputs))
    cost = cost_of(lambda: found.update(outcome=run_job(folder)))
    if found["outcome"].exit_code:
        raise SystemExit(found["outcome"].message.text)
    windows = found["outcome"].results["summary"]["value"]["rasters"][0]["windows"]
    child_mb = round(getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024)
    result = {"peak_mb": round(cost.peak_mb), "seconds": round(cost.seconds, 1), "windows": windows}
    print(json.dumps({**result, "child_mb": child_mb}))


if __name__ == "__main__":
    main()
