"""Geometries of a vector file in any CRS, and the way onto a raster's grid."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import numpy as np
import pyogrio
import pyproj
import shapely
from affine import Affine
from pyogrio.errors import DataLayerError, DataSourceError

from ..errors import UserError
from .gdal_env import gdal, reason_of
from .grid import to_pyproj

# Straight edges bend when they are reprojected: each polygon's edges are cut to this share of its size first.
_PIECES = 512


class Geometries(NamedTuple):
    """Shapely geometries, the CRS they say they are in, and, where asked for, the values of their fields by name."""

    shapes: List[Any]
    crs: Optional[pyproj.CRS]
    fields: Dict[str, np.ndarray]


def read_geometries(path: str, missing: str, unreadable: str, with_fields: bool = False) -> Geometries:
    """Every geometry of a vector file; ``file.gpkg|layername=x`` names a layer.

    ``missing`` and ``unreadable`` are the codes of what the ``UserError`` says.
    """
    columns: Optional[List[str]] = None if with_fields else []
    file, _, layer = path.partition("|layername=")
    if not file.startswith("/vsi") and not Path(file).exists():
        raise UserError(missing, path=path)
    try:
        with gdal():
            chosen = layer or _first_layer(file)
            meta, _, wkb, values = pyogrio.raw.read(file, layer=chosen, columns=columns, force_2d=True)
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise UserError(unreadable, path=path, reason=reason_of(error, file)) from error
    own = meta.get("crs")
    shapes = np.array([], object) if wkb is None else shapely.from_wkb(wkb, on_invalid="ignore")
    there = np.array([shape is not None for shape in shapes], dtype=bool)
    fields = {str(name): column[there] for name, column in zip(meta["fields"], values)}
    return Geometries(list(shapes[there]), pyproj.CRS.from_user_input(own) if own else None, fields)


def _first_layer(file: str) -> Optional[str]:
    """The first layer with geometries: QGIS keeps styles in a table beside it. None where there is no such layer."""
    return next((str(name) for name, kind in pyogrio.list_layers(file) if kind is not None), None)


def parts_of(shapes: Sequence[Any], kinds: Sequence[str]) -> List[Any]:
    """The valid parts in ``shapes`` of the named kinds (``Polygon``, ``Point``); others are left out."""
    found: List[Any] = []
    for shape in shapes:
        stack = [shape if shapely.is_valid(shape) else shapely.make_valid(shape)]
        while stack:
            part = stack.pop()
            if part.is_empty:
                continue
            if part.geom_type in kinds:
                found.append(part)
            elif hasattr(part, "geoms"):
                stack += list(part.geoms)
    return found


def onto_grid(shapes: Sequence[Any], own: Optional[pyproj.CRS], crs: Any, transform: Affine) -> List[Any]:
    """``shapes`` in the pixel coordinates (col, row) of a grid.

    Without a CRS, or where the grid has none, coordinates are taken as the grid's. What has no place in the grid's
    CRS is left out; on a grid in degrees every shape comes thrice, a whole turn apart.
    """
    onto = to_pyproj(crs)
    if own is not None and onto is not None and not own.equals(onto, ignore_axis_order=True):
        moved = [_reprojected(shape, own, onto) for shape in shapes]
        shapes = [shape for shape in moved if shape is not None]
    inverse = ~transform
    around = (0, -360, 360) if onto is not None and onto.is_geographic else (0,)
    return [_onto_pixels(shape, inverse, shift) for shape in shapes for shift in around]


def clipped_to_grid(
    polygons: Sequence[Any], own: Optional[pyproj.CRS], crs: Any, transform: Affine, width: int, height: int
) -> List[Any]:
    """The parts of ``polygons`` that lie on a grid, in its pixel coordinates (col, row); see :func:`onto_grid`."""
    frame = shapely.box(0, 0, width, height)
    placed = onto_grid(polygons, own, crs, transform)
    near = [shapely.make_valid(one) for one in placed if shapely.intersects(shapely.box(*one.bounds), frame)]
    return parts_of([shapely.intersection(one, frame) for one in near], ["Polygon"])


def points_onto_grid(
    points: np.ndarray, own: Optional[pyproj.CRS], crs: Any, transform: Affine, width: int, height: int
) -> np.ndarray:
    """Points (n, 2) of x and y in the pixel coordinates (col, row) of a grid; NaN where they have no place there.

    The CRS rules are those of :func:`onto_grid`; on a grid in degrees whole turns are taken off or added.
    """
    x, y = points[:, 0].astype(float), points[:, 1].astype(float)
    onto = to_pyproj(crs)
    if own is not None and onto is not None and not own.equals(onto, ignore_axis_order=True):
        x, y = pyproj.Transformer.from_crs(own, onto, always_xy=True).transform(x, y)
    if onto is not None and onto.is_geographic:
        west = min(transform.c + transform.a * col + transform.b * row for col in (0, width) for row in (0, height))
        x = west + (np.asarray(x) - west) % 360.0
    there = np.column_stack(~transform * (np.asarray(x), np.asarray(y)))
    return np.where(np.isfinite(there).all(axis=1, keepdims=True), there, np.nan)


def _reprojected(shape: Any, own: pyproj.CRS, onto: pyproj.CRS) -> Optional[Any]:
    west, south, east, north = shape.bounds
    size = max(east - west, north - south)
    dense = shapely.segmentize(shape, size / _PIECES) if size > 0 else shape
    transformer = pyproj.Transformer.from_crs(own, onto, always_xy=True)

    def project(points: np.ndarray) -> np.ndarray:
        return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))

    moved = shapely.transform(dense, project)
    return moved if np.isfinite(shapely.get_coordinates(moved)).all() else None


def _onto_pixels(shape: Any, inverse: Affine, shift: float) -> Any:
    def to_pixels(points: np.ndarray) -> np.ndarray:
        return np.column_stack(inverse * (points[:, 0] + shift, points[:, 1]))

    return shapely.transform(shape, to_pixels)
