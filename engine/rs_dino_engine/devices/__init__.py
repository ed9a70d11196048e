"""Where a model computes: chosen in one place, with the reason; nothing falls back in silence.

To add a kind of device, write one file with a ``find() -> Finding`` and list it in ``choice.py``.
"""

from .choice import choose, empty_caches, findings
from .device import DTYPES, Device, Finding, Memory, prefers_channels_last, torch_gpu_build

__all__ = [
    "DTYPES",
    "Device",
    "Finding",
    "Memory",
    "choose",
    "empty_caches",
    "findings",
    "prefers_channels_last",
    "torch_gpu_build",
]
