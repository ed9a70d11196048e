"""Accuracy: a map against references."""

from __future__ import annotations

from typing import Any, Dict, Optional

from . import map_inputs
from .declaration import Declaration, Output, TaskInputs, declare
from .job import Job


class Inputs(TaskInputs):
    raster: str = map_inputs.raster()
    references: str = declare(
        "places",
        "References",
        "Points or polygons, in any CRS, of which the truth is known; of each polygon one pixel counts.",
    )
    field: str = declare(
        "field",
        "Field",
        "The field with the true class (id, name, or name in another language) or, for heights, metres.",
        parent="references",
    )
    output: str = declare("folder", "Output folder", "Where the tables go.")
    confusion: bool = declare(
        "flag", "Confusion matrix", "Of classes, also write which of them the map takes for which.", default=True
    )
    values: str = map_inputs.values()
    strata: Optional[str] = declare(
        "raster",
        "Strata",
        "Where the references were not drawn by the map's classes: raster of the strata, on the map's grid.",
        default=None,
        advanced=True,
    )
    seed: int = declare("integer", "Seed", "Of the pixel that stands for a polygon.", default=0, advanced=True, ge=0)


def run(inputs: Inputs, job: Job) -> Dict[str, Any]:
    """Compare; see :mod:`rs_dino_engine.accuracy`."""
    from ..accuracy.task import evaluate

    return evaluate(inputs, job)


DECLARATION = Declaration(
    id="evaluate",
    title="Accuracy",
    description="Says how good a map is, from references: accuracies and areas of classes with 95 % confidence "
    "intervals (Olofsson et al. 2014), or errors of heights.",
    inputs=Inputs,
    outputs=(
        Output(
            "accuracy",
            "table",
            "Accuracy",
            "Per class user's and producer's accuracy, F1, IoU, mapped and estimated area, with the half width of 95 % "
            "intervals; the last row is the whole map. Of heights: mean error, bias, RMSE and R².",
        ),
        Output(
            "confusion",
            "table",
            "Confusion matrix",
            "The map's classes by the references' classes: numbers of references, and shares of the area in percent. "
            "Not for heights.",
            "confusion",
        ),
    ),
    run=run,
)
