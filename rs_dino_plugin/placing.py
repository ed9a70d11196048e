"""Results put where the user wants them, each whole or not there."""

from __future__ import annotations

import glob
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import List

from osgeo import gdal

from .errors import PluginError
from .gdal_exceptions import GdalExceptions
from .i18n import tr
from .lasting import passes
from .layer_name import name_layer

_STYLE = ".qml"
_PARTS = {".shp": (".dbf", ".shx", ".prj", ".cpg", ".qix"), ".csv": (".csvt",)}
"""Files of the same stem that belong to a file of that ending, and to no other that lies beside it."""
_VECTORS = (".gpkg", ".geojson", ".shp", ".fgb", ".csv")
_CREATION = {
    ".shp": ["-lco", "ENCODING=UTF-8"],
    ".csv": ["-lco", "GEOMETRY=AS_WKT", "-lco", "WRITE_BOM=YES", "-lco", "CREATE_CSVT=YES"],
}
"""Options of GDAL for formats that have traps."""
_OPENING = {".csv": ["EMPTY_STRING_AS_NULL=YES"]}
_SUFFIXED_SIDECARS = (".aux.xml", ".ovr", ".msk")
"""Files whose names are the file's name and one of these."""
_BESIDE = {_STYLE, *(part for parts in _PARTS.values() for part in parts)}
_LAYERS = {
    ".gpkg", ".geojson", ".shp", ".fgb", ".kml", ".tab", ".gml",
    ".tif", ".tiff", ".vrt", ".img", ".jp2", ".png", ".jpg", ".jpeg", ".asc",
}  # fmt: skip
"""What QGIS looks for a style beside, by name."""


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

    The destination appears whole or not at all. When it is locked, it stays as it was, the result stays, too, and the
    error says where.
    """
    other = produced.suffix.lower() != destination.suffix.lower()
    if other and produced.suffix.lower() in _VECTORS:
        produced = _converted(produced, destination.suffix)
    if produced.suffix.lower() == ".gpkg":
        name_layer(produced, destination.stem)
    own_style = _has_own_style(destination)
    sidecars = _sidecars(produced, own_style)
    try:
        _move(produced, destination)
    except OSError as error:
        raise PluginError(_not_placed(error, produced, destination), details=str(error)) from error
    try:
        for old in _sidecars(destination, own_style):
            old.unlink()
        for sidecar in sidecars:
            ending = sidecar.name.split(produced.stem, 1)[1]
            _move(sidecar, destination.with_name(destination.stem + ending))
    except OSError as error:
        sentence = tr("{path} is written, but not everything that belongs beside it: {reason}")
        raise PluginError(sentence.format(path=destination, reason=error)) from error


def _not_placed(error: OSError, kept: Path, destination: Path) -> str:
    if isinstance(error, PermissionError):
        sentence = tr(
            "{path} cannot be written, perhaps because it is open elsewhere. The result is kept at {kept}."
        ).format(path=destination, kept=kept)
    else:
        sentence = tr("{path} cannot be written: {reason}. The result is kept at {kept}.").format(
            path=destination, reason=error.strerror or error, kept=kept
        )
    if not passes(kept):
        return sentence
    return tr("{one} {other}").format(one=sentence, other=tr("QGIS deletes that when it is closed: copy it before."))


def _has_own_style(path: Path) -> bool:
    """Whether the style beside ``path`` is its own, or is going to be: another layer may have its name, too."""
    style = path.with_suffix(_STYLE)
    if not style.is_file():
        return True
    files = set(path.parent.glob(glob.escape(path.stem) + ".*")) - {path, style}
    if not any(one.suffix.lower() in _LAYERS for one in files):
        return True
    is_of_raster = "<rasterrenderer" in style.read_text(encoding="utf-8", errors="replace")
    return path.is_file() and is_of_raster == (path.suffix.lower() not in _VECTORS)


def place_folder(produced: Path, destination: Path) -> None:
    """Move everything in a folder into another one, which is made when it is not there."""
    try:
        destination.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PluginError(_not_placed(error, produced, destination), details=str(error)) from error
    for path in sorted(produced.rglob("*"), key=lambda one: (one.suffix.lower() in _BESIDE, one)):
        if path.is_file():  # what has gone with its layer is not there any more
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


def _sidecars(path: Path, with_style: bool) -> List[Path]:
    suffix = path.suffix.lower()
    of_stem = (*_PARTS.get(suffix, ()), *((_STYLE,) if with_style and suffix != ".csv" else ()))
    candidates = [path.with_suffix(one) for one in of_stem]
    candidates += [path.with_name(path.name + one) for one in _SUFFIXED_SIDECARS]
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
