"""Reads a pickle of weights, and never executes anything that stands in it.

A pickle is a small program: it may name any function of any module and call it. Here a name is looked up in
the literal tables below and nowhere else. What describes tensors becomes a :class:`PickledTensor` (a place in
the file, no values yet); records of training tools become inert objects that keep nothing; anything else is
refused. Works the same on every torch version; torch's own loader is not used.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from typing import Any, BinaryIO, Dict, NamedTuple, Sequence, Tuple

from ..weights import ITEM_BYTES
from .tensors import STORAGE_DTYPES, PickledTensor, Storage

_INERT_PREFIXES = (
    "mmengine.",
    "mmcv.",
    "mmseg.",
    "mmdet.",
    "omegaconf.",
    "yacs.",
    "easydict.",
    "addict.",
    "box.",
    "ml_collections.",
    "pytorch_lightning.",
    "lightning.",
    "lightning_fabric.",
    "lightning_utilities.",
    "torchmetrics.",
    "fvcore.",
    "detectron2.",
    "transformers.",
    "accelerate.",
    "timm.",
    "hydra.",
    "loguru.",
    "segmentation_models_pytorch.",
    "__main__.",
    "argparse.Namespace",
    "types.SimpleNamespace",
    "datetime.",
    "pathlib.",
    "uuid.UUID",
    "decimal.Decimal",
    "fractions.Fraction",
    "_codecs.encode",
    "copyreg._reconstructor",
    "copy_reg._reconstructor",
    "numpy.dtype",
    "numpy.ndarray",
    "numpy.core.",
    "numpy._core.",
    "numpy.random.",
    "numpy.float",
    "numpy.int",
    "numpy.uint",
    "numpy.bool",
    "numpy.str_",
    "torch.optim.",
    "torch.cuda.amp.",
    "torch.amp.",
    "torch.device",
    "torch.layout",
    "torch.memory_format",
    "torch.serialization._get_layout",
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
QUANTIZED = ("torch._utils._rebuild_qtensor",)


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


def unpickle(data: bytes) -> "Tuple[Any, Dict[str, Storage]]":
    check_program(io.BytesIO(data))
    unpickler = _Unpickler(io.BytesIO(data))
    return unpickler.load(), unpickler.storages


def check_program(file: Any) -> None:
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
