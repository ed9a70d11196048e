"""From a job's outputs to where the person wants them: file by file, each whole or not there.

A file that another program holds open is left alone, and so is one that the job has read; the new one gets a free name
beside it.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Sequence

from .errors import UserError
from .messages import Message, message

# SQLite leaves these beside a GeoPackage that somebody has open; a new file under an old journal is a broken one.
_JOURNALS = ("-wal", "-shm", "-journal")


class Published(NamedTuple):
    """Where each file went (old path -> new path), and what has to be said about it."""

    places: Dict[str, str]
    warnings: List[Message]


def prepare_destination(folder: Path) -> None:
    """Make the folder and prove that it can be written into, before hours are spent on what goes there."""
    probe = folder / f".rs-dino-{os.getpid()}.probe"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise UserError("disk-full", folder=str(folder)) from None
        raise UserError("output-read-only", folder=str(folder), reason=_why(error)) from None


def publish(outputs: Path, destination: Path, check_cancel: Callable[[], None], read: Sequence[Path] = ()) -> Published:
    """Move everything below ``outputs`` to ``destination``, but over none of the files in ``read``.

    Files that belong together (``X.tif``, ``X.qml``, ``X.tif.aux.xml``) keep a common name. Across file systems
    everything is copied beside its place first, and ``check_cancel`` is asked between copies; from the first
    rename on, the job runs to its end.
    """
    prepare_destination(destination)
    sources = sorted(p for p in outputs.rglob("*") if p.is_file())
    for source in sources:
        _to_disk(source)
    staged = _same_file_system(sources, outputs, destination, check_cancel)
    places: Dict[str, str] = {}
    warnings: List[Message] = []
    for names in _groups([s.relative_to(outputs) for s in sources]):
        own = any(_is_same(destination / name, one) for name in names for one in read)
        chosen = _free_names(destination, names, own)
        for name in names:
            target = _place(staged[outputs / name], destination / chosen[name])
            places[str(outputs / name)] = str(target)
            if target.name != name.name:
                code = "output-was-read" if own else "output-locked"
                warnings.append(message(code, path=str(destination / name), renamed=target.name))
    shutil.rmtree(str(_staging(outputs, destination)), ignore_errors=True)
    return Published(places, warnings)


def _groups(names: List[Path]) -> List[List[Path]]:
    """Files of one data set together: those in one folder that share the part of the name before the ending."""
    groups: Dict[Path, List[Path]] = {}
    keys = sorted({n.with_suffix("") for n in names}, key=lambda k: len(k.name))
    for name in names:
        key = next(k for k in keys if k.parent == name.parent and (name.name + ".").startswith(k.name + "."))
        groups.setdefault(key, []).append(name)
    return list(groups.values())


def _free_names(destination: Path, names: List[Path], taken: bool = False) -> Dict[Path, Path]:
    """The names themselves, or all of them with the same number when one of them is in use, or ``taken``."""
    if not taken and not any(_in_use(destination / n) for n in names):
        return {n: n for n in names}
    stem = min((n.with_suffix("").name for n in names), key=len)
    number = 2
    while True:
        tried = {n: n.with_name(f"{stem}_{number}{n.name[len(stem) :]}") for n in names}
        if not any((destination / t).exists() for t in tried.values()):
            return tried
        number += 1


def _in_use(path: Path) -> bool:
    if not path.exists():
        return False
    if any(path.with_name(path.name + j).exists() for j in _JOURNALS):
        return True
    try:
        replace(path, path)  # a rename to itself: Windows refuses it while another program has the file open
    except PermissionError:
        return True
    return False


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return False


def _place(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        replace(source, target)
        return target
    except PermissionError:
        if not target.exists():
            raise
    free = target.parent / _free_names(target.parent, [Path(target.name)])[Path(target.name)]
    number = 2
    while free.exists():
        free = target.with_name(f"{target.stem}_{number}{target.suffix}")
        number += 1
    replace(source, free)
    return free


def replace(source: Path, target: Path) -> None:
    """``Path.replace``, under a name of our own so that a test can act as Windows does."""
    source.replace(target)


def _same_file_system(
    sources: List[Path], outputs: Path, destination: Path, check_cancel: Callable[[], None]
) -> Dict[Path, Path]:
    """Where each file lies so that a rename is enough: where it is, or a copy inside the destination."""
    if outputs.stat().st_dev == destination.stat().st_dev:
        return {s: s for s in sources}
    staging = _staging(outputs, destination)
    staged = {}
    try:
        for source in sources:
            check_cancel()
            copy = staging / source.relative_to(outputs)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(str(source), str(copy))
            _to_disk(copy)
            staged[source] = copy
    except BaseException:
        shutil.rmtree(str(staging), ignore_errors=True)
        raise
    return staged


def _staging(outputs: Path, destination: Path) -> Path:
    return destination / ".rs-dino" / f"publishing-{outputs.parent.name}"


def _to_disk(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
