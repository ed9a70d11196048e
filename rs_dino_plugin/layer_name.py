"""The layer in a GeoPackage is called as its file."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from osgeo import gdal

from .gdal_exceptions import GdalExceptions

_STYLES = "layer_styles"


def name_layer(path: Path, name: str) -> None:
    """Rename the only layer of a file, and whom its style belongs to. A file of several layers stays as it is, and so
    does one that GDAL will not rename a layer of: its name is worth no result."""
    with GdalExceptions():
        dataset: Any = None
        with suppress(RuntimeError):
            dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_UPDATE)
            layers = [dataset.GetLayer(number).GetName() for number in range(dataset.GetLayerCount())]
            own = [one for one in layers if one != _STYLES]
            if len(own) == 1 and own[0] != name and name != _STYLES:
                dataset.ExecuteSQL(f"ALTER TABLE {_identifier(own[0])} RENAME TO {_identifier(name)}")
                if _STYLES in layers:
                    _rename_styles(dataset.GetLayerByName(_STYLES), own[0], name)
        dataset = None  # closes the file


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rename_styles(styles: Any, old: str, name: str) -> None:
    for style in list(styles):
        if style.GetField("f_table_name") == old:
            for field in ("f_table_name", "styleName"):
                style.SetField(field, name)
            styles.SetFeature(style)
