"""``rs-dino segment`` ended without warning at random moments, then resumed: the pixels have to be the same."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from pathlib import Path
from typing import Dict, List, Optional

import networks
import numpy as np
import rasterio
import scene
from children import rs_dino
from report import Check, Figure
from tiled import Settings

SEED = 20
LAYERS = ("labels", "confidence")
ENVIRONMENT = {"RS_DINO_COMMIT_EVERY_S": "0.3"}


def kills(settings: Settings) -> Figure:
    """Twenty moments (quick: five), spread at random over the length of an undisturbed run."""
    side, count = (1500, 5) if settings.quick else (4500, 20)
    raster = scene.write_scene(settings.work / f"scene-{side}.tif", side, side)
    model = networks.export("conv", settings.work / "conv.onnx")
    whole = settings.work / "kill-whole"
    shutil.rmtree(whole, ignore_errors=True)
    began = time.perf_counter()
    _start(raster, model, whole, False).wait()
    length = time.perf_counter() - began
    wanted = _pixels(whole, raster.stem)
    figure = Figure("kills", f"Killed at {count} random moments of {length:.1f} s, then resumed ({side}², conv)")
    generator = random.Random(SEED)
    moments = sorted(generator.uniform(0.02, 0.98) for _ in range(count))
    for share in moments:
        figure.rows.append(_kill_once(raster, model, settings.work / "killed", share * length, wanted))
        print(f"   {figure.rows[-1]}", flush=True)
    same = sum(row["identical"] is True for row in figure.rows)
    resumed = sum(row["resumed_from_groups"] > 0 for row in figure.rows)
    figure.checks.append(Check(f"{same} of {count} resumed runs give identical pixels", same == count))
    figure.notes.append(f"{resumed} of them went on from a commit; the others had none yet.")
    return figure


def _kill_once(
    raster: Path, model: Path, out: Path, after_s: float, wanted: Dict[str, np.ndarray]
) -> Dict[str, object]:
    shutil.rmtree(out, ignore_errors=True)
    process = _start(raster, model, out, False)
    try:
        process.wait(after_s)
        ended = True
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        ended = False
    half = sorted(p.name for p in out.glob("*.tif")) if out.exists() else []
    groups = _committed(out)
    code = _start(raster, model, out, True).wait()
    found = _pixels(out, raster.stem) if code == 0 else {}
    identical = code == 0 and all(np.array_equal(found[name], wanted[name]) for name in LAYERS)
    return {
        "killed_after_s": round(after_s, 2),
        "had_ended": ended,
        "files_then": len(half),
        "resumed_from_groups": groups,
        "exit_code": code,
        "identical": identical,
    }


def _start(raster: Path, model: Path, out: Path, resume: bool) -> "subprocess.Popen[bytes]":
    command = rs_dino("segment", raster, "--model", model, "--output", out, "--device", "cpu", "--json")
    return subprocess.Popen(
        [*command, "--resume"] if resume else command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, **ENVIRONMENT},
    )  # fmt: skip


def _committed(out: Path) -> int:
    import json

    done: List[int] = [0]
    for path in out.glob(".rs-dino/*/checkpoint/*/manifest.json"):
        done.append(int(json.loads(path.read_text(encoding="utf-8"))["done"]))
    return max(done)


def _pixels(out: Path, stem: str) -> Dict[str, np.ndarray]:
    found: Dict[str, np.ndarray] = {}
    for name in LAYERS:
        path: Optional[Path] = out / f"{stem}_{name}.tif"
        with rasterio.open(path) as data:
            found[name] = data.read()
    return found
