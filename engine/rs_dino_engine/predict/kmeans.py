"""k-means: Lloyd's iterations from k-means++ seeds, the same centres every time."""

from __future__ import annotations

from typing import Tuple

import numpy as np
import torch

SEED = 0
RESTARTS = 4
ITERATIONS = 100


def kmeans(features: np.ndarray, count: int) -> Tuple[np.ndarray, np.ndarray]:
    """Centres ``(count, channels)`` float32 of a sample ``(n, channels)``, and each one's share of the sample.

    The largest comes first. Of several starts the one with the smallest sum of squared distances is taken. Where
    the sample has fewer different places than ``count``, some centres are alike and have no share.
    Seeds: Arthur & Vassilvitskii, k-means++, SODA 2007; the best of some candidates each, as there in section 4.
    """
    rng = np.random.default_rng(SEED)
    mean = features.mean(axis=0, dtype=np.float64).astype(np.float32)
    sample = torch.from_numpy(features - mean)
    squares = (sample * sample).sum(dim=1)
    runs = [_lloyd(sample, squares, _seeds(sample, squares, count, rng)) for _ in range(RESTARTS)]
    centres, labels, _ = min(runs, key=lambda run: run[2])
    sizes = torch.bincount(labels, minlength=count).numpy()
    order = np.argsort(-sizes, kind="stable")
    return centres.numpy()[order] + mean, sizes[order] / len(features)


def _seeds(sample: torch.Tensor, squares: torch.Tensor, count: int, rng: np.random.Generator) -> torch.Tensor:
    candidates = 2 + int(np.log(count))
    chosen = [int(rng.integers(len(sample)))]
    nearest = _distances(sample, squares, sample[chosen[0] : chosen[0] + 1])[:, 0]
    while len(chosen) < count:
        weights = nearest.double().numpy()
        total = weights.sum()
        drawn = rng.choice(len(sample), size=candidates, p=weights / total if total > 0 else None)
        then = torch.minimum(nearest[:, None], _distances(sample, squares, sample[drawn]))
        best = int(then.sum(dim=0).argmin())
        chosen.append(int(drawn[best]))
        nearest = then[:, best].clone()
    return sample[chosen].clone()


def _lloyd(
    sample: torch.Tensor, squares: torch.Tensor, centres: torch.Tensor
) -> Tuple[torch.Tensor, torch.Tensor, float]:
    """Centres, the centre of each row of the sample, the sum of squared distances."""
    labels = torch.full((len(sample),), -1)
    distances = squares
    for _ in range(ITERATIONS):
        distances, found = _distances(sample, squares, centres).min(dim=1)
        if torch.equal(found, labels):
            break
        labels = found
        sizes = torch.bincount(labels, minlength=len(centres))
        sums = torch.zeros_like(centres).index_add_(0, labels, sample)
        # a centre that lost everything stays where it is
        centres = torch.where(sizes[:, None] > 0, sums / sizes.clamp(min=1)[:, None], centres)
    return centres, labels, float(distances.double().sum())


def _distances(sample: torch.Tensor, squares: torch.Tensor, centres: torch.Tensor) -> torch.Tensor:
    """Squared distances ``(n, centres)``."""
    return (squares[:, None] - sample @ (2 * centres).t() + (centres * centres).sum(dim=1)).clamp(min=0)
