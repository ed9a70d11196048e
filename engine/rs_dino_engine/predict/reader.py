"""Reading one window of a plan: mirrored beyond the raster, resampled to the model's grid, with what is valid."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from .axis import Axis, Span, reflect
from .forward import RawWindow
from .plan import Plan

if TYPE_CHECKING:
    from ..raster.aoi import Aoi
    from ..raster.stretch import Source


class _Side(NamedTuple):
    """Where a window's pixels come from along one axis."""

    first: int
    last: int
    """Raster pixels ``[first, last)`` that are read."""
    matrix: Optional[np.ndarray]
    """Resampling from those to model pixels ``[low, high)``; None on the raster's own grid."""
    low: int
    """The first model pixel that was read."""
    order: np.ndarray
    """Position of each window pixel among the model pixels that were read."""


def _side(axis: Axis, window: int) -> _Side:
    wanted = reflect(np.arange(axis.offsets[window], axis.offsets[window] + axis.window_px), axis.n_model)
    low, high = int(wanted.min()), int(wanted.max()) + 1
    resampler = axis.to_model
    first, last = resampler.taps(low, high)
    matrix = None if resampler.identity else resampler.matrix(low, high, first, last)
    return _Side(first, last, matrix, low, wanted - low)


class View(NamedTuple):
    """An output that is made of the windows, and the area of interest on its grid."""

    plan: Plan
    aoi: Optional["Aoi"] = None


class WindowReader:
    """Reads the windows of a plan from a raster; used by one thread."""

    def __init__(self, source: "Source", plan: Plan, aoi: Optional["Aoi"] = None, beside: Sequence[View] = ()) -> None:
        """``beside``: other outputs that are made of the same windows."""
        self._source, self._plan = source, plan
        self._views = (View(plan, aoi), *beside)
        self._own_grid = plan.rows.to_model.identity and plan.cols.to_model.identity

    def read(self, row: int, col: int, last_in_block: bool) -> RawWindow:
        """Window (row, col); its ``pixels`` are None when nothing that is wanted lies in it."""
        rows, cols = _side(self._plan.rows, row), _side(self._plan.cols, col)
        read = self._source.read(rows.first, rows.last, cols.first, cols.last)
        pixels, valid = read.pixels, read.valid
        if valid is not None and not valid.any():
            return RawWindow(row, col, None, None)
        if not self._own_grid:
            pixels, valid = _resample(pixels, valid, rows.matrix, cols.matrix)
        wanted = [self._wanted(view, row, col, valid, rows, cols) for view in self._views]
        if not any(part is None or part.any() for part in wanted):
            return RawWindow(row, col, None, None)
        pixels = _take(pixels, rows.order, cols.order)
        valid = None if valid is None or valid.all() else _take(valid, rows.order, cols.order)
        finished = [_finished(view.plan, row, col, part, last_in_block) for view, part in zip(self._views, wanted)]
        return RawWindow(row, col, pixels, valid, finished)

    def _wanted(
        self, view: View, row: int, col: int, valid: Optional[np.ndarray], rows: _Side, cols: _Side
    ) -> Optional[np.ndarray]:
        """Valid and inside the area of interest, for the outputs the window takes part in; None: all of them."""
        high, wide = view.plan.rows.span(row), view.plan.cols.span(col)
        wanted: Optional[np.ndarray] = None
        if not self._source.always_valid:
            wanted = self._valid_outputs(view.plan, row, col, valid, rows, cols)
        if view.aoi is not None:
            inside = view.aoi.rasterize(high.first, high.end, wide.first, wide.end)
            wanted = inside if wanted is None else wanted & inside
        return wanted

    def _valid_outputs(
        self, plan: Plan, row: int, col: int, valid: Optional[np.ndarray], rows: _Side, cols: _Side
    ) -> Optional[np.ndarray]:
        high, wide = plan.rows.span(row), plan.cols.span(col)
        if (plan.rows.n_out, plan.cols.n_out) == (self._source.height, self._source.width):
            if self._own_grid and _holds(rows, high) and _holds(cols, wide):
                if valid is None:
                    return None
                return valid[high.first - rows.low : high.end - rows.low, wide.first - cols.low : wide.end - cols.low]
            return self._source.read_valid(high.first, high.end, wide.first, wide.end)
        if valid is None:
            return None
        cell = plan.rows.cell_px
        part = valid[high.first * cell - rows.low : high.end * cell - rows.low]
        return _any_in_cells(part[:, wide.first * cell - cols.low : wide.end * cell - cols.low], cell)


def _finished(plan: Plan, row: int, col: int, wanted: Optional[np.ndarray], last: bool) -> Optional[np.ndarray]:
    """The part of ``wanted`` that the window finishes; None when all of it is wanted."""
    if wanted is None:
        return None
    rows, cols = plan.rows.span(row), plan.cols.span(col)
    part = wanted[: rows.final - rows.first, : (cols.end if last else cols.final) - cols.first]
    return None if part.all() else part


def _holds(side: _Side, span: Span) -> bool:
    """Whether the pixels that were read, on the raster's own grid, reach over a whole span."""
    return side.first <= span.first and span.end <= side.last


def _take(values: np.ndarray, rows: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """Rows and columns of the last two axes by index; a plain view where they are in order."""
    for axis, index in ((-2, rows), (-1, cols)):
        if len(index) != values.shape[axis] or index[0] != 0 or (np.diff(index) != 1).any():
            values = np.take(values, index, axis=axis)
    return values


def _resample(
    pixels: np.ndarray, valid: Optional[np.ndarray], rows: Optional[np.ndarray], cols: Optional[np.ndarray]
) -> Tuple[np.ndarray, Optional[np.ndarray]]:
    """Both axes; invalid pixels have no say, and a pixel is valid when at least half of its weight is."""
    values = pixels.astype(np.float32)
    if valid is None:
        return _both(values, rows, cols), None
    values[:, ~valid] = 0.0
    weight = _both(valid.astype(np.float32)[None], rows, cols)
    result = _both(values, rows, cols) / np.maximum(weight, 1e-6)
    return result, weight[0] >= 0.5


def _both(values: np.ndarray, rows: Optional[np.ndarray], cols: Optional[np.ndarray]) -> np.ndarray:
    if rows is not None:
        values = np.matmul(rows, values)
    if cols is not None:
        values = np.matmul(values, cols.T)
    return values


def _any_in_cells(valid: np.ndarray, cell: int) -> np.ndarray:
    """``(h, w)`` -> one value a cell: whether any pixel of it is valid."""
    height, width = -(-valid.shape[0] // cell), -(-valid.shape[1] // cell)
    padded = np.zeros((height * cell, width * cell), dtype=bool)
    padded[: valid.shape[0], : valid.shape[1]] = valid
    return np.asarray(padded.reshape(height, cell, width, cell).any(axis=(1, 3)))
