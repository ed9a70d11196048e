"""Find similar: raster and marked examples -> how similar every place is to them."""

from __future__ import annotations

from typing import Optional

from .declaration import Declaration, Output, declare
from .feature_inputs import FeatureInputs
from .job import Job


class Inputs(FeatureInputs):
    like: str = declare(
        "places",
        "Examples",
        "File of points or polygons, in any CRS, that mark what is looked for.",
    )
    unlike: Optional[str] = declare(
        "places",
        "Counter-examples",
        "File of points or polygons that mark what is taken for it wrongly.",
        default=None,
    )


def run(inputs: Inputs, job: Job) -> dict:
    """Run the model over every raster; see :mod:`rs_dino_engine.predict`."""
    from ..predict.similar import find_similar

    return find_similar(inputs, job)


DECLARATION = Declaration(
    id="find-similar",
    title="Find similar",
    description="Shows where a raster looks like a few marked examples to a DINOv3 model, without any training.",
    inputs=Inputs,
    outputs=(
        Output(
            "similarity",
            "raster",
            "Similarity",
            "Cosine with the most similar example (float32, nodata -9999); with counter-examples how much it is above "
            "the cosine with the most similar of those.",
        ),
    ),
    run=run,
)
