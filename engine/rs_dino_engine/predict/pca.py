"""Principal components of features: one basis for a whole request, three of them shown as red, green and blue."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np
import torch

from ..errors import UserError
from ..models.runtime import LoadedModel

COMPONENTS = 3
SHOWN_PERCENT = (2.0, 98.0)
FORMAT = "rs-dino-pca-1"


@dataclass(frozen=True)
class Basis:
    """``(x - mean) @ axes`` are the components; ``low`` and ``high`` are what is shown as black and as full colour."""

    mean: np.ndarray
    """(channels,) float32."""
    axes: np.ndarray
    """(channels, COMPONENTS) float32, of unit length."""
    low: Tuple[float, ...]
    high: Tuple[float, ...]
    explained: Tuple[float, ...]
    """Share of the sample's variance along each axis."""
    model: str
    """The sha256 of the weights whose features these are."""

    def as_dict(self) -> Dict[str, Any]:
        return {
            "format": FORMAT,
            "model_sha256": self.model,
            "mean": [float(v) for v in self.mean],
            "axes": [[float(v) for v in axis] for axis in self.axes.T],
            "low": list(self.low),
            "high": list(self.high),
            "explained": list(self.explained),
        }

    def write(self, path: Path) -> Path:
        path.write_text(json.dumps(self.as_dict()) + "\n", encoding="utf-8")
        return path


def fit(features: np.ndarray, model: str) -> Basis:
    """A basis of a sample ``(n, channels)``, n at least ``COMPONENTS + 1``.

    Signs are fixed (the largest weight of an axis is positive) and the scale is one of percentiles, so that a
    few odd places change neither.
    """
    sample = torch.from_numpy(np.asarray(features, dtype=np.float32)).double()
    mean = sample.mean(dim=0)
    centred = sample - mean
    covariance = centred.t() @ centred / max(1, len(centred) - 1)
    values, vectors = torch.linalg.eigh(covariance)
    axes = vectors[:, -COMPONENTS:].flip(1)
    largest = axes.abs().argmax(dim=0)
    axes = axes * torch.sign(axes.gather(0, largest[None]))
    shown = (centred @ axes).numpy()
    low, high = np.percentile(shown, SHOWN_PERCENT, axis=0)
    share = values[-COMPONENTS:].flip(0) / values.clamp(min=0).sum().clamp(min=1e-30)
    return Basis(
        mean.float().numpy(),
        axes.float().numpy(),
        tuple(float(v) for v in low),
        tuple(float(v) for v in high),
        tuple(round(float(v), 4) for v in share),
        model,
    )


def read_basis(path: Path, model: str, channels: int) -> Basis:
    """A basis that an earlier run has written; raises ``UserError`` when it is none, or another model's."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        found = Basis(
            np.asarray(document["mean"], dtype=np.float32),
            np.asarray(document["axes"], dtype=np.float32).T,
            tuple(float(v) for v in document["low"]),
            tuple(float(v) for v in document["high"]),
            tuple(float(v) for v in document["explained"]),
            str(document["model_sha256"]),
        )
        good = document["format"] == FORMAT and found.axes.shape == (len(found.mean), COMPONENTS)
        good = good and len(found.low) == len(found.high) == COMPONENTS
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError("basis-unreadable", path=str(path), reason=type(error).__name__) from error
    if not good:
        raise UserError("basis-unreadable", path=str(path), reason="its parts do not fit together")
    if found.model != model or len(found.mean) != channels:
        raise UserError("basis-other-model", path=str(path))
    return found


class Projected:
    """A model of features that gives their principal components instead."""

    def __init__(self, model: LoadedModel, basis: Basis) -> None:
        output = model.spec.output.model_copy(update={"channels": COMPONENTS})
        self.spec = model.spec.model_copy(update={"output": output})
        self._model, self._basis = model, basis
        self._on: List[torch.Tensor] = []

    def to(self, device: str) -> None:
        self._model.to(device)
        self._on = []

    def __call__(self, windows: torch.Tensor) -> torch.Tensor:
        """Windows -> components ``(n, COMPONENTS, rows, cols)``."""
        features = self._model(windows).float()
        if not self._on:
            self._on = [torch.from_numpy(part).to(features.device) for part in (self._basis.mean, self._basis.axes)]
        mean, axes = self._on
        out = torch.einsum("nchw,cd->ndhw", features - mean[None, :, None, None], axes)
        return out.contiguous()
