"""The segment task: rasters -> labels, confidence and more, polygons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ..devices import Device, choose
from ..errors import UserError
from ..messages import message
from ..models.cache import MODELS
from ..models.library import find_model
from ..models.load import device_problem
from ..models.runtime import LoadedModel
from ..raster.grid import pixel_area_m2
from ..raster.source import expand_paths
from .commit import Checkpoint, Manifest
from .finish import Region, free_name, layer_info, recipe, regions, write_layer
from .preflight import preflight
from .prepare import Prepared, identity, make_forward, prepare, probe
from .products import ClassProducts
from .reader import WindowReader
from .stream import Stream
from .tta import augmentations

if TYPE_CHECKING:
    from ..tasks.job import Job
    from ..tasks.segment import Inputs

RUN_SHARE = 0.9
"""Share of a raster's progress that its windows take; the rest is writing."""


def segment(inputs: "Inputs", job: "Job") -> Dict[str, Any]:
    """Segment every raster (or the one mosaic) of a request; returns the results document."""
    paths = expand_paths(inputs.rasters)
    model, sha256, device = _load(inputs, job)
    sets: List[List[str]] = [paths] if inputs.mosaic else [[path] for path in paths]
    results: Dict[str, Any] = {}
    summaries: List[Dict[str, Any]] = []
    failed: List[Dict[str, Any]] = []
    for index, members in enumerate(sets):
        one = _Run(inputs, job, model, sha256, device, members, index, len(sets), [s["name"] for s in summaries])
        try:
            results.update(one.run())
        except UserError as error:
            if len(failed) + 1 == len(sets):
                raise
            # the other rasters are not lost because of this one
            job.warn(message("raster-left-out", raster=members[0], reason=error.message.text))
            failed.append({"raster": members[0], "message": error.message.as_dict()})
        else:
            summaries.append(one.summary)
    results["summary"] = {"value": {"rasters": summaries, "failed": failed, "licence": model.spec.licence}}
    results["classes"] = {"value": _classes(model, summaries)}
    return results


def _load(inputs: "Inputs", job: "Job") -> Tuple[LoadedModel, str, Device]:
    """The model with its hash, on the device; says what was assumed, chosen, and under which licence it stands."""
    found = find_model(inputs.model, inputs.head)
    if found.spec.output.kind != "classes":
        raise UserError("model-other-task", model=found.spec.title, task=found.spec.task, wanted="segment")
    for note in found.notes:
        job.warn(note)
    job.report(0.0, message("model-licence", model=found.spec.title, licence=found.spec.licence))
    device = choose(inputs.device)
    problem = device_problem(found, device.torch_device) if inputs.device == "auto" else None
    if problem is not None:
        job.warn(problem)
        device = choose("cpu")
    job.report(0.0, device.reason)
    return MODELS.get(found, device.torch_device), found.sha256(), device


class _Run:
    """One raster of a request."""

    def __init__(
        self,
        inputs: "Inputs",
        job: "Job",
        model: LoadedModel,
        sha256: str,
        device: Device,
        members: Sequence[str],
        index: int,
        total: int,
        names: Sequence[str],
    ) -> None:
        self._inputs, self._job, self._model, self._device, self._names = inputs, job, model, device, names
        self._sha256, self._members, self._index, self._total = sha256, members, index, total
        self._products = ClassProducts(model.spec.output, inputs.layers)
        self.summary: Dict[str, Any] = {}

    def run(self) -> Dict[str, Any]:
        checkpoint = Checkpoint(self._job.checkpoint / f"{self._index:03d}")
        stretch = checkpoint.stretch() if self._job.resume else None
        disagreement = self._products.disagreement
        prepared = prepare(self._members, self._inputs, self._model, self._device, disagreement, stretch)
        with prepared.source:
            for warning in prepared.warnings:
                self._job.warn(warning)
            for note in prepared.notes:
                self._job.report(None, note)
            self._check(prepared)
            if self._inputs.preflight:
                return {}
            checkpoint.write_stretch(prepared.stretch)
            manifest = self._predict(prepared, checkpoint)
            return self._write(prepared, manifest, checkpoint)

    def _check(self, prepared: Prepared) -> None:
        seconds = probe(self._model, prepared.plan, self._device, prepared.dtype)
        copies = len(augmentations(self._inputs.tta))
        costs = preflight(prepared, self._products.layers, seconds, copies, self._job.outputs)
        self.summary = {
            "raster": prepared.source.path,
            "name": self._stem(prepared),
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

    def _write(self, prepared: Prepared, manifest: Manifest, checkpoint: Checkpoint) -> Dict[str, Any]:
        results: Dict[str, Any] = {}
        self._summarise(prepared, manifest)
        found = regions(prepared, self._stem(prepared), self._inputs.outputs_per_sheet)
        for number, region in enumerate(found):
            results.update(self._write_region(prepared, manifest, checkpoint, region, number, len(found)))
        return results

    def _write_region(
        self, prepared: Prepared, manifest: Manifest, checkpoint: Checkpoint, region: Region, number: int, of: int
    ) -> Dict[str, Any]:
        """Layers and polygons of one region."""
        made_by = recipe(self._inputs, self._model.spec, prepared, self._device.name)
        steps = (len(self._products.layers) + int(self._inputs.polygons)) * of
        step = number * steps // of
        results: Dict[str, Any] = {}

        def progress(share: float) -> None:
            done = RUN_SHARE + (1 - RUN_SHARE) * (step + share) / steps
            self._job.report(self._progress(done), message("writing", name=region.stem))

        def key(layer: str) -> str:
            return layer if self._total == of == 1 else f"{region.stem}_{layer}"

        for layer in self._products.layers:
            info = layer_info(layer, self._model.spec.output, made_by)
            out = self._job.outputs / f"{region.stem}_{layer.name}.tif"
            folder, cancel = checkpoint.folder, self._job.check_cancel
            path = write_layer(layer, info, prepared, manifest, folder, region, out, progress, cancel)
            results[key(layer.name)] = _reference(path, "image/tiff; application=geotiff", layer.name)
            step += 1
        if self._inputs.polygons:
            confidence = results.get(key("confidence"))
            labels = Path(results[key("labels")]["href"])
            results[key("polygons")] = self._polygons(
                region.stem, labels, None if confidence is None else Path(confidence["href"]), progress
            )
        return results

    def _polygons(
        self, stem: str, labels: Path, confidence: Optional[Path], progress: Callable[[float], None]
    ) -> Dict[str, Any]:
        from ..vector.formats import format_of
        from ..vector.polygonize import PolygonOptions, polygonize

        inputs = self._inputs
        options = PolygonOptions(
            min_area_m2=inputs.min_area_m2,
            fill_holes_m2=inputs.fill_holes_m2,
            simplify_px=inputs.simplify_px,
            right_angles=inputs.right_angles,
        )
        out = self._job.outputs / f"{stem}_polygons.{inputs.polygon_format}"
        class_map = self._model.spec.output.class_map
        found = polygonize(labels, out, options, class_map, confidence, progress, self._job.check_cancel)
        self.summary["polygons"] = self.summary.get("polygons", 0) + found.polygons
        return _reference(found.path, format_of(out).media_type, "polygons")

    def _summarise(self, prepared: Prepared, manifest: Manifest) -> None:
        self.summary.update(
            {
                "windows": manifest.windows,
                "skipped": manifest.skipped,
                "pixels": manifest.tally.pixels,
                "area_m2": manifest.tally.area_m2 if prepared.source.crs is not None else None,
                "confidence": manifest.tally.summary("confidence"),
            }
        )

    def _stem(self, prepared: Prepared) -> str:
        return free_name(prepared.source.name, self._names)

    def _progress(self, share: float) -> float:
        return 100.0 * (self._index + share) / self._total


def _reference(path: Path, media_type: str, title: str) -> Dict[str, Any]:
    return {"href": str(path), "type": media_type, "title": title}


def _classes(model: LoadedModel, summaries: Sequence[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """Pixels and area per class over all rasters of the request."""
    assert model.spec.output.class_map is not None
    done = [s for s in summaries if "pixels" in s]
    total = sum(sum(s["pixels"].values()) for s in done)
    rows = []
    for info in model.spec.output.class_map.classes:
        key = str(info.id)
        pixels, area = _sum(done, "pixels", key), _sum(done, "area_m2", key)
        known = all(s["area_m2"] is not None for s in done)
        rows.append(
            {
                "id": info.id,
                "name": info.name,
                "names": info.names,
                "color": "#{:02x}{:02x}{:02x}".format(*info.color),
                "pixels": int(pixels),
                "area_m2": area if known else None,
                "share": pixels / total if total else 0.0,
            }
        )
    return rows


def _sum(summaries: Sequence[Dict[str, Any]], what: str, key: str) -> float:
    return float(sum((s[what] or {}).get(key, 0) for s in summaries))
