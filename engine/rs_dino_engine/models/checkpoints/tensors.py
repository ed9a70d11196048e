"""Tensors of a pickled file: where their values lie, checked against the file before any is read."""

from __future__ import annotations

import mmap
import pickle
from typing import TYPE_CHECKING, Optional, Tuple

from ..weights import ITEM_BYTES

if TYPE_CHECKING:
    import torch

STORAGE_DTYPES = {
    "DoubleStorage": "float64",
    "FloatStorage": "float32",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}
MAX_DIMENSIONS = 16


class Storage:
    """A run of ``count`` numbers in a file; :meth:`place` says where, once that is known."""

    def __init__(self, key: str, dtype: str, count: int) -> None:
        self.key, self.dtype, self.count = key, dtype, count
        self._mapped: Optional[mmap.mmap] = None
        self._start = 0

    def __setstate__(self, state: object) -> None:
        raise pickle.UnpicklingError("the file changes a storage")

    def place(self, mapped: mmap.mmap, start: int, size_bytes: int) -> None:
        """The storage begins at ``start`` and has ``size_bytes``; raises when that is too little or not in the file."""
        if size_bytes < self.count * ITEM_BYTES[self.dtype] or start < 0 or start + size_bytes > len(mapped):
            raise pickle.UnpicklingError(f"storage {self.key} is cut off")
        self._mapped, self._start = mapped, start

    def load(self, offset: int, size: Tuple[int, ...], stride: Tuple[int, ...]) -> "torch.Tensor":
        """A copy of the numbers that a tensor shows."""
        import torch

        if self._mapped is None:
            raise pickle.UnpicklingError(f"storage {self.key} is missing")
        item = ITEM_BYTES[self.dtype]
        used = span(size, stride)
        if used == 0:
            return torch.empty(size, dtype=getattr(torch, self.dtype))
        first = self._start + offset * item
        with memoryview(self._mapped) as view:
            raw = bytearray(view[first : first + used * item])
        return torch.frombuffer(raw, dtype=getattr(torch, self.dtype)).as_strided(size, stride).contiguous()


class PickledTensor:
    """A tensor that is still in its file."""

    def __init__(self, storage: Storage, offset: int, size: Tuple[int, ...], stride: Tuple[int, ...]) -> None:
        """Raises ``UnpicklingError`` unless every number lies in the storage, and the tensor is no larger than it."""
        numbers = (offset, *size, *stride)
        if not isinstance(storage, Storage) or not all(type(n) is int and n >= 0 for n in numbers):
            raise pickle.UnpicklingError("a tensor with an impossible place")
        if len(size) != len(stride) or len(size) > MAX_DIMENSIONS:
            raise pickle.UnpicklingError("a tensor with an impossible shape")
        elements = 1
        for side in size:
            elements *= side
        if elements and (offset + span(size, stride) > storage.count or elements > storage.count):
            raise pickle.UnpicklingError("a tensor is larger than its storage")
        self.storage, self.offset, self.shape, self.stride = storage, offset, size, stride

    @property
    def dtype(self) -> str:
        return self.storage.dtype

    def load(self) -> "torch.Tensor":
        """The values, on the CPU, in their stored type."""
        return self.storage.load(self.offset, self.shape, self.stride)

    def __setstate__(self, state: object) -> None:
        raise pickle.UnpicklingError("the file changes a tensor")


def span(size: Tuple[int, ...], stride: Tuple[int, ...]) -> int:
    """How many numbers lie between the first and the last of a tensor, both included; 0 for an empty one."""
    if 0 in size:
        return 0
    return 1 + sum((side - 1) * step for side, step in zip(size, stride))
