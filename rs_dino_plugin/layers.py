"""Layers in and out: the file behind a layer, and results put where the user wants them."""

from __future__ import annotations

import os
import shutil
from functools import partial
from pathlib import Path
from typing import Any, Callable, List

from osgeo import gdal
from qgis.core import (
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingLayerPostProcessorInterface,
    QgsProject,
    QgsProviderRegistry,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QTimer

from .errors import PluginError
from .gdal_exceptions import GdalExceptions
from .i18n import tr
from .legend import name_lines, translate_legend

_SIDECARS = (".qml", ".dbf", ".shx", ".prj", ".cpg", ".qix")
"""Files of the same stem that belong to a layer."""
_CSV_SIDECARS = (".csvt",)
"""The same of a table, which may lie beside a layer of its name."""
_VECTORS = (".gpkg", ".geojson", ".shp", ".fgb", ".csv")
_LAYERS = (".tif", *_VECTORS)
_CREATION = {
    ".shp": ["-lco", "ENCODING=UTF-8"],
    ".csv": ["-lco", "GEOMETRY=AS_WKT", "-lco", "WRITE_BOM=YES", "-lco", "CREATE_CSVT=YES"],
}
"""Options of GDAL for formats that have traps."""
_SUFFIXED_SIDECARS = (".aux.xml", ".ovr", ".msk")
"""Files whose names are the file's name and one of these."""


def raster_source(layer: QgsMapLayer) -> str:
    """The full path or URL of a raster layer, as GDAL takes it."""
    if layer.providerType() != "gdal":
        raise PluginError(
            tr(
                "The layer “{name}” is not a raster file ({provider}). Export it to a GeoTIFF first"
                " (right-click, Export, Save As) and choose that."
            ).format(name=layer.name(), provider=layer.providerType())
        )
    parts = QgsProviderRegistry.instance().decodeUri("gdal", layer.source())
    if parts.get("layerName"):  # a subdataset: its full name is the only one it has
        return layer.source().split("|option:")[0]
    return absolute(str(parts.get("path") or layer.source()))


def absolute(path: str) -> str:
    """A file's full path, for the engine runs in another folder; anything else (a URL, /vsi…) as it is."""
    return str(Path(path).absolute()) if Path(path).exists() else path


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


Finish = Callable[[QgsMapLayer], None]
"""What is done with a layer when it has its style."""


class _DefaultStyle(QgsProcessingLayerPostProcessorInterface):
    """Processing loads layers without the style that lies beside the file; this loads it."""

    def __init__(self, finish: Finish) -> None:
        super().__init__()
        self._finish = finish

    def postProcessLayer(self, layer: QgsMapLayer, context: Any, feedback: Any) -> None:
        layer.loadDefaultStyle()
        translate_legend(layer, {})
        self._finish(layer)
        layer.triggerRepaint()
        QTimer.singleShot(0, partial(_name_lines, layer.id()))  # it comes into the tree after this


def _name_lines(layer_id: str) -> None:
    node = QgsProject.instance().layerTreeRoot().findLayer(layer_id)
    if node is not None:
        name_lines(node)


_styling: List[_DefaultStyle] = []
"""Processing owns and deletes these, but does not keep the Python half of them alive."""


def style_when_loaded(path: Path, context: QgsProcessingContext, finish: Finish) -> None:
    """Have the layer of an output styled and finished when Processing loads it, if it does."""
    if context.willLoadLayerOnCompletion(str(path)):
        _styling[:] = [one for one in _styling if not sip.isdeleted(one)]
        _styling.append(_DefaultStyle(finish))  # one a layer, for each is deleted with its context
        context.layerToLoadOnCompletionDetails(str(path)).setPostProcessor(_styling[-1])


def load_when_done(paths: List[Path], context: QgsProcessingContext, finish: Finish) -> None:
    """Have the layers among files that no destination names loaded, where results are loaded at all."""
    for path in paths:
        if path.suffix.lower() in _LAYERS and path.exists():
            details = QgsProcessingContext.LayerDetails(path.stem, context.project(), path.stem)
            context.addLayerToLoadOnCompletion(str(path), details)
            style_when_loaded(path, context, finish)


def place(produced: Path, destination: Path) -> None:
    """Move a result, with its style, to where the user wants it; the format follows the destination's ending.

    The destination appears whole or not at all. When it is locked, the result stays and the error says where.
    """
    other = produced.suffix.lower() != destination.suffix.lower()
    if other and produced.suffix.lower() in _VECTORS:
        produced = _converted(produced, destination.suffix)
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
    shutil.move(str(source), str(part))
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
            source = gdal.OpenEx(str(produced), gdal.OF_VECTOR)
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
