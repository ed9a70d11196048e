"""Labels -> polygons, for any label raster."""

from __future__ import annotations

from typing import Any, Dict, Optional

from . import polygon_inputs
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
    min_area_m2: float = polygon_inputs.min_area(advanced=False)
    fill_holes_m2: float = polygon_inputs.fill_holes(advanced=False)
    simplify_px: float = polygon_inputs.simplify(advanced=False)
    right_angles: bool = polygon_inputs.right_angles()
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
