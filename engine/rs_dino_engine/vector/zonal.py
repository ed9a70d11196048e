"""The zonal task: from its inputs to its results document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Optional

import numpy as np

from ..errors import UserError
from ..messages import message
from ..raster.geometries import Geometries, parts_of, read_geometries
from ..raster.kind import CLASSES, kind_of
from ..raster.paths import raster_stem
from ..raster.source import open_raster
from .class_zones import ClassAreas, class_rows
from .classes import class_map_of
from .csv_file import CSV
from .zone_files import write_zone_table, write_zones
from .zone_pixels import Zone, zone_of
from .zones import HEIGHT_FIELDS, height_figures

if TYPE_CHECKING:
    from ..tasks.job import Job
    from ..tasks.zonal import Inputs


def zonal(inputs: "Inputs", job: "Job") -> Dict[str, Any]:
    """Write the layer and the table into the job's outputs; the runner publishes them."""
    kind = kind_of(inputs.raster, inputs.values)
    stem = raster_stem(inputs.raster)
    read = _polygons(inputs.polygons)
    job.report(0.0, message("zones-measuring", count=len(read.shapes), raster=stem))
    classes: List[ClassAreas] = []
    rows: List[Dict[str, Any]] = []
    with open_raster(inputs.raster, expand_palette=False) as raster:
        unit = "ha" if raster.crs else "px"
        for number, shape in enumerate(read.shapes):
            job.check_cancel()
            zone = zone_of(shape, read.crs, raster)
            if kind == CLASSES:
                classes.append(ClassAreas(zone, raster))
            else:
                rows.append(_heights(zone, raster, inputs.tree_height_m))
            job.report(100.0 * (number + 1) / len(read.shapes))
    if kind == CLASSES:
        rows = class_rows(classes, class_map_of(inputs.raster), unit)
    measured = sum(np.isfinite(next(iter(row.values()))) for row in rows)
    if not measured:
        raise UserError("zones-nowhere", path=inputs.polygons, of=len(rows))
    if measured < len(rows):
        job.warn(message("zones-outside", count=len(rows) - measured, of=len(rows)))
    layer, table = (job.outputs / f"{stem}_zones{suffix}" for suffix in (".gpkg", ".csv"))
    write_zones(layer, read, rows)
    results = {"zones": {"href": str(layer), "type": "application/geopackage+sqlite3", "title": "zones"}}
    if inputs.table:
        write_zone_table(table, read, rows)
        results["table"] = {"href": str(table), "type": CSV, "title": "table"}
    figures = {"name": stem, "raster": inputs.raster, "zones": {"polygons": len(rows), "measured": measured}}
    return {**results, "summary": {"value": {"rasters": [figures]}}}


def _polygons(path: str) -> Geometries:
    """Every feature that holds polygons, with its fields."""
    read = read_geometries(path, "zones-missing", "zones-unreadable", with_fields=True)
    there = np.array([bool(parts_of([shape], ["Polygon"])) for shape in read.shapes], bool)
    if not there.any():
        raise UserError("zones-empty", path=path)
    shapes = [shape for shape, has in zip(read.shapes, there) if has]
    return Geometries(shapes, read.crs, {name: values[there] for name, values in read.fields.items()})


def _heights(zone: Optional[Zone], raster: Any, tree_height_m: float) -> Dict[str, Any]:
    if zone is None:
        return dict.fromkeys(HEIGHT_FIELDS, float("nan"))
    return height_figures(zone, raster, tree_height_m)
