"""The feature-map task: rasters -> principal components as colours, or the features themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, Optional, Sequence

import numpy as np
import torch

from ..errors import UserError
from ..messages import message
from ..models.runtime import LoadedModel
from ..models.spec import ModelSpec
from .pca import COMPONENTS, Basis, Projected, fit, read_basis
from .products import NODATA_VALUE, Layer
from .run import Loaded, Results, Work, predict, reference
from .sampling import sample_features

if TYPE_CHECKING:
    from ..tasks.feature_map import Inputs
    from ..tasks.job import Job

FEATURES = "features"
BASIS_FILE = "pca_basis.json"
_DARKEST = 1.0
"""Colours are 1-255, so that 0 can be nodata."""


def feature_map(inputs: "Inputs", job: "Job") -> Results:
    """Feature maps of every raster (or the one mosaic) of a request; returns the results document."""
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
    """Three components as red, green and blue."""

    disagreement = False

    def __init__(self, basis: Optional[Basis]) -> None:
        self._basis = basis
        self.layers: List[Layer] = [Layer(FEATURES, "uint8", 0, COMPONENTS)]

    def __call__(self, blended: torch.Tensor) -> Dict[str, np.ndarray]:
        assert self._basis is not None
        low = torch.tensor(self._basis.low, device=blended.device)[:, None, None]
        high = torch.tensor(self._basis.high, device=blended.device)[:, None, None]
        share = (blended - low) / (high - low).clamp(min=1e-12)
        shown = (_DARKEST + (255 - _DARKEST) * share).round().clamp(_DARKEST, 255)
        return {FEATURES: shown.to(torch.uint8).cpu().numpy()}


class _Raw(Work):
    task, kind = "feature-map", "features"

    def products(self, spec: ModelSpec) -> RawProducts:
        return RawProducts(spec.output.channels)


class Colours(Work):
    task, kind = "feature-map", "features"

    def __init__(self, inputs: "Inputs", job: "Job") -> None:
        self._inputs, self._job = inputs, job
        self._basis: Optional[Basis] = None

    def begin(self, loaded: Loaded, sets: Sequence[Sequence[str]]) -> LoadedModel:
        """Decide the basis: the one that was given, the interrupted run's, or one fitted to a sample now."""
        kept = self._job.checkpoint / BASIS_FILE
        channels = loaded.model.spec.output.channels
        if self._inputs.basis is not None:
            self._basis = read_basis(Path(self._inputs.basis), loaded.sha256, channels)
        elif self._job.resume and kept.exists():
            self._basis = read_basis(kept, loaded.sha256, channels)
        elif not self._inputs.preflight:
            self._basis = self._fitted(loaded, sets)
            kept.parent.mkdir(parents=True, exist_ok=True)
            self._basis.write(kept)
        if self._basis is None:  # only a check: any basis costs the same
            self._basis = fit(np.eye(max(channels, COMPONENTS + 1), channels, dtype=np.float32), loaded.sha256)
        return Projected(loaded.model, self._basis)

    def _fitted(self, loaded: Loaded, sets: Sequence[Sequence[str]]) -> Basis:
        self._job.report(0.0, message("features-sampling"))
        found = sample_features(sets, self._inputs, loaded.model, loaded.device, self._job, lambda share: None)
        if len(found) <= COMPONENTS:
            raise UserError("features-too-few", cells=len(found))
        basis = fit(found, loaded.sha256)
        shares = ", ".join(f"{100 * share:.0f} %" for share in basis.explained)
        self._job.report(0.0, message("features-basis", cells=len(found), shares=shares))
        return basis

    def products(self, spec: ModelSpec) -> ColourProducts:
        return ColourProducts(self._basis)

    def conclude(self, spec: ModelSpec, summaries: Sequence[Results]) -> Results:
        if self._basis is None or not summaries or self._inputs.preflight:
            return {}
        path = self._basis.write(self._job.outputs / BASIS_FILE)
        return {"basis": reference(path, "application/json", "basis")}
