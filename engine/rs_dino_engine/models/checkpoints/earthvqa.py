"""EarthVQA's two files (Junjue-Wang/EarthVQA): the segmentation network and the question-answering one on top of it."""

from __future__ import annotations

from .format import Format

FORMATS = (
    Format(
        "EarthVQA's segmentation model (Semantic FPN on a ResNet-50)",
        lambda state: "fpn.fpn_inner1.0.weight" in state and "en.conv1.weight" in state,
    ),
    Format(
        "EarthVQA's question-answering model, which reads another model's features and not rasters",
        lambda state: "coformer.pre_proj.weight" in state,
        instead="; take EarthVQA's segmentation file",
    ),
)
