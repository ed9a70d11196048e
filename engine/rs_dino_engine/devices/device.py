"""What a device is to the rest of the engine; what one kind does differently is a method here."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Callable, ContextManager, Iterator, NamedTuple, Optional, Tuple

from ..errors import UserError
from ..messages import Message, message

DTYPES = ("fp32", "bf16", "fp16")
TORCH_DTYPES = {"fp32": "float32", "bf16": "bfloat16", "fp16": "float16"}


class Memory(NamedTuple):
    """Memory of a device."""

    free_mb: float
    total_mb: float


class Device:
    """A device that can be used. Subclasses override what differs; the base computes on a processor.

    ``dtype`` is what it computes in unless somebody asks otherwise, ``dtypes`` everything it offers.
    """

    constant_shapes = False
    """Every new shape of a batch is compiled anew: keep sizes the same, pad the last batch."""
    default_batch_size = 1
    concurrent_forwards = 1
    """Forward passes that run at once."""

    def __init__(self, name: str, title: str, torch_device: str, dtypes: Tuple[str, ...] = ("fp32",)) -> None:
        self.name, self.title, self.torch_device, self.dtypes = name, title, torch_device, dtypes
        self.dtype = "fp32"
        self.reason: Message = message("device-asked", name=name, title=title)

    def __repr__(self) -> str:
        return f"Device({self.name!r}, dtype={self.dtype!r}, torch_device={self.torch_device!r})"

    def autocast(self, dtype: Optional[str] = None) -> ContextManager[Any]:
        """Context in which a model computes in ``dtype`` (fp32, bf16, fp16; None: the device's own).

        Raises ``UserError("dtype-unavailable")`` for one that the device lacks.
        """
        wanted = dtype or self.dtype
        if wanted not in self.dtypes:
            known = ", ".join(self.dtypes)
            raise UserError("dtype-unavailable", device=self.name, dtype=wanted, known=known)
        return nothing_changed() if wanted == "fp32" else self._autocast(torch_dtype(wanted))

    def full_precision(self) -> ContextManager[Any]:
        """Context in which everything is computed in fp32, also inside :meth:`autocast`."""
        return nothing_changed() if self.dtypes == ("fp32",) else self._autocast(None)

    def _autocast(self, dtype: Optional[Any]) -> ContextManager[Any]:
        """``dtype`` None: none."""
        import torch

        kind = self.torch_device.split(":")[0]
        return torch.autocast(kind, enabled=False) if dtype is None else torch.autocast(kind, dtype=dtype)

    def synchronize(self) -> None:
        """Wait until everything that was asked for is computed."""

    def empty_cache(self) -> None:
        """Give memory that torch only keeps for later back."""

    def memory(self) -> Optional[Memory]:
        """Free and total memory; None where the device does not tell."""
        return None

    def reset_peak(self) -> Optional[float]:
        """Begin to watch for the most memory that is used; returns what is used now in MB, None where that cannot
        be watched."""
        return None

    def peak_mb(self) -> Optional[float]:
        """The most memory that was used since :meth:`reset_peak`."""
        return None

    def is_out_of_memory(self, error: BaseException) -> bool:
        """Whether an error means that a smaller batch could have worked."""
        said = str(error).lower()
        return isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and "out of memory" in said)


@dataclass(frozen=True)
class Finding:
    """Whether a kind of device is there, and why (not).

    ``make(index)`` gives the device, and is only called for ``0 <= index < count``.
    """

    kind: str
    count: int
    reason: Message
    make: Optional[Callable[[int], Device]] = None

    @property
    def available(self) -> bool:
        return self.count > 0


@contextmanager
def nothing_changed() -> Iterator[None]:
    """A context that does nothing."""
    yield


def torch_dtype(name: str) -> Any:
    """fp32, bf16, fp16 -> the torch dtype."""
    import torch

    return getattr(torch, TORCH_DTYPES[name])


def prefers_channels_last(kind: str) -> bool:
    """Whether convolutions on a torch device type are faster on the memory layout (n, h, w, c)."""
    return kind in ("cpu", "cuda")


def torch_gpu_build() -> str:
    """For which release of CUDA or ROCm torch was built; empty for the processor alone."""
    import torch

    return str(torch.version.cuda or getattr(torch.version, "hip", None) or "")


def short_reason(error: BaseException) -> str:
    """The first line of an error without its full stop, to stand inside a sentence."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__).rstrip(".")
