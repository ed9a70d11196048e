"""Reads what ``torch.save`` wrote, and never executes anything that stands in it.

A pickle is a small program: it may name any function of any module and call it. Here a name is looked up in
the literal tables below and nowhere else. What describes tensors becomes a :class:`PickledTensor` (a place in
the file, no values yet); records of training tools become inert objects that keep nothing; anything else is
refused with a sentence that names it. Works the same on every torch version; torch's own loader is not used.

Formats: the archive of torch >= 1.6 (a zip of uncompressed entries) and the older stream
(torch/serialization.py, ``_legacy_load``).
"""

from __future__ import annotations

import io
import mmap
import pickle
import pickletools
import struct
import zipfile
from pathlib import Path
from typing import Any, BinaryIO, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ...errors import UserError
from ..weights import ITEM_BYTES, one_line
from .tensors import STORAGE_DTYPES, PickledTensor, Storage

_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_PROTOCOL = 1001
_PICKLE_LIMIT_BYTES = 512 * 2**20
"""A file of 100 000 tensors and a training history has a few megabytes of pickle."""
_DAMAGED = (
    pickle.UnpicklingError, EOFError, KeyError, IndexError, TypeError, ValueError, AttributeError, struct.error,
    zipfile.BadZipFile, NotImplementedError, OverflowError, RecursionError, MemoryError, OSError,
)  # what a damaged or crafted file makes the standard library raise
_INERT_PREFIXES = (
    "mmengine.", "mmcv.", "mmseg.", "mmdet.", "omegaconf.", "yacs.", "easydict.", "addict.", "box.", "ml_collections.",
    "pytorch_lightning.", "lightning.", "lightning_fabric.", "lightning_utilities.", "torchmetrics.", "fvcore.",
    "detectron2.", "transformers.", "accelerate.", "timm.", "hydra.", "loguru.", "segmentation_models_pytorch.",
    "__main__.", "argparse.Namespace", "types.SimpleNamespace", "datetime.", "pathlib.", "uuid.UUID",
    "decimal.Decimal", "fractions.Fraction", "_codecs.encode", "copyreg._reconstructor", "copy_reg._reconstructor",
    "numpy.dtype", "numpy.ndarray", "numpy.core.", "numpy._core.", "numpy.random.", "numpy.float", "numpy.int",
    "numpy.uint", "numpy.bool", "numpy.str_", "torch.optim.", "torch.cuda.amp.", "torch.amp.", "torch.device",
    "torch.layout", "torch.memory_format", "torch.serialization._get_layout",
)  # records of training tools and their parts: kept as inert objects, never looked up


class ForbiddenGlobal(Exception):
    """A pickle named something that is neither a tensor nor a known record."""


class _PlainDict(Dict[Any, Any]):
    """Stands for OrderedDict, defaultdict and Counter; attributes that a pickle wants to set are dropped."""

    def __init__(self, *arguments: Any) -> None:
        # defaultdict is made with a factory, OrderedDict with nothing or with pairs
        super().__init__(*[a for a in arguments if isinstance(a, (dict, list, tuple))][:1])

    def __setstate__(self, state: Any) -> None:
        """``_metadata`` of a state_dict and the like."""


class Inert:
    """Stands for an object of a training tool: takes whatever it is given, keeps nothing, does nothing."""

    def __new__(cls, *arguments: Any, **named: Any) -> "Inert":
        return object.__new__(cls)

    def __init__(self, *arguments: Any, **named: Any) -> None: ...

    def __setstate__(self, state: Any) -> None: ...

    def __setitem__(self, key: Any, value: Any) -> None: ...

    def append(self, item: Any) -> None: ...

    def extend(self, items: Any) -> None: ...

    def add(self, item: Any) -> None: ...


def _rebuild_tensor(
    storage: Storage, offset: int, size: Sequence[int], stride: Sequence[int], *rest: Any
) -> PickledTensor:
    """``torch._utils._rebuild_tensor`` and ``_rebuild_tensor_v2``; what else they are given are hooks and flags."""
    return PickledTensor(storage, offset, tuple(size), tuple(stride))


def _rebuild_parameter(data: PickledTensor, *rest: Any) -> PickledTensor:
    return data


def _rebuild_from_type(function: Any, kind: Any, arguments: Sequence[Any], state: Any) -> Any:
    return function(*arguments)


def _plain_tuple(*arguments: Any) -> Tuple[Any, ...]:
    return tuple(*arguments[:1])


def _plain_set(*arguments: Any) -> "set[Any]":
    return set(*arguments[:1])


_FUNCTIONS = {
    "torch._utils._rebuild_tensor": _rebuild_tensor,
    "torch._utils._rebuild_tensor_v2": _rebuild_tensor,
    "torch._utils._rebuild_parameter": _rebuild_parameter,
    "torch._utils._rebuild_parameter_with_state": _rebuild_parameter,
    "torch._tensor._rebuild_from_type_v2": _rebuild_from_type,
    "torch.Size": _plain_tuple,
    "builtins.set": _plain_set,
    "__builtin__.set": _plain_set,
    "builtins.frozenset": _plain_set,
}
_PLAIN_TYPES = ("list", "dict", "tuple", "int", "float", "str", "bool", "bytes", "complex", "slice", "range", "object")
_DICTS = ("collections.OrderedDict", "collections.defaultdict", "collections.Counter")
_QUANTIZED = ("torch._utils._rebuild_qtensor",)


class _Callable:
    """A function of the tables, in a shell that a pickle can call but not change."""

    __slots__ = ("_function",)
    _function: Any

    def __init__(self, function: Any) -> None:
        object.__setattr__(self, "_function", function)

    def __call__(self, *arguments: Any) -> Any:
        return self._function(*arguments)

    def __setattr__(self, name: str, value: Any) -> None:
        raise pickle.UnpicklingError("the file changes a function")

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError("the file changes a function")


class StorageType(NamedTuple):
    """``torch.FloatStorage`` and its like, as a pickle names them."""

    dtype: str


class _Unpickler(pickle.Unpickler):
    """Looks names up in the tables of this file; ``storages`` collects the storages by their key."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file, encoding="latin-1")  # Python 2 wrote byte strings
        self.storages: Dict[str, Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        full = f"{module}.{name}"
        if full in _FUNCTIONS:
            return _Callable(_FUNCTIONS[full])
        if full in _DICTS:
            return type("PlainDict", (_PlainDict,), {})  # a new class each time: a pickle may set attributes on it
        if module in ("torch", "torch.storage") and name in STORAGE_DTYPES:
            return StorageType(STORAGE_DTYPES[name])
        if module == "torch" and name in ITEM_BYTES:
            return name
        plain = module in ("builtins", "__builtin__") and name in _PLAIN_TYPES
        if plain or full.startswith(_INERT_PREFIXES):
            return type("Inert", (Inert,), {})
        raise ForbiddenGlobal(full)

    def persistent_load(self, pid: Any) -> Storage:
        """``('storage', type, key, location, number of elements, …)``; the location (a device) does not matter."""
        kind, storage_type, key, _location, count = pid[:5]
        if kind not in ("storage", b"storage") or not isinstance(storage_type, StorageType):
            raise pickle.UnpicklingError("an unknown kind of reference")
        if len(pid) > 5 and pid[5] is not None:
            raise pickle.UnpicklingError("it uses views of storages, as torch before 0.4 wrote them")
        if not isinstance(count, int) or count < 0 or not isinstance(key, str):
            raise pickle.UnpicklingError("a storage without a size or a name")
        known = self.storages.get(key)
        if known is None:
            known = self.storages[key] = Storage(key, storage_type.dtype, count)
        elif known.count * ITEM_BYTES[known.dtype] != count * ITEM_BYTES[storage_type.dtype]:
            raise pickle.UnpicklingError(f"storage {key} has two sizes")
        return known


def read_pickled(path: Path) -> Any:
    """The object in a ``.pth`` file: containers, scalars and :class:`PickledTensor`; nothing is executed.

    Raises ``UserError`` for anything that is not a sound file of weights. The file stays mapped while any of
    its tensors is in use.
    """
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return _read(path, mapped)
    except ForbiddenGlobal as error:
        raise _refusal(path, str(error)) from None
    except _DAMAGED as error:
        raise UserError("weights-unreadable", path=str(path), reason=one_line(error)) from error


def _refusal(path: Path, name: str) -> UserError:
    if name in _QUANTIZED or ".quantized." in name:
        return UserError("checkpoint-quantized", path=str(path))
    if name.startswith(("torch.nn.", "torchvision.models.", "models.", "model.")):
        return UserError("checkpoint-whole-model", path=str(path), name=name)
    return UserError("checkpoint-code", path=str(path), name=name)


def _read(path: Path, mapped: mmap.mmap) -> Any:
    if mapped[:4] == b"PK\x03\x04":
        return _read_archive(path, mapped)
    if len(mapped) > 262 and mapped[257:262] == b"ustar":
        raise UserError("checkpoint-tar", path=str(path))
    return _read_stream(path, mapped)


def _read_archive(path: Path, mapped: mmap.mmap) -> Any:
    """The zip of torch >= 1.6: ``NAME/data.pkl`` and one entry ``NAME/data/KEY`` a storage."""
    with zipfile.ZipFile(str(path)) as archive:
        entries = {entry.filename: entry for entry in archive.infolist()}
    pickles = [name for name in entries if name == "data.pkl" or name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise UserError("weights-unreadable", path=str(path), reason="it is a zip file, but not one of torch.save")
    root = pickles[0][: -len("data.pkl")]
    if root + "constants.pkl" in entries:
        raise UserError("checkpoint-script", path=str(path))
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries.values()):
        raise UserError("checkpoint-compressed", path=str(path))
    order = entries.get(root + "byteorder")
    if order is not None and _entry(mapped, order) != b"little":
        raise UserError("checkpoint-big-endian", path=str(path))
    content, storages = _unpickle(_entry(mapped, entries[pickles[0]]))
    for storage in storages.values():
        entry = entries.get(f"{root}data/{storage.key}")
        if entry is None:
            raise pickle.UnpicklingError(f"storage {storage.key} is missing")
        storage.place(mapped, _entry_start(mapped, entry), entry.file_size)
    return content


def _entry_start(mapped: mmap.mmap, entry: zipfile.ZipInfo) -> int:
    """Where an entry's bytes begin: after its local header (APPNOTE.TXT 4.3.7: 30 bytes, name, extra field)."""
    header = mapped[entry.header_offset : entry.header_offset + 30]
    signature, name_bytes, extra_bytes = struct.unpack("<4s22xHH", header)
    start: int = entry.header_offset + 30 + name_bytes + extra_bytes
    if signature != b"PK\x03\x04" or entry.file_size != entry.compress_size or start + entry.file_size > len(mapped):
        raise zipfile.BadZipFile("an entry lies outside the file")
    return start


def _entry(mapped: mmap.mmap, entry: zipfile.ZipInfo) -> bytes:
    if entry.file_size > _PICKLE_LIMIT_BYTES:
        raise pickle.UnpicklingError("its table of contents is far too large")
    start = _entry_start(mapped, entry)
    return mapped[start : start + entry.file_size]


def _unpickle(data: bytes) -> "Tuple[Any, Dict[str, Storage]]":
    _check_program(io.BytesIO(data))
    unpickler = _Unpickler(io.BytesIO(data))
    return unpickler.load(), unpickler.storages


def _check_program(file: Any) -> None:
    """Go through a pickle without running it, to its end, and refuse what would exhaust the memory.

    CPython allocates a table as large as the largest memo number, whatever the size of the file.
    """
    highest, count = -1, 0
    for opcode, argument, _position in pickletools.genops(file):
        count += 1
        if opcode.name in ("PUT", "BINPUT", "LONG_BINPUT"):
            highest = max(highest, int(argument or 0))
    if highest > count:
        raise pickle.UnpicklingError("a memo number is far too large")


class _LegacyHead(NamedTuple):
    content: Any
    storages: Dict[str, Storage]
    keys: List[str]
    end: int


def _read_stream(path: Path, mapped: mmap.mmap) -> Any:
    """The format before torch 1.6: five pickles (magic, version, machine, content, keys), then the storages."""
    head = _read_legacy_head(path, mapped)
    at = head.end
    for key in head.keys:
        storage = head.storages.get(key)
        (count,) = struct.unpack("<q", mapped[at : at + 8])
        if storage is None or count != storage.count:
            raise pickle.UnpicklingError(f"storage {key} does not have the stated size")
        storage.place(mapped, at + 8, count * ITEM_BYTES[storage.dtype])
        at += 8 + count * ITEM_BYTES[storage.dtype]
    if len(head.keys) != len(head.storages):
        raise pickle.UnpicklingError("a storage is missing")
    return head.content


def _read_legacy_head(path: Path, mapped: mmap.mmap) -> _LegacyHead:
    values: List[Any] = []
    storages: Dict[str, Storage] = {}
    at = 0
    for part in range(5):
        mapped.seek(at)
        _check_program(mapped)
        end = mapped.tell()
        value, found = _unpickle(mapped[at:end])
        values.append(value)
        storages.update(found)
        at = end
        if part == 0 and value != _LEGACY_MAGIC:
            raise pickle.UnpicklingError("it was not written by torch.save")
    machine: Optional[Any] = values[2].get("little_endian") if isinstance(values[2], dict) else None
    if values[1] != _LEGACY_PROTOCOL or machine is None:
        raise pickle.UnpicklingError("an unknown version of the format")
    if machine is not True:
        raise UserError("checkpoint-big-endian", path=str(path))
    if not isinstance(values[4], list) or not all(isinstance(key, str) for key in values[4]):
        raise pickle.UnpicklingError("its list of storages is damaged")
    return _LegacyHead(values[3], storages, values[4], at)
