"""The inputs of tasks that look at the features of a backbone."""

from __future__ import annotations

from typing import Any

from .declaration import declare
from .prediction_inputs import PredictionInputs


class FeatureInputs(PredictionInputs):
    """Those of every prediction, and the backbone. A task adds what it makes of its features."""

    model: str = declare(
        "model",
        "Model",
        "A backbone: a model folder, a checkpoint file of DINOv3, DINOv2 or timm, or timm:NAME.",
        default="starter-features",
    )


def foreground_flag() -> Any:
    """The field of tasks that can leave the background out. Not one of :class:`FeatureInputs`, for it comes after
    a task's own fields, and not every task has it."""
    return declare(
        "flag",
        "Foreground only",
        "Leave out the background, which the first principal component of the features tells apart.",
        default=False,
    )
