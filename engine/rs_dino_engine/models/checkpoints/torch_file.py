"""Files of ``torch.save``: the archive of torch >= 1.6 (a zip of uncompressed entries) and the older stream
(torch/serialization.py, ``_legacy_load``). What stands in their pickles is read by :mod:`.unpickle`.
"""

from __future__ import annotations

import mmap
import pickle
import struct
import zipfile
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

from ...errors import UserError
from ..weights import ITEM_BYTES, one_line
from .tensors import Storage
from .unpickle import QUANTIZED, ForbiddenGlobal, check_program, unpickle

_LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_LEGACY_PROTOCOL = 1001
_PICKLE_LIMIT_BYTES = 512 * 2**20
"""A file of 100 000 tensors and a training history has a few megabytes of pickle."""
_DAMAGED = (
    pickle.UnpicklingError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    AttributeError,
    struct.error,
    zipfile.BadZipFile,
    NotImplementedError,
    OverflowError,
    RecursionError,
    MemoryError,
    OSError,
)  # what a damaged or crafted file makes the standard library raise


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
    if name in QUANTIZED or ".quantized." in name:
        return UserError("checkpoint-quantized", path=str(path))
    if name.startswith(("torch.nn.", "torchvision.models.", "models.", "model.")):
        return UserError("checkpoint-whole-model", path=str(path), name=name)
    return UserError("checkpoint-code", path=str(path), name=name)


def _read(path: Path, mapped: mmap.mmap) -> Any:
    if mapped[:4] == b"PK\x03\x04":
        return _read_archive(path, mapped)
    if len(mapped) > 262 and mapped[257:262] == b"ustar":
        raise UserError("checkpoint-tar", path=str(path))
    if mapped[:1] != pickle.PROTO:
        raise UserError("weights-unreadable", path=str(path), reason="it was not written by torch.save")
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
    content, storages = unpickle(_entry(mapped, entries[pickles[0]]))
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
        check_program(mapped)
        end = mapped.tell()
        value, found = unpickle(mapped[at:end])
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
