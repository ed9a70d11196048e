"""One raster (or mosaic) of a request through its models: windows, layers, and what is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Sequence, Tuple

import numpy as np

from ..errors import UserError
from ..messages import message
from ..raster.grid import pixel_area_m2
from .commit import Checkpoint, Made, Manifest
from .finish import Region, free_name, layer_info, recipe, regions, with_margin, write_layer
from .preflight import preflight
from .prepare import Prepared, identity, make_forward_of, prepare_several, probe
from .reader import View, WindowReader
from .stream import Stream
from .together import Together
from .track import RowArea, Track
from .tta import augmentations
from .work import GEOTIFF, Results, Share, prefix_of, reference

if TYPE_CHECKING:
    from ..tasks.job import Job
    from ..tasks.prediction_inputs import PredictionInputs

RUN_SHARE = 0.9
"""Share of a raster's progress that its windows take; the rest is writing."""


class RasterRun:
    """After :meth:`run`, ``summary`` is what results say of the raster, and ``summaries`` what every model's work is
    told of it."""

    def __init__(
        self,
        inputs: "PredictionInputs",
        job: "Job",
        shares: Sequence[Share],
        models: Together,
        members: Sequence[str],
        place: Tuple[int, int],
    ) -> None:
        """``place``: the number of this raster, and of all."""
        self._inputs, self._job, self._shares, self._models, self._members = inputs, job, shares, models, members
        self._device = shares[0].loaded.device
        self._index, self._total = place
        self._products = [share.work.products(share.loaded.model.spec) for share in shares]
        self.summaries: List[Results] = [{} for _ in shares]

    @property
    def summary(self) -> Results:
        """Of all models together; where two do the same task each has a part of its own, under its name."""
        merged: Results = {}
        for share, summary in zip(self._shares, self.summaries):
            prefix = prefix_of(share, self._shares)
            own = merged.setdefault(share.name, {}) if prefix else merged
            common = {key: summary[key] for key in _COMMON if key in summary}
            merged.update(common)
            own.update({k: v for k, v in summary.items() if k not in common and (k not in own or v)})
        return merged

    def run(self, names: Sequence[str]) -> Results:
        """Results of this raster; ``names`` are taken by those before it."""
        checkpoint = Checkpoint(self._job.checkpoint / f"{self._index:03d}")
        stretch = checkpoint.stretch() if self._job.resume else None
        wanted = [products.disagreement for products in self._products]
        margins_m = [share.work.margin_m for share in self._shares]
        models = self._models.models
        prepared = prepare_several(self._members, self._inputs, models, self._device, wanted, stretch, margins_m)
        first = prepared[0]
        with first.source:
            for warning in first.warnings:
                self._job.warn(warning)
            for note in first.notes:
                self._job.report(None, note)
            self._check(prepared, free_name(first.source.name, names))
            if self._inputs.preflight:
                return {}
            checkpoint.write_stretch(first.stretch)
            manifest = self._predict(prepared, checkpoint)
            return self._write(prepared, manifest, checkpoint)

    def _check(self, prepared: Sequence[Prepared], stem: str) -> None:
        first = prepared[0]
        seconds = probe(self._models, [one.plan for one in prepared], self._device, first.dtype)
        copies = len(augmentations(self._inputs.tta))
        layers = [products.layers for products in self._products]
        costs = preflight(list(zip(prepared, layers)), seconds, copies, self._job.outputs)
        for summary in self.summaries:
            summary.update(
                {
                    "raster": first.source.path,
                    "name": stem,
                    "preflight": costs.as_dict(),
                    "notes": [note.as_dict() for note in first.notes],
                }
            )
        self._job.report(self._progress(0.0), costs.message(first.source.name))

    def _predict(self, prepared: Sequence[Prepared], checkpoint: Checkpoint) -> Manifest:
        first, name = prepared[0], prepared[0].source.name
        disagreement = [products.disagreement for products in self._products]
        forward = make_forward_of(first, self._models, self._device, self._inputs.tta, disagreement, self._job.warn)
        beside = [View(one.plan, one.reach) for one in prepared[1:]]
        reader = WindowReader(first.source, first.plan, first.reach, beside)
        tracks = [
            Track(one.plan, products, _row_area(one), None if one.around is None else one.aoi)
            for one, products in zip(prepared, self._products)
        ]
        # a device that compiles every new shape must not see the many shapes of joining
        joined_on = "cpu" if self._device.constant_shapes else self._device.torch_device
        same = identity(prepared, self._models, [share.loaded.sha256 for share in self._shares], self._inputs)
        stream = Stream(tracks, reader, forward, checkpoint, joined_on, same)

        def progress(done: int, of: int) -> None:
            shown = message("windows-done", raster=name, done=done, total=of)
            self._job.report(self._progress(RUN_SHARE * done / of), shown, windows=done)

        manifest = stream.run(self._job.resume, progress, self._job.check_cancel)
        self._job.log(f"{name}: model time {stream.model_s:.2f} s")
        if not any(made.parts for made in manifest.made):
            raise UserError("raster-empty", path=first.source.path)
        return manifest

    def _write(self, prepared: Sequence[Prepared], manifest: Manifest, checkpoint: Checkpoint) -> Results:
        results: Results = {}
        steps = sum(len(p.layers) + s.work.steps for p, s in zip(self._products, self._shares))
        done = 0
        for number, (share, one, made) in enumerate(zip(self._shares, prepared, manifest.made)):
            self._summarise(number, one, manifest, made)
            found = regions(one, self.summaries[number]["name"], self._inputs.outputs_per_sheet)
            for region in found:
                writing = _Writing(self._job, self._progress, region.stem, done, steps * len(found))
                entries = self._write_region(number, one, made, checkpoint, region, writing)
                alone = self._total == len(found) == 1
                results.update({name if alone else f"{region.stem}_{name}": entry for name, entry in entries.items()})
                done += len(self._products[number].layers) + share.work.steps
        return results

    def _write_region(
        self,
        number: int,
        prepared: Prepared,
        made: Made,
        checkpoint: Checkpoint,
        region: Region,
        writing: "_Writing",
    ) -> Results:
        """Layers that one model gives of one region, and what is made of them."""
        share, layers = self._shares[number], self._products[number].layers
        spec = share.loaded.model.spec
        made_by = recipe(self._inputs, spec, share.loaded.sha256, prepared, self._device.name)
        results: Results = {}
        paths: Dict[str, Path] = {}
        for layer in layers:
            info = layer_info(layer, spec.output, made_by)
            name = self._name(share, layer.name)
            folder, place = (
                (checkpoint.folder, with_margin(region, prepared)) if layer.around else (self._job.outputs, region)
            )
            out = folder / f"{region.stem}_{name}.tif"
            cancel = self._job.check_cancel
            path = write_layer(layer, info, prepared, made, checkpoint.folder, place, out, writing.progress, cancel)
            paths[layer.name] = path
            if not layer.around:
                results[name] = reference(path, GEOTIFF, name)
            writing.step += 1
        prefix = prefix_of(share, self._shares)
        stem = f"{region.stem}_{prefix}"[:-1] if prefix else region.stem
        derived = share.work.derive(stem, paths, spec, self.summaries[number], writing.progress)
        results.update({prefix + name: entry for name, entry in derived.items()})
        return results

    def _name(self, share: Share, layer: str) -> str:
        """A layer's name, after its model's name where another model gives a layer of that name."""
        alike = [products for products in self._products if layer in [given.name for given in products.layers]]
        return layer if len(alike) == 1 else f"{share.name}_{layer}"

    def _summarise(self, number: int, prepared: Prepared, manifest: Manifest, made: Made) -> None:
        self.summaries[number].update(
            {
                "windows": manifest.windows,
                "skipped": manifest.skipped,
                "pixels": made.tally.pixels,
                "area_m2": made.tally.area_m2 if prepared.source.crs is not None else None,
            }
        )
        for layer in self._products[number].layers[:2]:
            if not layer.counted:
                self.summaries[number][layer.name] = made.tally.summary(layer.name)

    def _progress(self, share: float) -> float:
        return 100.0 * (self._index + share) / self._total


_COMMON = ("raster", "name", "preflight", "notes", "windows", "skipped")
"""What a summary says of a raster whatever the model."""


class _Writing:
    """The progress of what follows the windows, of which ``step`` steps of ``steps`` are done."""

    def __init__(self, job: "Job", shown: Callable[[float], float], name: str, step: int, steps: int) -> None:
        self._job, self._shown, self._name, self.step, self._steps = job, shown, name, step, steps

    def progress(self, share: float) -> None:
        done = RUN_SHARE + (1 - RUN_SHARE) * (self.step + share) / self._steps
        self._job.report(self._shown(done), message("writing", name=self._name))


def _row_area(prepared: Prepared) -> "RowArea | None":
    """The area of an output pixel, row by row; None without a CRS."""
    crs, transform = prepared.source.crs, prepared.output_transform
    if crs is None:
        return None

    def area(first: int, end: int, col: int) -> Any:
        return pixel_area_m2(crs, transform, np.arange(first, end), col + 0.5)

    return area
