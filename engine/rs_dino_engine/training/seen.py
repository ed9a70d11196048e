"""How the pictures of a training looked: kept with the model, so that it can say where it is out of its depth."""

from __future__ import annotations

from typing import List, Optional, Tuple

import numpy as np

from ..datasets.chip_store import ChipStore
from ..datasets.scenes import TRAIN
from ..models.spec import Looks, Seen
from ..predict.looks import distance, gained, look
from .recipe import Recipe
from .sampler import TrainSampler

_LOOKED_AT = 500
_RECOLOURED = 1000
_PER_SIDE = 64
"""So many of a chip's rows and columns are enough to know its look."""
_FARTHEST, _GAIN = 97.5, 95.0
"""Percentiles of the training's own figures. Half of a raster's places have to lie beyond, so few of them do here."""


def seen_in(store: ChipStore, gsd_m: Optional[float], recipe: Recipe) -> Optional[Seen]:
    """How the training chips look, and how they look to the network; None where the ground size of a pixel is not
    known."""
    if gsd_m is None:
        return None
    chips = store.where(TRAIN)
    if len(chips) > _LOOKED_AT:
        chips = np.sort(np.random.default_rng(0).permutation(chips)[:_LOOKED_AT])
    figures = np.array([_figures(store.images[chip]) for chip in chips])  # (chips, 2, bands)
    low, high = np.percentile(figures, (1, 99), axis=0).round(4)
    side = int(store.labels.shape[1])
    ranges = [list(zip(low[k].tolist(), high[k].tolist())) for k in (0, 1)]
    side_m = round(side * gsd_m, 3)
    return Seen(mean=ranges[0], std=ranges[1], side_px=side, side_m=side_m, looks=_looks(store, recipe))


def _figures(image: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    values = image.reshape(len(image), -1) / 255.0
    return values.mean(1), values.std(1)


def _looks(store: ChipStore, recipe: Recipe) -> Looks:
    """Of chips drawn and recoloured as they were for the network: what it learnt to bear is not strange to it."""
    shown = _shown(store, recipe)
    found = np.array([look(values) for values in shown])
    mean, covariance = found.mean(0), np.cov(found.T) + np.diag(1e-4 + 0.01 * found.var(0))
    seen = Looks(mean=mean.round(5).tolist(), covariance=covariance.round(6).tolist(), farthest=1.0, gain=1.0)
    away = [distance(one, seen) for one in found]
    gains = [gained(values, far, seen) for values, far in zip(shown, away)]
    farthest, most = float(np.percentile(away, _FARTHEST)), max(float(np.percentile(gains, _GAIN)), 0.5)
    return seen.model_copy(update={"farthest": round(farthest, 3), "gain": round(most, 3)})


def _shown(store: ChipStore, recipe: Recipe) -> List[np.ndarray]:
    """Values (bands, n) in 0-1 of chips as the sampler draws them."""
    sampler = TrainSampler(store, store.where(TRAIN), recipe)
    rng = np.random.default_rng(recipe.seed)
    chips: List[int] = []
    while len(chips) < _RECOLOURED:
        chips += sampler.order(len(chips)).tolist()
    values = [sampler.recoloured(chip, _PER_SIDE, rng) for chip in chips[:_RECOLOURED]]
    sampler.close()
    return values
