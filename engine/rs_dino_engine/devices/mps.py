"""Graphics of Apple's own processors. Written after torch's documentation; never run by us."""

from __future__ import annotations

from typing import Optional

from ..messages import message
from .cpu import processor_name, system_memory
from .device import Device, Finding, Memory, short_reason


class Mps(Device):
    """fp32; autocast for it is young, so half precision is not offered."""

    default_batch_size = 4

    def __init__(self, index: int = 0) -> None:
        super().__init__("mps", processor_name(), "mps")

    def synchronize(self) -> None:
        import torch

        if hasattr(torch, "mps"):
            torch.mps.synchronize()

    def empty_cache(self) -> None:
        import torch

        if hasattr(torch, "mps"):
            torch.mps.empty_cache()

    def memory(self) -> Optional[Memory]:
        """The memory is the machine's."""
        return system_memory()


def find() -> Finding:
    try:
        import torch
    except (ImportError, OSError) as error:
        return Finding("mps", 0, message("device-no-torch", reason=short_reason(error)))
    backend = getattr(torch.backends, "mps", None)
    if backend is None or not backend.is_built():
        return Finding("mps", 0, message("device-mps-no-build", version=torch.__version__))
    if not backend.is_available():
        return Finding("mps", 0, message("device-mps-none"))
    return Finding("mps", 1, message("device-ready", title=processor_name()), Mps)
