"""Figures of a map per polygon: areas of classes, or statistics of heights."""

from __future__ import annotations

from typing import Any, Dict

from . import map_inputs
from .declaration import Declaration, Output, TaskInputs, declare
from .job import Job


class Inputs(TaskInputs):
    raster: str = map_inputs.raster()
    polygons: str = declare(
        "aoi",
        "Polygons",
        "In any CRS; they may overlap. A pixel belongs to a polygon when its centre lies inside.",
    )
    output: str = declare("folder", "Output folder", "Where the layer and the table go.")
    tree_height_m: float = declare(
        "number",
        "Tree height",
        "Of heights: from this height on vegetation counts as cover.",
        default=2.0,
        unit="m",
        flag="--tree-height",
        ge=0,
        le=100,
    )
    table: bool = declare("flag", "Table", "Also write the figures as a table without the polygons.", default=True)
    values: str = map_inputs.values()


def run(inputs: Inputs, job: Job) -> Dict[str, Any]:
    """Measure; see :mod:`rs_dino_engine.vector.zonal`."""
    from ..vector.zonal import zonal

    return zonal(inputs, job)


DECLARATION = Declaration(
    id="zonal",
    title="Zonal table",
    description="Gives for every polygon of a layer the area of each class in it, or the statistics of the heights.",
    inputs=Inputs,
    outputs=(
        Output(
            "zones",
            "vector",
            "Polygons with figures",
            "The polygons with their own fields and, of classes, hectares and percent of each and the largest; of "
            "heights, mean, highest, percentiles and standard deviation in metres, cover in percent, area in m².",
        ),
        Output("table", "table", "Table", "The same figures without the polygons.", "table"),
    ),
    run=run,
)
