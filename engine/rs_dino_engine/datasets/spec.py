"""DataSetSpec: where images and labels lie, what the labels mean, who may use them, what is held out.

One TOML file a data set; those beside this module are known by name.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from typing_extensions import Literal

from ..errors import UserError
from .target import CLASSES, HEIGHTS, Target

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found]

FOLDER = Path(__file__).parent


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class SourceClass(_Part):
    """A class as the data set labels it, and which of the wanted classes it may be (several: partly known)."""

    name: str
    color: Optional[Tuple[int, int, int]] = Field(default=None, description="for labels that are colours")
    values: List[int] = Field(default_factory=list, description="for labels that are numbers")
    minimum: Optional[float] = Field(default=None, description="for heights: at or above, in metres")
    maximum: Optional[float] = Field(default=None, description="for heights: below, in metres")
    means: List[str] = Field(default_factory=list, description="wanted classes; empty: the one of the same name")

    @property
    def wanted(self) -> List[str]:
        return self.means or [self.name]


class LabelSource(_Part):
    """How labels are stored."""

    kind: Literal["colors", "values", "heights", "polygons"]
    path: str = Field(description="beside the image: a template with the groups of `images`, e.g. masks/\\1.png")
    ignored_colors: List[Tuple[int, int, int]] = Field(default_factory=list)
    ignored_values: List[int] = Field(default_factory=list)
    field: Optional[str] = Field(default=None, description="polygons: the field that names the class")
    image_field: Optional[str] = Field(default=None, description="polygons: the field that names the image (its stem)")
    background: Optional[str] = Field(default=None, description="polygons: class of what lies in none of them")


class DataSetSpec(_Part):
    """A data set, described."""

    name: str
    title: str
    licence: str
    attribution: str = ""
    about: str = ""
    images: str = Field(description="regular expression that the path of an image below the root matches fully")
    labels: LabelSource
    classes: List[SourceClass] = Field(default_factory=list, description="none, for heights: the metres are the target")
    group: str = Field(default=r"\g<0>", description="template: images of one group stay on one side of a split")
    validation: List[str] = Field(default_factory=list, description="patterns of groups that are held out")
    left_out: List[str] = Field(default_factory=list, description="patterns of groups that are not used")
    bands: List[int] = Field(default_factory=lambda: [1, 2, 3], description="bands that are red, green, blue, …")
    gsd_m: Optional[float] = Field(default=None, gt=0, description="for images that do not say it themselves")
    separation_m: float = Field(default=60.0, ge=0, description="images closer than this stay on one side")

    @property
    def target(self) -> Target:
        return CLASSES if self.classes else HEIGHTS

    @model_validator(mode="after")
    def _labels_can_be_read(self) -> "DataSetSpec":
        if not self.classes and self.labels.kind != "heights":
            raise ValueError("no classes are named")
        needs = {"colors": "color", "values": "values", "heights": "minimum or maximum", "polygons": "name"}
        for c in self.classes:
            given = {
                "colors": c.color is not None,
                "values": bool(c.values),
                "polygons": True,
                "heights": c.minimum is not None or c.maximum is not None,
            }[self.labels.kind]
            if not given:
                raise ValueError(f"class {c.name} has no {needs[self.labels.kind]}")
        names = [c.name for c in self.classes]
        if len(set(names)) != len(names):
            raise ValueError("two classes have the same name")
        if self.labels.background is not None and self.labels.background not in names:
            raise ValueError(f"the background class {self.labels.background} is not one of the classes")
        return self


def known() -> List[str]:
    """Names of the data sets that are described here."""
    return sorted(p.stem for p in FOLDER.glob("*.toml"))


def load_spec(name_or_path: str) -> DataSetSpec:
    """The data set of this name, or of this TOML file."""
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = FOLDER / f"{name_or_path}.toml"
    if not path.is_file():
        raise UserError("dataset-unknown", name=name_or_path, known=", ".join(known()))
    try:
        document: Dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return DataSetSpec.model_validate(document)
    except (tomllib.TOMLDecodeError, ValidationError, UnicodeDecodeError) as error:
        reason = " ".join(str(error).split())
        raise UserError("dataset-broken", path=str(path), reason=reason) from error
