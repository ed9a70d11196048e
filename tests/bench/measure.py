"""Wall time and memory of one piece of work in this process."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import Callable, NamedTuple


class Cost(NamedTuple):
    """``seconds`` of wall time; ``peak_mb``: the most that was resident, beyond what was resident before."""

    seconds: float
    peak_mb: float


def _status_mb(key: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return float(line.split()[1]) / 1024
    raise KeyError(key)


def cost_of(work: Callable[[], object]) -> Cost:
    """Run ``work`` once; the high-water mark is reset before it (Linux)."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = _status_mb("VmRSS")
    began = time.perf_counter()
    work()
    return Cost(time.perf_counter() - began, _status_mb("VmHWM") - before)
