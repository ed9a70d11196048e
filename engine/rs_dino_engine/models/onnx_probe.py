"""What cannot be read from an ONNX file is measured: a few windows of noise go through it.

Measured are the output's layout, size and kind (logits or probabilities), the stride of windows that gives the
same answer wherever a window begins, and how far an output pixel sees.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ..errors import EngineError, UserError
from .onnx_file import OnnxFile
from .onnx_model import channels_first
from .onnx_session import Session

STRIDES = (1, 2, 4, 8, 16, 32)
_SAME = 1e-5
"""Relative difference that counts as rounding."""
_BANDS_LIMIT = 512


@dataclass(frozen=True)
class InputShape:
    """The image input of a model; None: free."""

    layout: str
    bands: int
    batch: Optional[int]
    side: Optional[int]


class OutputShape(NamedTuple):
    """How an output relates to its input: ``cell_px`` input pixels a cell, ``border_px`` missing on each side."""

    layout: str
    channels: int
    cell_px: int
    border_px: int


@dataclass(frozen=True)
class Measured:
    """What the probe found; ``radius_px`` None: the whole window, or too far to tell."""

    output: str
    shape: OutputShape
    labels: bool
    probabilities: bool
    several_outputs: bool
    stride_px: int
    radius_px: Optional[int]


def input_shape(path: Path, file: OnnxFile, bands: Optional[int]) -> InputShape:
    """The image input; ``bands`` is taken where the file leaves their number free."""
    if len(file.inputs) != 1:
        names = ", ".join(port.name for port in file.inputs)
        raise UserError("onnx-inputs", path=str(path), count=len(file.inputs), names=names)
    port = file.inputs[0]
    if len(port.shape) != 4:
        raise UserError("onnx-input-shape", path=str(path), shape=_shown(port.shape))
    batch, *rest = [side if isinstance(side, int) else None for side in port.shape]
    last, first = rest[2], rest[0]
    channels_last = last is not None and last <= _BANDS_LIMIT and (first is None or first > last)
    count = last if channels_last else first
    height, width = (rest[0], rest[1]) if channels_last else (rest[1], rest[2])
    if (height or width) != (width or height) or (count or 1) > _BANDS_LIMIT:
        raise UserError("onnx-input-shape", path=str(path), shape=_shown(port.shape))
    return InputShape("nhwc" if channels_last else "nchw", count or bands or 3, batch, height or width)


def measure(path: Path, file: OnnxFile, shape: InputShape, window_px: int, classes: Optional[int]) -> Measured:
    """Run the probe. ``classes`` (from metadata) helps to tell channels from sides. Raises ``UserError``."""
    probe = _Probe(path, shape, shape.side or max(64, min(window_px, 256) // 64 * 64))
    outputs = probe.outputs(probe.noise(0))
    index, found = _choose(path, outputs, probe.side, classes)
    labels = outputs[index].dtype.kind in "iub"
    probe.take(file.outputs[index].name, found)
    values = probe(probe.noise(0))
    stride = 1 if labels else probe.stride(max(1, found.cell_px))
    radius = None if labels else probe.radius(max(stride, found.cell_px))
    several = len([o for o in outputs if o.ndim in (3, 4)]) > 1
    probabilities = labels or _are_probabilities([values, probe(probe.noise(1) * 3)])
    return Measured(file.outputs[index].name, found, labels, probabilities, several, stride, radius)


class _Probe:
    """Runs windows of seeded noise, of the size that the model takes, and looks at one output."""

    def __init__(self, path: Path, shape: InputShape, side: int) -> None:
        self._path, self._shape, self.side = path, shape, side
        self._session = Session(path)
        self._output: Optional[List[str]] = None
        self._found = OutputShape("nchw", 1, 1, 0)

    def take(self, output: str, found: OutputShape) -> None:
        self._output, self._found = [output], found

    def noise(self, seed: int, side: int = 0) -> np.ndarray:
        """``(1, bands, side, side)`` between 0 and the largest value of the input's type."""
        side = side or self.side
        values = np.random.RandomState(seed).rand(1, self._shape.bands, side, side).astype(np.float32)
        return values * 255.0 if self._session.input_dtype.kind in "iu" else values

    def outputs(self, window: np.ndarray) -> List[np.ndarray]:
        if self._shape.layout == "nhwc":
            window = window.transpose(0, 2, 3, 1)
        try:
            return self._session.run(np.repeat(window, self._shape.batch or 1, axis=0), self._output)
        except (EngineError, MemoryError) as error:
            detail = error.message.params["reason"] if isinstance(error, EngineError) else "memory ran out"
            raise UserError("onnx-unreadable", path=str(self._path), reason=str(detail)) from error

    def __call__(self, window: np.ndarray) -> np.ndarray:
        """The output for one window, ``(channels, cells, cells)`` float64."""
        raw = channels_first(self.outputs(window)[0], self._found.layout)[0]
        return raw.astype(np.float64)

    def stride(self, cell_px: int) -> int:
        """The smallest shift of a window, a multiple of ``cell_px``, that shifts the output along and no more."""
        canvas = self.noise(2, self.side + max(STRIDES[-1], cell_px))
        first = self(canvas[..., : self.side, : self.side])
        spread = float(first.std()) or 1.0
        errors: List[Tuple[float, int]] = []
        for step in [s for s in STRIDES if s % cell_px == self.side % s == 0 and s * 4 <= self.side] or [cell_px]:
            second = self(canvas[..., step : step + self.side, step : step + self.side])
            cells = step // cell_px
            edge = first.shape[-1] // 4
            one = first[:, edge + cells : -edge, edge + cells : -edge]
            two = second[:, edge : second.shape[1] - edge - cells, edge : second.shape[2] - edge - cells]
            errors.append((float(np.abs(one - two).max()) / spread if one.size else np.inf, step))
            if errors[-1][0] <= _SAME:
                break
        least = min(error for error, _ in errors)
        return next(step for error, step in errors if error <= 2 * least + _SAME)

    def radius(self, block_px: int) -> Optional[int]:
        """How many input pixels to each side an output depends on, None when that is over a quarter of the window.

        The right and lower part of a window, then the left and upper one, is replaced by other noise; the
        outputs that stay exactly the same do not see it. ``block_px`` - 1 is added for the places of a block
        that were not tried.
        """
        base = self.noise(3)
        cut = self.side // 2 // block_px * block_px
        farthest = 0
        for lower in (True, False):
            other = self.noise(4) * 1.5
            keep = np.arange(self.side) < cut if lower else np.arange(self.side) >= cut
            mixed = np.where(keep[:, None] & keep[None, :], base, other)
            changed = np.abs(self(mixed) - self(base)).max(axis=0) > 0
            for lines in (changed, changed.T):
                # lines far from the other axis' cut: only this axis' cut reaches them
                outer = lines[: max(1, len(lines) // 8)] if lower else lines[-max(1, len(lines) // 8) :]
                reached = np.flatnonzero(outer.any(axis=0)) * self._found.cell_px + self._found.border_px
                if reached.size:
                    last = reached.max() + self._found.cell_px - 1
                    farthest = max(farthest, int(cut - reached.min() if lower else last - (cut - 1)))
        farthest += block_px - 1 if block_px > 1 else 0
        return farthest if 4 * farthest <= self.side else None


def _choose(path: Path, outputs: Sequence[np.ndarray], side: int, classes: Optional[int]) -> Tuple[int, OutputShape]:
    """The output that is a map: with the number of classes that is known, else the finest, else the first."""
    found = [(index, _relation(output.shape, side, classes)) for index, output in enumerate(outputs)]
    maps = [(index, shape) for index, shape in found if shape is not None]
    if not maps:
        shown = ", ".join(_shown(output.shape) for output in outputs)
        raise UserError("onnx-output-shape", path=str(path), input=f"{side} x {side} px", outputs=shown)
    return min(maps, key=lambda m: (classes is not None and m[1].channels != classes, m[1].cell_px, m[0]))


def _relation(shape: Sequence[int], side: int, classes: Optional[int]) -> Optional[OutputShape]:
    """How an output's shape relates to a square input, None when it is no map of it."""
    options = []
    if len(shape) == 3:
        options = [("nhw", 1, shape[1], shape[2])]
    elif len(shape) == 4:
        options = [("nchw", shape[1], shape[2], shape[3]), ("nhwc", shape[3], shape[1], shape[2])]
        if classes is not None and shape[3] == classes != shape[1]:
            options.reverse()
    for layout, channels, height, width in options:
        if height != width or not 0 < height <= side:
            continue
        if side % height == 0:
            return OutputShape(layout, channels, side // height, 0)
        if (side - height) % 2 == 0:
            return OutputShape(layout, channels, 1, (side - height) // 2)
    return None


def _are_probabilities(samples: Sequence[np.ndarray]) -> bool:
    """Whether channels sum to 1 everywhere (or, for a single one, lie between 0 and 1)."""
    for values in samples:
        if values.min() < -1e-4 or values.max() > 1 + 1e-4:
            return False
        if len(values) > 1 and np.abs(values.sum(axis=0) - 1).max() > 1e-2:
            return False
    return True


def _shown(shape: Sequence[object]) -> str:
    return " x ".join(str(side) if side != "" else "?" for side in shape)
