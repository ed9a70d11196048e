"""Everything that decides how a training runs, as one document that is kept with the result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from typing_extensions import Literal

from ..errors import UserError
from .augment import Augmentation


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class AugmentationRecipe(_Part):
    """See :class:`.augment.Augmentation`."""

    turn: bool = True
    zoom: Tuple[float, float] = (0.7, 1.4)
    brightness: float = Field(default=0.25, ge=0, lt=1)
    contrast: float = Field(default=0.25, ge=0, lt=1)
    gamma: float = Field(default=0.25, ge=0, lt=1)
    tint: float = Field(default=0.08, ge=0, lt=1)
    saturation: float = Field(default=0.4, ge=0, le=1)
    noise: float = Field(default=0.02, ge=0, lt=1)
    blur: float = Field(default=0.2, ge=0, le=1)

    @model_validator(mode="after")
    def _zoom_in_order(self) -> "AugmentationRecipe":
        if not 0 < self.zoom[0] <= self.zoom[1]:
            raise ValueError("zoom must be two positive numbers, the smaller one first")
        return self

    def as_augmentation(self) -> Augmentation:
        return Augmentation(**self.model_dump())


class Recipe(_Part):
    """Settings of a training; every one has a sensible default."""

    mode: Literal["full", "frozen"] = Field(default="full", description="frozen: the backbone keeps its weights")
    frozen: List[str] = Field(default_factory=list, description="further parts that keep their weights, by their names")
    epochs: int = Field(default=20, ge=1)
    steps_per_epoch: Optional[int] = Field(default=None, ge=1, description="empty: every chip once an epoch")
    batch_size: int = Field(default=8, ge=1)
    crop_px: int = Field(default=256, ge=32, description="side of a training crop")
    learning_rate: float = Field(default=1e-3, gt=0)
    backbone_factor: float = Field(default=0.3, gt=0, description="of the learning rate, for the backbone")
    weight_decay: float = Field(default=0.01, ge=0)
    warmup: float = Field(default=0.05, ge=0, lt=1, description="share of all steps")
    schedule: Literal["cosine", "poly", "constant"] = "cosine"
    balance: float = Field(default=0.5, ge=0, le=1, description="power of class weights; 0: none")
    emphasis: Dict[str, float] = Field(default_factory=dict, description="class -> further factor of its weight")
    smoothing: float = Field(default=0.0, ge=0, lt=0.5, description="label smoothing")
    ema: float = Field(default=0.0, ge=0, lt=1, description="decay of averaged weights; 0: none")
    clip: float = Field(default=5.0, gt=0, description="largest norm of the gradient")
    precision: Literal["fp32", "bf16"] = "fp32"
    seed: int = Field(default=0, ge=0)
    checkpoint_every_s: float = Field(default=120.0, gt=0)
    validation_limit: Optional[int] = Field(default=None, ge=1, description="chips per data set that score an epoch")
    sampling: Dict[str, float] = Field(default_factory=dict, description="data set -> how often it is drawn")
    zoom: Dict[str, Tuple[float, float]] = Field(default_factory=dict, description="data set -> its own zoom")
    color: Dict[str, float] = Field(
        default_factory=dict, description="data set -> factor of the colour variation; small where colour tells classes"
    )
    augmentation: AugmentationRecipe = Field(default_factory=AugmentationRecipe)

    def keeps(self, name: str) -> bool:
        """Whether a part of the network (a module or a parameter) is not trained."""
        parts = [*self.frozen, "backbone"] if self.mode == "frozen" else self.frozen
        return any(name == part or name.startswith(part + ".") for part in parts)

    def changed_from(self, other: "Recipe") -> List[str]:
        """Names of the settings in which the two differ."""
        mine, theirs = self.model_dump(mode="json"), other.model_dump(mode="json")
        return [name for name in mine if mine[name] != theirs[name]]


def read_recipe(given: Any) -> Recipe:
    """From a dict, a JSON text, or the path of a JSON file. Raises ``UserError`` with the name that is wrong."""
    if given is None:
        return Recipe()
    document = given
    if isinstance(given, str):
        text = given
        if not given.lstrip().startswith("{"):
            path = Path(given)
            if not path.is_file():
                raise UserError("recipe-broken", reason=f"{given} does not exist")
            text = path.read_text(encoding="utf-8")
        try:
            document = json.loads(text)
        except json.JSONDecodeError as error:
            raise UserError("recipe-broken", reason=str(error)) from error
    if not isinstance(document, dict):
        raise UserError("recipe-broken", reason="it is not a JSON object")
    unknown = sorted(set(document) - set(Recipe.model_fields))
    if unknown:
        raise UserError("recipe-unknown", names=", ".join(unknown), known=", ".join(Recipe.model_fields))
    try:
        return Recipe.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"])
        raise UserError("recipe-broken", reason=f"{where}: {first['msg']}") from error
