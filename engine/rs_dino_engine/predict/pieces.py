"""The output of a plan cut where the set of windows that make a pixel changes.

Most of a window is made by that window alone and is final as soon as it is computed; the strips that it shares with
its neighbours wait for them. A piece that is joined here holds the very values that the streaming loop would give it:
the same parts are added, in an order that gives the same sums.
"""

from __future__ import annotations

from typing import Dict, List, Mapping, NamedTuple, Optional, Sequence, Set, Tuple

import torch

from .axis import Axis
from .plan import Plan

Window = Tuple[int, int]
Parts = Mapping[Window, Optional[torch.Tensor]]
"""What each window adds to the outputs of its span; None for one that was left out."""


class Segment(NamedTuple):
    """Outputs ``[first, end)`` of an axis that the same ``windows`` make; the last of them finishes them."""

    first: int
    end: int
    windows: Tuple[int, ...]


class Piece(NamedTuple):
    """A rectangle of the output that the same windows make."""

    rows: Segment
    cols: Segment

    @property
    def windows(self) -> List[Window]:
        return [(row, col) for row in self.rows.windows for col in self.cols.windows]

    @property
    def finisher(self) -> Window:
        """The window that finishes the piece in a full run, and decides where it is valid."""
        return self.rows.windows[-1], self.cols.windows[-1]


class Rectangle(NamedTuple):
    """Outputs ``[row0, row1) x [col0, col1)``."""

    row0: int
    row1: int
    col0: int
    col1: int


class Pieces:
    """All pieces of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._rows, self._cols = segments(plan.rows), segments(plan.cols)
        self._rows_of, self._cols_of = _by_window(self._rows), _by_window(self._cols)

    def touching(self, wanted: Rectangle) -> List[Piece]:
        """Pieces that lie in a rectangle, at least in part."""
        rows = [one for one in self._rows if one.first < wanted.row1 and one.end > wanted.row0]
        cols = [one for one in self._cols if one.first < wanted.col1 and one.end > wanted.col0]
        return [Piece(row, col) for row in rows for col in cols]

    def of_window(self, window: Window) -> List[Piece]:
        """Pieces that a window takes part in."""
        return [Piece(row, col) for row in self._rows_of[window[0]] for col in self._cols_of[window[1]]]

    def join(self, piece: Piece, parts: Parts) -> Optional[torch.Tensor]:
        """Blended values ``(channels, rows, columns)`` of a piece all of whose windows are known; None where none of
        them contributes."""
        total: Optional[torch.Tensor] = None
        for row in piece.rows.windows:
            line: Optional[torch.Tensor] = None
            for col in piece.cols.windows:
                part = parts[(row, col)]
                if part is not None:
                    share = self._share(part, piece, row, col)
                    line = share if line is None else line + share
            if line is not None:
                total = line if total is None else total + line
        return total

    def _share(self, part: torch.Tensor, piece: Piece, row: int, col: int) -> torch.Tensor:
        top, left = self._plan.rows.span(row).first, self._plan.cols.span(col).first
        rows, cols = piece.rows, piece.cols
        return part[:, rows.first - top : rows.end - top, cols.first - left : cols.end - left]


def _by_window(cut: Sequence[Segment]) -> Dict[int, List[Segment]]:
    found: Dict[int, List[Segment]] = {}
    for segment in cut:
        for window in segment.windows:
            found.setdefault(window, []).append(segment)
    return found


def segments(axis: Axis) -> List[Segment]:
    """An axis of the output, cut where windows begin and end to contribute."""
    spans = [axis.span(window) for window in range(len(axis.offsets))]
    cuts: Set[int] = {cut for span in spans for cut in (span.first, span.end)}
    edges = sorted(cuts)
    found: List[Segment] = []
    first_window = 0
    for first, end in zip(edges, edges[1:]):
        while spans[first_window].end <= first:
            first_window += 1
        windows: List[int] = []
        for window in range(first_window, len(spans)):
            if spans[window].first >= end:
                break
            if spans[window].end > first:
                windows.append(window)
        found.append(Segment(first, end, tuple(windows)))
    return found
