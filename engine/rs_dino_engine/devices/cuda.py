"""NVIDIA cards (and AMD's, which torch calls by the same name)."""

from __future__ import annotations

from typing import Optional, Tuple

from ..messages import message
from .device import Device, Finding, Memory, short_reason


class Cuda(Device):
    """bf16 where the card has it, fp16 on older ones with tensor cores."""

    default_batch_size = 8

    def __init__(self, index: int) -> None:
        import torch

        super().__init__(f"cuda:{index}", torch.cuda.get_device_name(index), f"cuda:{index}", _dtypes(index))
        self.dtype = self.dtypes[1] if len(self.dtypes) > 1 else "fp32"
        self._index = index

    def synchronize(self) -> None:
        import torch

        torch.cuda.synchronize(self._index)

    def empty_cache(self) -> None:
        import torch

        torch.cuda.empty_cache()

    def memory(self) -> Optional[Memory]:
        """What torch has reserved but does not use counts as free."""
        import torch

        total = torch.cuda.get_device_properties(self._index).total_memory
        reserved = torch.cuda.memory_reserved(self._index)
        free = torch.cuda.mem_get_info(self._index)[0] if hasattr(torch.cuda, "mem_get_info") else total - reserved
        return Memory((free + reserved - torch.cuda.memory_allocated(self._index)) / 2**20, total / 2**20)

    def reset_peak(self) -> Optional[float]:
        import torch

        torch.cuda.reset_peak_memory_stats(self._index)
        return float(torch.cuda.memory_allocated(self._index)) / 2**20

    def peak_mb(self) -> Optional[float]:
        import torch

        return float(torch.cuda.max_memory_allocated(self._index)) / 2**20

    def is_out_of_memory(self, error: BaseException) -> bool:
        # cuBLAS and cuDNN say it their own way
        return super().is_out_of_memory(error) or (isinstance(error, RuntimeError) and "ALLOC_FAILED" in str(error))


def find() -> Finding:
    try:
        import torch
    except (ImportError, OSError) as error:
        return Finding("cuda", 0, message("device-no-torch", reason=short_reason(error)))
    if not torch.backends.cuda.is_built():
        return Finding("cuda", 0, message("device-cuda-no-build", version=torch.__version__))
    if not torch.cuda.is_available():
        return Finding("cuda", 0, message("device-cuda-none"))
    ready = message("device-ready", title=torch.cuda.get_device_name(0))
    return Finding("cuda", torch.cuda.device_count(), ready, Cuda)


def _dtypes(index: int) -> Tuple[str, ...]:
    import torch

    major = torch.cuda.get_device_capability(index)[0]
    if major >= 8:
        return ("fp32", "bf16", "fp16")
    return ("fp32", "fp16") if major >= 7 else ("fp32",)
