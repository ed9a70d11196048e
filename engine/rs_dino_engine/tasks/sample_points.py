"""Points to label, drawn at random in each class of a map."""

from __future__ import annotations

from typing import Any, Dict

from .declaration import Declaration, Output, TaskInputs, declare
from .job import Job


class Inputs(TaskInputs):
    raster: str = declare("raster", "Map of classes", "Raster of classes, one band.", positional=True)
    output: str = declare("output-file", "Points", "File to write: .gpkg, .geojson, .shp or .fgb.")
    count: int = declare(
        "integer",
        "Number of points",
        "Over all classes, in proportion to their areas.",
        default=300,
        ge=2,
        le=1_000_000,
    )
    least: int = declare(
        "integer",
        "At least in a class",
        "What a rare class gets all the same; 50 is good practice, with fewer than 2 there are no intervals.",
        default=30,
        ge=1,
    )
    seed: int = declare("integer", "Seed", "The same seed draws the same points.", default=0, advanced=True, ge=0)


def run(inputs: Inputs, job: Job) -> Dict[str, Any]:
    """Draw; see :mod:`rs_dino_engine.accuracy.sample`."""
    from ..accuracy.sample import sample_points

    return sample_points(inputs, job)


DECLARATION = Declaration(
    id="sample-points",
    title="Sample points",
    description="Draws points at random in each class of a map, for you to label from imagery: references for the "
    "accuracy. They do not tell the map's class, so that it sways nobody.",
    inputs=Inputs,
    outputs=(
        Output("points", "vector", "Points", "Points with an empty field “class”, in an order that tells nothing."),
    ),
    run=run,
)
