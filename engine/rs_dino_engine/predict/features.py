"""The feature-map task: rasters -> principal components as colours, or the features themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, Optional

import numpy as np
import torch

from ..errors import UserError
from ..messages import message
from ..models.spec import ModelSpec
from .fitted import FittedWork
from .pca import COMPONENTS, Basis, fit, read_basis
from .products import NODATA_VALUE, Layer
from .projection import Foreground
from .run import Results, Work, predict

if TYPE_CHECKING:
    from ..tasks.feature_map import Inputs
    from ..tasks.job import Job

FEATURES = "features"
_DARKEST = 1.0
"""Colours are 1-255, so that 0 can be nodata."""


def feature_map(inputs: "Inputs", job: "Job") -> Results:
    """Feature maps of every raster (or the one mosaic) of a request; returns the results document."""
    if inputs.raw and inputs.foreground:
        raise UserError("foreground-raw")
    if inputs.raw:
        inputs = inputs.model_copy(update={"output_grid": "model"})
    return predict(inputs, job, _Raw() if inputs.raw else Colours(inputs, job))


class RawProducts:
    """The features as they are, one band each."""

    disagreement = False

    def __init__(self, channels: int) -> None:
        self.layers: List[Layer] = [Layer(FEATURES, "float32", NODATA_VALUE, channels)]

    def __call__(self, blended: torch.Tensor) -> Dict[str, np.ndarray]:
        return {FEATURES: blended.cpu().numpy()}


class ColourProducts:
    """Three components as red, green and blue; a fourth value, where there is one, is above 0 in the foreground."""

    disagreement = False

    def __init__(self, basis: Basis) -> None:
        self._basis = basis
        self.layers: List[Layer] = [Layer(FEATURES, "uint8", 0, COMPONENTS)]

    def __call__(self, blended: torch.Tensor) -> Dict[str, np.ndarray]:
        low = torch.tensor(self._basis.low, device=blended.device)[:, None, None]
        high = torch.tensor(self._basis.high, device=blended.device)[:, None, None]
        share = (blended[:COMPONENTS] - low) / (high - low).clamp(min=1e-12)
        shown = (_DARKEST + (255 - _DARKEST) * share).round().clamp(_DARKEST, 255)
        for score in blended[COMPONENTS:]:
            shown = shown * (score > 0)
        return {FEATURES: shown.to(torch.uint8).cpu().numpy()}


class _Raw(Work):
    task, kind = "feature-map", "features"

    def products(self, spec: ModelSpec) -> RawProducts:
        return RawProducts(spec.output.channels)


class Colours(FittedWork):
    task, file, result = "feature-map", "pca_basis.json", "basis"

    def __init__(self, inputs: "Inputs", job: "Job") -> None:
        super().__init__(inputs, job, inputs.basis, inputs.foreground)

    def read(self, path: Path, model: str, channels: int) -> Basis:
        return read_basis(path, model, channels)

    def fitted(self, sample: np.ndarray, model: str, foreground: Optional[Foreground]) -> Basis:
        if len(sample) <= COMPONENTS:
            raise UserError("features-too-few", cells=len(sample))
        basis = fit(sample, model, foreground)
        shares = ", ".join(f"{100 * share:.0f} %" for share in basis.explained)
        self._job.report(0.0, message("features-basis", cells=len(sample), shares=shares))
        return basis

    def stand_in(self, model: str, channels: int) -> Basis:
        return fit(np.eye(max(channels, COMPONENTS + 1), channels, dtype=np.float32), model)

    def products(self, spec: ModelSpec) -> ColourProducts:
        return ColourProducts(self.fit)
