"""Teaching a model your own classes or heights: images and labels -> a model folder."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from .declaration import Declaration, Output, TaskInputs, declare
from .job import Job


class Inputs(TaskInputs):
    images: List[str] = declare(
        "rasters",
        "Images",
        "GeoTIFF, PNG or JPEG files, folders of them, or patterns such as images/*.tif.",
        min_length=1,
    )
    labels: str = declare(
        "file",
        "Labels",
        "Folder of label rasters named as the images (an ending such as _mask is fine), or a file of polygons. "
        "For a model of heights: rasters of metres above ground.",
        layers=True,
    )
    output: str = declare("folder", "Output folder", "Where the model goes; use it as a model from then on.")
    model: str = declare(
        "model",
        "Start from",
        "The model that is taught: an embedded model's name, or a model folder.",
        default="starter-landcover",
    )
    name: str = declare(
        "text", "Name", "Name of the new model.", default="finetuned", pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
    )
    class_field: Optional[str] = declare(
        "text",
        "Class field",
        "For polygons: the field that names the class.",
        default=None,
    )
    background: Optional[str] = declare(
        "text",
        "Background class",
        "For polygons: the class of everything outside them. Empty: nothing is known there.",
        default=None,
    )
    classes: Optional[Dict[str, Any]] = declare(
        "recipe",
        "Classes",
        'Names of the classes and what stands for them in the labels, as {"water": 1, "woods": [2, 3]}, or in coloured '
        'labels {"water": [0, 0, 255]}. Empty: read off the labels.',
        default=None,
        advanced=True,
    )
    ignored: Optional[Dict[str, Any]] = declare(
        "recipe",
        "Ignored labels",
        'Values or colours that say nothing, as {"values": [0]} or {"colors": [[0, 0, 0]]}.',
        default=None,
        advanced=True,
    )
    bands: Optional[List[int]] = declare(
        "bands",
        "Bands",
        "Band numbers of the images (from 1), in the order of the model's bands.",
        default=None,
    )
    gsd: Optional[float] = declare(
        "number",
        "Ground size of a pixel",
        "What the model is trained for. Empty: that of the images.",
        default=None,
        unit="m",
        advanced=True,
        gt=0,
        flag="--gsd",
    )
    mode: str = declare(
        "choice",
        "What is trained",
        "full: the whole network. frozen: only its last part, which is faster and needs fewer labels.",
        default="full",
        choices=("full", "frozen"),
    )
    epochs: int = declare("integer", "Epochs", "How often every chip is seen.", default=20, ge=1, le=10000)
    batch_size: int = declare("integer", "Batch size", "Chips that are seen together.", default=8, advanced=True, ge=1)
    chip_size: int = declare(
        "integer",
        "Chip size",
        "Side of the squares the model is trained on.",
        default=256,
        unit="px",
        advanced=True,
        ge=64,
        multiple_of=32,
    )
    learning_rate: float = declare(
        "number", "Learning rate", "Of the last part of the network.", default=1e-3, advanced=True, gt=0
    )
    validation_share: float = declare(
        "number",
        "Held out",
        "Share of the images that are kept to score the model on.",
        default=0.2,
        advanced=True,
        gt=0,
        lt=0.9,
    )
    seed: int = declare("integer", "Seed", "The same seed gives the same training.", default=0, advanced=True, ge=0)
    device: str = declare("device", "Device", "auto, cpu, cuda:0, mps, gcu:0 …", default="auto")
    recipe: Optional[Dict[str, Any]] = declare(
        "recipe",
        "Recipe",
        "More settings of the training, as one document; they win over the ones above.",
        default=None,
        advanced=True,
    )


def run(inputs: Inputs, job: Job) -> dict:
    """Train; see :mod:`rs_dino_engine.training.finetune`."""
    from ..training.finetune import finetune

    return finetune(inputs, job)


DECLARATION = Declaration(
    id="finetune",
    title="Fine-tune",
    description="Teaches a model your own classes, or heights, from images and labels, and scores it on images it "
    "has not seen.",
    inputs=Inputs,
    outputs=(
        Output("model", "model", "Model", "The model folder: model.json and model.safetensors."),
        Output("history", "report", "History", "Loss and scores of every epoch."),
    ),
    run=run,
)
