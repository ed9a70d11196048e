"""The plan of a prediction: one frozen, serialisable value, made before a pixel moves.

Preflight, resume, the area of interest, the streaming loop and the tests all read it.
"""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, field
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from ..errors import UserError
from ..models.spec import InputSpec, OutputSpec
from .active import Contribution, active_windows
from .axis import Axis, make_axis

GSD_TOLERANCE = 0.05
"""Within this ratio the raster's own grid is the model's grid."""
CARRY_BUDGET_MB = 256.0
"""Above this much memory for the overlap rows of the blend, the raster is cut into blocks of columns."""


@dataclass(frozen=True)
class Block:
    """Columns ``[col, end)`` of the output, made by window columns ``[first, last]``."""

    first: int
    last: int
    col: int
    end: int


@dataclass(frozen=True)
class Group:
    """Window rows ``[first, last]`` of a block, computed together; a commit point lies at its end."""

    block: int
    first: int
    last: int


@dataclass(frozen=True)
class Plan:
    """Everything that decides which pixels are computed and how they are joined."""

    rows: Axis
    cols: Axis
    blocks: Tuple[Block, ...]
    groups: Tuple[Group, ...]
    active: Tuple[Tuple[Tuple[int, int], ...], ...] = field(repr=False)
    """Per window row the runs ``[first, last]`` of window columns that touch the area of interest."""
    batch_size: int = 1
    channels: int = 1

    @property
    def window_count(self) -> int:
        """Windows that will be computed at most (those without a valid pixel fall away while running)."""
        return sum(1 for index in range(len(self.groups)) for _ in self.windows(index))

    def is_active(self, row: int, col: int) -> bool:
        return any(first <= col <= last for first, last in self.active[row])

    def windows(self, group: int) -> Iterator[Tuple[int, int]]:
        """Window (row, column) pairs of a group that are to be computed, in order."""
        block = self.blocks[self.groups[group].block]
        for row in range(self.groups[group].first, self.groups[group].last + 1):
            for first, last in self.active[row]:
                for col in range(max(first, block.first), min(last, block.last) + 1):
                    yield row, col

    def batches(self, group: int) -> Iterator[List[Tuple[int, int]]]:
        """The windows of a group in batches; a batch never reaches over the end of its group."""
        batch: List[Tuple[int, int]] = []
        for window in self.windows(group):
            batch.append(window)
            if len(batch) == self.batch_size:
                yield batch
                batch = []
        if batch:
            yield batch

    def as_dict(self) -> Dict[str, Any]:
        return {
            "rows": self.rows.as_dict(),
            "cols": self.cols.as_dict(),
            "blocks": [asdict(b) for b in self.blocks],
            "groups": [asdict(g) for g in self.groups],
            "active": self.active,
            "batch_size": self.batch_size,
            "channels": self.channels,
        }

    @classmethod
    def from_dict(cls, data: Dict[str, Any]) -> "Plan":
        return cls(
            rows=Axis.from_dict(data["rows"]),
            cols=Axis.from_dict(data["cols"]),
            blocks=tuple(Block(**b) for b in data["blocks"]),
            groups=tuple(Group(**g) for g in data["groups"]),
            active=tuple(tuple((a, b) for a, b in runs) for runs in data["active"]),
            batch_size=data["batch_size"],
            channels=data["channels"],
        )

    def digest(self) -> str:
        """Identity of the plan: the same plan cuts, batches and joins the same way."""
        return hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Grid:
    """Sizes of the raster, of the model's grid over the same ground, and of the output, in pixels; ``step`` is how
    many raster pixels an output pixel is high and wide (the last cell of a token grid may reach over the edge)."""

    raster: Tuple[int, int]
    model: Tuple[int, int]
    output: Tuple[int, int]
    step: Tuple[float, float] = (1.0, 1.0)


def make_grid(
    height: int,
    width: int,
    gsd_m: Optional[Tuple[float, float]],
    model_input: InputSpec,
    model_output: OutputSpec,
    output_grid: str,
    input_scale: float = 1.0,
) -> Grid:
    """The model's grid is the raster's own when the GSD fits within 5 % (or is unknown), else a resampled one;
    ``input_scale`` makes it finer still (2: half the GSD), or coarser."""
    size = [height, width]
    for axis in (0, 1):
        ratio = 1.0
        if gsd_m is not None and model_input.gsd_m is not None:
            ratio = gsd_m[axis] / model_input.gsd_m
        if abs(ratio - 1.0) <= GSD_TOLERANCE:
            ratio = 1.0
        size[axis] = max(1, round(size[axis] * ratio * input_scale))
    model = (size[0], size[1])
    if output_grid == "input":
        return Grid((height, width), model, (height, width))
    cell = model_output.cell_px
    cells = (math.ceil(model[0] / cell), math.ceil(model[1] / cell))
    return Grid((height, width), model, cells, (cell * height / model[0], cell * width / model[1]))


def window_sizes(grid: Grid, model_input: InputSpec, tile_size: Optional[int]) -> Tuple[int, int]:
    """Rows and columns of a window: constant in a run, smaller than asked for where the raster is smaller."""
    stride = model_input.stride_px
    wanted = tile_size or model_input.window_px
    if model_input.window_fixed:
        if tile_size not in (None, model_input.window_px):
            raise UserError("window-fixed", wanted=tile_size, fixed=model_input.window_px)
        return model_input.window_px, model_input.window_px
    wanted = -(-wanted // stride) * stride
    smallest = [min(wanted, -(-n // stride) * stride) for n in grid.model]
    return smallest[0], smallest[1]


def overlap_and_margin(window_px: int, model_input: InputSpec, overlap: Optional[str]) -> Tuple[int, int]:
    """Overlap as asked for (pixels, or a fraction of the window) and the margin that gets no weight."""
    radius = model_input.receptive_radius_px
    if overlap is not None:
        value = float(overlap)
        wanted = round(value * window_px) if 0 < value < 1 else int(value)
    elif model_input.overlap_px is not None:
        wanted = model_input.overlap_px
    else:
        wanted = max(window_px // 4, 2 * radius if radius is not None and 4 * radius <= window_px else 0)
    wanted = -(-wanted // model_input.stride_px) * model_input.stride_px
    unknown = wanted // 4 if model_input.margin_px is None else min(model_input.margin_px, wanted // 4)
    margin = radius if radius is not None else unknown
    if overlap is None and 2 * margin > wanted:
        margin = unknown  # the model sees further than any sensible overlap: blend, and measure
    if wanted < 2 * margin:
        raise UserError("overlap-too-small", overlap=wanted, margin=margin, needed=2 * margin)
    if wanted > window_px // 2:
        raise UserError("overlap-too-large", overlap=wanted, window=window_px, allowed=window_px // 2)
    return wanted, margin


class Wanted(NamedTuple):
    """What a plan is made for: the grid, how many pixels a cell of the network's output is high and wide, how many
    channels are blended, and ``touches(row0, row1, col0, col1)``, which says whether an output rectangle meets the
    area of interest (None: all of them do)."""

    grid: Grid
    cell_px: int
    channels: int
    touches: Optional[Contribution] = None


def make_plans(
    wanted: Sequence[Wanted],
    model_input: InputSpec,
    batch_size: int,
    tile_size: Optional[int] = None,
    overlap: Optional[str] = None,
) -> List[Plan]:
    """Plans of outputs that come from the same windows: equal windows, blocks, groups and batches, each with its own
    cells. The grids differ in their output at most; a window runs when any of the plans wants it, and is left out
    where none does. Raises ``UserError`` for windows that cannot be blended exactly."""
    stride = max([model_input.stride_px, *(one.cell_px for one in wanted)])
    sizes = window_sizes(wanted[0].grid, model_input, tile_size)
    placed = [_axes(one, model_input, sizes, overlap, stride) for one in wanted]
    cuts = _cuts(placed, [one.channels for one in wanted])
    blocks = [_blocks(cols, cuts) for _, cols in placed]
    groups = _groups(placed[0][0], blocks[0], batch_size)
    touching = [one.touches for one in wanted]
    active = tuple(active_windows(placed, touching, row) for row in range(len(placed[0][0].offsets)))
    return [
        Plan(rows, cols, of, groups, active, batch_size, one.channels)
        for one, (rows, cols), of in zip(wanted, placed, blocks)
    ]


def _axes(
    wanted: Wanted, model_input: InputSpec, sizes: Tuple[int, int], overlap: Optional[str], stride: int
) -> Tuple[Axis, Axis]:
    grid, axes = wanted.grid, []
    for n_raster, n_model, n_out, window in zip(grid.raster, grid.model, grid.output, sizes):
        if window >= n_model:
            share, margin = 0, 0
        else:
            share, margin = overlap_and_margin(window, model_input, overlap)
        axes.append(make_axis(n_raster, n_model, n_out, window, share, margin, wanted.cell_px, stride))
    return axes[0], axes[1]


def _cuts(placed: Sequence[Tuple[Axis, Axis]], channels: Sequence[int]) -> List[int]:
    """Window columns at which blocks meet, so that the overlap rows of all plans together stay within the budget."""
    total_mb = 0.0
    for (rows, cols), count in zip(placed, channels):
        carried = max((rows.span(i).end - rows.span(i).final for i in range(len(rows.offsets))), default=0)
        total_mb += carried * count * 4 * cols.n_out / 2**20
    last = len(placed[0][1].offsets) - 1
    count = min(math.ceil(total_mb / CARRY_BUDGET_MB), max(1, last))
    return sorted({round(k * last / count) for k in range(1, count)}) if count > 1 else []


def _blocks(cols: Axis, cuts: Sequence[int]) -> Tuple[Block, ...]:
    last = len(cols.offsets) - 1
    firsts, lasts = [0, *cuts], [*cuts, last]
    begins = [0] + [cols.span(cut - 1).end for cut in cuts]
    ends = begins[1:] + [cols.n_out]
    return tuple(Block(*values) for values in zip(firsts, lasts, begins, ends))


def _groups(rows: Axis, blocks: Tuple[Block, ...], batch_size: int) -> Tuple[Group, ...]:
    groups = []
    n_rows = len(rows.offsets)
    for index, block in enumerate(blocks):
        in_row = block.last - block.first + 1
        together = max(1, math.ceil(4 * batch_size / in_row)) if in_row % batch_size else 1
        groups += [Group(index, first, min(first + together, n_rows) - 1) for first in range(0, n_rows, together)]
    return tuple(groups)
