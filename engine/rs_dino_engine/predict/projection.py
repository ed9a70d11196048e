"""What is wanted of features is often an affine function of them: then only its few values are blended.

Blending and resampling are weighted means with weights that sum to 1, so ``a . x + b`` of a blended feature equals
the blend of ``a . x + b``: the result is the same, with a handful of channels instead of a thousand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, ContextManager, List, Optional

import numpy as np
import torch

from ..models.runtime import LoadedModel
from ..models.spec import OutputSpec


@dataclass(frozen=True)
class Projection:
    """``(x - origin) @ axes + offset``; all float32."""

    origin: np.ndarray
    """(channels,): near the features, so that nothing large cancels."""
    axes: np.ndarray
    """(channels, values)."""
    offset: np.ndarray
    """(values,)."""

    def with_foreground(self, foreground: "Optional[Foreground]") -> "Projection":
        """One more value at the end: above 0 in the foreground."""
        if foreground is None:
            return self
        score = np.float32(self.origin.astype(np.float64) @ foreground.axis.astype(np.float64) - foreground.threshold)
        axes = np.concatenate([self.axes, foreground.axis[:, None]], axis=1)
        return Projection(self.origin, axes, np.append(self.offset, score).astype(np.float32))


@dataclass(frozen=True)
class Foreground:
    """A feature ``x`` is foreground where ``x @ axis > threshold``; see :mod:`.foreground`."""

    axis: np.ndarray
    """(channels,) float32."""
    threshold: float

    def holds(self, features: np.ndarray) -> np.ndarray:
        """``(n, channels)`` -> bool (n,)."""
        return np.asarray(features @ self.axis > self.threshold)


class Projected:
    """A model of features that gives a projection of them instead, in fp32 whatever the model computes in."""

    def __init__(
        self,
        model: LoadedModel,
        projection: Projection,
        output: OutputSpec,
        full_precision: Callable[[], ContextManager[Any]],
    ) -> None:
        """``output`` has as many channels as the projection has values."""
        self.spec = model.spec.model_copy(update={"output": output})
        self._model, self._projection, self._full_precision = model, projection, full_precision
        self._on: List[torch.Tensor] = []

    def to(self, device: str) -> None:
        self._model.to(device)
        self._on = []

    def __call__(self, windows: torch.Tensor) -> torch.Tensor:
        """Windows -> values ``(n, values, rows, cols)``."""
        features = self._model(windows).float()
        if not self._on:
            parts = (self._projection.origin, self._projection.axes, self._projection.offset)
            self._on = [torch.from_numpy(part).to(features.device) for part in parts]
        origin, axes, offset = self._on
        with self._full_precision():
            out = torch.einsum("nchw,cd->ndhw", features - origin[None, :, None, None], axes)
            return (out + offset[None, :, None, None]).contiguous()
