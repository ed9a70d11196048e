"""From a request to a live session: the model, the plan and the stretch that a full run of it would use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, NamedTuple

from ..errors import UserError
from ..raster.source import expand_paths
from ..raster.stretch import Source
from .features import Colours
from .finish import layer_info
from .heights import Heights
from .live import Engine, Live, Look
from .live_ramp import LiveRamp
from .piece_store import STYLE, VRT, Canvas, PieceStore
from .prepare import Prepared, identity, make_forward, prepare, probe
from .reader import WindowReader
from .run import loaded_for
from .segmentation import Segmenting
from .together import Together
from .work import Work

if TYPE_CHECKING:
    from ..tasks.job import Job
    from ..tasks.prediction_inputs import PredictionInputs

RAMP = "ramp.json"
_NOT_SHOWN: Dict[str, Any] = {
    "aoi": None, "polygons": False, "trees": False, "zones": False, "outputs_per_sheet": False, "preflight": False,
}  # fmt: skip
"""Nothing of this changes a pixel of the map."""


class Opened(NamedTuple):
    """A session, what stays open for it, and what whoever draws it has to know."""

    live: Live
    source: Source
    facts: Dict[str, Any]


def open_live(
    task: str,
    inputs: "PredictionInputs",
    job: "Job",
    folder: Path,
    tell: Callable[[Look], None],
    wake: Callable[[], None],
) -> Opened:
    """Load the model and decide what a full run would decide; ``folder`` is where the pieces lie.

    Raises ``UserError`` for what live mode cannot show.
    """
    paths = expand_paths(inputs.rasters)
    if len(paths) > 1 and not inputs.mosaic:
        raise UserError("live-one-raster", count=len(paths))
    inputs = _plain(inputs)
    work = _work(task, inputs, job)
    loaded = loaded_for(work, inputs, job)
    loaded = loaded._replace(model=work.begin(loaded, [paths]))
    model, device = loaded.model, loaded.device
    products = work.products(model.spec)
    prepared = prepare(paths, inputs, model, device, products.disagreement)
    try:
        for warning in prepared.warnings:
            job.warn(warning)
        models = Together([model])
        window_s = probe(models, [prepared.plan], device, prepared.dtype)
        forward = make_forward(prepared, model, device, inputs.tta, products.disagreement, job.warn)
        info = layer_info(products.layers[0], model.spec.output, {})
        canvas = Canvas(*prepared.grid.output, prepared.source.crs, prepared.output_transform, info)
        store = PieceStore(folder, canvas, identity([prepared], models, [loaded.sha256], inputs))
        has_ramp = model.spec.output.kind == "value" and info.shown is None
        ramp = LiveRamp(products.layers[0], info, store.beside / RAMP) if has_ramp else None
    except BaseException:
        prepared.source.close()
        raise
    joined_on = "cpu" if device.constant_shapes else device.torch_device
    engine = Engine(prepared.plan, WindowReader(prepared.source, prepared.plan), forward, products, joined_on)
    live = Live(engine, store, window_s, tell, wake, ramp)
    return Opened(live, prepared.source, _facts(prepared, model.spec, folder, window_s))


def _plain(inputs: Any) -> Any:
    """The inputs without what only adds to the map. Disagreement stays: with it, probabilities are blended."""
    known = type(inputs).model_fields
    changes = {name: value for name, value in _NOT_SHOWN.items() if name in known}
    if "layers" in known:
        changes["layers"] = [layer for layer in inputs.layers if layer == "disagreement"]
    return inputs.model_copy(update=changes)


def _work(task: str, inputs: Any, job: "Job") -> Work:
    if task == "segment":
        return Segmenting(inputs, job)
    if task == "canopy-height":
        return Heights(inputs, job)
    if task == "feature-map" and inputs.basis is not None and not inputs.raw:
        return Colours(inputs, job)
    raise UserError("live-basis" if task == "feature-map" else "live-task", task=task)


def _facts(prepared: Prepared, spec: Any, folder: Path, window_s: float) -> Dict[str, Any]:
    """``transform`` in GDAL's order, of the output; ``model_px``: pixels of the model's grid in one of the output,
    down and across."""
    t = prepared.output_transform
    grid = prepared.grid
    return {
        "raster": str(folder / VRT),
        "style": str(folder / STYLE),
        "height": grid.output[0],
        "width": grid.output[1],
        "transform": [t.c, t.a, t.b, t.f, t.d, t.e],
        "model_px": [grid.model[axis] / grid.output[axis] for axis in (0, 1)],
        "model": spec.title,
        "gsd_m": spec.input.gsd_m,
        "window_s": round(window_s, 4),
        "classes": [c.model_dump() for c in spec.output.class_map.classes] if spec.output.class_map else [],
    }
