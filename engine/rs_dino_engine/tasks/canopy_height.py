"""Canopy height: raster -> metres, and where asked the cover of trees."""

from __future__ import annotations

from typing import List, Optional

from .declaration import Declaration, Output, declare
from .job import Job
from .prediction_inputs import PredictionInputs

LAYERS = ("tree-cover", "disagreement")


class Inputs(PredictionInputs):
    model: str = declare(
        "model",
        "Model",
        "A canopy-height model's folder or file, or a DINOv3 backbone whose head is given apart.",
        default="starter-canopy",
    )
    head: Optional[str] = declare(
        "file",
        "Head",
        "A head that is a file of its own, such as CHMv2's, for checkpoints that hold a backbone only.",
        default=None,
    )
    layers: List[str] = declare(
        "choices",
        "Extra layers",
        "Layers that are written beside the heights.",
        default=[],
        choices=LAYERS,
    )
    trees: bool = declare(
        "flag",
        "Single trees",
        "Also find tree tops and crowns, as points and polygons with height and crown area.",
        default=False,
    )
    zones: bool = declare(
        "flag",
        "Statistics per polygon",
        "Also write the polygons of the area of interest with the heights, the tree cover and the trees on each.",
        default=False,
    )
    tree_height_m: float = declare(
        "number",
        "Tree height",
        "From this height on vegetation counts as trees, for the tree cover and for single trees.",
        default=2.0,
        unit="m",
        flag="--tree-height",
        ge=0,
        le=100,
    )


def run(inputs: Inputs, job: Job) -> dict:
    """Run the model over every raster; see :mod:`rs_dino_engine.predict`."""
    from ..predict.heights import canopy_height

    return canopy_height(inputs, job)


DECLARATION = Declaration(
    id="canopy-height",
    title="Canopy height",
    description="Gives every pixel of a raster the height of the vegetation above the ground, in metres.",
    inputs=Inputs,
    outputs=(
        Output("canopy_height", "raster", "Canopy height", "Metres above the ground (float32, nodata -9999)."),
        Output(
            "tree_cover", "raster", "Tree cover", "1 where trees stand, 0 elsewhere, nodata 255.", "layers:tree-cover"
        ),
        Output(
            "disagreement",
            "raster",
            "Disagreement",
            "How far overlapping windows and test-time augmentations disagree, in metres.",
            "layers:disagreement",
        ),
        Output("tree_tops", "vector", "Tree tops", "Points with height and crown area.", "trees"),
        Output("tree_crowns", "vector", "Tree crowns", "Polygons with height and crown area.", "trees"),
        Output(
            "zones", "vector", "Statistics per polygon", "The area of interest with heights, cover and trees.", "zones"
        ),
    ),
    run=run,
)
