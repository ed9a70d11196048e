"""How long a person waits: for help, and for a cancelled job to be gone."""

from __future__ import annotations

import json
import random
import shutil
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, List

import networks
import scene
from children import rs_dino
from report import Check, Figure
from tiled import Settings

HELP_LIMIT_S = 0.5
CANCEL_LIMIT_S = 2.0


def startup(settings: Settings) -> Figure:
    """Help and ``describe``, which need neither torch nor GDAL."""
    figure = Figure("startup", "Help and describe, from the start of the process to its end")
    for arguments in (["--help"], ["segment", "--help"], ["describe"], ["describe", "segment"]):
        times = []
        for _ in range(3 if settings.quick else 7):
            began = time.perf_counter()
            subprocess.run(rs_dino(*arguments), check=True, capture_output=True)
            times.append(time.perf_counter() - began)
        median = statistics.median(times)
        text = "rs-dino " + " ".join(arguments)
        figure.rows.append({"command": text, "median_s": round(median, 3), "worst_s": round(max(times), 3)})
        figure.checks.append(Check(f"{text}: {median:.2f} s, at most {HELP_LIMIT_S}", median <= HELP_LIMIT_S))
    return figure


def cancel(settings: Settings) -> Figure:
    """A job is cancelled at random moments while windows are computed; the slower network, one window a batch."""
    side = settings.side
    raster = scene.write_scene(settings.work / f"scene-{side}.tif", side, side)
    model = networks.export("vit", settings.work / "vit.onnx")
    figure = Figure("cancel", f"Cancelled while running ({side}², vit): from the cancel file to the end of the process")
    generator = random.Random(3)
    for number in range(3 if settings.quick else 8):
        figure.rows.append(_cancel_once(settings.work / "cancelled", raster, model, generator.uniform(0.5, 4.0)))
        print(f"   {number} {figure.rows[-1]}", flush=True)
    worst = max(row["seconds"] - row["batch_s"] for row in figure.rows)
    clean = all(row["exit_code"] == 130 and row["files_left"] == 0 for row in figure.rows)
    figure.checks += [
        Check(f"gone {worst:.2f} s after the running batch, at most {CANCEL_LIMIT_S}", worst <= CANCEL_LIMIT_S),
        Check("exit code 130 and nothing that looks whole left behind", clean),
    ]
    return figure


def _cancel_once(folder: Path, raster: Path, model: Path, after_s: float) -> Dict[str, Any]:
    shutil.rmtree(folder, ignore_errors=True)
    job, out = folder / "job", folder / "out"
    job.mkdir(parents=True)
    inputs = {"rasters": [str(raster)], "model": str(model), "output": str(out), "device": "cpu"}
    request = job / "request.json"
    request.write_text(json.dumps({"processID": "segment", "inputs": inputs}), encoding="utf-8")
    process = subprocess.Popen(
        rs_dino("run", request, "--job", job), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    seen = _windows(job / "status.ndjson")
    while not seen and process.poll() is None:
        time.sleep(0.05)
        seen = _windows(job / "status.ndjson")
    first, began = seen, time.perf_counter()
    time.sleep(after_s)
    done = max(1, _windows(job / "status.ndjson") - first)
    batch_s = (time.perf_counter() - began) / done
    cancelled = time.perf_counter()
    (job / "cancel").touch()
    code = process.wait(120)
    seconds = time.perf_counter() - cancelled
    left: List[Path] = list(out.glob("*.tif")) if out.exists() else []
    return {"seconds": round(seconds, 3), "batch_s": round(batch_s, 3), "exit_code": code, "files_left": len(left)}


def _windows(status: Path) -> int:
    """Windows done so far, from the last status line that tells."""
    if not status.exists():
        return 0
    for line in reversed(status.read_text(encoding="utf-8").splitlines()):
        if '"windows-done"' in line:
            return int(json.loads(line)["message"]["params"]["done"])
    return 0
