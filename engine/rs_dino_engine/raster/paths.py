"""From what a person names - files, folders, patterns, addresses - to a list of rasters."""

from __future__ import annotations

import glob
import re
from pathlib import Path
from typing import List, Sequence

from ..errors import UserError

# What counts as a raster in a folder; a file that is named outright may end in anything.
SUFFIXES = {
    ".tif", ".tiff", ".gtiff", ".vrt", ".img", ".jp2", ".j2k", ".png", ".jpg", ".jpeg", ".jpe", ".bmp", ".gif",
    ".webp", ".ecw", ".sid", ".asc", ".bil", ".bip", ".bsq", ".dat", ".rst", ".grd", ".nc", ".hdf", ".h5", ".hgt",
    ".dem", ".dt0", ".dt1", ".dt2", ".bt", ".ntf", ".nitf", ".pix", ".mrf", ".kap", ".gpkg",
}  # fmt: skip
_GUARDED = re.compile(r"^[A-Za-z][A-Za-z0-9_]+:")  # NETCDF:file:var, https://…, GTIFF_DIR:2:file (C:\ is one letter)


def is_local_path(item: str) -> bool:
    """False for what only GDAL can resolve: /vsi…, addresses, subdatasets, connection strings."""
    return not (item.startswith("/vsi") or "://" in item or item.lstrip().startswith("<") or _GUARDED.match(item))


def expand_paths(items: Sequence[str]) -> List[str]:
    """Files, folders (their rasters, not those below) and patterns -> raster paths, sorted, each once.

    An existing file is taken as it is, whatever brackets its name has. Raises ``UserError`` ``raster-missing``
    or ``raster-none``.
    """
    found: List[str] = []
    for item in items:
        text = str(item)
        if not is_local_path(text):
            found.append(text)
            continue
        path = Path(text).expanduser()
        if path.is_dir() and not _is_raster_folder(path):
            inside = sorted(str(p) for p in path.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
            if not inside:
                raise UserError("raster-none", path=text)
            found += inside
        elif path.exists():
            found.append(str(path))
        else:
            found += _matches(text, path)
    return sorted(set(found))


def _is_raster_folder(path: Path) -> bool:
    """Formats whose rasters are folders."""
    return path.suffix.lower() in {".zarr", ".safe"} or (path / "hdr.adf").exists()


def _matches(text: str, path: Path) -> List[str]:
    if not glob.has_magic(text):
        raise UserError("raster-missing", path=text)
    matches = [m for m in glob.glob(str(path), recursive=True) if Path(m).is_file()]  # noqa: PTH207 - absolute patterns
    if not matches:
        raise UserError("raster-none", path=text)
    rasters = [m for m in matches if Path(m).suffix.lower() in SUFFIXES]
    return rasters or matches


def raster_stem(path: str) -> str:
    """A file-safe stem for output names: ``/vsizip/a.zip/b.tif`` -> b, ``NETCDF:"a.nc":ndvi`` -> a_ndvi."""
    text = path if is_local_path(path) else re.sub(r"[?#].*$", "", path)
    if is_local_path(path):
        return Path(text).stem or "raster"
    tail = re.sub(r"^[A-Za-z][A-Za-z0-9_]+:(?!//)", "", text).replace('"', "").replace("\\", "/").rsplit("/", 1)[-1]
    tail = re.sub(r"\.[A-Za-z][A-Za-z0-9]{1,4}(?=$|:)", "", tail)
    return re.sub(r'[<>:"|?*\s]+', "_", tail).strip("_.") or "raster"
