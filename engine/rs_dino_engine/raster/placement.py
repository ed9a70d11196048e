"""Rasters that are placed by control points or sensor models only: straightened into an ordinary grid."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, List, Tuple

from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from ..messages import Message, message

WARP_TOLERANCE_PX = 1e-6  # the default (0.125) gives other pixels to tiled than to whole reads


def placed(path: str, data: Any, stack: ExitStack) -> Tuple[Any, List[Message]]:
    """The raster itself, or a straightened view of it where only GCPs or RPCs say where it lies (as QGIS does)."""
    if not data.transform.is_identity:
        return data, []
    points, crs = data.gcps
    if points and crs:
        view = WarpedVRT(data, src_crs=crs, crs=crs, resampling=Resampling.nearest, tolerance=WARP_TOLERANCE_PX)
        return stack.enter_context(view), [message("raster-gcps", path=path, count=len(points))]
    return data, []
