"""The canopy-height task: rasters -> metres, tree cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, Optional, Sequence

import numpy as np
import torch

from ..models.spec import ModelSpec, OutputSpec
from .products import NODATA_BYTE, Layer, ValueProducts
from .run import Results, Work, predict

if TYPE_CHECKING:
    from ..tasks.canopy_height import Inputs
    from ..tasks.job import Job

HEIGHT, COVER = "canopy_height", "tree_cover"
COVER_CLASSES = {0: ("no trees", (245, 240, 225)), 1: ("trees", (38, 115, 57))}


def canopy_height(inputs: "Inputs", job: "Job") -> Results:
    """Heights of every raster (or the one mosaic) of a request; returns the results document."""
    return predict(inputs, job, _Heights(inputs))


class HeightProducts(ValueProducts):
    """Metres, never below the ground; with ``cover_from_m`` also where trees stand."""

    def __init__(self, output: OutputSpec, wanted: Sequence[str], cover_from_m: Optional[float]) -> None:
        super().__init__(output, HEIGHT, wanted)
        self._cover_from_m = cover_from_m
        if cover_from_m is not None:
            self.layers.append(Layer(COVER, "uint8", NODATA_BYTE, 1, COVER_CLASSES))

    def __call__(self, blended: torch.Tensor) -> Dict[str, np.ndarray]:
        result = super().__call__(blended)
        heights = np.maximum(result[HEIGHT], 0.0, out=result[HEIGHT])
        if self._cover_from_m is not None:
            result[COVER] = (heights >= self._cover_from_m).astype(np.uint8)
        return result


class _Heights(Work):
    task, kind = "canopy-height", "value"

    def __init__(self, inputs: "Inputs") -> None:
        self._inputs = inputs

    def products(self, spec: ModelSpec) -> HeightProducts:
        wanted = self._inputs.layers
        return HeightProducts(spec.output, wanted, self._inputs.tree_height_m if "tree-cover" in wanted else None)

    def conclude(self, spec: ModelSpec, summaries: Sequence[Results]) -> Results:
        """Heights over all rasters, for the summary."""
        found: List[Results] = [s[HEIGHT] for s in summaries if s.get(HEIGHT)]
        return {"heights": {"value": {"unit": spec.output.unit, "rasters": found}}}
