"""Rows of labels as runs of equal values, and where the runs of one row touch those of the next.

Everything after this works on runs, whose number follows the detail of the map and not its pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

VOID = -(2**31)
"""The label of what is never vectorised: nodata, classes that were not asked for, the outside."""


@dataclass(frozen=True)
class Runs:
    """Maximal runs of one label, row by row, left to right; ``end`` is exclusive. Rows count from 0."""

    row: np.ndarray
    start: np.ndarray
    end: np.ndarray
    label: np.ndarray
    rows: int
    width: int

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True)
class Contacts:
    """Stretches of the line between two rows along which one pair of runs touches.

    ``above`` and ``below`` index the runs; ``line`` is the row below. Each line is covered from 0 to the width.
    """

    line: np.ndarray
    start: np.ndarray
    end: np.ndarray
    above: np.ndarray
    below: np.ndarray

    def __len__(self) -> int:
        return len(self.line)


def runs_of(labels: np.ndarray) -> Runs:
    """The runs of a (rows, columns) integer array."""
    rows, width = labels.shape
    changes = np.empty(labels.shape, dtype=bool)
    changes[:, 0] = True
    np.not_equal(labels[:, 1:], labels[:, :-1], out=changes[:, 1:])
    first = np.flatnonzero(changes)
    row = first // width
    start = first - row * width
    return Runs(row, start, _ends(start, width), labels.reshape(-1)[first].astype(np.int64), rows, width)


def relabelled(runs: Runs, label: np.ndarray) -> Runs:
    """The same rows with another label for each run; neighbours that became equal are joined."""
    keep = np.flatnonzero((runs.start == 0) | (label != np.roll(label, 1)))
    start = runs.start[keep]
    return Runs(runs.row[keep], start, _ends(start, runs.width), label[keep], runs.rows, runs.width)


def _ends(start: np.ndarray, width: int) -> np.ndarray:
    """Where each run or contact ends, given that every row begins with one at column 0."""
    end = np.empty_like(start)
    end[:-1] = start[1:]
    end[-1:] = 0
    end[end == 0] = width
    return end


def void_row(width: int) -> Runs:
    """One row of nothing: what lies above the first row and below the last one."""
    zero = np.zeros(1, dtype=np.int64)
    return Runs(zero, zero.copy(), zero + width, zero + VOID, 1, width)


def stacked(upper: Runs, lower: Runs) -> Runs:
    """Two blocks of rows, one above the other."""
    return Runs(
        np.concatenate([upper.row, lower.row + upper.rows]),
        np.concatenate([upper.start, lower.start]),
        np.concatenate([upper.end, lower.end]),
        np.concatenate([upper.label, lower.label]),
        upper.rows + lower.rows,
        upper.width,
    )


def last_row(runs: Runs) -> Runs:
    """The last row alone."""
    at = int(np.searchsorted(runs.row, runs.rows - 1))
    return Runs(runs.row[at:] * 0, runs.start[at:], runs.end[at:], runs.label[at:], 1, runs.width)


def contacts_of(runs: Runs) -> Contacts:
    """Where runs of neighbouring rows touch."""
    key = runs.row * runs.width + runs.start
    second_row = int(np.searchsorted(runs.row, 1))
    upper = key[: int(np.searchsorted(runs.row, runs.rows - 1))] + runs.width
    lower = key[second_row:]
    merged = np.concatenate([upper, lower])
    merged.sort(kind="stable")  # two sorted halves: one linear merge
    merged = merged[np.concatenate([[True], merged[1:] != merged[:-1]])]
    above = np.searchsorted(upper, merged, side="right") - 1
    below = np.searchsorted(lower, merged, side="right") - 1 + second_row
    line = runs.row[below]
    start = merged - line * runs.width
    return Contacts(line, start, _ends(start, runs.width), above, below)


def components(count: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Connected components of a graph: for each of ``count`` nodes the number of its component.

    Components are numbered in the order of their first node. Roots are hooked under smaller roots and paths
    halved until nothing changes (Shiloach and Vishkin, 1982, in whole-array steps).
    """
    parent = np.arange(count)
    low, high = np.minimum(a, b), np.maximum(a, b)
    while len(low):
        parent[high] = low
        while True:
            grand = parent[parent]
            if np.array_equal(grand, parent):
                break
            parent = grand
        low, high = parent[low], parent[high]
        apart = low != high
        low, high = low[apart], high[apart]
        low, high = np.minimum(low, high), np.maximum(low, high)
    is_root = parent == np.arange(count)
    return (np.cumsum(is_root) - 1)[parent]
