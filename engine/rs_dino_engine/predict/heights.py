"""The canopy-height task: rasters -> metres, tree cover."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Callable, Dict, List, Optional, Sequence

import numpy as np
import torch

from ..errors import UserError
from ..models.runtime import LoadedModel
from ..models.spec import ModelSpec, OutputSpec
from ..raster.source import open_raster
from ..vector.treetops import NEIGHBOURS_M, check_package, check_step
from .products import NODATA_BYTE, Layer, ValueProducts
from .run import Loaded, Results, Work, predict, reference

if TYPE_CHECKING:
    from ..tasks.canopy_height import Inputs
    from ..tasks.job import Job

GEOPACKAGE = "application/geopackage+sqlite3"
HEIGHT, COVER, AROUND = "canopy_height", "tree_cover", "canopy_height_around"
COVER_CLASSES = {0: ("no trees", (245, 240, 225)), 1: ("trees", (38, 115, 57))}
COVER_NAMES = {0: {"zh": "无树木"}, 1: {"zh": "树木"}}


def canopy_height(inputs: "Inputs", job: "Job") -> Results:
    """Heights of every raster (or the one mosaic) of a request; returns the results document."""
    return predict(inputs, job, Heights(inputs, job))


class HeightProducts(ValueProducts):
    """Metres, never below the ground; with ``cover_from_m`` also where trees stand; ``around``: the same metres around
    the area of interest, too."""

    def __init__(
        self, output: OutputSpec, wanted: Sequence[str], cover_from_m: Optional[float], around: bool = False
    ) -> None:
        super().__init__(output, HEIGHT, wanted)
        self._cover_from_m, self._around = cover_from_m, around
        if around:
            self.layers.append(Layer(AROUND, "float32", self.layers[0].nodata, around=True))
        if cover_from_m is not None:
            self.layers.append(Layer(COVER, "uint8", NODATA_BYTE, 1, COVER_CLASSES, translations=COVER_NAMES))

    def __call__(self, blended: torch.Tensor) -> Dict[str, np.ndarray]:
        result = super().__call__(blended)
        heights = np.maximum(result[HEIGHT], 0.0, out=result[HEIGHT])
        if self._cover_from_m is not None:
            result[COVER] = (heights >= self._cover_from_m).astype(np.uint8)
        if self._around:
            result[AROUND] = heights
        return result


class Heights(Work):
    task, kind = "canopy-height", "value"

    def __init__(self, inputs: "Inputs", job: "Job") -> None:
        self._inputs, self._job = inputs, job
        self.steps = int(inputs.trees) + int(inputs.zones)
        self._looks_around = inputs.trees and inputs.aoi is not None
        if self._looks_around:
            self.margin_m = NEIGHBOURS_M

    def products(self, spec: ModelSpec) -> HeightProducts:
        wanted = self._inputs.layers
        cover_from_m = self._inputs.tree_height_m if "tree-cover" in wanted else None
        return HeightProducts(spec.output, wanted, cover_from_m, self._looks_around)

    def begin(self, loaded: Loaded, sets: Sequence[Sequence[str]]) -> LoadedModel:
        """Say now, not after an hour, what cannot be done."""
        if self._inputs.trees:
            check_package()
            for members in sets:
                with open_raster(members[0]) as first:
                    if first.gsd_m is None or self._inputs.output_grid == "input":
                        check_step(first.gsd_m)
        if self._inputs.zones and self._inputs.aoi is None:
            raise UserError("zones-no-aoi")
        return loaded.model

    def derive(
        self, stem: str, layers: Dict[str, Path], spec: ModelSpec, summary: Results, progress: Callable[[float], None]
    ) -> Results:
        results = self._trees(stem, layers, summary, progress) if self._inputs.trees else {}
        if self._inputs.zones and self._inputs.aoi is not None:
            from ..vector.zones import zone_statistics

            out, tops = self._job.outputs / f"{stem}_zones.gpkg", results.get("tree_tops")
            found = zone_statistics(
                layers[HEIGHT],
                self._inputs.aoi,
                out,
                self._inputs.tree_height_m,
                None if tops is None else Path(tops["href"]),
                self._job.check_cancel,
            )
            summary["zones"] = {"polygons": found.polygons, "measured": found.measured}
            results["zones"] = reference(found.path, GEOPACKAGE, "statistics per polygon")
        return results

    def _trees(
        self, stem: str, layers: Dict[str, Path], summary: Results, progress: Callable[[float], None]
    ) -> Results:
        from ..vector.trees import find_trees

        tops, crowns = (self._job.outputs / f"{stem}_{name}.gpkg" for name in ("tree_tops", "tree_crowns"))
        least_m, cancel = self._inputs.tree_height_m, self._job.check_cancel
        found = find_trees(layers[HEIGHT], tops, crowns, least_m, progress, cancel, around=layers.get(AROUND))
        summary["trees"] = found.figures()
        return {
            "tree_tops": reference(found.tops, GEOPACKAGE, "tree tops"),
            "tree_crowns": reference(found.crowns, GEOPACKAGE, "tree crowns"),
        }

    def conclude(self, spec: ModelSpec, summaries: Sequence[Results]) -> Results:
        """Heights over all rasters, for the summary."""
        found: List[Results] = [s[HEIGHT] for s in summaries if s.get(HEIGHT)]
        return {"heights": {"value": {"unit": spec.output.unit, "rasters": found}}}
