"""The files behind layers."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from qgis.core import QgsMapLayer, QgsProviderRegistry

from .errors import PluginError
from .i18n import tr


def raster_source(layer: QgsMapLayer) -> str:
    """The full path or URL of a raster layer, as GDAL takes it."""
    if layer.providerType() != "gdal":
        raise PluginError(
            tr(
                "The layer “{name}” is not a raster file ({provider}). Export it to a GeoTIFF first"
                " (right-click, Export, Save As) and choose that."
            ).format(name=layer.name(), provider=layer.providerType())
        )
    source = layer.source().split("|option:")[0]
    parts = QgsProviderRegistry.instance().decodeUri("gdal", source)
    if parts.get("layerName") or source.startswith("/vsi"):  # a subdataset, a URL, in an archive: it has no other name
        return source
    return absolute(str(parts.get("path") or source))


def file_of(layer: QgsMapLayer) -> Optional[Path]:
    """The file that a layer shows; None where there is none on this machine."""
    parts = QgsProviderRegistry.instance().decodeUri(layer.providerType(), layer.source())
    path = Path(str(parts.get("path") or ""))
    return path if path.is_file() else None


def source_or_nothing(layer: QgsMapLayer) -> str:
    """The same; empty where the layer is no file."""
    try:
        return raster_source(layer)
    except PluginError:
        return ""


def file_behind(source: str) -> Path:
    """The file of a source that may name one of its layers, too, as QGIS writes that."""
    return Path(source.partition("|")[0])


def absolute(path: str) -> str:
    """A file's full path, for the engine runs in another folder; anything else (a URL, /vsi…) as it is."""
    return str(Path(path).absolute()) if Path(path).exists() else path
