"""Which windows of a row are computed: those that take part in an area of interest."""

from __future__ import annotations

from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

from .axis import Axis

Contribution = Callable[[int, int, int, int], bool]
"""Whether an output rectangle (row0, row1, col0, col1) meets the area of interest."""


class _Touched(NamedTuple):
    """What one plan's area of interest has to do with the windows of one row."""

    rows: Axis
    cols: Axis
    row: int
    touches: Contribution

    def anywhere(self) -> bool:
        span = self.rows.span(self.row)
        return span.end > span.first and self.touches(span.first, span.end, 0, self.cols.n_out)

    def by(self, col: int) -> bool:
        span, side = self.rows.span(self.row), self.cols.span(col)
        return side.end > side.first and self.touches(span.first, span.end, side.first, side.end)


def active_windows(
    placed: Sequence[Tuple[Axis, Axis]], touching: Sequence[Optional[Contribution]], row: int
) -> Tuple[Tuple[int, int], ...]:
    """Runs ``[first, last]`` of window columns that any of several outputs of the same windows wants, each with its
    ``(rows, cols)`` and its area of interest; None wants all."""
    last = len(placed[0][1].offsets) - 1
    if any(touches is None for touches in touching):
        return ((0, last),)
    near = [
        _Touched(rows, cols, row, touches) for (rows, cols), touches in zip(placed, touching) if touches is not None
    ]
    near = [one for one in near if one.anywhere()]
    runs: List[Tuple[int, int]] = []
    for col in range(last + 1 if near else 0):
        if any(one.by(col) for one in near):
            if runs and runs[-1][1] == col - 1:
                runs[-1] = (runs[-1][0], col)
            else:
                runs.append((col, col))
    return tuple(runs)
