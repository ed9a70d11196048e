"""The evaluate task: from its inputs to its results document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict

from ..messages import message
from ..raster.kind import CLASSES, kind_of
from ..raster.paths import raster_stem
from ..vector.csv_file import CSV, write_rows
from .heights import assess_heights
from .labels import assess_labels
from .report import write_report
from .tables import class_rows, confusion_rows, height_rows

if TYPE_CHECKING:
    from ..tasks.evaluate import Inputs
    from ..tasks.job import Job


def evaluate(inputs: "Inputs", job: "Job") -> Dict[str, Any]:
    """Write the tables into the job's outputs; the runner publishes them."""
    stem = raster_stem(inputs.raster)
    is_classes = kind_of(inputs.raster, inputs.values) == CLASSES
    found = assess_labels(inputs, job) if is_classes else assess_heights(inputs, job)
    out: Dict[str, Path] = {"accuracy": job.outputs / f"{stem}_accuracy.csv"}
    write_rows(out["accuracy"], class_rows(found.document) if is_classes else height_rows(found.document))
    if is_classes and inputs.confusion:
        out["confusion"] = job.outputs / f"{stem}_confusion.csv"
        write_rows(out["confusion"], confusion_rows(found.document))
    said = [one.text for one in found.notes]
    for note in found.notes:
        job.warn(note)
    if is_classes:
        said.append(message("accuracy-design").text)
    report = job.outputs / f"{stem}_accuracy.md"
    write_report(report, stem, found.document, said)
    results: Dict[str, Any] = {name: {"href": str(path), "type": CSV, "title": name} for name, path in out.items()}
    results["report"] = {"href": str(report), "type": "text/markdown", "title": "report"}
    results["assessment"] = {"value": found.document}
    results["summary"] = {"value": {"rasters": [{"name": stem, "raster": inputs.raster}]}}
    return results
