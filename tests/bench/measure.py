"""Wall time, processor time and memory of one piece of work in this process. Standard library only: peers use it."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path
from typing import Callable, NamedTuple


class Cost(NamedTuple):
    """``seconds`` of wall time; ``cpu_s`` of all threads and ended children; ``peak_mb``: the most that was
    resident in this process, beyond what was resident before."""

    seconds: float
    cpu_s: float
    peak_mb: float


def _status_mb(key: str) -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(key):
            return float(line.split()[1]) / 1024
    raise KeyError(key)


def _cpu_s() -> float:
    return sum(os.times()[:4])


def cost_of(work: Callable[[], object]) -> Cost:
    """Run ``work`` once; the high-water mark is reset before it (Linux)."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before, cpu = _status_mb("VmRSS"), _cpu_s()
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    return Cost(seconds, _cpu_s() - cpu, _status_mb("VmHWM") - before)


class PureTime:
    """What the model alone takes, measured half before and half after the run it is compared with.

    ``forward`` runs one window; a share of ``windows`` is run on each side and scaled up, so that a machine that
    slows down while the run goes on slows both.
    """

    def __init__(self, forward: Callable[[], object], windows: int, share: float) -> None:
        self._forward = forward
        self._count = max(4, round(windows * share / 2))
        self._seconds: list[float] = []
        self._cpu: list[float] = []
        forward()

    def sample(self) -> None:
        """Time one side."""
        cpu, began = _cpu_s(), time.perf_counter()
        for _ in range(self._count):
            self._forward()
        self._seconds.append((time.perf_counter() - began) / self._count)
        self._cpu.append((_cpu_s() - cpu) / self._count)

    def of(self, windows: int) -> dict[str, float]:
        """Wall and processor seconds of so many windows."""
        mean, cpu = sum(self._seconds) / len(self._seconds), sum(self._cpu) / len(self._cpu)
        return {"model_s": round(mean * windows, 3), "model_cpu_s": round(cpu * windows, 3)}


def window_count(height: int, width: int, window: int, overlap: int) -> int:
    """Windows that cover a raster, the last ones moved back inside."""
    step = window - overlap
    return (-(-max(0, height - window) // step) + 1) * (-(-max(0, width - window) // step) + 1)
