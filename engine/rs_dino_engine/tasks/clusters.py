"""Clusters: raster -> what looks alike to a backbone, as classes without names."""

from __future__ import annotations

from typing import Optional

from .declaration import Declaration, Output, declare
from .feature_inputs import FeatureInputs, foreground_flag
from .job import Job


class Inputs(FeatureInputs):
    count: int = declare(
        "integer",
        "Number of clusters",
        "How many clusters are looked for; with the centres of an earlier run there are as many as then.",
        default=8,
        ge=2,
        le=64,
    )
    foreground: bool = foreground_flag()
    centres: Optional[str] = declare(
        "file",
        "Centres",
        "The cluster_centres.json of an earlier run, so that clusters mean the same as there.",
        default=None,
    )


def run(inputs: Inputs, job: Job) -> dict:
    """Run the model over every raster; see :mod:`rs_dino_engine.predict`."""
    from ..predict.clusters import clusters

    return clusters(inputs, job)


DECLARATION = Declaration(
    id="clusters",
    title="Clusters",
    description="Divides a raster into clusters of places that look alike to a DINOv3 model, without any label.",
    inputs=Inputs,
    outputs=(
        Output("clusters", "raster", "Clusters", "Numbers of clusters from 1 on (uint8, nodata 255), with colours."),
        Output("centres", "file", "Centres", "Where the clusters lie among the features, to be used again."),
    ),
    run=run,
)
