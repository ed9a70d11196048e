"""Principal components of features: one basis for a whole request, three of them shown as red, green and blue."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

import numpy as np
import torch

from .fit_file import foreground_of, read_fit, write_fit
from .projection import Foreground, Projection

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
    foreground: Optional[Foreground] = None
    """The rule for the foreground, where the axes and the scale are the foreground's."""

    def projection(self) -> Projection:
        """Features -> components."""
        return Projection(self.mean, self.axes, np.zeros(COMPONENTS, dtype=np.float32))

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
        return write_fit(path, self.as_dict(), self.foreground)


def fit(features: np.ndarray, model: str, foreground: Optional[Foreground] = None) -> Basis:
    """A basis of a sample ``(n, channels)``, n at least ``COMPONENTS + 1``.

    Signs are fixed (the largest weight of an axis is positive) and the scale is one of percentiles, so that a
    few odd places change neither.
    """
    centred = torch.from_numpy(np.array(features, dtype=np.float64))
    mean = centred.mean(dim=0)
    centred -= mean
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
        foreground,
    )


def read_basis(path: Path, model: str, channels: int) -> Basis:
    """A basis that an earlier run has written; raises ``UserError`` when it is none, or another model's."""

    def parse(document: Dict[str, Any]) -> Basis:
        return Basis(
            np.asarray(document["mean"], dtype=np.float32),
            np.asarray(document["axes"], dtype=np.float32).T,
            tuple(float(v) for v in document["low"]),
            tuple(float(v) for v in document["high"]),
            tuple(float(v) for v in document["explained"]),
            str(document["model_sha256"]),
            foreground_of(document),
        )

    def fits(basis: Basis) -> bool:
        return basis.axes.shape == (len(basis.mean), COMPONENTS) and len(basis.low) == len(basis.high) == COMPONENTS

    return read_fit(path, FORMAT, parse, fits, model, channels, ("basis-unreadable", "basis-other-model"))
