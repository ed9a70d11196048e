"""Outputs that outlive their forward pass, in buffers that are used again.

A pass frees everything it has taken, unless its output stays: then it lies in the middle of what was freed, the next
pass finds no room there, and memory grows. So outputs on a processor are moved to buffers of their own.
"""

from __future__ import annotations

from threading import Lock
from typing import List

import torch

_SPARES = 8
"""For each of the outputs of a pass."""


class Spares:
    """Buffers by their shape; used by the threads that compute and the one that joins."""

    def __init__(self, outputs: int = 1) -> None:
        self._most = _SPARES * outputs
        self._free: List[torch.Tensor] = []
        self._lock = Lock()

    def kept(self, outputs: torch.Tensor) -> torch.Tensor:
        """The same values in a spare buffer; elsewhere than on a processor the tensor itself."""
        if outputs.device.type != "cpu":
            return outputs
        buffer = self._taken(outputs.shape, outputs.dtype)
        if buffer is None:
            buffer = torch.empty(outputs.shape, dtype=outputs.dtype)
        return buffer.copy_(outputs)

    def _taken(self, shape: torch.Size, dtype: torch.dtype) -> "torch.Tensor | None":
        with self._lock:
            for index, buffer in enumerate(self._free):
                if buffer.shape == shape and buffer.dtype == dtype:
                    return self._free.pop(index)
        return None

    def give_back(self, buffer: torch.Tensor) -> None:
        """The values are not needed any more."""
        with self._lock:
            if buffer.device.type == "cpu" and len(self._free) < self._most:
                self._free.append(buffer)
