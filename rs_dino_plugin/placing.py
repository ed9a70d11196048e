"""Results put where the user wants them, each whole or not there."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import List

from osgeo import gdal

from .errors import PluginError
from .gdal_exceptions import GdalExceptions
from .i18n import tr
from .layer_name import name_layer

_SIDECARS = (".qml", ".dbf", ".shx", ".prj", ".cpg", ".qix")
"""Files of the same stem that belong to a layer."""
_CSV_SIDECARS = (".csvt",)
"""The same of a table, which may lie beside a layer of its name."""
_VECTORS = (".gpkg", ".geojson", ".shp", ".fgb", ".csv")
_CREATION = {
    ".shp": ["-lco", "ENCODING=UTF-8"],
    ".csv": ["-lco", "GEOMETRY=AS_WKT", "-lco", "WRITE_BOM=YES", "-lco", "CREATE_CSVT=YES"],
}
"""Options of GDAL for formats that have traps."""
_OPENING = {".csv": ["EMPTY_STRING_AS_NULL=YES"]}
_SUFFIXED_SIDECARS = (".aux.xml", ".ovr", ".msk")
"""Files whose names are the file's name and one of these."""


def check_destination(path: Path) -> None:
    """Raise before hours of work, not after them, when ``path`` cannot be written."""
    folder = path.parent
    if not folder.is_dir():
        raise PluginError(tr("The folder {folder} does not exist.").format(folder=folder))
    if not os.access(str(folder), os.W_OK):
        raise PluginError(tr("Nothing may be written into the folder {folder}.").format(folder=folder))
    if path.exists() and _is_open_elsewhere(path):
        raise PluginError(
            tr("{path} is open elsewhere, perhaps as a layer. Choose another name, or close it first.").format(
                path=path
            )
        )


def place(produced: Path, destination: Path) -> None:
    """Move a result, with its style, to where the user wants it; the format follows the destination's ending.

    The destination appears whole or not at all. When it is locked, the result stays and the error says where.
    """
    other = produced.suffix.lower() != destination.suffix.lower()
    if other and produced.suffix.lower() in _VECTORS:
        produced = _converted(produced, destination.suffix)
    if produced.suffix.lower() == ".gpkg":
        name_layer(produced, destination.stem)
    try:
        for old in _sidecars(destination):
            old.unlink()
        for sidecar in _sidecars(produced):
            ending = sidecar.name.split(produced.stem, 1)[1]
            _move(sidecar, destination.with_name(destination.stem + ending))
        _move(produced, destination)
    except PermissionError as error:
        raise PluginError(
            tr("{path} cannot be written, perhaps because it is open elsewhere. The result is kept at {kept}.").format(
                path=destination, kept=produced
            ),
            details=str(error),
        ) from error
    except OSError as error:
        raise PluginError(
            tr("{path} cannot be written: {reason}. The result is kept at {kept}.").format(
                path=destination, reason=error.strerror or error, kept=produced
            ),
            details=str(error),
        ) from error


def place_folder(produced: Path, destination: Path) -> None:
    """Move everything in a folder into another one, which is made when it is not there."""
    destination.mkdir(parents=True, exist_ok=True)
    for path in sorted(produced.rglob("*"), key=lambda one: (one.suffix.lower() in _SIDECARS + _CSV_SIDECARS, one)):
        if path.is_file():  # a style that has gone with its layer is not there any more
            target = destination / path.relative_to(produced)
            target.parent.mkdir(parents=True, exist_ok=True)
            place(path, target)


def _is_open_elsewhere(path: Path) -> bool:
    if path.with_name(path.name + "-wal").exists():  # SQLite, thus GeoPackage: replacing it would spoil it
        return True
    try:
        path.replace(path)  # does nothing, but Windows refuses where the file is open
    except PermissionError:
        return True
    return False


def _sidecars(path: Path) -> List[Path]:
    of_stem = _CSV_SIDECARS if path.suffix.lower() == ".csv" else _SIDECARS
    candidates = [path.with_suffix(suffix) for suffix in of_stem]
    candidates += [path.with_name(path.name + suffix) for suffix in _SUFFIXED_SIDECARS]
    return [candidate for candidate in candidates if candidate != path and candidate.is_file()]


def _move(source: Path, destination: Path) -> None:
    """Move across file systems, too, and replace in one step."""
    part = destination.with_name(destination.name + ".part")
    try:
        shutil.move(str(source), str(part))
    except OSError:
        with suppress(OSError):
            part.unlink()  # half of a copy
        raise
    try:
        part.replace(destination)
    except PermissionError:
        shutil.move(str(part), str(source))
        raise


def _converted(produced: Path, suffix: str) -> Path:
    """Polygons in another format, with their style beside them: only a GeoPackage keeps it inside."""
    wanted = produced.with_name("converted_" + produced.stem + suffix)
    options = list(_CREATION.get(suffix.lower(), []))  # GDAL appends its own to the very list
    with GdalExceptions():
        try:
            options_of = _OPENING.get(produced.suffix.lower(), [])
            source = gdal.OpenEx(str(produced), gdal.OF_VECTOR, open_options=options_of)
            made = gdal.VectorTranslate(str(wanted), source, layers=[source.GetLayer(0).GetName()], options=options)
            style = _inner_style(source)
        except RuntimeError as error:
            sentence = tr("The result cannot be written as {suffix}. It is kept at {kept}.")
            raise PluginError(sentence.format(suffix=suffix, kept=produced), details=str(error)) from error
    del made, source  # closes the files
    if produced.with_suffix(".qml").is_file():
        style = produced.with_suffix(".qml").read_text(encoding="utf-8")
    if style:
        wanted.with_suffix(".qml").write_text(style, encoding="utf-8")
    return wanted


def _inner_style(source: gdal.Dataset) -> str:
    """The style that QGIS keeps inside a GeoPackage; empty where there is none."""
    styles = source.GetLayerByName("layer_styles")
    first = styles.GetNextFeature() if styles is not None else None
    return first.GetField("styleQML") if first is not None else ""
