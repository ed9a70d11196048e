"""What a task adds to a prediction: from a model to layers, and from layers to what is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, NamedTuple, Sequence

from ..devices import Device
from ..models.runtime import LoadedModel
from ..models.spec import ModelSpec
from .track import Products

Results = Dict[str, Any]
GEOTIFF = "image/tiff; application=geotiff"


class Loaded(NamedTuple):
    """A model on its device, and the hash of its weights."""

    model: LoadedModel
    sha256: str
    device: Device


class Work:
    """What a task adds to a prediction; a task overrides what it needs."""

    task: str
    kind: str
    """The kind of output its models have, as in their spec."""
    steps = 0
    """Things made of the finished layers of a region, for the progress."""
    margin_m = 0.0
    """How far around the area of interest it has to look: so far go its layers that are ``around``."""

    def begin(self, loaded: Loaded, sets: Sequence[Sequence[str]]) -> LoadedModel:
        """What is decided over all rasters before the first is run; returns the model that is run."""
        return loaded.model

    def products(self, spec: ModelSpec) -> Products:
        """What becomes of the blended output."""
        raise NotImplementedError

    def derive(
        self, stem: str, layers: Dict[str, Path], spec: ModelSpec, summary: Results, progress: Callable[[float], None]
    ) -> Results:
        """What is made of the finished layers of a region: name -> result; figures go into ``summary``."""
        return {}

    def conclude(self, spec: ModelSpec, summaries: Sequence[Results]) -> Results:
        """Results over all rasters of the request."""
        return {}


class Share(NamedTuple):
    """One model of a run and the work that is done with it. ``name`` tells its results from those of another model
    that are called the same; it is only used then."""

    work: Work
    loaded: Loaded
    name: str = ""


def prefix_of(share: Share, shares: Sequence[Share]) -> str:
    """What stands before the names of a work's results: nothing, or its model's name where another does the same."""
    alike = [one for one in shares if one.work.task == share.work.task]
    return "" if len(alike) <= 1 else f"{share.name}_"


def reference(path: Path, media_type: str, title: str) -> Results:
    """An entry of the results document for a file."""
    return {"href": str(path), "type": media_type, "title": title}
