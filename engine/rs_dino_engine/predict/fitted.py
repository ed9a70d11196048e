"""A task that fits something to a sample of features before it runs.

The fit is kept for a resume, given to the user, and may be taken from an earlier run.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional, Sequence

import numpy as np

from ..errors import UserError
from ..messages import message
from ..models.runtime import LoadedModel
from ..models.spec import ModelSpec, OutputSpec
from .fit_file import Fit
from .foreground import separate
from .projection import Foreground, Projected
from .run import Loaded, Results, Work, reference
from .sampling import sample_features

if TYPE_CHECKING:
    from ..tasks.job import Job
    from ..tasks.prediction_inputs import PredictionInputs


class FittedWork(Work):
    """A task over a backbone's features that decides something over all rasters of a request first."""

    kind = "features"
    file: str
    """Name of the document that holds the fit."""
    result: str
    """Name of the document among the results."""

    def __init__(self, inputs: "PredictionInputs", job: "Job", given: Optional[str], foreground: bool) -> None:
        """``given``: the document of an earlier run; ``foreground``: everything else becomes nodata."""
        self._inputs, self._job, self._given, self._foreground = inputs, job, given, foreground
        self.fit: Any = None

    def read(self, path: Path, model: str, channels: int) -> Fit:
        """The fit of a document; raises ``UserError``."""
        raise NotImplementedError

    def fitted(self, sample: np.ndarray, model: str, foreground: Optional[Foreground]) -> Fit:
        """The fit of a sample ``(n, channels)``; raises ``UserError`` when it is too small, which may be empty."""
        raise NotImplementedError

    def stand_in(self, model: str, channels: int) -> Fit:
        """Any fit, for a run that only checks: it costs the same."""
        raise NotImplementedError

    def begin(self, loaded: Loaded, sets: Sequence[Sequence[str]]) -> LoadedModel:
        """Take the fit that was given, the interrupted run's, or one that is made now."""
        kept = self._job.checkpoint / self.file
        channels = loaded.model.spec.output.channels
        if self._given is not None:
            self.fit = self.read(Path(self._given), loaded.sha256, channels)
            if self._foreground and self.fit.foreground is None:
                raise UserError("foreground-missing", path=self._given)
        elif self._job.resume and kept.exists():
            self.fit = self.read(kept, loaded.sha256, channels)
        elif self._inputs.preflight:
            self.fit = self.stand_in(loaded.sha256, channels)
        else:
            self.fit = self._made(loaded, sets)
            kept.parent.mkdir(parents=True, exist_ok=True)
            self.fit.write(kept)
        projection = self.fit.projection()
        if self._foreground:
            nothing = Foreground(np.zeros(channels, dtype=np.float32), 0.0)
            projection = projection.with_foreground(self.fit.foreground or nothing)
        output = OutputSpec(
            kind="value",
            blend_on="value",
            cell_px=loaded.model.spec.output.cell_px,
            channels=len(projection.offset),
            quantity=self.task,
        )
        return Projected(loaded.model, projection, output, loaded.device.full_precision)

    def _made(self, loaded: Loaded, sets: Sequence[Sequence[str]]) -> Fit:
        self._job.report(0.0, message("features-sampling"))
        sample = sample_features(sets, self._inputs, loaded.model, loaded.device, self._job)
        foreground = None
        if self._foreground and len(sample) > 1:
            foreground = separate(sample)
            inside = foreground.holds(sample)
            self._job.report(0.0, message("foreground-found", share=round(100 * float(inside.mean()))))
            sample = sample[inside]
        return self.fitted(sample, loaded.sha256, foreground)

    def conclude(self, spec: ModelSpec, summaries: Sequence[Results]) -> Results:
        if not summaries or self._inputs.preflight:
            return {}
        path = self.fit.write(self._job.outputs / self.file)
        return {self.result: reference(path, "application/json", self.result)}
