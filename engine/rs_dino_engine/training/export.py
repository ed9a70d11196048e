"""From a training's result to a model folder that the rest of the engine can use."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import torch

from ..datasets.labels import HIGHEST_M
from ..models.folder import write_torch_folder
from ..models.spec import Band, ClassMap, InputSpec, ModelSpec, OutputSpec, Seen
from .trainer import Normalisation


class Provenance(NamedTuple):
    """What a person should know about a model before using it."""

    title: str
    description: str
    licence: str
    attribution: str
    data: List[str]
    scores: Dict[str, Any]
    limits: str


def class_output(classes: ClassMap) -> OutputSpec:
    """Probabilities of classes."""
    return OutputSpec(kind="classes", class_map=classes, channels=len(classes), blend_on="probabilities")


def height_output(scale: float) -> OutputSpec:
    """Metres; ``scale``: how many the network's 1 stands for."""
    return OutputSpec(
        kind="value",
        blend_on="value",
        activation="none",
        channels=1,
        quantity="canopy height",
        unit="m",
        scale=scale,
        valid_range=(0.0, HIGHEST_M),
    )


def model_spec(
    name: str,
    network: Dict[str, Any],
    bands: Sequence[Band],
    normalisation: Normalisation,
    gsd_m: Optional[float],
    output: OutputSpec,
    stride_px: int,
    radius_px: Optional[int],
    said: Provenance,
    window_px: int = 512,
    seen: Optional[Seen] = None,
) -> ModelSpec:
    """The spec of a model that was trained on values stretched to 0-1."""
    return ModelSpec(
        name=name,
        title=said.title,
        description=said.description,
        task="segment" if output.kind == "classes" else "canopy-height",
        network=network,
        input=InputSpec(
            bands=list(bands),
            mean=list(normalisation.mean),
            std=list(normalisation.std),
            gsd_m=gsd_m,
            window_px=window_px,
            stride_px=stride_px,
            overlap_px=window_px // 4,
            receptive_radius_px=radius_px,
            seen=seen,
        ),
        output=output,
        licence=said.licence,
        attribution=said.attribution,
        data=said.data,
        scores=said.scores,
        limits=said.limits,
    )


def write(folder: Path, spec: ModelSpec, weights: Dict[str, torch.Tensor]) -> ModelSpec:
    """Write ``model.json`` and ``model.safetensors`` (fp16)."""
    return write_torch_folder(folder, spec, weights, half=True)
