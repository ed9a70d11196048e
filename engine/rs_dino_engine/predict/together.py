"""Models that look at the same windows; what they have in common is computed once."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any, Callable, ContextManager, List, Sequence

import torch

from ..models.runtime import LoadedModel
from ..models.spec import ModelSpec


class Together:
    """One or several models that take the same normalised windows.

    While ``sharing()`` lasts, models that are parts of one network give each other what they have computed of the
    same tensor of windows (:class:`rs_dino_engine.models.joined.JoinedModel`).
    """

    def __init__(self, models: Sequence[LoadedModel], sharing: Callable[[], ContextManager[Any]] = nullcontext) -> None:
        self.models, self._sharing = list(models), sharing

    @property
    def specs(self) -> List[ModelSpec]:
        return [model.spec for model in self.models]

    def __call__(self, windows: torch.Tensor) -> List[torch.Tensor]:
        """Windows -> the raw output of every model."""
        with self._sharing():
            return [model(windows) for model in self.models]
