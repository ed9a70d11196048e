"""A label raster, and its confidence, as strips of runs."""

from __future__ import annotations

from pathlib import Path
from typing import Callable, Dict, Iterator, NamedTuple, Optional, Sequence, Union

import numpy as np

from ..errors import UserError
from ..raster.source import Pixels, RasterSource, open_raster
from .ground import Ground, ground_of
from .runs import VOID, Runs, relabelled, runs_of

RUNS_AT_MOST = 250_000
"""Runs of a strip, about: what memory is spent on. A strip holds at least one row."""
_PIXELS_AT_MOST = 3_000_000


class Strip(NamedTuple):
    """Rows of the raster as runs, with what is summed over each run."""

    runs: Runs
    sums: Dict[str, np.ndarray]
    next_row: int


def unchanged(first_row: int, runs: Runs) -> Runs:
    """The runs as they are read."""
    return runs


class LabelRaster:
    """Labels read by strips. ``strip_rows`` fixes their height, which is otherwise chosen by detail and width.

    Raises ``UserError``: labels that are not whole numbers, several bands, a confidence on another grid.
    """

    def __init__(
        self, path: Union[str, Path], confidence: Optional[Union[str, Path]] = None, strip_rows: Optional[int] = None
    ) -> None:
        self.path = str(path)
        self._strip_rows = strip_rows
        self._confidence: Optional[RasterSource] = None
        self._labels = open_raster(self.path, expand_palette=False)
        try:
            self._check_labels()
            if confidence is not None:
                self._confidence = open_raster(str(confidence), expand_palette=False)
                self._check_confidence(str(confidence))
        except BaseException:
            self.close()
            raise
        source = self._labels
        self.width, self.height, self.crs, self.transform = source.width, source.height, source.crs, source.transform
        self.ground: Optional[Ground] = ground_of(self.crs, self.transform, self.width, self.height)
        self.name = source.name

    @property
    def pixel_size(self) -> np.ndarray:
        """Size of the middle pixel (right, down): metres, or map units without a CRS."""
        if self.ground is not None:
            return self.ground.pixel_m
        t = self.transform
        return np.array([np.hypot(t.a, t.d), np.hypot(t.b, t.e)])

    def strips(
        self,
        change: Callable[[int, Runs], Runs] = unchanged,
        classes: Optional[Sequence[int]] = None,
        sums: bool = True,
    ) -> Iterator[Strip]:
        """Every strip from the top, ``sums`` with what is summed over each run. ``change`` may relabel its
        runs; then labels outside ``classes`` are void."""
        row, rows = 0, self._strip_rows or max(1, min(256, _PIXELS_AT_MOST // 4 // self.width))
        while row < self.height:
            rows = min(rows, self.height - row)
            raw = self._runs(row, row + rows)
            runs = change(row, raw)
            if classes is not None:
                runs = relabelled(runs, np.where(np.isin(runs.label, np.array(classes)), runs.label, VOID))
            yield Strip(runs, self._sums(runs, row) if sums else {}, row + rows)
            row += rows
            rows = self._strip_rows or _next_rows(raw, rows)  # the same strips whatever ``change`` does

    def _runs(self, first: int, end: int) -> Runs:
        block = self._labels.read(first, end, 0, self.width)
        labels = self._whole_numbers(block)
        if block.valid is None:
            return runs_of(labels)
        if self._labels.nodata is not None and _only_value(block, labels, self._labels.nodata):
            runs = runs_of(labels)
            return relabelled(runs, np.where(runs.label == int(self._labels.nodata), VOID, runs.label))
        labels = labels.astype(np.int32)
        labels[~block.valid] = VOID
        return runs_of(labels)

    def _whole_numbers(self, block: Pixels) -> np.ndarray:
        labels = block.pixels[0]
        if np.issubdtype(labels.dtype, np.integer):
            return labels
        known = labels if block.valid is None else np.where(block.valid, labels, 0)
        whole = np.rint(known)
        if not (np.array_equal(whole, known) and np.abs(whole).max(initial=0) < -VOID):
            raise UserError("labels-not-whole", path=self.path)
        return whole.astype(np.int32)

    def areas(self, runs: Runs, first: int) -> np.ndarray:
        """m² of each run; without a CRS one map unit counts as a metre."""
        if self.ground is not None:
            return self.ground.run_areas(runs.row + first, runs.start, runs.end)
        return (runs.end - runs.start) * abs(self.transform.determinant)

    def _sums(self, runs: Runs, first: int) -> Dict[str, np.ndarray]:
        sums = {"pixels": (runs.end - runs.start).astype(float)}
        if self.ground is not None:
            sums["area_m2"] = self.areas(runs, first)
        if self._confidence is not None:
            sums.update(self._confidence_sums(self._confidence, runs, first))
        return sums

    def _confidence_sums(self, source: RasterSource, runs: Runs, first: int) -> Dict[str, np.ndarray]:
        block = source.read(first, first + runs.rows, 0, self.width)
        values, valid = block.pixels[0], block.valid
        starts = runs.row * self.width + runs.start
        if valid is None:
            counted = (runs.end - runs.start).astype(float)
        else:
            counted = np.add.reduceat(valid.reshape(-1), starts, dtype=np.int64).astype(float)
            values = np.where(valid, values, 0)
        kind = np.int64 if np.issubdtype(values.dtype, np.integer) else np.float64
        total = np.add.reduceat(values.reshape(-1), starts, dtype=kind).astype(float)
        # whole numbers are percent, as this engine writes them; fractions are 0-1, as others do
        return {"confidence": total if kind is np.int64 else total * 100.0, "confidence_pixels": counted}

    def _check_labels(self) -> None:
        source = self._labels
        if len(source.available_bands) != 1:
            raise UserError("labels-several-bands", path=self.path, count=len(source.available_bands))
        if {m.code for m in source.messages} & {"raster-gcps", "raster-rpcs"}:
            raise UserError("labels-by-points", path=self.path)  # straightening would mix neighbouring labels
        wide = np.issubdtype(source.dtype, np.integer) and source.dtype.itemsize > 4
        if wide or source.dtype == np.uint32:
            raise UserError("labels-too-wide", path=self.path, dtype=str(source.dtype))

    def _check_confidence(self, path: str) -> None:
        assert self._confidence is not None
        one, other = self._labels, self._confidence
        same = (one.width, one.height) == (other.width, other.height)
        if not (same and one.transform.almost_equals(other.transform, 1e-6 * abs(one.transform.a or 1.0))):
            raise UserError("confidence-other-grid", path=path, labels=self.path)

    def close(self) -> None:
        """Let go of the files."""
        self._labels.close()
        if self._confidence is not None:
            self._confidence.close()

    def __enter__(self) -> "LabelRaster":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _only_value(block: Pixels, labels: np.ndarray, nodata: float) -> bool:
    """Whether the void pixels are just those that hold the nodata value, so that runs can tell."""
    if block.valid is None or not float(nodata).is_integer():
        return False
    return bool(np.array_equal(labels != int(nodata), block.valid))


def _next_rows(runs: Runs, rows: int) -> int:
    """Rows of the next strip, given how detailed this one was; at most twice as many."""
    by_detail = RUNS_AT_MOST * rows // max(len(runs), 1)
    return max(1, min(by_detail, _PIXELS_AT_MOST // runs.width, 2 * rows))
