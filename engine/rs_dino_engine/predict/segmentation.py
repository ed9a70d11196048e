"""The segment task: rasters -> labels, confidence and more, polygons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, Sequence

from ..models.spec import ModelSpec
from .class_table import class_table
from .products import ClassProducts
from .run import Results, Work, predict, reference

if TYPE_CHECKING:
    from ..tasks.job import Job
    from ..tasks.segment import Inputs


def segment(inputs: "Inputs", job: "Job") -> Results:
    """Segment every raster (or the one mosaic) of a request; returns the results document."""
    return predict(inputs, job, Segmenting(inputs, job))


class Segmenting(Work):
    """Labels and their polygons."""

    task, kind = "segment", "classes"

    def __init__(self, inputs: "Inputs", job: "Job") -> None:
        self._inputs, self._job = inputs, job
        self.steps = int(inputs.polygons)

    def products(self, spec: ModelSpec) -> ClassProducts:
        return ClassProducts(spec.output, self._inputs.layers)

    def derive(
        self, stem: str, layers: Dict[str, Path], spec: ModelSpec, summary: Results, progress: Callable[[float], None]
    ) -> Results:
        if not self._inputs.polygons:
            return {}
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
        class_map, cancel = spec.output.class_map, self._job.check_cancel
        found = polygonize(layers["labels"], out, options, class_map, layers.get("confidence"), progress, cancel)
        summary["polygons"] = summary.get("polygons", 0) + found.polygons
        return {"polygons": reference(found.path, format_of(out).media_type, "polygons")}

    def conclude(self, spec: ModelSpec, summaries: Sequence[Results]) -> Results:
        assert spec.output.class_map is not None
        return {"classes": {"value": class_table(spec.output.class_map.classes, summaries)}}
