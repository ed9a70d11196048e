"""ModelSpec: everything that is needed to use a model, so that nobody types it twice.

A model is a folder with ``model.json`` (this) and its weights (``model.safetensors`` or ``model.onnx``).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from pydantic import BaseModel, ConfigDict, Field, model_validator
from typing_extensions import Literal

FORMAT_VERSION = 1


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class Band(_Part):
    """One input channel of a model."""

    name: str = Field(description="red, green, blue, nir, swir16, … or band-N")
    wavelength_nm: Optional[float] = Field(default=None, gt=0)


class ClassInfo(_Part):
    """One class of a label map."""

    id: int = Field(ge=0, le=254)
    name: str = Field(min_length=1)
    color: Tuple[int, int, int] = Field(description="red, green, blue, 0-255")
    names: Dict[str, str] = Field(default_factory=dict, description="the name in other languages, by code")


class ClassMap(_Part):
    """id -> name, colour; ids are unique and are what label rasters hold."""

    classes: List[ClassInfo]

    @model_validator(mode="after")
    def _unique(self) -> "ClassMap":
        ids = [c.id for c in self.classes]
        if len(set(ids)) != len(ids):
            raise ValueError("two classes have the same id")
        return self

    def __len__(self) -> int:
        return len(self.classes)

    def by_id(self) -> Dict[int, ClassInfo]:
        return {c.id: c for c in self.classes}


class Looks(_Part):
    """How the chips of a training looked, all their figures together; see :mod:`..predict.looks`."""

    mean: List[float]
    covariance: List[List[float]]
    farthest: float = Field(gt=0, description="Mahalanobis' distance that hardly any chip is beyond")
    gain: float = Field(gt=0, description="hardly any chip comes nearer by more, were its bands or values changed")

    @model_validator(mode="after")
    def _square(self) -> "Looks":
        if [len(row) for row in self.covariance] != [len(self.mean)] * len(self.mean):
            raise ValueError("mean and covariance of the looks differ in length")
        return self


class Seen(_Part):
    """How the chips of a training looked: per band the range of their means and of their spreads (all but the lowest
    and the highest hundredth), in the units of the input's mean and std."""

    mean: List[Tuple[float, float]]
    std: List[Tuple[float, float]]
    side_px: int = Field(ge=1, description="side of the chips")
    side_m: float = Field(gt=0, description="the same on the ground")
    looks: Optional[Looks] = Field(default=None, description="all figures together, of crops as they were trained on")


class InputSpec(_Part):
    """What a model wants to see."""

    bands: List[Band] = Field(min_length=1)
    values: Literal["unit", "physical"] = Field(
        default="unit",
        description="unit: values stretched to 0-1 (uint8 / 255); physical: the quantity itself, e.g. reflectance",
    )
    quantity: Optional[str] = Field(default=None, description="what physical values are, e.g. reflectance")
    integer_scale: Optional[float] = Field(
        default=None, gt=0, description="physical value of 1 DN for integer rasters that state no scale"
    )
    mean: List[float] = Field(description="per band, in the units above")
    std: List[float] = Field(description="per band, in the units above")
    gsd_m: Optional[float] = Field(default=None, gt=0, description="metres per pixel the model was trained at")
    window_px: int = Field(default=512, ge=1)
    window_fixed: bool = Field(default=False, description="the network takes exactly window_px")
    batch_fixed: Optional[int] = Field(default=None, ge=1, description="the network takes exactly this many windows")
    stride_px: int = Field(default=1, ge=1, description="window sides and offsets are multiples of it")
    overlap_px: Optional[int] = Field(default=None, ge=0, description="recommended shared border of windows")
    receptive_radius_px: Optional[int] = Field(
        default=None, ge=0, description="how far an output pixel sees; None: unknown or the whole window"
    )
    margin_px: Optional[int] = Field(
        default=None,
        ge=0,
        description="border of a window that counts for nothing where how far the network sees is unknown or the whole "
        "window; None: a quarter of the overlap",
    )
    seen: Optional[Seen] = Field(default=None, description="how the pictures of the training looked")

    @model_validator(mode="after")
    def _lengths(self) -> "InputSpec":
        if not len(self.bands) == len(self.mean) == len(self.std):
            raise ValueError("bands, mean and std differ in length")
        if self.seen is not None and not len(self.seen.mean) == len(self.seen.std) == len(self.bands):
            raise ValueError("bands and what was seen of them differ in length")
        if any(s <= 0 for s in self.std):
            raise ValueError("std holds a value that is not positive")
        if self.window_px % self.stride_px:
            raise ValueError("window_px is not a multiple of stride_px")
        return self


class OutputSpec(_Part):
    """What a model gives per pixel."""

    kind: Literal["classes", "value", "features"]
    class_map: Optional[ClassMap] = None
    activation: Literal["softmax", "sigmoid", "none"] = Field(
        default="softmax", description="what turns the network's output into probabilities; none: it is one already"
    )
    threshold: float = Field(
        default=0.5, ge=0, le=1, description="for a single sigmoid channel: probability of class 1"
    )
    blend_on: Literal["logits", "probabilities", "value"] = "probabilities"
    cell_px: int = Field(default=1, ge=1, description="input pixels per output cell, each way (16 for ViT tokens)")
    channels: int = Field(default=1, ge=1, description="channels the network returns")
    quantity: Optional[str] = Field(default=None, description="what a value is, e.g. canopy height")
    unit: Optional[str] = Field(default=None, description="unit of a value, e.g. m")
    scale: float = Field(default=1.0, gt=0, description="of a torch network's value: how much of the unit 1 is")
    valid_range: Optional[Tuple[float, float]] = Field(default=None, description="values are clipped to it")

    @model_validator(mode="after")
    def _consistent(self) -> "OutputSpec":
        if self.kind == "classes":
            if self.class_map is None:
                raise ValueError("a model of classes needs a class_map")
            wanted = 1 if len(self.class_map) == 2 and self.activation == "sigmoid" else len(self.class_map)
            ready = self.channels == 1 and len(self.class_map) == 2 and self.activation == "none"
            if self.channels != wanted and not ready:
                raise ValueError(f"{len(self.class_map)} classes need {wanted} channels, not {self.channels}")
        elif self.blend_on != "value":
            raise ValueError("values and features are blended as values")
        return self


class ModelSpec(_Part):
    """A model, described."""

    format_version: int = FORMAT_VERSION
    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", description="file-safe name")
    title: str
    description: str = ""
    version: str = "1"
    task: Literal["segment", "canopy-height", "feature-map"]
    runtime: Literal["torch", "onnx"] = "torch"
    network: Dict[str, Any] = Field(default_factory=dict, description="{kind, …}: arguments of models/networks")
    input: InputSpec
    output: OutputSpec
    licence: str = "unknown"
    attribution: str = ""
    data: List[str] = Field(default_factory=list, description="what it was trained on, with licences")
    scores: Dict[str, Any] = Field(
        default_factory=dict, description="honest figures, with the split they were taken on"
    )
    limits: str = ""
    sha256: Optional[str] = Field(default=None, description="of the weights file")

    @model_validator(mode="after")
    def _known_version(self) -> "ModelSpec":
        if self.format_version > FORMAT_VERSION:
            raise ValueError(f"model.json has format {self.format_version}; this engine reads up to {FORMAT_VERSION}")
        return self

    def write(self, folder: Path) -> None:
        """Write ``model.json`` into a model folder."""
        text = json.dumps(self.model_dump(mode="json", exclude_none=True), ensure_ascii=False, indent=2)
        (folder / "model.json").write_text(text + "\n", encoding="utf-8")
