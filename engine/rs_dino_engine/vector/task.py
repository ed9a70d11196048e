"""The vectorize task: from its inputs to its results document."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from ..errors import UserError
from ..messages import message
from ..models.spec import ClassMap
from ..raster.paths import raster_stem
from .classes import class_map_of, wanted_ids
from .formats import format_of
from .labels import LabelRaster
from .polygonize import PolygonOptions, PolygonResult, polygonize

LABELS_ENDING = "_labels"
"""What predictions put between a raster's name and its suffix."""

if TYPE_CHECKING:
    from ..tasks.job import Job
    from ..tasks.vectorize import Inputs


def vectorize(inputs: "Inputs", job: "Job") -> Dict[str, Any]:
    """Write the polygons into the job's outputs; the runner publishes them."""
    wanted = format_of(Path(inputs.output))  # before anything is read
    classes = class_map_of(inputs.labels)
    options = PolygonOptions(
        min_area_m2=inputs.min_area_m2,
        fill_holes_m2=inputs.fill_holes_m2,
        simplify_px=inputs.simplify_px,
        right_angles=inputs.right_angles,
        right_angle_classes=wanted_ids(inputs.right_angle_classes, classes),
        classes=wanted_ids(inputs.classes, classes),
    )
    confidence = inputs.confidence or _beside(inputs.labels)
    if confidence is not None and inputs.confidence is None:
        job.warn(message("confidence-beside", path=confidence))
    job.report(0.0, message("vectorizing", raster=raster_stem(inputs.labels)))
    found = polygonize(
        inputs.labels,
        job.outputs / Path(inputs.output).name,
        options,
        classes,
        confidence,
        lambda share: job.report(100.0 * share),
        job.check_cancel,
    )
    job.report(100.0, message("vectorized", count=found.polygons))
    return {
        "polygons": {"href": str(found.path), "type": wanted.media_type, "title": "polygons"},
        "classes": {"value": _classes(found, classes)},
        "summary": {"value": {"polygons": found.polygons, "pixels": sum(t.pixels for t in found.by_class.values())}},
    }


def _beside(labels: str) -> Optional[str]:
    """The confidence that a prediction has left beside its labels; None where it is not there, or not theirs."""
    path = Path(labels)
    if not path.stem.endswith(LABELS_ENDING):
        return None
    found = path.with_name(path.stem[: -len(LABELS_ENDING)] + "_confidence" + path.suffix)
    if not found.is_file():
        return None
    try:
        with LabelRaster(labels, found):
            return str(found)
    except UserError:
        return None


def _classes(found: PolygonResult, class_map: Optional[ClassMap]) -> List[Dict[str, Any]]:
    known = {} if class_map is None else class_map.by_id()
    total = sum(t.pixels for t in found.by_class.values())
    rows = []
    for number, totals in found.by_class.items():
        info = known.get(number)
        rows.append(
            {
                "id": number,
                "name": str(number) if info is None else info.name,
                "color": None if info is None else "#{:02x}{:02x}{:02x}".format(*info.color),
                "polygons": totals.polygons,
                "pixels": totals.pixels,
                "area_m2": totals.area_m2,
                "share": totals.pixels / total,
            }
        )
    return rows
