"""Weights as they lie in a file: named tensors with a shape, read one by one when they are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Tuple

from typing_extensions import Protocol

from ..errors import UserError

if TYPE_CHECKING:
    import torch


class StoredTensor(Protocol):
    """A tensor in a file. Asking for ``shape`` or ``dtype`` (``float32``, …) reads no values."""

    @property
    def shape(self) -> Tuple[int, ...]: ...

    @property
    def dtype(self) -> str: ...

    def load(self) -> "torch.Tensor":
        """The values, in their stored type, on the CPU; may share the file's memory, so never write into it."""


StateDict = Mapping[str, StoredTensor]

_SAFETENSORS_DTYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32",
    "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool",
}


class _SafetensorsEntry:
    """A tensor of an open safetensors file."""

    def __init__(self, handle: Any, name: str) -> None:
        part = handle.get_slice(name)
        self._handle, self._name = handle, name
        self.shape: Tuple[int, ...] = tuple(part.get_shape())
        self.dtype: str = _SAFETENSORS_DTYPES.get(part.get_dtype(), part.get_dtype())

    def load(self) -> "torch.Tensor":
        return self._handle.get_tensor(self._name)


class SafetensorsFile:
    """A safetensors file: ``state`` (read lazily) and the ``metadata`` of its header."""

    def __init__(self, path: Path) -> None:
        """Raises ``UserError`` when the header is not sound."""
        from safetensors import SafetensorError, safe_open

        try:
            handle = safe_open(str(path), framework="pt")
            self.metadata: Dict[str, str] = handle.metadata() or {}
            names: List[str] = list(handle.keys())
            self.state: Dict[str, StoredTensor] = {name: _SafetensorsEntry(handle, name) for name in names}
        except (SafetensorError, OSError, UnicodeDecodeError) as error:
            raise UserError("weights-unreadable", path=str(path), reason=one_line(error)) from error


def write_safetensors(
    path: Path, state: "Mapping[str, torch.Tensor]", metadata: Optional[Dict[str, str]] = None
) -> None:
    """Write tensors; those that share memory are written twice."""
    from safetensors.torch import save_file

    save_file({k: v.detach().cpu().contiguous().clone() for k, v in state.items()}, str(path), metadata or {})


def one_line(error: BaseException, limit: int = 200) -> str:
    """An exception's text as part of a sentence: one line, not longer than ``limit``, without a full stop."""
    text = " ".join(str(error).split()) or type(error).__name__
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return text.rstrip(".")
