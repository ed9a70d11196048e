"""A seeded sample of a model's features over all rasters of a request, for what is fitted before the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, List, Sequence, Tuple

import numpy as np

from ..models.runtime import LoadedModel
from .forward import RawWindow
from .prepare import Prepared, make_forward, prepare
from .reader import WindowReader

if TYPE_CHECKING:
    from ..devices import Device
    from ..tasks.job import Job
    from ..tasks.prediction_inputs import PredictionInputs

WINDOWS = 48
"""Windows that are run for the sample, over all rasters together."""
VALUES = 2**23
"""Numbers that the sample holds at most: 32 MB, which a fit needs four times over; 20 000 cells of ViT-S."""
SEED = 0


def sample_features(
    sets: Sequence[Sequence[str]],
    inputs: "PredictionInputs",
    model: LoadedModel,
    device: "Device",
    job: "Job",
    progress: Callable[[float], None],
) -> np.ndarray:
    """``(n, channels)`` float32 features of valid cells of windows that are drawn at random; n may be 0."""
    rng = np.random.default_rng(SEED)
    chosen = sets if len(sets) <= WINDOWS else [sets[i] for i in sorted(rng.permutation(len(sets))[:WINDOWS])]
    each = max(1, WINDOWS // len(chosen))
    keep = max(1, VALUES // model.spec.output.channels // (each * len(chosen)))
    found: List[np.ndarray] = []
    for number, members in enumerate(chosen):
        prepared = prepare(members, inputs, model, device, False)
        with prepared.source:
            for part in _of_raster(prepared, inputs, model, device, job, each, rng):
                found.append(part if len(part) <= keep else part[rng.permutation(len(part))[:keep]])
        progress((number + 1) / len(chosen))
    return np.concatenate(found) if found else np.zeros((0, model.spec.output.channels), np.float32)


def _of_raster(
    prepared: Prepared,
    inputs: "PredictionInputs",
    model: LoadedModel,
    device: "Device",
    job: "Job",
    count: int,
    rng: np.random.Generator,
) -> List[np.ndarray]:
    plan = prepared.plan
    reader = WindowReader(prepared.source, plan, prepared.aoi)
    forward = make_forward(prepared, model, device, [], False, job.warn)
    places = [place for group in range(len(plan.groups)) for place in plan.windows(group)]
    found: List[np.ndarray] = []
    for index in rng.permutation(len(places)):
        if len(found) >= count:
            break
        job.check_cancel()
        row, col = places[int(index)]
        window = reader.read(row, col, True)
        if window.pixels is None:
            continue
        features = forward([window])[0].cpu().numpy()
        found.append(features[:, _cells(window, model.spec.output.cell_px, features.shape[1:])].T)
    return found


def _cells(window: RawWindow, cell: int, shape: Tuple[int, ...]) -> np.ndarray:
    """Which cells lie mostly on valid pixels."""
    if window.valid is None:
        return np.ones(shape, dtype=bool)
    rows, cols = shape
    return np.asarray(window.valid.reshape(rows, cell, cols, cell).mean(axis=(1, 3)) >= 0.5)
