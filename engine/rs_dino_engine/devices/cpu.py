"""The processor: always there, exact."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import Optional

from ..messages import message
from . import process_memory
from .device import Device, Finding, Memory

_OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory", "failed to allocate memory")


class Cpu(Device):
    """fp32 by default; bf16 by choice. Two forward passes at once keep its cores busy."""

    concurrent_forwards = 2

    def __init__(self) -> None:
        super().__init__("cpu", processor_name(), "cpu", ("fp32", "bf16"))

    def memory(self) -> Optional[Memory]:
        return system_memory()

    def reset_peak(self) -> Optional[float]:
        return process_memory.reset_peak()

    def peak_mb(self) -> Optional[float]:
        return process_memory.peak_mb()

    def is_out_of_memory(self, error: BaseException) -> bool:
        if isinstance(error, MemoryError):
            return True
        return isinstance(error, RuntimeError) and any(s in str(error).lower() for s in _OUT_OF_MEMORY)


def find() -> Finding:
    return Finding("cpu", 1, message("device-cpu-ready"), lambda index: Cpu())


def processor_name() -> str:
    """What the processor is called, as far as the system tells."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "processor"


def system_memory() -> Optional[Memory]:
    """Memory of the machine, or of the container around us where that is less; None where nothing tells."""
    if sys.platform == "win32":
        return _windows_memory()
    found = _linux_memory() if sys.platform.startswith("linux") else _posix_memory()
    limit = _container_memory()
    if found is not None and limit is not None and limit.total_mb < found.total_mb:
        return Memory(min(limit.free_mb, found.free_mb), limit.total_mb)
    return found


def _linux_memory() -> Optional[Memory]:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        kilobytes = {line.split(":")[0]: float(line.split()[1]) for line in lines}
        return Memory(kilobytes["MemAvailable"] / 1024, kilobytes["MemTotal"] / 1024)
    except (OSError, KeyError, IndexError, ValueError):
        return None


def _posix_memory() -> Optional[Memory]:
    """macOS tells the total; what is free changes with its compression, so the total stands for both."""
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**20
    except (AttributeError, OSError, ValueError):
        return None
    return Memory(total, total)


def _container_memory() -> Optional[Memory]:
    folder = Path("/sys/fs/cgroup")
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"),
    ):
        try:
            total = int((folder / limit).read_text(encoding="ascii")) / 2**20
            return Memory(max(0.0, total - int((folder / used).read_text(encoding="ascii")) / 2**20), total)
        except (OSError, ValueError):  # no such file; "max" where there is no limit
            continue
    return None


def _windows_memory() -> Optional[Memory]:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
            (name, ctypes.c_ulonglong)
            for name in ("total", "free", "total_page", "free_page", "total_virtual", "free_virtual", "free_extended")
        ]

    status = Status(length=ctypes.sizeof(Status))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):  # type: ignore[attr-defined]
        return None
    return Memory(status.free / 2**20, status.total / 2**20)
