"""What every prediction has in common: each raster (or the one mosaic) of a request through one model to layers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from ..devices import Device, choose
from ..errors import UserError
from ..messages import message
from ..models.cache import MODELS
from ..models.library import find_model
from ..models.load import device_problem
from ..models.runtime import LoadedModel
from ..models.spec import ModelSpec
from ..raster.grid import pixel_area_m2
from ..raster.source import expand_paths
from .commit import Checkpoint, Manifest
from .finish import Region, free_name, layer_info, recipe, regions, write_layer
from .preflight import preflight
from .prepare import Prepared, identity, make_forward, prepare, probe
from .reader import WindowReader
from .stream import Products, Stream
from .tta import augmentations

if TYPE_CHECKING:
    from ..tasks.job import Job
    from ..tasks.prediction_inputs import PredictionInputs

RUN_SHARE = 0.9
"""Share of a raster's progress that its windows take; the rest is writing."""
Results = Dict[str, Any]


class Loaded(NamedTuple):
    """A model on its device, and the hash of its weights."""

    model: LoadedModel
    sha256: str
    device: Device


class Work:
    """What a task adds to a prediction; a task overrides what it needs."""

    task: str
    kind: str
    """The kind of output its models have, as in their spec."""
    steps = 0
    """Things made of the finished layers of a region, for the progress."""

    def begin(self, loaded: Loaded, sets: Sequence[Sequence[str]]) -> LoadedModel:
        """What is decided over all rasters before the first is run; returns the model that is run."""
        return loaded.model

    def products(self, spec: ModelSpec) -> Products:
        """What becomes of the blended output."""
        raise NotImplementedError

    def derive(
        self, stem: str, layers: Dict[str, Path], spec: ModelSpec, summary: Results, progress: Callable[[float], None]
    ) -> Results:
        """What is made of the finished layers of a region: name -> result; figures go into ``summary``."""
        return {}

    def conclude(self, spec: ModelSpec, summaries: Sequence[Results]) -> Results:
        """Results over all rasters of the request."""
        return {}


def predict(inputs: "PredictionInputs", job: "Job", work: Work) -> Results:
    """Run every raster of a request; returns the results document."""
    paths = expand_paths(inputs.rasters)
    loaded = load(inputs, job, work)
    sets: List[List[str]] = [paths] if inputs.mosaic else [[path] for path in paths]
    loaded = loaded._replace(model=work.begin(loaded, sets))
    spec = loaded.model.spec
    results: Results = {}
    summaries: List[Results] = []
    failed: List[Results] = []
    for index, members in enumerate(sets):
        one = _Run(inputs, job, work, loaded, members, (index, len(sets)))
        try:
            results.update(one.run([s["name"] for s in summaries]))
        except UserError as error:
            if len(failed) + 1 == len(sets):
                raise
            # the other rasters are not lost because of this one
            job.warn(message("raster-left-out", raster=members[0], reason=error.message.text))
            failed.append({"raster": members[0], "message": error.message.as_dict()})
        else:
            summaries.append(one.summary)
    results["summary"] = {"value": {"rasters": summaries, "failed": failed, "licence": spec.licence}}
    results.update(work.conclude(spec, summaries))
    return results


def load(inputs: "PredictionInputs", job: "Job", work: Work) -> Loaded:
    """The model with its hash, on the device; says what was assumed, chosen, and under which licence it stands."""
    found = find_model(inputs.model, getattr(inputs, "head", None))
    if found.spec.output.kind != work.kind:
        raise UserError("model-other-task", model=found.spec.title, task=found.spec.task, wanted=work.task)
    for note in found.notes:
        job.warn(note)
    job.report(0.0, message("model-licence", model=found.spec.title, licence=found.spec.licence))
    device = choose(inputs.device)
    problem = device_problem(found, device.torch_device) if inputs.device == "auto" else None
    if problem is not None:
        job.warn(problem)
        device = choose("cpu")
    job.report(0.0, device.reason)
    return Loaded(MODELS.get(found, device.torch_device), found.sha256(), device)


class _Run:
    """One raster of a request."""

    def __init__(
        self,
        inputs: "PredictionInputs",
        job: "Job",
        work: Work,
        loaded: Loaded,
        members: Sequence[str],
        place: Tuple[int, int],
    ) -> None:
        """``place``: the number of this raster, and of all."""
        self._inputs, self._job, self._work, self._members = inputs, job, work, members
        self._model, self._sha256, self._device = loaded
        self._index, self._total = place
        self._products = work.products(loaded.model.spec)
        self.summary: Results = {}

    def run(self, names: Sequence[str]) -> Results:
        """Results of this raster; ``names`` are taken by those before it."""
        checkpoint = Checkpoint(self._job.checkpoint / f"{self._index:03d}")
        stretch = checkpoint.stretch() if self._job.resume else None
        disagreement = self._products.disagreement
        prepared = prepare(self._members, self._inputs, self._model, self._device, disagreement, stretch)
        with prepared.source:
            for warning in prepared.warnings:
                self._job.warn(warning)
            for note in prepared.notes:
                self._job.report(None, note)
            self._check(prepared, free_name(prepared.source.name, names))
            if self._inputs.preflight:
                return {}
            checkpoint.write_stretch(prepared.stretch)
            manifest = self._predict(prepared, checkpoint)
            return self._write(prepared, manifest, checkpoint)

    def _check(self, prepared: Prepared, stem: str) -> None:
        seconds = probe(self._model, prepared.plan, self._device, prepared.dtype)
        copies = len(augmentations(self._inputs.tta))
        costs = preflight(prepared, self._products.layers, seconds, copies, self._job.outputs)
        self.summary = {
            "raster": prepared.source.path,
            "name": stem,
            "preflight": costs.as_dict(),
            "notes": [note.as_dict() for note in prepared.notes],
        }
        self._job.report(self._progress(0.0), costs.message(prepared.source.name))

    def _predict(self, prepared: Prepared, checkpoint: Checkpoint) -> Manifest:
        disagreement = self._products.disagreement
        forward = make_forward(prepared, self._model, self._device, self._inputs.tta, disagreement, self._job.warn)
        reader = WindowReader(prepared.source, prepared.plan, prepared.aoi)
        source, transform = prepared.source, prepared.output_transform

        def row_area(first: int, end: int, col: int) -> Any:
            return pixel_area_m2(source.crs, transform, np.arange(first, end), col + 0.5)

        area = row_area if source.crs is not None else None
        # a device that compiles every new shape must not see the many shapes of joining
        joined_on = "cpu" if self._device.constant_shapes else self._device.torch_device
        same = identity(prepared, self._model, self._sha256, self._inputs)
        stream = Stream(prepared.plan, reader, forward, self._products, checkpoint, joined_on, area, same)
        name = prepared.source.name

        def progress(done: int, of: int) -> None:
            shown = message("windows-done", raster=name, done=done, total=of)
            self._job.report(self._progress(RUN_SHARE * done / of), shown, windows=done)

        manifest = stream.run(self._job.resume, progress, self._job.check_cancel)
        self._job.log(f"{name}: model time {stream.model_s:.2f} s")
        if not manifest.parts:
            raise UserError("raster-empty", path=prepared.source.path)
        return manifest

    def _write(self, prepared: Prepared, manifest: Manifest, checkpoint: Checkpoint) -> Results:
        results: Results = {}
        self._summarise(prepared, manifest)
        found = regions(prepared, self.summary["name"], self._inputs.outputs_per_sheet)
        for number, region in enumerate(found):
            made = self._write_region(prepared, manifest, checkpoint, region, number, len(found))
            alone = self._total == len(found) == 1
            results.update({name if alone else f"{region.stem}_{name}": entry for name, entry in made.items()})
        return results

    def _write_region(
        self, prepared: Prepared, manifest: Manifest, checkpoint: Checkpoint, region: Region, number: int, of: int
    ) -> Results:
        """Layers of one region, and what is made of them."""
        made_by = recipe(self._inputs, self._model.spec, self._sha256, prepared, self._device.name)
        steps = (len(self._products.layers) + self._work.steps) * of
        step = number * steps // of
        results: Results = {}
        paths: Dict[str, Path] = {}

        def progress(share: float) -> None:
            done = RUN_SHARE + (1 - RUN_SHARE) * (step + share) / steps
            self._job.report(self._progress(done), message("writing", name=region.stem))

        for layer in self._products.layers:
            info = layer_info(layer, self._model.spec.output, made_by)
            out = self._job.outputs / f"{region.stem}_{layer.name}.tif"
            folder, cancel = checkpoint.folder, self._job.check_cancel
            path = write_layer(layer, info, prepared, manifest, folder, region, out, progress, cancel)
            paths[layer.name] = path
            results[layer.name] = reference(path, GEOTIFF, layer.name)
            step += 1
        results.update(self._work.derive(region.stem, paths, self._model.spec, self.summary, progress))
        return results

    def _summarise(self, prepared: Prepared, manifest: Manifest) -> None:
        self.summary.update(
            {
                "windows": manifest.windows,
                "skipped": manifest.skipped,
                "pixels": manifest.tally.pixels,
                "area_m2": manifest.tally.area_m2 if prepared.source.crs is not None else None,
            }
        )
        for layer in self._products.layers[:2]:
            if not layer.counted:
                self.summary[layer.name] = manifest.tally.summary(layer.name)

    def _progress(self, share: float) -> float:
        return 100.0 * (self._index + share) / self._total


GEOTIFF = "image/tiff; application=geotiff"


def reference(path: Path, media_type: str, title: str) -> Results:
    """An entry of the results document for a file."""
    return {"href": str(path), "type": media_type, "title": title}
