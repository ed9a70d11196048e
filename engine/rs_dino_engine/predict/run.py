"""What every prediction has in common: each raster (or the one mosaic) of a request through its models to layers."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Callable, ContextManager, List, Sequence

from ..devices import Device, choose
from ..errors import UserError
from ..messages import message
from ..models.cache import MODELS
from ..models.library import FoundModel, find_model
from ..models.load import device_problem
from ..raster.source import expand_paths, open_raster
from .raster_run import RasterRun
from .together import Together
from .work import GEOTIFF, Loaded, Results, Share, Work, prefix_of, reference

if TYPE_CHECKING:
    from ..tasks.job import Job
    from ..tasks.prediction_inputs import PredictionInputs

__all__ = ["GEOTIFF", "Loaded", "Results", "Share", "Work", "predict", "predict_together", "reference"]


def predict(inputs: "PredictionInputs", job: "Job", work: Work) -> Results:
    """Run every raster of a request; returns the results document."""
    return predict_together(inputs, job, [Share(work, loaded_for(work, inputs, job))])


def loaded_for(work: Work, inputs: "PredictionInputs", job: "Job") -> Loaded:
    """The model of a request, introduced and on its device. Raises ``UserError`` for one of another task."""
    found = find_model(inputs.model, getattr(inputs, "head", None))
    if found.spec.output.kind != work.kind:
        raise UserError("model-other-task", model=found.spec.title, task=found.spec.task, wanted=work.task)
    device = introduce([found], inputs, job)
    return Loaded(MODELS.get(found, device.torch_device), found.sha256(), device)


def predict_together(
    inputs: "PredictionInputs",
    job: "Job",
    shares: Sequence[Share],
    sharing: Callable[[], ContextManager[Any]] = nullcontext,
) -> Results:
    """The same with models that look at the same windows; ``sharing``: see :class:`.together.Together`."""
    paths = expand_paths(inputs.rasters)
    sets: List[List[str]] = [paths] if inputs.mosaic else [[path] for path in paths]
    shares = [_begun(share, sets) for share in shares]
    models = Together([share.loaded.model for share in shares], sharing)
    results: Results = {}
    runs: List[RasterRun] = []
    failed: List[Results] = []
    for index, members in enumerate(sets):
        one = RasterRun(inputs, job, shares, models, members, (index, len(sets)))
        try:
            results.update(one.run([done.summary["name"] for done in runs]))
        except UserError as error:
            if len(failed) + 1 == len(sets):
                raise
            # the other rasters are not lost because of this one
            job.warn(message("raster-left-out", raster=members[0], reason=error.message.text))
            failed.append({"raster": members[0], "message": error.message.as_dict()})
        else:
            runs.append(one)
    licence = "; ".join(dict.fromkeys(spec.licence for spec in models.specs))
    results["summary"] = {"value": {"rasters": [one.summary for one in runs], "failed": failed, "licence": licence}}
    for number, share in enumerate(shares):
        concluded = share.work.conclude(share.loaded.model.spec, [one.summaries[number] for one in runs])
        prefix = prefix_of(share, shares)
        results.update({prefix + name: entry for name, entry in concluded.items()})
    return results


def introduce(found: Sequence[FoundModel], inputs: "PredictionInputs", job: "Job") -> Device:
    """Say what was assumed about the models and under which licence they stand; returns the device for all of them,
    having said why. A raster that cannot be read is refused here, before models are loaded."""
    paths = expand_paths(inputs.rasters)
    if len(paths) == 1:  # of several, those that can be read are predicted
        open_raster(paths[0]).close()
    for one in found:
        for note in one.notes:
            job.warn(note)
        job.report(0.0, message("model-licence", model=one.spec.title, licence=one.spec.licence))
    device = choose(inputs.device)
    for one in found:
        problem = device_problem(one, device.torch_device) if inputs.device == "auto" else None
        if problem is not None:
            job.warn(problem)
            device = choose("cpu")
    job.report(0.0, device.reason)
    return device


def _begun(share: Share, sets: Sequence[Sequence[str]]) -> Share:
    model = share.work.begin(share.loaded, sets)
    return share._replace(loaded=share.loaded._replace(model=model))
