"""ViT-L on a graphics card in bf16: how near the forward pass comes to the card's own peak, and the run to the pass.

``python tests/bench/card.py DEVICE SIDE FOLDER`` is one run and prints JSON. ``BENCH_DEVICE`` names the device, else
the best one is taken; without a card there is nothing to measure. On a processor (``BENCH_DEVICE=cpu`` and
``--quick``) it only shows that everything works.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any, Dict

from children import HERE, run_json
from report import Check, Figure, median_row
from tiled import Settings

MODEL = "ViT-L/16"
OF_PEAK, OF_FORWARD = 0.5, 1.10
SIDE_PX, QUICK_PX = 16384, 640
_MATMUL = {"card": (8192, 30), "processor": (1024, 3)}
"""Side of the matrices, and how often."""


def card(settings: Settings) -> Figure:
    figure = Figure("card", f"{MODEL} on a graphics card: windows of 512, overlap 128, bf16")
    wanted = os.environ.get("BENCH_DEVICE", "auto")
    side = QUICK_PX if settings.quick else SIDE_PX
    rows = []
    for _ in range(1 if settings.quick else min(3, settings.rounds)):
        rows.append(
            run_json("rs-dino", [sys.executable, "-W", "ignore", HERE / "card.py", wanted, str(side), settings.work])
        )
    row = median_row(rows)
    figure.rows.append(row)
    if "failed" in row:
        figure.checks.append(Check(f"could not be measured: {row['failed']}", None))
        return figure
    reached, took = row["of_peak"], row["of_forward"]
    texts = {
        f"the forward pass reaches {reached} of the matmul peak, at least {OF_PEAK}": reached >= OF_PEAK,
        f"the run takes {took} of the forward passes, at most {OF_FORWARD}": took <= OF_FORWARD,
    }
    figure.checks += [Check(text, met if row["is_card"] else None) for text, met in texts.items()]
    figure.notes.append(
        "peak_tflops: square matrix products in the same precision. forward_tflops: multiplications and additions that "
        "PyTorch counts in one window, over its time. run_s: from the first read to the labels."
    )
    return figure


def measure(name: str, side: int, work: Path) -> Dict[str, Any]:
    """One run of everything."""
    import dinov3_models as models
    import ours
    from rs_dino_engine.devices import choose
    from rs_dino_engine.models.library import find_model
    from rs_dino_engine.models.load import load_model
    from rs_dino_engine.verify.speed import forward_speed

    device = choose(name)
    is_card = device.torch_device.split(":")[0] not in ("cpu", "xla")
    if name == "auto" and not is_card:
        raise SystemExit("no graphics card was found")
    dtype = "bf16" if is_card and "bf16" in device.dtypes else device.dtype
    raster = models.mirrored(work / f"card-{side}.tif", side)
    model = load_model(find_model(str(models.segmenter(work, MODEL, "linear"))))
    flops = _flops(model)
    model.to(device.torch_device)
    peak = _peak(device, dtype, *_MATMUL["card" if is_card else "processor"])
    speed = min(forward_speed(model, device, dtype), key=lambda row: row["window_s"])
    out = work / "card-out"
    out.mkdir(exist_ok=True)
    began = time.perf_counter()
    stream = ours.run(raster, model, out, models.WINDOW_PX, models.OVERLAP_PX, [], device, dtype)
    seconds = time.perf_counter() - began
    windows = stream.manifest.windows - stream.manifest.skipped
    forward = flops / speed["window_s"]
    return {
        "device": device.title, "is_card": is_card, "dtype": dtype, "batch": speed["batch"], "windows": windows,
        "peak_tflops": round(peak / 1e12, 2), "forward_tflops": round(forward / 1e12, 2),
        "of_peak": round(forward / peak, 3), "window_ms": round(speed["window_s"] * 1e3, 2),
        "run_s": round(seconds, 2), "of_forward": round(seconds / (windows * speed["window_s"]), 3),
    }  # fmt: skip


def _flops(model: Any) -> float:
    """Of one window."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    side = model.spec.input.window_px
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(torch.zeros(1, 3, side, side))
    return float(counter.get_total_flops())


def _peak(device: Any, dtype: str, side: int, times: int) -> float:
    """What square matrix products reach, in FLOP/s."""
    import torch
    from rs_dino_engine.devices.device import torch_dtype

    a, b = (torch.randn(side, side, device=device.torch_device, dtype=torch_dtype(dtype)) for _ in range(2))
    seconds = []
    for _ in range(times + 1):
        device.synchronize()
        began = time.perf_counter()
        torch.matmul(a, b)
        device.synchronize()
        seconds.append(time.perf_counter() - began)
    return 2.0 * side**3 / statistics.median(seconds[1:])


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))))
