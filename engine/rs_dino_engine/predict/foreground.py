"""Foreground and background, told apart by the first principal component of the features.

As in the figures of DINOv2 (Oquab et al. 2023, arXiv:2304.07193, fig. 1), whose authors threshold the first component
at 0 and pick the sign by eye. Neither holds for rasters, where the mean lies wherever most of the ground is, and
nobody looks at each: here the threshold is Otsu's (IEEE Trans. SMC 9, 1979), and the foreground is the side whose
features vary more among themselves. Background is what looks the same everywhere: water, bare fields, a tarmac.
"""

from __future__ import annotations

import numpy as np
import torch

from .projection import Foreground


def separate(features: np.ndarray) -> Foreground:
    """The rule that tells foreground from background in a sample ``(n, channels)``, n at least 2."""
    centred = torch.from_numpy(np.array(features, dtype=np.float64))
    mean = centred.mean(dim=0)
    centred -= mean
    _, vectors = torch.linalg.eigh(centred.t() @ centred)
    axis = vectors[:, -1]
    along = centred @ axis + mean @ axis
    threshold = otsu(along.numpy())
    if _variance(centred[along <= threshold]) > _variance(centred[along > threshold]):
        axis, threshold = -axis, -threshold
    return Foreground(axis.float().numpy(), threshold)


def otsu(values: np.ndarray) -> float:
    """The threshold between two groups of numbers (n,) for which the variance between the groups is largest."""
    ordered = np.sort(np.asarray(values, dtype=np.float64))
    below = np.arange(1, len(ordered))
    sums = np.cumsum(ordered)
    gap = sums[:-1] / below - (sums[-1] - sums[:-1]) / (len(ordered) - below)
    best = int(np.argmax(below * (len(ordered) - below) * gap**2))
    return float((ordered[best] + ordered[best + 1]) / 2)


def _variance(features: torch.Tensor) -> float:
    """Mean squared distance from the mean; 0 for a side on which nothing lies."""
    return float(features.var(dim=0, unbiased=False).sum()) if len(features) else 0.0
