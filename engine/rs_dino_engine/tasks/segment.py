"""Land cover and other classes: raster -> labels, confidence, polygons."""

from __future__ import annotations

from typing import List, Optional

from . import polygon_inputs
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
    min_area_m2: float = polygon_inputs.min_area(advanced=True)
    fill_holes_m2: float = polygon_inputs.fill_holes(advanced=True)
    simplify_px: float = polygon_inputs.simplify(advanced=True)
    right_angles: bool = polygon_inputs.right_angles()
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
