"""Joining windows: weighted sums that are finished from the top left on, with only overlaps kept."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Dict, NamedTuple, Optional

import numpy as np
import torch

from .overlap_rows import OverlapRows, overlap_rows
from .plan import Block, Plan

CACHE_BYTES = 2**26
"""Weights of window columns that are kept at most; more only occurs where windows are resampled."""
_LEAST = 1e-12
"""Instead of a weight of nothing, where it divides."""


class Finished(NamedTuple):
    """Blended output ``(channels, row1 - row0, col1 - col0)`` of a rectangle that no later window touches."""

    row0: int
    row1: int
    col0: int
    col1: int
    values: Optional[torch.Tensor]
    """None where no window contributed."""


Moment = Callable[[torch.Tensor], torch.Tensor]
"""Values ``(channels, h, w)`` -> what is averaged beside them, ``(1, h, w)``, to tell how far windows differ."""


class Weighing:
    """What a window adds to the outputs of its span: its output times its weights, resampled where the grids differ.

    ``moment``: the last channel is its mean over the copies of a window. Resampled as it is, it would take what differs
    between neighbouring cells for a disagreement; so only what the copies add to it is, and the moment of the window is
    taken of the resampled values.
    """

    def __init__(self, plan: Plan, device: str, moment: Optional[Moment] = None) -> None:
        self._plan, self._device = plan, device
        self._moment = None if plan.rows.to_output.identity and plan.cols.to_output.identity else moment
        self._row = -1
        self._row_weights: Optional[torch.Tensor] = None
        self._col_weights: Dict[int, torch.Tensor] = {}

    def __call__(self, row: int, col: int, output: torch.Tensor) -> torch.Tensor:
        """``output`` ``(channels, cells, cells)`` -> ``(channels, rows of the span, columns of the span)``."""
        if self._moment is None:
            return self._share(row, col, output)
        values = output[:-1]
        share = self._share(row, col, torch.cat([values, output[-1:] - self._moment(values)]))
        weights = self._sums(0, row)[:, None] * self._sums(1, col)
        share[-1:] += weights * self._moment(share[:-1] / weights.clamp(min=_LEAST))
        return share

    def _share(self, row: int, col: int, output: torch.Tensor) -> torch.Tensor:
        rows, cols = self._plan.rows, self._plan.cols
        (top, bottom), (left, right) = rows.support(row), cols.support(col)
        row_at, col_at = rows.offsets[row] // rows.cell_px, cols.offsets[col] // cols.cell_px
        part = output[:, top - row_at : bottom - row_at, left - col_at : right - col_at]
        if rows.to_output.identity:
            part = part * self._vector(0, row)[:, None]
        else:
            part = torch.matmul(self._matrix(0, row), part)
        if cols.to_output.identity:
            return part * self._of_column(col)
        return torch.matmul(part, self._of_column(col).t())

    def _vector(self, axis: int, window: int) -> torch.Tensor:
        source = (self._plan.rows, self._plan.cols)[axis]
        return self._cached(axis, window, source.weights)

    def _matrix(self, axis: int, window: int) -> torch.Tensor:
        source = (self._plan.rows, self._plan.cols)[axis]
        return self._cached(axis, window, source.output_matrix)

    def _sums(self, axis: int, window: int) -> torch.Tensor:
        """The weights of a window's outputs along one axis."""
        source = (self._plan.rows, self._plan.cols)[axis]
        if source.to_output.identity:
            return self._vector(axis, window)
        return self._matrix(axis, window).sum(1)

    def prepare(self, block: Block) -> None:
        """Make the weights of a block's columns, as long as they are kept: what lives long is made early. Small pieces
        that are made anew between large ones pin the memory around them, and it grows."""
        for col in range(block.first, block.last + 1):
            if self._kept_bytes() > CACHE_BYTES:
                return
            self._of_column(col)

    def _of_column(self, col: int) -> torch.Tensor:
        return self._vector(1, col) if self._plan.cols.to_output.identity else self._matrix(1, col)

    def _kept_bytes(self) -> int:
        return sum(w.numel() * w.element_size() for w in self._col_weights.values())

    def _cached(self, axis: int, window: int, make: Callable[[int], np.ndarray]) -> torch.Tensor:
        """Weights of a row of windows are kept until the next row, those of columns for the whole block."""
        if axis == 0 and window != self._row:
            self._row_weights, self._row = self._on_device(make(window)), window
        if axis == 0:
            assert self._row_weights is not None
            return self._row_weights
        if window not in self._col_weights:
            if self._kept_bytes() > CACHE_BYTES:
                self._col_weights.clear()
            self._col_weights[window] = self._on_device(make(window))
        return self._col_weights[window]

    def _on_device(self, weights: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(weights).to(self._device)


class Blender:
    """Takes the windows of one block in plan order and gives back finished rectangles.

    Between window rows it keeps the overlap rows of the whole block, many of them in ``file``. Within a row it holds
    the overlap columns of the last window. Both are float32 on ``device``.
    """

    def __init__(
        self,
        plan: Plan,
        block: Block,
        channels: int,
        device: str,
        file: Optional[Path] = None,
        moment: Optional[Moment] = None,
    ) -> None:
        self._plan, self._block, self._channels, self._device = plan, block, channels, device
        self._left = plan.cols.span(block.first).first
        height = max(self._carried(row) for row in range(len(plan.rows.offsets)))
        width = plan.cols.span(block.last).end - self._left
        self._overlap: OverlapRows = overlap_rows(channels, height, width, device, file)
        self._touched = False
        self._side: Optional[torch.Tensor] = None
        self._weighted = Weighing(plan, device, moment)
        self._weighted.prepare(block)

    def save(self, path: Path) -> bool:
        """Keep in a file what lies between two window rows; False when there is nothing yet."""
        if self._touched:
            self._overlap.save(path)
        return self._touched

    def load(self, path: Path) -> None:
        """Go on from what :meth:`save` kept."""
        self._overlap.load(path)
        self._touched = True

    def close(self) -> None:
        """Let the file go; nothing can be added any more."""
        self._overlap.close()

    def add(self, row: int, col: int, output: Optional[torch.Tensor]) -> Finished:
        """Add window (row, col); ``output`` is ``(channels, cells, cells)``, or None for a window left out."""
        rows, cols = self._plan.rows.span(row), self._plan.cols.span(col)
        total = None if output is None else self._weighted(row, col, output)
        shape = (self._channels, rows.end - rows.first, cols.end - cols.first)
        total = self._join(total, self._side, shape)
        done = cols.final - cols.first if col < self._block.last else cols.end - cols.first
        self._side = None
        if total is not None and done < shape[2]:
            self._side = total[:, :, done:].clone()
        finished = None if total is None else total[:, :, :done]
        finished = self._join_carry(row, cols.first, done, finished)
        at = max(cols.first, self._block.col)
        end = min(cols.first + done, self._block.end)
        if finished is not None:
            finished = finished[:, : rows.final - rows.first, at - cols.first : max(at, end) - cols.first]
        return Finished(rows.first, rows.final, at, max(at, end), finished)

    def _join(
        self, total: Optional[torch.Tensor], side: Optional[torch.Tensor], shape: tuple
    ) -> Optional[torch.Tensor]:
        """Add what the window to the left has left over."""
        if side is None:
            return total
        if total is None:
            total = torch.zeros(shape, dtype=torch.float32, device=self._device)
        total[:, :, : side.shape[2]] += side
        return total

    def _join_carry(self, row: int, first: int, done: int, finished: Optional[torch.Tensor]) -> Optional[torch.Tensor]:
        """Add what the row above has left over, and leave the new overlap rows in its place."""
        rows = self._plan.rows.span(row)
        above = 0 if row == 0 else max(0, self._plan.rows.span(row - 1).end - rows.first)
        below = rows.end - rows.final
        if finished is None and not self._touched:
            return None
        self._touched = True
        if finished is None:
            shape = (self._channels, rows.end - rows.first, done)
            finished = torch.zeros(shape, dtype=torch.float32, device=self._device)
        piece = self._overlap.take(first - self._left, done)
        finished[:, :above] += piece[:, :above]
        piece[:, :below] = finished[:, rows.final - rows.first :]
        piece[:, below:] = 0.0
        self._overlap.put(first - self._left, piece)
        return finished

    def _carried(self, row: int) -> int:
        span = self._plan.rows.span(row)
        return span.end - span.final
