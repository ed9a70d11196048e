"""Raster layers that are no files the engine can open: map services, databases, what lies in QGIS's memory."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Mapping, NamedTuple, Optional

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer

from .errors import PluginError
from .i18n import tr
from .layers import raster_source

EXPORTED = "exported.json"
"""In a job's folder: what the rasters are of that were saved for it."""
_ONLY_IN_QGIS = (
    "ECW", "JP2ECW", "JP2MrSID", "MrSID", "MG4Lidar", "KEA", "FITS", "HDF4", "HDF4Image", "PostGISRaster", "GeoRaster",
    "MEM", "TileDB", "JPEGXL", "HEIF", "AVIF", "EXR", "KTX2", "BASISU", "DDS", "MSG", "GRASS",
)  # fmt: skip
"""Drivers of GDAL that the wheels of rasterio have not."""
_PASSWORD = re.compile(r"(password=)('[^']*'|[^&\s]*)", re.IGNORECASE)


class Source(NamedTuple):
    """What opens a layer again: its name, its provider, and what the provider takes."""

    name: str
    provider: str
    source: str

    def without_password(self) -> "Source":
        """For keeping: what is kept may be passed on with a project or a folder."""
        return self._replace(source=_PASSWORD.sub(r"\1", self.source))

    def is_of(self, layer: QgsMapLayer) -> bool:
        return self.without_password()[1:] == source_of(layer).without_password()[1:]


Exported = Mapping[str, Source]
"""What a raster that was saved for a job is of, by its path."""
NONE_EXPORTED: Exported = MappingProxyType({})


def source_of(layer: QgsMapLayer) -> Source:
    return Source(layer.name(), layer.providerType(), layer.source())


def is_foreign(layer: QgsRasterLayer) -> bool:
    """Whether the engine cannot open what the layer shows."""
    source = layer.source()
    if layer.providerType() != "gdal" or source.startswith(("/vsimem/", "MEM:")) or "authcfg=" in source:
        return True
    from osgeo import gdal  # not before it is needed: QGIS starts with this module

    driver = gdal.IdentifyDriverEx(raster_source(layer), gdal.OF_RASTER)
    return driver is not None and driver.ShortName in _ONLY_IN_QGIS


def layer_of(source: Source) -> QgsRasterLayer:
    """The layer of a source: the project's own, else a new one. :class:`PluginError` when it does not open."""
    layer = found_in(QgsProject.instance(), source) or QgsRasterLayer(source.source, source.name, source.provider)
    if not layer.isValid():
        raise unopened(source)
    return layer


def unopened(source: Source) -> PluginError:
    """Nothing comes of a source."""
    gone = tr("“{name}” cannot be opened: its server does not answer, or it is gone.")
    return PluginError(gone.format(name=source.name))


def found_in(project: QgsProject, source: Source) -> Optional[QgsRasterLayer]:
    """The project's layer of this source."""
    layers = project.mapLayers().values()
    return next((one for one in layers if isinstance(one, QgsRasterLayer) and source.is_of(one)), None)


def write_exported(exported: Exported, folder: Path) -> None:
    """Keep them with a job."""
    (folder / EXPORTED).write_text(exported_text(exported), encoding="utf-8")


def read_exported(folder: Path) -> Exported:
    """Of a job; none for a job that needed none."""
    with suppress(OSError):
        return exported_of((folder / EXPORTED).read_text(encoding="utf-8"))
    return NONE_EXPORTED


def exported_text(exported: Exported) -> str:
    kept = {path: source.without_password()._asdict() for path, source in exported.items()}
    return json.dumps(kept, ensure_ascii=False)


def exported_of(text: str) -> Exported:
    """The way back; none where the text is something else."""
    try:
        return {str(path): Source(**one) for path, one in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError):
        return NONE_EXPORTED
