"""Whether a raster holds classes or heights, by what it says of itself."""

from __future__ import annotations

import numpy as np
import rasterio
from rasterio.errors import RasterioError

from ..errors import UserError
from .gdal_env import gdal, reason_of
from .sink import CLASSES_KEY

CLASSES, HEIGHTS = "classes", "heights"


def kind_of(path: str, wanted: str) -> str:
    """``wanted`` where it names one; else classes for a raster with a table of classes or colours, or of whole
    numbers without a unit. Raises ``UserError`` for a raster that cannot be opened or has several bands."""
    try:
        with gdal(), rasterio.open(path) as data:
            bands = [i for i in data.indexes if data.colorinterp[i - 1].name != "alpha"]
            described = CLASSES_KEY in data.tags() or data.colorinterp[0].name == "palette"
            whole = np.issubdtype(np.dtype(data.dtypes[0]), np.integer) and data.units[0] is None
    except RasterioError as error:
        raise UserError("raster-unreadable", path=path, reason=reason_of(error, path)) from error
    if len(bands) != 1:
        raise UserError("values-several-bands", path=path, count=len(bands))
    if wanted in (CLASSES, HEIGHTS):
        return wanted
    return CLASSES if described or whole else HEIGHTS
