"""Everything that is decided before the first window is read: bands, stretch, grid, plan, forward pass."""

from __future__ import annotations

import hashlib
import json
import math
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, List, Optional, Sequence, Tuple

import numpy as np
import torch
from affine import Affine

from ..errors import EngineError, UserError
from ..messages import Message, message
from ..models.runtime import LoadedModel
from ..models.spec import ModelSpec
from ..raster.aoi import Aoi, Box, read_aoi
from ..raster.bands import choose_bands
from ..raster.grid import scaled
from ..raster.mosaic import open_mosaic
from ..raster.source import open_raster
from ..raster.stretch import Source, Stretch, make_stretch
from .commit import FORMAT
from .familiar import unlike
from .forward import Forward, Normalisation, blended_channels
from .plan import Grid, Plan, Wanted, make_grid, make_plans
from .together import Together
from .tta import augmentations

if TYPE_CHECKING:
    from ..devices import Device
    from ..tasks.prediction_inputs import PredictionInputs

_MARGIN_PX = 4
"""Beside a margin in metres, for what looks at neighbours."""
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
    around: Optional[Aoi] = None
    """The area of interest with a margin, where a work needs one."""
    margin_px: int = 0

    @property
    def reach(self) -> Optional[Aoi]:
        """Where windows are run: the area of interest, with its margin where there is one."""
        return self.around or self.aoi

    @property
    def output_transform(self) -> Affine:
        """Of the output grid; the raster's own, or scaled to the model's grid."""
        return scaled(self.source.transform, *self.grid.step)

    def written(self, within: Optional[Box] = None) -> Box:
        """What files hold of the output, or of a part of it: the bounding box of the area of interest there, or all
        of it where there is none. Without a place on the ground all is kept, for a part would lie elsewhere."""
        part = within or Box(0, self.grid.output[0], 0, self.grid.output[1])
        if self.aoi is None or self.source.transform.is_identity:
            return part
        return self.aoi.box_in(part) or part


def prepare(
    paths: Sequence[str],
    inputs: "PredictionInputs",
    model: LoadedModel,
    device: "Device",
    disagreement: bool,
) -> Prepared:
    """Open a raster (or the sheets of a mosaic) and decide how it is predicted.

    The caller closes ``source``; nothing stays open when this raises.
    """
    return prepare_several(paths, inputs, [model], device, [disagreement])[0]


def prepare_several(
    paths: Sequence[str],
    inputs: "PredictionInputs",
    models: Sequence[LoadedModel],
    device: "Device",
    disagreement: Sequence[bool],
    stretch: Optional[Stretch] = None,
    margins_m: Sequence[float] = (),
) -> List[Prepared]:
    """The same for models that run together: one for each, with the same source, stretch and windows; notes and
    warnings stand in the first. ``stretch`` is what an interrupted run has used; None: it is made from the raster.
    ``margins_m``: around the area of interest, for each.
    Raises ``UserError`` when they do not work on the same grid."""
    source, band_note = _open(paths, inputs, models[0])
    try:
        if stretch is None:
            metric = any(model.spec.output.kind == "value" for model in models)
            stretch = make_stretch(source, models[0].spec.input, inputs.stretch, metric)
        prepared = _decide(source, stretch, inputs, models, device, disagreement, margins_m or [0.0] * len(models))
    except BaseException:
        source.close()
        raise
    prepared[0].notes += [band_note, stretch.how]
    prepared[0].warnings += source.messages
    for model in models:
        strange = unlike(source, stretch, model.spec)
        said = [*_gsd_warnings(source, model), *_stretch_warnings(source, stretch, inputs.stretch, model)]
        said += [] if strange is None else [strange]
        prepared[0].warnings += [one for one in said if one not in prepared[0].warnings]
    return prepared


def _decide(
    source: Source,
    stretch: Stretch,
    inputs: "PredictionInputs",
    models: Sequence[LoadedModel],
    device: "Device",
    disagreement: Sequence[bool],
    margins_m: Sequence[float],
) -> List[Prepared]:
    first = models[0].spec.input
    wanted: List[Wanted] = []
    areas: List[Tuple[Optional[Aoi], Optional[Aoi], int]] = []
    for model, also, margin_m in zip(models, disagreement, margins_m):
        output = model.spec.output
        grid = make_grid(
            source.height, source.width, source.gsd_m, model.spec.input, output, inputs.output_grid, inputs.input_scale
        )
        if wanted and grid.model != wanted[0].grid.model:
            raise _other_grid(source, models[0].spec, model.spec)
        aoi = _area(source, grid, inputs)
        margin_px = _margin_px(margin_m, source, grid)
        around = aoi.grown(margin_px, grid.output[0], grid.output[1]) if aoi is not None and margin_px else None
        areas.append((aoi, around, margin_px))
        reach = around or aoi
        touches = None if reach is None else reach.intersects
        wanted.append(Wanted(grid, output.cell_px, blended_channels(output, also), touches))
    batch = first.batch_fixed or inputs.batch_size or device.default_batch_size
    plans = make_plans(wanted, first, batch, inputs.tile_size, inputs.overlap)
    if plans[0].window_count == 0:
        raise UserError("aoi-outside", raster=source.path)
    dtype = device.dtype if inputs.dtype == "auto" else inputs.dtype
    normalisation = _normalisation(stretch, models[0])
    return [
        Prepared(source, one.grid, plan, stretch, normalisation, aoi, dtype, batch, around=around, margin_px=margin_px)
        for one, plan, (aoi, around, margin_px) in zip(wanted, plans, areas)
    ]


def _area(source: Source, grid: Grid, inputs: "PredictionInputs") -> Optional[Aoi]:
    if inputs.aoi is None:
        return None
    transform = scaled(source.transform, *grid.step)
    return read_aoi(inputs.aoi, source.crs, transform, grid.output[0], grid.output[1])


def _margin_px(margin_m: float, source: Source, grid: Grid) -> int:
    """In pixels of the output; none where nobody knows how large they are."""
    if not margin_m or source.gsd_m is None:
        return 0
    steps_m = [size_m * step for size_m, step in zip(source.gsd_m, grid.step)]
    return math.ceil(margin_m / min(steps_m)) + _MARGIN_PX


def _other_grid(source: Source, first: ModelSpec, other: ModelSpec) -> UserError:
    own = (source.gsd_m[0] * source.gsd_m[1]) ** 0.5 if source.gsd_m else 0.0
    gsd, first_gsd = (round(spec.input.gsd_m or own, 3) for spec in (other, first))
    said = {"model": other.title, "first": first.title, "task": other.task, "raster": source.name}
    return UserError("maps-gsd", None, gsd=gsd, first_gsd=first_gsd, **said)


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


def _stretch_warnings(source: Source, stretch: Stretch, wanted: str, model: LoadedModel) -> List[Message]:
    """Heights follow the stretch, so percentiles that nobody asked for are said aloud."""
    if wanted.strip() != "auto" or stretch.how.code != "stretch-percentiles" or model.spec.output.kind != "value":
        return []
    return [message("stretch-metric", raster=source.name, model=model.spec.title)]


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
    return make_forward_of(prepared, Together([model]), device, tta, [disagreement], say)


def make_forward_of(
    prepared: Prepared,
    models: Together,
    device: "Device",
    tta: Sequence[str],
    disagreement: Sequence[bool],
    say: Callable[[Message], None],
) -> Forward:
    """The same of models that run together."""
    for spec in models.specs:
        if spec.input.window_fixed and "scales" in tta:
            raise UserError("tta-scales-fixed", model=spec.title)
    copies = augmentations(tta)
    return Forward(
        models, device, prepared.dtype, prepared.normalisation, copies, disagreement, prepared.batch_size, say
    )


def identity(prepared: Sequence[Prepared], models: Together, sha256: Sequence[str], inputs: "PredictionInputs") -> str:
    """What has to be the same for an interrupted run to go on: pixels, models, plans, stretch, precision."""
    parts = {
        "checkpoint": FORMAT,
        "raster": prepared[0].source.fingerprint(),
        "models": [[sha, spec.model_dump(mode="json")] for sha, spec in zip(sha256, models.specs)],
        "plans": [one.plan.digest() for one in prepared],
        "stretch": prepared[0].stretch.as_dict(),
        "dtype": prepared[0].dtype,
        "inputs": inputs.model_dump(mode="json", exclude={"output", "rasters", "device"}),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode("utf-8")).hexdigest()


def probe(models: Together, plans: Sequence[Plan], device: "Device", dtype: str) -> float:
    """Run one empty window, check what comes out, and return the seconds a second one takes."""
    first, plan = models.specs[0], plans[0]
    count = first.input.batch_fixed or 1
    empty = torch.zeros(count, len(first.input.bands), plan.rows.window_px, plan.cols.window_px)
    empty = empty.to(device.torch_device)
    seconds = 0.0
    for _ in range(2):
        began = time.perf_counter()
        with torch.no_grad(), device.autocast(dtype):
            results = models(empty)
        device.synchronize()
        seconds = time.perf_counter() - began
    for spec, plan, result in zip(models.specs, plans, results):
        expected = (count, spec.output.channels, plan.rows.window_cells, plan.cols.window_cells)
        if tuple(result.shape) != expected:
            raise EngineError(
                "model-output-shape", model=spec.title, got=str(tuple(result.shape)), wanted=str(expected)
            )
    return seconds / count
