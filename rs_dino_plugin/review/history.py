"""What was decided in a review, in its order, to be taken back and done again."""

from __future__ import annotations

from typing import List, NamedTuple, Optional

from .corrections import Corrections, Row


class Step(NamedTuple):
    """A polygon, the rows that are to be its again, and which of its parts was decided."""

    fid: int
    rows: List[Row]
    piece: int = 0


class History:
    """Outlives its review. What was taken back can be done again until something else is decided; of an earlier
    session of QGIS it cannot, for the file only holds what stands."""

    def __init__(self, done: Optional[List[Step]] = None) -> None:
        self._done: List[Step] = list(done or ())
        self._undone: List[Step] = []
        self.version = 0
        """Grows with every change."""

    def __len__(self) -> int:
        """How many decisions can be taken back."""
        return len(self._done)

    @property
    def last(self) -> Optional[Step]:
        """What :meth:`taken_back` is about."""
        return self._done[-1] if self._done else None

    @property
    def next(self) -> Optional[Step]:
        """What :meth:`done_again` is about."""
        return self._undone[-1] if self._undone else None

    def decided(self, before: Step) -> None:
        self._done.append(before)
        self._undone.clear()
        self.version += 1

    def taken_back(self, stood: List[Row]) -> None:
        """``stood``: the rows until now."""
        self._undone.append(self._done.pop()._replace(rows=stood))
        self.version += 1

    def done_again(self, stood: List[Row]) -> None:
        """``stood``: the rows until now."""
        self._done.append(self._undone.pop()._replace(rows=stood))
        self.version += 1


def history_of(corrections: Corrections) -> History:
    """Of an earlier session of QGIS: every decision, back to not looked at."""
    return History([Step(fid, []) for fid in corrections.decided])
