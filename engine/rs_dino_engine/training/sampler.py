"""Which chip comes when, and with which random numbers: a function of (seed, epoch, place); nothing is to be saved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Dict, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np
import torch

from ..datasets.chip_store import ChipStore
from .augment import Augmentation, crop
from .recipe import Recipe


class Batch(NamedTuple):
    """(n, bands, side, side) float32 in 0-1, (n, side, side) labels as the crops have them."""

    images: torch.Tensor
    labels: torch.Tensor


class TrainSampler:
    """Batches of augmented crops of the training chips, always full."""

    def __init__(self, store: ChipStore, chips: Union[Sequence[int], np.ndarray], recipe: Recipe) -> None:
        self._store, self._chips, self._recipe = store, np.asarray(chips), recipe
        self.batch_size = min(recipe.batch_size, len(self._chips))
        self.steps = recipe.steps_per_epoch or max(1, len(self._chips) // self.batch_size)
        self._how = self._augmentations()
        self._draw = self._probabilities()
        self._pool = ThreadPoolExecutor(max_workers=2)

    def _augmentations(self) -> Dict[str, Augmentation]:
        base = self._recipe.augmentation.as_augmentation()
        names = set(self._store.data_sets.tolist())
        recipe = self._recipe
        return {
            n: base._replace(zoom=recipe.zoom.get(n, base.zoom)).with_color(recipe.color.get(n, 1.0)) for n in names
        }

    def _probabilities(self) -> Optional[np.ndarray]:
        """How often each chip is drawn; None: each once an epoch."""
        if not self._recipe.sampling:
            return None
        names = self._store.data_sets[self._chips]
        present, counts = np.unique(names, return_counts=True)
        each = {n: self._recipe.sampling.get(n, 1.0) / c for n, c in zip(present.tolist(), counts.tolist())}
        weights = np.array([each[n] for n in names.tolist()])
        share: np.ndarray = weights / weights.sum()
        return share

    def order(self, epoch: int) -> np.ndarray:
        """Chip numbers of an epoch, ``steps * batch_size`` of them."""
        rng = np.random.default_rng([self._recipe.seed, epoch])
        wanted = self.steps * self.batch_size
        if self._draw is not None:
            return rng.choice(self._chips, wanted, p=self._draw)
        rounds = -(-wanted // len(self._chips))
        return np.concatenate([rng.permutation(self._chips) for _ in range(rounds)])[:wanted]

    def batch(self, order: np.ndarray, epoch: int, step: int) -> Batch:
        """The ``step``-th batch of an epoch whose ``order`` is given."""
        first = step * self.batch_size
        made = list(
            self._pool.map(lambda place: self._crop(order, epoch, place), range(first, first + self.batch_size))
        )
        return Batch(torch.stack([m[0] for m in made]), torch.stack([m[1] for m in made]))

    def _crop(self, order: np.ndarray, epoch: int, place: int) -> Tuple[torch.Tensor, torch.Tensor]:
        chip = int(order[place])
        rng = np.random.default_rng([self._recipe.seed, epoch, place])
        how = self._how[str(self._store.data_sets[chip])]
        return crop(self._store.images[chip], self._store.labels[chip], self._recipe.crop_px, how, rng)

    def recoloured(self, chip: int, pixels_per_side: int, rng: np.random.Generator) -> np.ndarray:
        """Values (bands, n) in 0-1 of pixels all over a chip, coloured as its crops are."""
        how = self._how[str(self._store.data_sets[chip])]._replace(zoom=(1.0, 1.0), blur=0.0)
        step = max(1, self._store.labels.shape[1] // pixels_per_side)
        image, labels = self._store.images[chip][:, ::step, ::step], self._store.labels[chip][::step, ::step]
        made: np.ndarray = crop(image, labels, len(labels), how, rng).image.numpy()
        return made.reshape(len(made), -1)

    def close(self) -> None:
        self._pool.shutdown()
