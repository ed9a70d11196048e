"""One model's share of a run: its blended outputs become the bands of its layers, band by band, on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple, cast

import numpy as np
import torch
from typing_extensions import Protocol

from ..raster.aoi import Aoi
from ..raster.sink import write_part
from .blend import Blender, Finished, Moment
from .commit import Made, Part
from .plan import Plan
from .products import Layer

PIECE_BYTES, MOST_PIECES = 2**22, 8
"""What one row of windows finishes is written in pieces of about this size, so that wide rasters need little more;
but not in more pieces than that, for each is a file."""
RowArea = Callable[[int, int, int], np.ndarray]


class Products(Protocol):
    """Blended channels -> layers; see :mod:`.products`."""

    layers: List[Layer]
    disagreement: bool
    """Whether a last channel holds the mean of what :func:`moment_of` gives."""

    def __call__(self, blended: torch.Tensor) -> Dict[str, np.ndarray]: ...


def moment_of(products: Products) -> Optional[Moment]:
    """What the disagreement of some products follows from; None where none is asked for."""
    return cast(Any, products).moment if products.disagreement else None


class Track(NamedTuple):
    """What becomes of one of the outputs of a forward pass; ``row_area(row0, row1, col)`` gives the area of a pixel in
    m² per output row, None without a CRS. ``aoi``: where layers end that are not ``around``; None: where windows do."""

    plan: Plan
    products: Products
    row_area: Optional[RowArea] = None
    aoi: Optional[Aoi] = None


class TrackWriter:
    """Joins the windows of one track and writes what is finished; used by one thread, in the plan's order."""

    def __init__(self, track: Track, number: int, folder: Path, device: str) -> None:
        """``number`` tells its files in ``folder`` from those of other tracks; ``device`` is where windows are
        joined."""
        self._plan, self._products, self._row_area, self._aoi = track
        self._number, self._folder, self._device = number, folder, device
        self._layers = track.products.layers
        self._block, self._piece = 0, 1
        self._blender: Optional[Blender] = None
        self._band: _Band
        self._made = Made()

    def save_overlap(self, path: Path) -> bool:
        """Keep the state between two window rows for a commit; False when there is none."""
        return self._blender is not None and self._blender.save(path)

    def begin_block(self, block: int, overlap: Optional[Path], made: Made) -> None:
        """From here on windows of that block come; ``overlap`` is the state of a commit, ``made`` takes note of what is
        written."""
        self.close()
        self._block, self._made = block, made
        self._piece = self._windows_a_piece()
        file = self._folder / f"{self._number}-overlap.bin"
        columns, moment = self._plan.blocks[block], moment_of(self._products)
        self._blender = Blender(self._plan, columns, self._plan.channels, self._device, file, moment)
        if overlap is not None:
            self._blender.load(overlap)

    def close(self) -> None:
        """Let go of the state."""
        if self._blender is not None:
            self._blender.close()
            self._blender = None

    def add(self, row: int, col: int, output: Optional[torch.Tensor], wanted: Optional[np.ndarray]) -> None:
        """One window's blended channels; None for one that was left out. ``wanted``: pixels that it finishes."""
        assert self._blender is not None
        columns = self._plan.blocks[self._block]
        number = (col - columns.first) // self._piece
        last = min(columns.first + (number + 1) * self._piece - 1, columns.last)
        if (col - columns.first) % self._piece == 0:
            at = max(self._plan.cols.span(col).first, columns.col)
            end = max(at, columns.end if last == columns.last else self._plan.cols.span(last).final)
            self._band = _Band(self._plan.rows.span(row)[:2], (at, end), self._layers)
        finished = self._blender.add(row, col, output)
        if output is not None and finished.row1 > finished.row0 and finished.col1 > finished.col0:
            self._fill(finished, wanted, col)
        if col == last and self._band.touched:
            self._write(row, number)

    def _windows_a_piece(self) -> int:
        """How many windows' worth of finished columns are written together."""
        block, rows = self._plan.blocks[self._block], self._plan.rows.span(0)
        windows = block.last - block.first + 1
        band = (rows.final - rows.first) * (block.end - block.col) * pixel_bytes(self._layers)
        return -(-windows // pieces_of(band))

    def _write(self, row: int, piece: int) -> None:
        for layer in self._layers:
            file = f"{self._number}-{layer.name}-{self._block:03d}-{row:05d}-{piece:03d}.tif"
            values = self._band.values[layer.name]
            write_part(self._folder / file, values, layer.nodata)
            part = Part(file, self._band.rows[0], self._band.cols[0], values.shape[1], values.shape[2])
            self._made.parts.setdefault(layer.name, []).append(part)

    def _fill(self, finished: Finished, wanted: Optional[np.ndarray], col: int) -> None:
        assert finished.values is not None
        layers = self._products(finished.values)
        if wanted is not None:
            at = finished.col0 - self._plan.cols.span(col).first
            wanted = wanted[:, at : at + finished.col1 - finished.col0]
            if not wanted.any():
                return
        inside = wanted if self._aoi is None else self._inside(self._aoi, finished, wanted)
        for layer in self._layers:
            values, mask = layers[layer.name], wanted if layer.around else inside
            if mask is not None:
                values = np.where(mask, values, np.asarray(layer.nodata, dtype=layer.dtype))
            self._band.put(layer.name, finished, values)
            if not layer.around:
                self._count(layer, values, finished)

    @staticmethod
    def _inside(aoi: Aoi, finished: Finished, wanted: Optional[np.ndarray]) -> np.ndarray:
        inside = aoi.rasterize(finished.row0, finished.row1, finished.col0, finished.col1)
        return inside if wanted is None else inside & wanted

    def _count(self, layer: Layer, values: np.ndarray, finished: Finished) -> None:
        tally = self._made.tally
        if layer.counted:
            middle = (finished.col0 + finished.col1) // 2
            area = None if self._row_area is None else self._row_area(finished.row0, finished.row1, middle)
            tally.add_labels(values[0], area)
        else:
            tally.add_values(layer, values)


def pieces_of(band_bytes: int) -> int:
    """In how many pieces so many bytes are written."""
    return min(MOST_PIECES, 1 + band_bytes // PIECE_BYTES)


def pixel_bytes(layers: Sequence[Layer]) -> int:
    """What a pixel takes in all layers together."""
    return sum(layer.bands * np.dtype(layer.dtype).itemsize for layer in layers)


class _Band:
    """What neighbouring windows of one row finish, for every layer."""

    def __init__(self, rows: Tuple[int, int], cols: Tuple[int, int], layers: List[Layer]) -> None:
        self.rows, self.cols, self.touched = rows, cols, False
        height, width = rows[1] - rows[0], cols[1] - cols[0]
        self.values = {
            layer.name: np.full((layer.bands, height, width), layer.nodata, dtype=layer.dtype) for layer in layers
        }

    def put(self, layer: str, finished: Finished, values: np.ndarray) -> None:
        self.touched = True
        at = finished.col0 - self.cols[0]
        self.values[layer][:, :, at : at + values.shape[2]] = values
