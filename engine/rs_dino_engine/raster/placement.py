"""Views of a raster on another grid: straightened by its control points, or resampled onto a given grid."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Dict, List, NamedTuple, Tuple

import numpy as np
from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Resampling
from rasterio.vrt import WarpedVRT

from ..messages import Message, message
from .traits import interpretations

WARP_TOLERANCE_PX = 1e-6  # the default (0.125) gives other pixels to tiled than to whole reads


class TargetGrid(NamedTuple):
    """The grid a raster is resampled onto."""

    crs: Any
    transform: Affine
    width: int
    height: int


def placed(path: str, data: Any, stack: ExitStack) -> Tuple[Any, List[Message]]:
    """The raster itself, or a straightened view of it where only GCPs or RPCs say where it lies (as QGIS does)."""
    if not data.transform.is_identity:
        return data, []
    points, crs = data.gcps
    if points and crs:
        view = WarpedVRT(data, src_crs=crs, crs=crs, **_options(data))
        return stack.enter_context(view), [message("raster-gcps", path=path, count=len(points))]
    if data.rpcs and data.crs is None:
        height = float(data.rpcs.height_off or 0.0)
        wgs84 = CRS.from_epsg(4326)
        view = WarpedVRT(data, src_crs=wgs84, crs=wgs84, RPC_HEIGHT=height, **_options(data))
        return stack.enter_context(view), [message("raster-rpcs", path=path, height=height)]
    return data, []


def onto_grid(data: Any, grid: TargetGrid, stack: ExitStack) -> Any:
    """The raster resampled onto ``grid``: bilinear, but nearest for ids of a colour table."""
    points, crs = data.gcps
    from_points = {"src_crs": crs} if points and crs and data.transform.is_identity else {}
    view = WarpedVRT(
        data,
        crs=grid.crs,
        transform=grid.transform,
        width=grid.width,
        height=grid.height,
        **from_points,
        **_options(data),
    )
    return stack.enter_context(view)


def _options(data: Any) -> Dict[str, Any]:
    """Warp options under which void pixels stay void and windows read like the whole."""
    names = interpretations(data)
    nearest = ColorInterp.palette.name in names
    options: Dict[str, Any] = {
        "resampling": Resampling.nearest if nearest else Resampling.bilinear,
        "tolerance": WARP_TOLERANCE_PX,
    }
    if data.nodata is None and all(np.issubdtype(np.dtype(d), np.floating) for d in data.dtypes):
        options.update(src_nodata=float("nan"), nodata=float("nan"))
    elif data.nodata is None and "alpha" not in names:
        options["add_alpha"] = True  # what lies outside the source would be 0 and look real
    return options
