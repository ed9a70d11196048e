"""How fast a model's forward pass is on a device, and what it takes of memory."""

from __future__ import annotations

import statistics
import time
from typing import Any, Dict, List

from ..devices import Device
from ..devices.device import short_reason
from ..models.runtime import LoadedModel
from .fingerprint import normalised, synthetic

_LEAST_RUNS, _MOST_RUNS, _ENOUGH_S = 3, 20, 4.0


def forward_speed(model: LoadedModel, device: Device, dtype: str) -> List[Dict[str, Any]]:
    """Medians for windows of the recommended size, one at a time and as many as the device takes together."""
    fixed = model.spec.input.batch_fixed
    batches = [fixed] if fixed else sorted({1, device.default_batch_size})
    return [_measured(model, device, dtype, batch) for batch in batches]


def _measured(model: LoadedModel, device: Device, dtype: str, batch: int) -> Dict[str, Any]:
    import torch

    spec = model.spec.input
    side = spec.window_px
    windows = normalised(spec, synthetic(len(spec.bands), side, side)).expand(batch, -1, -1, -1).contiguous()
    windows = windows.to(device.torch_device)
    row: Dict[str, Any] = {"device": device.name, "dtype": dtype, "batch": batch, "window_px": side}
    before = device.reset_peak()
    times: List[float] = []
    try:
        with torch.no_grad(), device.autocast(dtype):
            while len(times) < 1 + _LEAST_RUNS or (sum(times[1:]) < _ENOUGH_S and len(times) <= _MOST_RUNS):
                began = time.perf_counter()
                model(windows)
                device.synchronize()
                times.append(time.perf_counter() - began)
    except (RuntimeError, MemoryError) as error:
        if not device.is_out_of_memory(error):
            raise
        device.empty_cache()
        return {**row, "failed": short_reason(error)}
    row["first_s"] = round(times[0], 4)
    row["window_s"] = round(statistics.median(times[1:]) / batch, 5)
    row["megapixels_per_s"] = round(side * side / 1e6 / row["window_s"], 3)
    row["peak_mb"] = peak_above(device, before)
    return row


def peak_above(device: Device, before: "float | None") -> "int | None":
    """Memory beyond what was in use before, None where the device does not tell."""
    most = device.peak_mb()
    return None if most is None or before is None else round(most - before)
