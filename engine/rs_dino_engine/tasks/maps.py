"""Several maps of a raster at once: models that stand on one backbone, in one run."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple, Type, cast

from pydantic import create_model

from . import canopy_height, feature_map, segment
from .declaration import Declaration, Output, declare
from .job import Job
from .prediction_inputs import PredictionInputs

TASKS: Dict[str, Type[PredictionInputs]] = {
    "segment": segment.Inputs,
    "canopy-height": canopy_height.Inputs,
    "feature-map": feature_map.Inputs,
}
"""The tasks that one run can do together, with their inputs."""
_NOT_SHARED = ("model", "head", "layers", "raw")
"""Inputs of those tasks that mean something else here, or cannot be done in one run with others."""


def _layers(inputs: Type[PredictionInputs]) -> Sequence[str]:
    field = inputs.model_fields.get("layers")
    extra: Any = {} if field is None else field.json_schema_extra
    return tuple(extra.get("choices", ()))


class MapsInputs(PredictionInputs):
    """What is given once for all models; the options of every task follow, as the task declares them."""

    models: List[str] = declare(
        "models",
        "Models",
        "Models that stand on one DINOv3 backbone: of classes, of heights, and the backbone itself for its features. "
        "Names, model folders or checkpoint files.",
        flag="--model",
        min_length=1,
    )
    head: Optional[str] = declare(
        "file",
        "Head",
        "A head that is a file of its own, such as CHMv2's; it belongs to the first model that is a backbone only.",
        default=None,
    )
    features: bool = declare(
        "flag",
        "Features",
        "Also show the features of the shared backbone as colours, as the models see the pixels.",
        default=False,
    )
    layers: List[str] = declare(
        "choices",
        "Extra layers",
        "Layers that are written beside the labels and the heights.",
        default=["confidence"],
        choices=tuple(dict.fromkeys(name for inputs in TASKS.values() for name in _layers(inputs))),
    )

    def for_task(self, task: str, model: str) -> PredictionInputs:
        """The inputs of one of the tasks, as if it were asked for alone."""
        inputs = TASKS[task]
        shared = set(inputs.model_fields) & set(type(self).model_fields) - set(_NOT_SHARED)
        values = {name: getattr(self, name) for name in shared}
        if "layers" in inputs.model_fields:
            values["layers"] = [name for name in self.layers if name in _layers(inputs)]
        return inputs(**{**values, "model": model})


def _options() -> Dict[str, Tuple[Any, Any]]:
    """The tasks' own inputs, in their order."""
    found: Dict[str, Tuple[Any, Any]] = {}
    for inputs in TASKS.values():
        for name, field in inputs.model_fields.items():
            if name not in PredictionInputs.model_fields and name not in _NOT_SHARED:
                found[name] = (field.annotation, field)
    return found


Inputs: Any = cast(Any, create_model)("Inputs", __base__=MapsInputs, __module__=__name__, **_options())


def run(inputs: MapsInputs, job: Job) -> dict:
    """Run the models over every raster; see :mod:`rs_dino_engine.predict`."""
    from ..predict.maps import maps

    return maps(inputs, job)


DECLARATION = Declaration(
    id="maps",
    title="Several maps",
    description="Makes labels, heights and features of a raster in one run: models that share a DINOv3 backbone, which "
    "runs once for all of them.",
    inputs=Inputs,
    outputs=(
        Output(
            "maps",
            "folder",
            "Maps",
            "Whatever the models give: labels and polygons, heights and trees, features and their basis, named as by "
            "the tasks that make one of them.",
        ),
    ),
    run=run,
)
