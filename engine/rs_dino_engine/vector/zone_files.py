"""Polygons with their own fields and what was measured in them, as a layer and as a table."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np
import pyogrio
import shapely

from ..raster.geometries import Geometries
from ..raster.sink import replacing
from .csv_file import write_rows
from .geopackage import DATASET_OPTIONS, keep_style
from .tree_style import zone_style

_KEYS = ("fid", "ogc_fid")
_HEIGHT = "mean_m"


def write_zones(out: Path, read: Geometries, rows: Sequence[Dict[str, Any]]) -> None:
    """A GeoPackage, all at once: polygons that a person drew fit into memory. Every row has the same names; fields of
    the same name as one of them give way."""
    names = list(rows[0]) if rows else []
    kept = _kept(read, names)
    values = [read.fields[name] for name in kept] + [_column([row[name] for row in rows]) for name in names]
    with replacing(out) as temporary:
        pyogrio.raw.write(
            str(temporary),
            shapely.to_wkb(np.array(read.shapes, dtype=object)),
            values,
            np.array([*kept, *names]),
            layer=out.stem,
            driver="GPKG",
            geometry_type="Unknown",
            crs=read.crs.srs if read.crs else None,
            nan_as_null=True,
            dataset_options=DATASET_OPTIONS,
        )
        with closing(sqlite3.connect(str(temporary))) as db, db:
            keep_style(db, out.stem, zone_style(_HEIGHT if _HEIGHT in names else ""))


def write_zone_table(out: Path, read: Geometries, rows: Sequence[Dict[str, Any]]) -> None:
    """The same without the polygons, as CSV."""
    names = list(rows[0]) if rows else []
    own = {name: [_plain(value) for value in read.fields[name]] for name in _kept(read, names)}
    table = [
        {**{name: own[name][i] for name in own}, **{k: _plain(v) for k, v in row.items()}} for i, row in enumerate(rows)
    ]
    write_rows(out, table)


def _kept(read: Geometries, names: Sequence[str]) -> List[str]:
    taken = {name.casefold() for name in names} | set(_KEYS)
    return [name for name in read.fields if name.casefold() not in taken]


def _column(values: List[Any]) -> np.ndarray:
    return np.array(values, dtype=object if any(isinstance(value, str) for value in values) else None)


def _plain(value: Any) -> Any:
    """For CSV: numbers as they are, None for what is empty, anything else as text."""
    if value is None or value != value:
        return None
    if isinstance(value, (bool, np.bool_)):
        return int(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    return float(value) if isinstance(value, (float, np.floating)) else str(value)
