"""Land cover and other classes: raster -> labels, confidence, polygons."""

from __future__ import annotations

from typing import List, Optional

from .declaration import Declaration, Output, declare
from .job import Job
from .prediction_inputs import PredictionInputs

LAYERS = ("confidence", "entropy", "probabilities", "disagreement")


class Inputs(PredictionInputs):
    model: str = declare(
        "model",
        "Model",
        "An embedded model's name, a model folder, or a checkpoint file (.pth .safetensors .onnx).",
        default="starter-landcover",
    )
    layers: List[str] = declare(
        "choices",
        "Extra layers",
        "Layers that are written beside the labels.",
        default=["confidence"],
        choices=LAYERS,
    )
    polygons: bool = declare("flag", "Polygons", "Also write the classes as polygons.", default=True)
    polygon_format: str = declare(
        "choice",
        "Polygon format",
        "File format of the polygons.",
        default="gpkg",
        choices=("gpkg", "geojson", "shp", "fgb", "parquet"),
        advanced=True,
    )
    min_area_m2: float = declare(
        "number",
        "Minimum area",
        "Smaller polygons are given to the neighbour with the longest common border.",
        default=0.0,
        unit="m²",
        flag="--min-area",
        advanced=True,
        ge=0,
    )
    fill_holes_m2: float = declare(
        "number",
        "Fill holes",
        "What one polygon encloses is given to it up to this size; nodata never is.",
        default=0.0,
        unit="m²",
        flag="--fill-holes",
        advanced=True,
        ge=0,
    )
    simplify_px: float = declare(
        "number",
        "Simplify",
        "How far simplified borders may lie from the exact ones; neighbours keep one border.",
        default=0.0,
        unit="px",
        flag="--simplify",
        advanced=True,
        ge=0,
        le=100,
    )
    right_angles: bool = declare(
        "flag", "Right angles", "Free-standing polygons get right angles, for buildings.", default=False, advanced=True
    )
    head: Optional[str] = declare(
        "file",
        "Head",
        "A head that is a file of its own, for checkpoints that hold a backbone only.",
        default=None,
        advanced=True,
    )


def run(inputs: Inputs, job: Job) -> dict:
    """Run the model over every raster; see :mod:`rs_dino_engine.predict`."""
    from ..predict.segmentation import segment

    return segment(inputs, job)


DECLARATION = Declaration(
    id="segment",
    title="Segment",
    description="Gives every pixel of a raster a class: land cover, clouds, buildings, or what your own model knows.",
    inputs=Inputs,
    outputs=(
        Output("labels", "raster", "Labels", "Class ids (uint8, nodata 255) with colours and class names."),
        Output(
            "confidence", "raster", "Confidence", "Probability of the class shown, in percent.", "layers:confidence"
        ),
        Output(
            "entropy", "raster", "Entropy", "How undecided the model is, in percent of its maximum.", "layers:entropy"
        ),
        Output("probabilities", "raster", "Probabilities", "One band a class, 0-1.", "layers:probabilities"),
        Output(
            "disagreement",
            "raster",
            "Disagreement",
            "How far overlapping windows and test-time augmentations disagree, in percent.",
            "layers:disagreement",
        ),
        Output(
            "polygons",
            "vector",
            "Polygons",
            "Classes as polygons, with area, perimeter and mean confidence.",
            "polygons",
        ),
    ),
    run=run,
)
