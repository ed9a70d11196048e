"""Scores from streamed confusion counts: nothing but a small table is kept, whatever the number of pixels."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence

import numpy as np

from ..datasets.label_table import IGNORED


class Confusion:
    """Counts of (label id, predicted class). The first ids are the classes; others stand for several classes."""

    def __init__(self, allowed: np.ndarray) -> None:
        self.allowed = allowed
        self.counts = np.zeros(allowed.shape, np.int64)

    def add(self, labels: np.ndarray, predicted: np.ndarray) -> None:
        """Label ids and class numbers of the same shape; 255 in the labels is left out."""
        ids, classes = self.allowed.shape
        known = labels != IGNORED
        pairs = labels[known].astype(np.int64) * classes + predicted[known].astype(np.int64)
        self.counts += np.bincount(pairs, minlength=ids * classes).reshape(ids, classes)

    @property
    def table(self) -> np.ndarray:
        """(classes, classes), rows: labels, columns: predictions; labels of several classes are left out."""
        return self.counts[: self.allowed.shape[1]]

    def agreement(self) -> Optional[float]:
        """Share of all labelled pixels whose class is one that their label allows."""
        total = int(self.counts.sum())
        return float((self.counts * self.allowed).sum() / total) if total else None

    def merged(self, groups: Sequence[Sequence[int]]) -> np.ndarray:
        """(groups, groups): the table of a coarser set of classes, each made of some of ours.

        A label counts for the group that holds all classes it allows; labels that fit no single group are
        left out, and so are predictions of classes that no group has.
        """
        members = [set(g) for g in groups]
        out = np.zeros((len(groups), len(groups)), np.int64)
        for row in range(self.allowed.shape[0]):
            classes = set(np.flatnonzero(self.allowed[row]).tolist())
            fitting = [i for i, m in enumerate(members) if classes <= m]
            if len(fitting) == 1:
                for column, group in enumerate(groups):
                    out[fitting[0], column] += self.counts[row, list(group)].sum()
        return out


def scores(table: np.ndarray, names: Sequence[str]) -> Dict[str, Any]:
    """OA, mIoU, macro F1 and per class IoU, F1, precision, recall from a square confusion table.

    Classes that no label has are None and stay out of the means. IoU = tp / (tp + fp + fn), F1 = 2tp / (2tp + fp + fn).
    """
    table = table.astype(float)
    hit = np.diag(table)
    labelled, predicted = table.sum(1), table.sum(0)
    present = labelled > 0

    def each(top: np.ndarray, bottom: np.ndarray) -> List[Optional[float]]:
        return [
            round(float(t / b), 4) if p and b > 0 else (0.0 if p else None) for t, b, p in zip(top, bottom, present)
        ]

    iou = each(hit, labelled + predicted - hit)
    f1 = each(2 * hit, labelled + predicted)
    total = table.sum()
    return {
        "oa": round(float(hit.sum() / total), 4) if total else None,
        "miou": _mean(iou),
        "f1": _mean(f1),
        "pixels": int(total),
        "classes": {
            name: {"iou": i, "f1": f, "precision": p, "recall": r}
            for name, i, f, p, r in zip(names, iou, f1, each(hit, predicted), each(hit, labelled))
        },
    }


def _mean(values: Sequence[Optional[float]]) -> Optional[float]:
    known = [v for v in values if v is not None]
    return round(sum(known) / len(known), 4) if known else None
