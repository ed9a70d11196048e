"""Scores of a model of classes on LoveDA's validation folder, by the official protocol: all pixels of all pictures in
one confusion table, nothing counted where the mask says nothing, mean of the classes' IoU."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Dict, List, Optional

import numpy as np
import rasterio

from ..datasets.scenes import VALIDATION, Scene, find_scenes
from ..datasets.spec import DataSetSpec, load_spec
from ..devices import Device
from ..errors import EXIT_CANCELLED, Cancelled, UserError
from ..job_history import new_job
from ..models.library import FoundModel
from ..models.spec import ClassMap
from ..protocol import Request
from ..raster.gdal_env import gdal
from ..training.metrics import scores
from ..worker import run_job
from .report import FAILED, NOT_RUN, PASSED, Check, Report

_ALSO = {"buildings": "building", "roads": "road", "agricultural": "agriculture", "farmland": "agriculture"}
_LEAST_CLASSES = 5
_OTHER = "(other)"
_TOGETHER = 50
"""Pictures of a job; their labels are dropped when they are counted."""


def score(found: FoundModel, root: Path, most: Optional[int], device: Device, work: Path, report: Report) -> None:
    """Run the model over the validation pictures (``most`` of them, evenly taken) and count."""
    name = f"LoveDA validation, {found.spec.name}, {device.name}"
    try:
        spec = load_spec("loveda")
        scenes = [s for s in find_scenes(spec, _root(root)) if s.split == VALIDATION]
        if not scenes:
            raise UserError("dataset-no-images", path=str(root), patterns="Val/(Urban|Rural)/images_png")
    except UserError as error:
        report.add(Check(name, FAILED, error.message.text))
        return
    columns = _columns(spec, found.spec.output.class_map)
    if columns is None:
        report.add(Check(name, NOT_RUN, "The model's classes are not LoveDA's."))
        return
    taken = scenes if most is None else [scenes[i] for i in _evenly(len(scenes), most)]
    table = np.zeros((len(spec.classes) + 1,) * 2, np.int64)
    for first in range(0, len(taken), _TOGETHER):
        problem = _count(found, taken[first : first + _TOGETHER], columns, spec, device, work, table)
        if problem is not None:
            report.add(Check(name, FAILED, problem))
            return
    found_scores = scores(table, [*(c.name for c in spec.classes), _OTHER])
    found_scores["classes"].pop(_OTHER)
    whole = len(taken) == len(scenes)
    figures = {**found_scores, "pictures": len(taken), "of": len(scenes), "device": device.name}
    report.put("loveda", {"model": found.spec.name, **figures})
    each = ", ".join(f"{k} {_percent(v['iou'])}" for k, v in found_scores["classes"].items())
    part = "" if whole else f" Only {len(taken)} of {len(scenes)} pictures: no figure to compare with published ones."
    said = f"mIoU {_percent(found_scores['miou'])}, overall accuracy {_percent(found_scores['oa'])}; IoU: {each}.{part}"
    report.add(Check(name, PASSED, said, figures))


def _root(given: Path) -> Path:
    """The folder in which ``Val`` lies; it may have been given itself."""
    return given.parent if given.name == "Val" else given


def _evenly(count: int, most: int) -> List[int]:
    return sorted({int(i) for i in np.linspace(0, count - 1, min(count, max(1, most))).round()})


def _columns(spec: DataSetSpec, classes: Optional[ClassMap]) -> Optional[np.ndarray]:
    """``(256,)``: label of the model -> column of the table; None where the names are others."""
    if classes is None:
        return None
    wanted = {c.name: i for i, c in enumerate(spec.classes)}
    columns = np.full(256, len(wanted), np.int64)
    for info in classes.classes:
        name = info.name.strip().lower()
        columns[info.id] = wanted.get(_ALSO.get(name, name), len(wanted))
    found = len(set(columns.tolist()) - {len(wanted)})
    return columns if found >= _LEAST_CLASSES else None


def _count(
    found: FoundModel,
    scenes: List[Scene],
    columns: np.ndarray,
    spec: DataSetSpec,
    device: Device,
    work: Path,
    table: np.ndarray,
) -> Optional[str]:
    """Add some pictures to the table; returns why that failed, or None."""
    inputs: Dict[str, Any] = {
        "rasters": [s.image for s in scenes], "output": str(work), "model": str(found.path), "device": device.name,
        "layers": [], "polygons": False,
    }  # fmt: skip
    if found.head is not None:
        inputs["head"] = str(found.head)
    outcome = run_job(new_job(work, Request("segment", inputs)))
    if outcome.exit_code == EXIT_CANCELLED:
        raise Cancelled
    if outcome.exit_code != 0:
        return outcome.message.text
    results = outcome.results or {}
    labels = {s.image: s.labels for s in scenes}
    for entry in results["summary"]["value"]["rasters"]:
        made = results["labels"] if "labels" in results else results[f"{entry['name']}_labels"]
        _add(table, Path(made["href"]), Path(labels[entry["raster"]]), columns, spec)
    missed = len(scenes) - len(results["summary"]["value"]["rasters"])
    shutil.rmtree(str(work), ignore_errors=True)
    return f"{missed} pictures could not be run." if missed else None


def _add(table: np.ndarray, made: Path, mask: Path, columns: np.ndarray, spec: DataSetSpec) -> None:
    rows = np.full(256, -1, np.int64)
    for index, c in enumerate(spec.classes):
        rows[c.values] = index
    with gdal(), rasterio.open(made) as one, rasterio.open(mask) as other:
        predicted, labels = columns[one.read(1)], rows[other.read(1)]
    side = table.shape[0]
    pairs = labels * side + predicted
    table += np.bincount(pairs[labels >= 0], minlength=side * side).reshape(side, side)


def _percent(value: Optional[float]) -> str:
    return "-" if value is None else f"{100 * value:.2f} %"
