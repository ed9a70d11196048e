"""What a training aims at: the loss, the scores of an epoch, and how they are said. One class a kind of label.

To teach another kind of thing: write a class with the methods of :class:`Objective`, and name it in ``objective``.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Union

import numpy as np
import torch
from typing_extensions import Protocol

from ..datasets.chip_store import ChipStore
from ..datasets.target import HEIGHTS
from ..messages import Message, message
from .height_scores import HeightEvaluation, HeightTally
from .losses import HeightLoss, LabelSetLoss, class_weights, id_weights
from .recipe import Recipe
from .validation import Evaluation, each_chip, evaluate

Predict = Callable[[torch.Tensor], torch.Tensor]


class Objective(Protocol):
    """See the module."""

    def loss(self, outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """(n, channels, h, w) and (n, h, w) -> scalar."""

    def evaluate(
        self, predict: Predict, chips: np.ndarray, batch_size: int, between: Callable[[], None]
    ) -> Union[Evaluation, HeightEvaluation]:
        """Scores on chips; the larger their ``value``, the better."""

    def line(self, report: Dict[str, Any]) -> Dict[str, Any]:
        """What the history keeps of a report."""

    def message(self, report: Dict[str, Any], epoch: int, epochs: int, loss: float) -> Message:
        """An epoch, said."""


class Classes:
    """Every pixel is one of several classes."""

    def __init__(self, store: ChipStore, train: np.ndarray, recipe: Recipe, device: str) -> None:
        self._store = store
        allowed = store.table.allowed()
        weights = class_weights(_counts_as_drawn(store, train, recipe), allowed.shape[1], recipe.balance)
        weights *= [recipe.emphasis.get(name, 1.0) for name in store.classes]
        self.loss = LabelSetLoss(allowed, id_weights(weights, allowed), device, recipe.smoothing)

    def evaluate(self, predict: Predict, chips: np.ndarray, batch_size: int, between: Callable[[], None]) -> Evaluation:
        return evaluate(predict, self._store, chips, batch_size, between)

    def line(self, report: Dict[str, Any]) -> Dict[str, Any]:
        kept = {k: report[k] for k in ("miou", "oa", "f1", "agreement")}
        return {**kept, "iou": {n: c["iou"] for n, c in report["classes"].items()}}

    def message(self, report: Dict[str, Any], epoch: int, epochs: int, loss: float) -> Message:
        shown = "–" if report["miou"] is None else f"{report['miou']:.3f}"
        return message("training-epoch", epoch=epoch, epochs=epochs, loss=f"{loss:.4f}", miou=shown)


class Heights:
    """Every pixel has a height; the mean absolute error is made small."""

    def __init__(self, store: ChipStore, scale: float) -> None:
        self._store, self._scale = store, scale
        self.loss = HeightLoss(scale)

    def evaluate(
        self, predict: Predict, chips: np.ndarray, batch_size: int, between: Callable[[], None]
    ) -> HeightEvaluation:
        tallies: Dict[str, HeightTally] = {}
        for name, labels, outputs in each_chip(predict, self._store, chips, batch_size, between):
            metres = (outputs[0] * self._scale).clamp(min=0.0).cpu().numpy()
            tallies.setdefault(name, HeightTally()).add(labels, metres)
        return HeightEvaluation(tallies)

    def line(self, report: Dict[str, Any]) -> Dict[str, Any]:
        return {k: report[k] for k in ("mae", "rmse", "bias", "r2")}

    def message(self, report: Dict[str, Any], epoch: int, epochs: int, loss: float) -> Message:
        shown = "–" if report["mae"] is None else f"{report['mae']:.2f}"
        return message("training-epoch-heights", epoch=epoch, epochs=epochs, loss=f"{loss:.4f}", mae=shown)


def objective(store: ChipStore, train: np.ndarray, recipe: Recipe, device: str, scale: float = 1.0) -> Objective:
    """For the labels of ``store``; ``scale``: what a height is of the network's output."""
    if store.target is HEIGHTS:
        return Heights(store, scale)
    return Classes(store, train, recipe, device)


def _counts_as_drawn(store: ChipStore, train: np.ndarray, recipe: Recipe) -> np.ndarray:
    """Label counts as they are drawn, so that class weights fit what the network sees."""
    counts = store.counts[train].astype(float)
    if recipe.sampling:
        names = store.data_sets[train]
        for name in set(names.tolist()):
            chosen = names == name
            counts[chosen] *= recipe.sampling.get(name, 1.0) / max(1, chosen.sum())
    return counts.sum(0)
