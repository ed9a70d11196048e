"""Labels -> polygons, for any label raster."""

from __future__ import annotations

from typing import Any, Dict, Optional

from .declaration import Declaration, Output, TaskInputs, declare
from .job import Job


class Inputs(TaskInputs):
    labels: str = declare(
        "raster",
        "Labels",
        "Raster of class ids, one band; nodata is left out.",
        positional=True,
    )
    output: str = declare(
        "output-file",
        "Polygons",
        "File to write: .gpkg, .geojson, .shp, .fgb or .parquet.",
    )
    confidence: Optional[str] = declare(
        "raster",
        "Confidence",
        "Raster on the same grid whose mean over each polygon is kept, in percent; else X_confidence beside X_labels.",
        default=None,
    )
    min_area_m2: float = declare(
        "number",
        "Minimum area",
        "Smaller polygons are given to the neighbour with the longest common border.",
        default=0.0,
        unit="m²",
        flag="--min-area",
        ge=0,
    )
    fill_holes_m2: float = declare(
        "number",
        "Fill holes",
        "What one polygon encloses is given to it up to this size; nodata never is.",
        default=0.0,
        unit="m²",
        flag="--fill-holes",
        ge=0,
    )
    simplify_px: float = declare(
        "number",
        "Simplify",
        "How far simplified borders may lie from the exact ones; neighbours keep one border.",
        default=0.0,
        unit="px",
        flag="--simplify",
        ge=0,
        le=100,
    )
    right_angles: bool = declare(
        "flag",
        "Right angles",
        "Free-standing polygons get right angles, for buildings.",
        default=False,
        advanced=True,
    )
    right_angle_classes: Optional[str] = declare(
        "text",
        "Classes with right angles",
        "Ids or names, separated by commas. Empty: all.",
        default=None,
        advanced=True,
    )
    classes: Optional[str] = declare(
        "text",
        "Classes",
        "Ids or names of the classes to write, separated by commas. Empty: all.",
        default=None,
    )


def run(inputs: Inputs, job: Job) -> Dict[str, Any]:
    """Make the polygons; see :mod:`rs_dino_engine.vector.polygonize`."""
    from ..vector.task import vectorize

    return vectorize(inputs, job)


DECLARATION = Declaration(
    id="vectorize",
    title="Vectorize",
    description="Turns a raster of classes into polygons with area, perimeter and mean confidence.",
    inputs=Inputs,
    outputs=(
        Output("polygons", "vector", "Polygons", "Classes as polygons, with area, perimeter and mean confidence."),
    ),
    run=run,
)
