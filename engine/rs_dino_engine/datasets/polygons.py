"""Reading polygons that somebody drew, and laying them over an image."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, NamedTuple

import numpy as np
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataSourceError

from ..errors import UserError
from ..raster.grid import to_pyproj
from ..raster.source import RasterSource
from .label_table import IGNORED, LabelTable
from .labels import PolygonLabels, Shape, class_field_ids
from .spec import DataSetSpec


class Drawn(NamedTuple):
    """Polygons of a file: geometries as drawn, their fields by name, their CRS (None: pixels of the image)."""

    path: str
    geometries: np.ndarray
    fields: Dict[str, np.ndarray]
    crs: Any


def read_polygons(path: str) -> Drawn:
    """Polygons of any vector file; what is not a polygon is left out."""
    try:
        meta, _, geometry, columns = pyogrio.raw.read(path, force_2d=True)
    except (DataSourceError, OSError) as error:
        raise UserError("dataset-bad-geometry", path=path, reason=str(error)) from error
    shapes = shapely.make_valid(shapely.from_wkb(geometry))
    keep = np.isin(shapely.get_type_id(shapes), (3, 6, 7)) & ~shapely.is_empty(shapes)
    fields = {name: np.asarray(column)[keep] for name, column in zip(meta["fields"], columns)}
    crs = pyproj.CRS.from_user_input(meta["crs"]) if meta.get("crs") else None
    return Drawn(path, shapes[keep], fields, crs)


def field_of(drawn: Drawn, name: str) -> np.ndarray:
    """The values of a field; ``UserError`` where there is none of that name."""
    if name not in drawn.fields:
        raise UserError("dataset-field-missing", path=drawn.path, field=name, fields=", ".join(drawn.fields) or "none")
    return drawn.fields[name]


def polygon_labels(drawn: Drawn, image: RasterSource, spec: DataSetSpec, table: LabelTable) -> PolygonLabels:
    """The polygons that lie on ``image``, as labels of its pixels."""
    labels = spec.labels
    if labels.field is None:
        only = spec.classes[0].wanted
        ids: List[Any] = [table.id_of(only)] * len(drawn.geometries)
        unnamed: Any = {}
    else:
        ids, unnamed = class_field_ids(field_of(drawn, labels.field).tolist(), spec, table)
    here = np.ones(len(ids), bool)
    if labels.image_field is not None:
        here = field_of(drawn, labels.image_field).astype(str) == Path(image.path).stem
    geometries = _to_pixels(drawn, image)
    shapes = [Shape(g, i) for g, i, h in zip(geometries, ids, here) if h and i is not None]
    names = {c.name: c for c in spec.classes}
    background = IGNORED if labels.background is None else table.id_of(names[labels.background].wanted)
    found = PolygonLabels(shapes, background)
    found.unnamed.update(unnamed)
    return found


def _to_pixels(drawn: Drawn, image: RasterSource) -> np.ndarray:
    """Geometries in pixel coordinates of the image (columns to the right, rows down)."""
    crs = to_pyproj(image.crs)
    if crs is None and (drawn.crs is None or image.transform.is_identity):
        return drawn.geometries  # drawn on a picture without a place: pixels already
    if crs is None or drawn.crs is None:
        raise UserError("dataset-no-crs", path=drawn.path, image=image.path)
    transformer = pyproj.Transformer.from_crs(drawn.crs, crs, always_xy=True)
    back = ~image.transform

    def to_pixels(points: np.ndarray) -> np.ndarray:
        x, y = transformer.transform(points[:, 0], points[:, 1])
        return np.stack([back.a * x + back.b * y + back.c, back.d * x + back.e * y + back.f], axis=1)

    moved: np.ndarray = shapely.transform(drawn.geometries, to_pixels)
    return moved
