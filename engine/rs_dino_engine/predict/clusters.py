"""The clusters task: rasters -> what looks alike to a backbone, as classes without names.

The cluster of a place is the centre that is nearest to its blended features, in squared Euclidean distance. (Features
end in a layer norm, so that their lengths hardly differ and the cosine would order centres the same way.) The nearest
centre ``c`` of ``x`` is where ``x . c - |c|^2 / 2`` is largest, which is affine in ``x``: that is blended, one channel
a cluster.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
import torch

from ..errors import UserError
from ..messages import message
from ..models.colors import class_color
from ..models.spec import ClassInfo, ModelSpec
from .class_table import class_table
from .fit_file import foreground_of, read_fit, write_fit
from .fitted import FittedWork
from .kmeans import kmeans
from .products import NODATA_BYTE, Layer, strongest
from .projection import Foreground, Projection
from .run import Results, predict

if TYPE_CHECKING:
    from ..tasks.clusters import Inputs
    from ..tasks.job import Job

CLUSTERS = "clusters"
FORMAT = "rs-dino-clusters-1"
MOST = 64


def clusters(inputs: "Inputs", job: "Job") -> Results:
    """Clusters of every raster (or the one mosaic) of a request; returns the results document."""
    return predict(inputs, job, _Clusters(inputs, job))


@dataclass(frozen=True)
class Centres:
    """Where the clusters lie among the features; cluster 1 is the first."""

    centres: np.ndarray
    """(clusters, channels) float32."""
    shares: Tuple[float, ...]
    """Of the sample, by cluster."""
    model: str
    """The sha256 of the weights whose features these are."""
    foreground: Optional[Foreground] = None
    """The rule for the foreground, where the centres are the foreground's."""

    def projection(self) -> Projection:
        """Features -> one score a cluster, the largest for the nearest centre."""
        origin = self.centres.mean(axis=0)
        around = self.centres - origin
        return Projection(origin, np.ascontiguousarray(around.T), -0.5 * (around**2).sum(axis=1))

    def write(self, path: Path) -> Path:
        document: Dict[str, Any] = {
            "format": FORMAT,
            "model_sha256": self.model,
            "centres": [[float(v) for v in centre] for centre in self.centres],
            "shares": list(self.shares),
        }
        return write_fit(path, document, self.foreground)


def read_centres(path: Path, model: str, channels: int) -> Centres:
    """Centres that an earlier run has written; raises ``UserError`` when they are none, or another model's."""

    def parse(document: Dict[str, Any]) -> Centres:
        shares = tuple(float(v) for v in document["shares"])
        centres = np.asarray(document["centres"], dtype=np.float32)
        return Centres(centres, shares, str(document["model_sha256"]), foreground_of(document))

    def fits(found: Centres) -> bool:
        return found.centres.ndim == 2 and 1 <= len(found.centres) == len(found.shares) <= MOST

    return read_fit(path, FORMAT, parse, fits, model, channels, ("centres-unreadable", "centres-other-model"))


class ClusterProducts:
    """The cluster with the largest score; a value beyond the scores is above 0 in the foreground."""

    disagreement = False

    def __init__(self, count: int) -> None:
        self._count = count
        infos = cluster_infos(count)
        shown = {info.id: (info.name, info.color) for info in infos}
        named = {info.id: info.names for info in infos}
        self.layers: List[Layer] = [Layer(CLUSTERS, "uint8", NODATA_BYTE, 1, shown, counted=True, translations=named)]

    def __call__(self, blended: torch.Tensor) -> Dict[str, np.ndarray]:
        labels = strongest(blended[: self._count]) + 1
        for score in blended[self._count :]:
            labels[0].masked_fill_(score <= 0, NODATA_BYTE)
        return {CLUSTERS: labels.cpu().numpy()}


def cluster_infos(count: int) -> List[ClassInfo]:
    """Ids from 1, names and colours."""
    return [
        ClassInfo(id=i + 1, name=f"cluster {i + 1}", color=class_color(i), names={"zh": f"聚类 {i + 1}"})
        for i in range(count)
    ]


class _Clusters(FittedWork):
    task, file, result = "clusters", "cluster_centres.json", "centres"

    def __init__(self, inputs: "Inputs", job: "Job") -> None:
        super().__init__(inputs, job, inputs.centres, inputs.foreground)
        self._wanted = inputs.count

    def read(self, path: Path, model: str, channels: int) -> Centres:
        return read_centres(path, model, channels)

    def fitted(self, sample: np.ndarray, model: str, foreground: Optional[Foreground]) -> Centres:
        if len(sample) < self._wanted:
            raise UserError("clusters-too-few", cells=len(sample), count=self._wanted)
        self._job.report(0.0, message("clusters-fitting", count=self._wanted, cells=len(sample)))
        centres, shares = kmeans(sample, self._wanted)
        return Centres(centres, tuple(round(float(v), 4) for v in shares), model, foreground)

    def stand_in(self, model: str, channels: int) -> Centres:
        return Centres(np.eye(self._wanted, channels, dtype=np.float32), (0.0,) * self._wanted, model)

    def products(self, spec: ModelSpec) -> ClusterProducts:
        return ClusterProducts(len(self.fit.centres))

    def conclude(self, spec: ModelSpec, summaries: Sequence[Results]) -> Results:
        table = class_table(cluster_infos(len(self.fit.centres)), summaries)
        return {"classes": {"value": table}, **super().conclude(spec, summaries)}
