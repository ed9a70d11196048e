"""The find-similar task: rasters and marked examples -> how similar every place is to them.

The value of a patch is the cosine between its features and those of the example that is most like it. The maximum and
not the mean, because what people mark is rarely of one look (roofs are red, grey and in shadow): the mean of such
examples is like none of them, and what lies between, like a mixture of roof and road, gets the best marks. Within one
example there is a mean, over the patches of its polygon, which takes out chance. The price is that one bad example
spoils the map; counter-examples are the remedy: with them the value is the cosine with the nearest example less that
with the nearest counter-example, above 0 where a place is more like the former (a nearest-prototype rule).

Similarities are computed per window and blended as values, one channel whatever the number of examples and channels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, ContextManager, Dict, List, Optional, Sequence

import numpy as np
import torch
import torch.nn.functional as F

from ..messages import message
from ..models.runtime import LoadedModel
from ..models.spec import ModelSpec, OutputSpec
from .examples import Marked, example_features, read_marked
from .products import NODATA_VALUE, Layer
from .run import Loaded, Results, Work, predict

if TYPE_CHECKING:
    from ..tasks.find_similar import Inputs
    from ..tasks.job import Job

SIMILARITY = "similarity"
SHOWN, SHOWN_MARGIN = (0.0, 1.0), (-0.5, 0.5)
"""Ends of the style, without and with counter-examples: the same colour is the same similarity in every raster."""
CHUNK = 64
"""Examples that are compared at once, so that memory does not grow with their number."""


def find_similar(inputs: "Inputs", job: "Job") -> Results:
    """Similarity maps of every raster (or the one mosaic) of a request; returns the results document."""
    return predict(inputs, job, _Similar(inputs, job))


class Similar:
    """A model of features that gives their similarity to examples instead."""

    def __init__(
        self,
        model: LoadedModel,
        like: np.ndarray,
        unlike: Optional[np.ndarray],
        full_precision: Callable[[], ContextManager[Any]],
    ) -> None:
        """``like`` and ``unlike``: ``(examples, channels)`` float32, of length 1 each."""
        output = OutputSpec(
            kind="value",
            blend_on="value",
            cell_px=model.spec.output.cell_px,
            quantity="cosine similarity" if unlike is None else "margin of cosine similarity",
        )
        self.spec = model.spec.model_copy(update={"output": output})
        self._model, self._full_precision = model, full_precision
        self._examples = [torch.from_numpy(part) for part in (like, unlike) if part is not None]

    def to(self, device: str) -> None:
        self._model.to(device)

    def __call__(self, windows: torch.Tensor) -> torch.Tensor:
        """Windows -> similarity ``(n, 1, rows, cols)``: -1 to 1, or -2 to 2 with counter-examples."""
        features = self._model(windows).float()
        self._examples = [part.to(features.device) for part in self._examples]
        with self._full_precision():
            directions = F.normalize(features, dim=1, eps=1e-12)
            nearest = [_nearest(directions, part) for part in self._examples]
        return nearest[0] if len(nearest) == 1 else nearest[0] - nearest[1]


def _nearest(directions: torch.Tensor, examples: torch.Tensor) -> torch.Tensor:
    """The largest cosine with any of the examples."""
    best: Optional[torch.Tensor] = None
    for part in examples.split(CHUNK):
        cosines = torch.einsum("nchw,kc->nkhw", directions, part).amax(dim=1, keepdim=True)
        best = cosines if best is None else torch.maximum(best, cosines)
    assert best is not None
    return best.clamp(-1.0, 1.0)


class SimilarityProducts:
    """The similarity as it is."""

    disagreement = False

    def __init__(self, margin: bool) -> None:
        """``margin``: there are counter-examples."""
        shown = SHOWN_MARGIN if margin else SHOWN
        self.layers: List[Layer] = [Layer(SIMILARITY, "float32", NODATA_VALUE, shown=shown)]

    def __call__(self, blended: torch.Tensor) -> Dict[str, np.ndarray]:
        return {SIMILARITY: blended.cpu().numpy()}


class _Similar(Work):
    task, kind = "find-similar", "features"

    def __init__(self, inputs: "Inputs", job: "Job") -> None:
        self._inputs, self._job = inputs, job

    def begin(self, loaded: Loaded, sets: Sequence[Sequence[str]]) -> LoadedModel:
        """Look at the examples, before anything is compared with them."""
        paths = [path for path in (self._inputs.like, self._inputs.unlike) if path is not None]
        marked = [read_marked(path, self._job) for path in paths]
        features = self._features(marked, loaded, sets)
        unlike = features[1] if len(features) > 1 else None
        return Similar(loaded.model, features[0], unlike, loaded.device.full_precision)

    def _features(self, marked: List[Marked], loaded: Loaded, sets: Sequence[Sequence[str]]) -> List[np.ndarray]:
        """The examples' features: the interrupted run's, or looked up now."""
        channels = loaded.model.spec.output.channels
        if self._inputs.preflight:
            return [np.zeros((len(file.shapes), channels), dtype=np.float32) for file in marked]
        kept = [self._job.checkpoint / f"examples-{number}.npy" for number in range(len(marked))]
        if self._job.resume and all(path.exists() for path in kept):
            return [np.load(path) for path in kept]
        self._job.report(0.0, message("examples-looking", count=sum(len(file.shapes) for file in marked)))
        found = example_features(marked, sets, self._inputs, loaded.model, loaded.device, self._job)
        self._job.checkpoint.mkdir(parents=True, exist_ok=True)
        for path, features in zip(kept, found):
            np.save(path, features)
        return found

    def products(self, spec: ModelSpec) -> SimilarityProducts:
        return SimilarityProducts(self._inputs.unlike is not None)
