"""How much memory this process has taken at most."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Optional

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_MARK = "5"
"""Written there it makes the high-water mark what is resident now (Linux)."""


def reset_peak() -> Optional[float]:
    """Begin anew; returns what is resident now in MB, None where the system does not let one begin anew."""
    try:
        _CLEAR.write_text(_MARK, encoding="ascii")
    except OSError:
        return None
    return _status_mb("VmRSS")


def peak_mb() -> Optional[float]:
    """The most that was resident since :func:`reset_peak`, or since the process began."""
    if sys.platform.startswith("linux"):
        return _status_mb("VmHWM")
    try:
        import resource
    except ImportError:  # Windows
        return None
    unit = 2**20 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _status_mb(key: str) -> Optional[float]:
    try:
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith(key):
                return float(line.split()[1]) / 1024
    except (OSError, ValueError, IndexError):
        pass
    return None
