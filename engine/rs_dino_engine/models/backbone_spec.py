"""What the specs of all backbones have in common, wherever their weights come from."""

from __future__ import annotations

from typing import List

from .spec import Band, OutputSpec

ABOUT = "Features for PCA maps, clusters and similarity. A head for classes or heights is put on by a model.json."


def rgb() -> List[Band]:
    """The bands of models that were taught on photographs."""
    return [Band(name=name, wavelength_nm=nm) for name, nm in (("red", 650.0), ("green", 560.0), ("blue", 470.0))]


def features(channels: int, cell_px: int) -> OutputSpec:
    """Features as the output, one cell for ``cell_px`` pixels each way."""
    return OutputSpec(kind="features", blend_on="value", cell_px=cell_px, channels=channels, quantity="features")
