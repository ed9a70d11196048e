"""Losses: over label ids, where an id may stand for several classes and 255 says nothing; and over heights."""

from __future__ import annotations

import numpy as np
import torch
from torch.nn import functional

from ..datasets.label_table import IGNORED
from ..datasets.target import HEIGHTS, METRES

_HEAVIEST = 4.0


def class_weights(counts: np.ndarray, classes: int, power: float = 0.5) -> np.ndarray:
    """Weights of the classes from pixel counts (ids,): rare ones weigh more, ``(mean/count) ** power``.

    Kept within a quarter and four, and scaled so that the mean over pixels is 1. Classes never seen get 1.
    """
    seen = counts[:classes].astype(float)
    present = seen > 0
    weights = np.ones(classes)
    if present.any():
        mean = seen[present].mean()
        weights[present] = np.clip((mean / seen[present]) ** power, 1 / _HEAVIEST, _HEAVIEST)
        weights[present] /= (weights * seen).sum() / seen.sum()
    return weights


def id_weights(weights: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    """Weights of label ids (ids,): the mean of the classes an id stands for."""
    mean: np.ndarray = (allowed * weights).sum(1) / allowed.sum(1)
    return mean


class LabelSetLoss:
    """Cross-entropy of the event "the pixel is one of the classes its label allows": −log Σ p(allowed).

    For ids of one class this is ordinary cross-entropy. ``allowed`` is (ids, classes) bool, ``weights`` (ids,).
    The mean is over weights, as in torch's weighted cross-entropy; a batch without labels gives 0.
    """

    def __init__(self, allowed: np.ndarray, weights: np.ndarray, device: str = "cpu", smoothing: float = 0.0) -> None:
        self._classes = allowed.shape[1]
        self._plain = allowed.shape[0] == self._classes
        self._smoothing = smoothing
        self._weights = torch.as_tensor(weights, dtype=torch.float32, device=device)
        barred = np.where(allowed, 0.0, -1e4)
        self._barred = torch.as_tensor(barred, dtype=torch.float32, device=device)

    def __call__(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """(n, classes, h, w) float, (n, h, w) integer ids -> scalar."""
        labels = labels.long()
        known = labels != IGNORED
        ids = torch.where(known, labels, torch.zeros_like(labels))
        weight = self._weights[ids] * known
        log_p = functional.log_softmax(logits.float(), dim=1)
        if self._plain:
            nll = -torch.gather(log_p, 1, ids.unsqueeze(1)).squeeze(1)
        else:
            nll = -torch.logsumexp(log_p + self._barred[ids].permute(0, 3, 1, 2), dim=1)
        if self._smoothing:
            nll = (1 - self._smoothing) * nll - self._smoothing * log_p.mean(1)
        loss: torch.Tensor = (nll * weight).sum() / weight.sum().clamp(min=1e-6)
        return loss


class HeightLoss:
    """Mean absolute error in metres, over pixels whose height is known; below the ground counts as on the ground.

    ``scale``: metres that 1 of the network's output stands for. A batch without labels gives 0.
    """

    def __init__(self, scale: float = 1.0) -> None:
        self._scale = scale

    def __call__(self, outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """(n, 1, h, w) float, (n, h, w) integer centimetres -> scalar."""
        known = labels != HEIGHTS.unknown
        true = labels.float() * METRES
        found = outputs[:, 0].float() * self._scale
        error = (found - true).abs()
        error = torch.where((true <= 0) & (found < 0), torch.zeros_like(error), error)
        return (error * known).sum() / known.sum().clamp(min=1)
