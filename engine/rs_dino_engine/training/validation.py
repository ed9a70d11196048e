"""Scores of a network on held-out chips, all pixels, no augmentation."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterator, NamedTuple, Optional, Sequence, Tuple, Union

import numpy as np
import torch

from ..datasets.chip_store import ChipStore
from .metrics import Confusion, scores


class Evaluation(NamedTuple):
    """One confusion table a data set."""

    tables: Dict[str, Confusion]
    classes: Sequence[str]

    @property
    def whole(self) -> Confusion:
        """All data sets together."""
        tables = list(self.tables.values())
        out = Confusion(tables[0].allowed)
        for table in tables:
            out.counts += table.counts
        return out

    @property
    def value(self) -> float:
        """What "best" means: the mean over data sets of mIoU, or of the mean agreement per label where a data set
        tells fewer than two classes apart."""
        values = [v for v in (_value(t) for t in self.tables.values()) if v is not None]
        return sum(values) / len(values) if values else 0.0

    def report(self) -> Dict[str, Any]:
        """Scores for people and for the model's card."""
        out: Dict[str, Any] = scores(self.whole.table, self.classes)
        out["agreement"] = _rounded(self.whole.agreement())
        out["confusion"] = self.whole.table.tolist()
        if len(self.tables) > 1:
            out["data_sets"] = {
                name: {**scores(t.table, self.classes), "agreement": _rounded(t.agreement())}
                for name, t in self.tables.items()
            }
        return out


def _value(table: Confusion) -> Optional[float]:
    whole = scores(table.table, [str(i) for i in range(table.allowed.shape[1])])
    if sum(row.sum() > 0 for row in table.table) >= 2:
        found: Optional[float] = whole["miou"]
        return found
    seen = table.counts.sum(1)
    hits = (table.counts * table.allowed).sum(1)
    rates = [h / s for h, s in zip(hits.tolist(), seen.tolist()) if s]
    return sum(rates) / len(rates) if rates else None


def _rounded(value: Optional[float]) -> Optional[float]:
    return None if value is None else round(value, 4)


def evaluate(
    predict: Callable[[torch.Tensor], torch.Tensor],
    store: ChipStore,
    chips: Union[Sequence[int], np.ndarray],
    batch_size: int,
    between: Callable[[], None],
) -> Evaluation:
    """``predict`` takes images (n, bands, s, s) in 0-1 and gives logits; ``between`` is called between batches."""
    allowed = store.table.allowed()
    tables = {str(n): Confusion(allowed) for n in sorted(set(store.data_sets[np.asarray(chips)].tolist()))}
    for name, labels, outputs in each_chip(predict, store, chips, batch_size, between):
        tables[name].add(labels, outputs.argmax(0).cpu().numpy())
    return Evaluation(tables, store.classes)


def each_chip(
    predict: Callable[[torch.Tensor], torch.Tensor],
    store: ChipStore,
    chips: Union[Sequence[int], np.ndarray],
    batch_size: int,
    between: Callable[[], None],
) -> Iterator[Tuple[str, np.ndarray, torch.Tensor]]:
    """Data set, labels (s, s) and outputs (channels, s, s) of every chip.

    Every batch has the same size (the last one is filled up), because some devices compile for a shape.
    """
    for first in range(0, len(chips), batch_size):
        between()
        taken = list(chips[first : first + batch_size])
        filled = taken + [taken[0]] * (batch_size - len(taken))
        images = torch.from_numpy(np.stack([store.images[i] for i in filled])).float().div_(255.0)
        outputs = predict(images)
        for i, chip in enumerate(taken):
            yield str(store.data_sets[chip]), store.labels[chip], outputs[i]
