"""A seeded sample of a model's features over all rasters of a request, for what is fitted before the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, List, Sequence, Tuple

import numpy as np

from ..errors import UserError
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
) -> np.ndarray:
    """``(n, channels)`` float32 features of valid cells of windows that are drawn at random; n may be 0."""
    rng = np.random.default_rng(SEED)
    chosen = sets if len(sets) <= WINDOWS else [sets[i] for i in sorted(rng.permutation(len(sets))[:WINDOWS])]
    each = max(1, WINDOWS // len(chosen))
    keep = max(1, VALUES // model.spec.output.channels // (each * len(chosen)))
    found: List[np.ndarray] = []
    for prepared in prepared_sets(chosen, inputs, model, device):
        with prepared.source:
            for part in _windows(prepared, model, device, job, each, rng):
                found.append(part if len(part) <= keep else part[rng.permutation(len(part))[:keep]])
    return np.concatenate(found) if found else np.zeros((0, model.spec.output.channels), np.float32)


def prepared_sets(
    sets: Sequence[Sequence[str]], inputs: "PredictionInputs", model: LoadedModel, device: "Device"
) -> Iterator[Prepared]:
    """Each raster or mosaic, prepared; the caller closes its source.

    One that cannot be used is passed over, for the run says what is wrong with it and goes on with the others; the
    reason of the last is raised when there is no other.
    """
    usable = 0
    for number, members in enumerate(sets):
        try:
            prepared = prepare(members, inputs, model, device, False)
        except UserError:
            if not usable and number + 1 == len(sets):
                raise
            continue
        usable += 1
        yield prepared


def _windows(
    prepared: Prepared,
    model: LoadedModel,
    device: "Device",
    job: "Job",
    count: int,
    rng: np.random.Generator,
) -> Iterator[np.ndarray]:
    """``(valid cells, channels)`` of ``count`` windows at most."""
    plan = prepared.plan
    reader = WindowReader(prepared.source, plan, prepared.aoi)
    forward = make_forward(prepared, model, device, [], False, job.warn)
    places = [place for group in range(len(plan.groups)) for place in plan.windows(group)]
    for index in rng.permutation(len(places)):
        if count == 0:
            return
        job.check_cancel()
        row, col = places[int(index)]
        window = reader.read(row, col, True)
        if window.pixels is None:
            continue
        features = forward([window])[0][0].cpu().numpy()
        yield features[:, valid_cells(window, model.spec.output.cell_px, features.shape[1:])].T
        count -= 1


def valid_cells(window: RawWindow, cell: int, shape: Tuple[int, ...]) -> np.ndarray:
    """Which cells of a window lie mostly on valid pixels; bool of ``shape`` (rows, cols)."""
    if window.valid is None:
        return np.ones(shape, dtype=bool)
    rows, cols = shape
    return np.asarray(window.valid.reshape(rows, cell, cols, cell).mean(axis=(1, 3)) >= 0.5)
