"""Everything that is decided before the first window is read: bands, stretch, grid, plan, forward pass."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, List, Optional, Sequence, Tuple

import numpy as np
import torch
from affine import Affine

from ..errors import EngineError, UserError
from ..messages import Message, message
from ..models.runtime import LoadedModel
from ..raster.aoi import Aoi, read_aoi
from ..raster.bands import choose_bands
from ..raster.grid import scaled
from ..raster.mosaic import open_mosaic
from ..raster.source import open_raster
from ..raster.stretch import Source, Stretch, make_stretch
from .forward import Forward, Normalisation, blended_channels
from .plan import Grid, Plan, make_grid, make_plan
from .tta import augmentations

if TYPE_CHECKING:
    from ..devices import Device
    from ..tasks.prediction_inputs import PredictionInputs

COARSE_RATIO = 3.0
"""A raster this much coarser than what the model was trained on does not show what the model looks for."""


@dataclass
class Prepared:
    """One raster, ready to be predicted."""

    source: Source
    grid: Grid
    plan: Plan
    stretch: Stretch
    normalisation: Normalisation
    aoi: Optional[Aoi]
    dtype: str
    batch_size: int
    notes: List[Message] = field(default_factory=list)
    """Choices that were made, for the record."""
    warnings: List[Message] = field(default_factory=list)

    @property
    def output_transform(self) -> Affine:
        """Of the output grid; the raster's own, or scaled to the model's grid."""
        return scaled(self.source.transform, *self.grid.step)


def prepare(
    paths: Sequence[str],
    inputs: "PredictionInputs",
    model: LoadedModel,
    device: "Device",
    disagreement: bool,
    stretch: Optional[Stretch] = None,
) -> Prepared:
    """Open a raster (or the sheets of a mosaic) and decide how it is predicted.

    ``stretch`` is what an interrupted run has used; None: it is made from the raster. The caller closes
    ``source``; nothing stays open when this raises.
    """
    source, band_note = _open(paths, inputs, model)
    try:
        if stretch is None:
            stretch = make_stretch(source, model.spec.input, inputs.stretch)
        prepared = _decide(source, stretch, inputs, model, device, disagreement)
    except BaseException:
        source.close()
        raise
    prepared.notes += [band_note, stretch.how]
    prepared.warnings += [*source.messages, *_gsd_warnings(source, model)]
    return prepared


def _decide(
    source: Source,
    stretch: Stretch,
    inputs: "PredictionInputs",
    model: LoadedModel,
    device: "Device",
    disagreement: bool,
) -> Prepared:
    spec = model.spec
    grid = make_grid(
        source.height, source.width, source.gsd_m, spec.input, spec.output, inputs.output_grid, inputs.input_scale
    )
    aoi = None
    if inputs.aoi is not None:
        transform = scaled(source.transform, *grid.step)
        aoi = read_aoi(inputs.aoi, source.crs, transform, grid.output[0], grid.output[1])
    batch = spec.input.batch_fixed or inputs.batch_size or device.default_batch_size
    channels = blended_channels(spec.output, disagreement)
    touches = None if aoi is None else aoi.intersects
    cell = spec.output.cell_px
    plan = make_plan(grid, spec.input, cell, channels, batch, inputs.tile_size, inputs.overlap, touches)
    if plan.window_count == 0:
        raise UserError("aoi-outside", raster=source.path)
    dtype = device.dtype if inputs.dtype == "auto" else inputs.dtype
    return Prepared(source, grid, plan, stretch, _normalisation(stretch, model), aoi, dtype, batch)


def _open(paths: Sequence[str], inputs: "PredictionInputs", model: LoadedModel) -> Tuple[Source, Message]:
    with open_raster(paths[0]) as first:
        choice = choose_bands(first.available_bands, model.spec.input.bands, inputs.bands)
    source: Source = open_mosaic(paths, choice.bands) if len(paths) > 1 else open_raster(paths[0], choice.bands)
    return source, choice.reason


def _gsd_warnings(source: Source, model: LoadedModel) -> List[Message]:
    wanted = model.spec.input.gsd_m
    if wanted is None:
        return []
    if source.gsd_m is None:
        return [message("gsd-unknown", raster=source.name, wanted=wanted)]
    gsd = (source.gsd_m[0] * source.gsd_m[1]) ** 0.5
    if gsd / wanted > COARSE_RATIO:
        return [message("gsd-coarse", raster=source.name, gsd=round(gsd, 3), wanted=wanted)]
    return []


def _normalisation(stretch: Stretch, model: LoadedModel) -> Normalisation:
    mean = np.asarray(model.spec.input.mean, dtype=np.float64)
    std = np.asarray(model.spec.input.std, dtype=np.float64)
    scale, shift, low, high = stretch.affine(mean, std)
    return Normalisation(scale, shift, low, high)


def make_forward(
    prepared: Prepared,
    model: LoadedModel,
    device: "Device",
    tta: Sequence[str],
    disagreement: bool,
    say: Callable[[Message], None],
) -> Forward:
    """The forward pass of a prepared raster; refuses augmentations that the model cannot take."""
    if model.spec.input.window_fixed and "scales" in tta:
        raise UserError("tta-scales-fixed", model=model.spec.title)
    copies = augmentations(tta)
    return Forward(
        model, device, prepared.dtype, prepared.normalisation, copies, disagreement, prepared.batch_size, say
    )


def identity(prepared: Prepared, model: LoadedModel, sha256: str, inputs: "PredictionInputs") -> str:
    """What has to be the same for an interrupted run to go on: pixels, model, plan, stretch, precision."""
    parts = {
        "raster": prepared.source.fingerprint(),
        "model": [sha256, model.spec.model_dump(mode="json")],
        "plan": prepared.plan.digest(),
        "stretch": prepared.stretch.as_dict(),
        "dtype": prepared.dtype,
        "inputs": inputs.model_dump(mode="json", exclude={"output", "rasters", "device"}),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode("utf-8")).hexdigest()


def probe(model: LoadedModel, plan: Plan, device: "Device", dtype: str) -> float:
    """Run one empty window, check what comes out, and return the seconds a second one takes."""
    spec = model.spec
    count = spec.input.batch_fixed or 1
    empty = torch.zeros(count, len(spec.input.bands), plan.rows.window_px, plan.cols.window_px)
    empty = empty.to(device.torch_device)
    expected = (count, spec.output.channels, plan.rows.window_cells, plan.cols.window_cells)
    seconds = 0.0
    for _ in range(2):
        began = time.perf_counter()
        with torch.no_grad(), device.autocast(dtype):
            result = model(empty)
        device.synchronize()
        seconds = time.perf_counter() - began
    if tuple(result.shape) != expected:
        raise EngineError("model-output-shape", model=spec.title, got=str(tuple(result.shape)), wanted=str(expected))
    return seconds / count
