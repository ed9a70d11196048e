"""Feature maps: raster -> what the model sees, as colours or as numbers."""

from __future__ import annotations

from typing import Optional

from .declaration import Declaration, Output, declare
from .feature_inputs import FeatureInputs, foreground_flag
from .job import Job


class Inputs(FeatureInputs):
    raw: bool = declare(
        "flag",
        "All features",
        "Write the features themselves, one band each, one pixel a patch, instead of colours.",
        default=False,
    )
    foreground: bool = foreground_flag()
    basis: Optional[str] = declare(
        "file",
        "Basis",
        "The pca_basis.json of an earlier run, so that colours mean the same as there.",
        default=None,
    )


def run(inputs: Inputs, job: Job) -> dict:
    """Run the model over every raster; see :mod:`rs_dino_engine.predict`."""
    from ..predict.features import feature_map

    return feature_map(inputs, job)


DECLARATION = Declaration(
    id="feature-map",
    title="Feature map",
    description="Shows what a DINOv3 model sees: its features' three principal components as colours.",
    inputs=Inputs,
    outputs=(
        Output(
            "features",
            "raster",
            "Features",
            "Principal components as red, green, blue (uint8, nodata 0), or all features (float32, nodata -9999).",
        ),
        Output("basis", "file", "Basis", "The axes and the scale, to be used again."),
    ),
    run=run,
)
