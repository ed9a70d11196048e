"""Weights as they lie in a file: named tensors with a shape, read one by one when they are asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from typing_extensions import Protocol

from ..errors import UserError

if TYPE_CHECKING:
    import torch

_LONGEST_TEXT = 200


class StoredTensor(Protocol):
    """A tensor in a file. Asking for ``shape`` or ``dtype`` (``float32``, …) reads no values."""

    @property
    def shape(self) -> Tuple[int, ...]: ...

    @property
    def dtype(self) -> str: ...

    def load(self) -> "torch.Tensor":
        """The values, in their stored type, on the CPU; may share the file's memory, so never write into it."""


_POINTER = b"version https://git-lfs"
StateDict = Mapping[str, StoredTensor]

_SAFETENSORS_DTYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U8": "uint8",
    "BOOL": "bool",
}
_SAFETENSORS_NAMES = {dtype: name for name, dtype in _SAFETENSORS_DTYPES.items()}
ITEM_BYTES = {
    "float64": 8,
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "int64": 8,
    "int32": 4,
    "int16": 2,
    "int8": 1,
    "uint8": 1,
    "bool": 1,
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


def refuse_pointer(path: Path) -> None:
    """Raise ``UserError`` for the small text that a repository holds in place of a large file (Git LFS)."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_POINTER))
    except OSError as error:
        raise UserError("weights-unreadable", path=str(path), reason=one_line(error)) from error
    if start == _POINTER:
        raise UserError("weights-pointer", path=str(path), size=path.stat().st_size)


def write_safetensors(
    path: Path,
    state: "Mapping[str, Union[torch.Tensor, StoredTensor]]",
    metadata: Optional[Dict[str, str]] = None,
    half: bool = False,
) -> None:
    """Write tensors one after the other, holding one at a time; ``half`` turns float32 into float16.

    The format is safetensors' own (length of the header, header, values); its writer would hold all of them twice.
    """
    entries: Dict[str, Any] = {"__metadata__": dict(metadata or {})}
    at = 0
    # large items first keeps every tensor aligned to its item size
    order = sorted(state, key=lambda name: (-ITEM_BYTES[_stored_dtype(state[name], half)], name))
    for name in order:
        dtype, shape = _stored_dtype(state[name], half), [int(side) for side in state[name].shape]
        end = at + ITEM_BYTES[dtype] * _count(shape)
        entries[name] = {"dtype": _SAFETENSORS_NAMES[dtype], "shape": shape, "data_offsets": [at, end]}
        at = end
    header = json.dumps(entries, ensure_ascii=False).encode("utf-8")
    header += b" " * (-len(header) % 8)
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little"))
        file.write(header)
        for name in order:
            file.write(_values(state[name], _stored_dtype(state[name], half)))


def _stored_dtype(tensor: "Union[torch.Tensor, StoredTensor]", half: bool) -> str:
    dtype = str(tensor.dtype).replace("torch.", "")
    return "float16" if half and dtype == "float32" else dtype


def _count(shape: Sequence[int]) -> int:
    count = 1
    for side in shape:
        count *= side
    return count


def _values(tensor: "Union[torch.Tensor, StoredTensor]", dtype: str) -> Any:
    import torch

    values = tensor.detach() if isinstance(tensor, torch.Tensor) else tensor.load()
    values = values.to("cpu", getattr(torch, dtype)).contiguous()
    if dtype == "bfloat16":  # numpy has no such type; the bytes are the same
        values = values.view(torch.int16)
    return memoryview(values.numpy().reshape(-1).view("uint8")) if values.numel() else b""


def one_line(error: BaseException) -> str:
    """An exception's text as part of a sentence: one line, not too long, without a full stop."""
    text = " ".join(str(error).split()) or type(error).__name__
    text = text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"
    return text.rstrip(".")
