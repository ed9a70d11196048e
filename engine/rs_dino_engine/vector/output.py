"""The file that polygons end up in: built under a temporary name, renamed when it is whole."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Set

import numpy as np

from ..models.spec import ClassMap
from ..raster.sink import free_name
from .features import Features
from .formats import convert, format_of
from .geopackage import GeoPackageWriter
from .style import qml_of

_JOURNALS = ("-wal", "-shm", "-journal")


class PolygonFile:
    """Takes batches of features; :meth:`publish` gives the finished file its name.

    Every format starts as a GeoPackage, which can be written batch after batch; others are converted from it.
    Leaving ``with`` before ``publish`` leaves nothing behind.
    """

    def __init__(self, path: Path, crs: Any, class_map: Optional[ClassMap]) -> None:
        self._path, self._crs = path, crs
        self._format = format_of(path)
        self._class_map = class_map
        self._written: Set[int] = set()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix=f".{path.stem}.", dir=str(path.parent)))
        names: Dict[int, str] = {} if class_map is None else {c.id: c.name for c in class_map.classes}
        self._gpkg = self._folder / f"{path.stem}.gpkg"
        wkt = crs.to_wkt() if crs else None
        self._writer = GeoPackageWriter(self._gpkg, path.stem, wkt, names)

    def write(self, features: Features) -> None:
        """Add a batch."""
        self._writer.write(features)
        self._written.update(np.unique(features.label).tolist())

    def publish(self, check_cancel: Callable[[], None]) -> Path:
        """Finish, and put the file in its place; a file that is open elsewhere stays, the new one is ``X_2``."""
        embedded = self._format.extension == ".gpkg"
        qml = qml_of(self._class_map, self._written)
        if embedded and qml is not None:
            self._writer.add_style(qml)
        self._writer.finish()
        check_cancel()
        if not embedded:
            target = self._folder / "converted" / self._path.name
            target.parent.mkdir()
            convert(self._gpkg, target, self._format, self._crs, check_cancel)
            self._gpkg.unlink()
            if qml is not None:
                target.with_suffix(".qml").write_text(qml, encoding="utf-8")
            return _placed(sorted(target.parent.iterdir()), self._path)
        return _placed([self._gpkg], self._path)

    def __enter__(self) -> "PolygonFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()
        shutil.rmtree(str(self._folder), ignore_errors=True)


def _placed(files: List[Path], wanted: Path) -> Path:
    """Rename a set of files of one stem to stand at ``wanted``, or at a free name beside it."""
    names = {f: wanted.with_suffix(f.suffix) for f in files}
    if any(_in_use(target) for target in names.values()):
        wanted = free_name(wanted)
        names = {f: wanted.with_suffix(f.suffix) for f in files}
    for file, target in names.items():
        with file.open("r+b") as handle:
            os.fsync(handle.fileno())
        file.replace(target)
    return wanted


def _in_use(path: Path) -> bool:
    """Whether another program holds the file: SQLite's journals lie beside it, or Windows refuses a rename."""
    if not path.exists():
        return False
    if any(path.with_name(path.name + journal).exists() for journal in _JOURNALS):
        return True
    try:
        path.replace(path)
    except PermissionError:
        return True
    return False
