"""From raw windows to what is blended: normalise, run the model, activate; on the device, batch by batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import torch

from ..errors import EngineError
from ..messages import Message, message
from ..models.spec import ModelSpec, OutputSpec
from .together import Together
from .tta import Augmentation

if TYPE_CHECKING:
    from ..devices import Device


@dataclass(frozen=True)
class Normalisation:
    """Per band: ``clip(x, low, high) * scale + shift``; infinite bounds clip nothing. All ``(bands,)`` float32."""

    scale: np.ndarray
    shift: np.ndarray
    low: np.ndarray
    high: np.ndarray


class RawWindow:
    """One window as it was read: ``pixels`` (bands, h, w) in the raster's own type, ``valid`` (h, w) or None."""

    __slots__ = ("col", "pixels", "row", "valid", "wanted")

    def __init__(
        self,
        row: int,
        col: int,
        pixels: Optional[np.ndarray],
        valid: Optional[np.ndarray],
        wanted: Sequence[Optional[np.ndarray]] = (),
    ) -> None:
        self.row, self.col, self.pixels, self.valid, self.wanted = row, col, pixels, valid, wanted
        """``pixels`` is None for a window left out; ``wanted`` marks, for every output that is made of the windows,
        the pixels that it finishes, None: all."""


def blended_channels(output: OutputSpec, disagreement: bool) -> int:
    """Channels that are blended: two for a binary model, and one more where disagreement is asked for."""
    channels = 2 if output.kind == "classes" and output.channels == 1 else output.channels
    return channels + (1 if disagreement else 0)


class Blend(NamedTuple):
    """One model's raw output -> what is blended of it; with ``disagreement`` also that which it follows from."""

    spec: ModelSpec
    disagreement: bool

    def __call__(self, raw: torch.Tensor) -> torch.Tensor:
        output = self.spec.output
        if output.kind == "classes":
            raw = activate(raw, output, self.disagreement or output.blend_on == "probabilities")
        elif output.valid_range is not None:
            raw = raw.clamp(*output.valid_range)
        if not self.disagreement:
            return raw
        extra = entropy(raw) if output.kind == "classes" else raw[:, :1] ** 2
        return torch.cat([raw, extra], dim=1)


class Forward:
    """Runs models that look at the same windows on batches of raw windows.

    Returns for every model float32 ``(n, channels, cells, cells)`` on the device: logits, probabilities or values,
    whatever its spec says is blended. With ``disagreement`` a last channel holds the mean entropy (classes) or the
    mean square (values) of the copies, from which the disagreement follows after blending.
    """

    def __init__(
        self,
        models: Together,
        device: "Device",
        dtype: str,
        normalisation: Normalisation,
        augment: Sequence[Augmentation],
        disagreement: Sequence[bool],
        batch_size: int,
        say: Callable[[Message], None],
    ) -> None:
        """``disagreement``: for every model whether it is asked for."""
        self._models, self._device, self._dtype, self._augment = models, device, dtype, list(augment)
        self._say = say
        self._blends = [Blend(spec, wanted) for spec, wanted in zip(models.specs, disagreement)]
        model = models.specs[0]
        self._stride = max([model.input.stride_px, *(spec.output.cell_px for spec in models.specs)])
        self._fixed = model.input.batch_fixed or (batch_size if device.constant_shapes else None)
        self.batch_limit = self._fixed or batch_size
        self.concurrent = min(device.concurrent_forwards, torch.get_num_threads())
        shape = (1, -1, 1, 1)
        target = device.torch_device
        self._scale = torch.from_numpy(normalisation.scale.astype(np.float32)).view(shape).to(target)
        self._shift = torch.from_numpy(normalisation.shift.astype(np.float32)).view(shape).to(target)
        bounded = bool(np.isfinite(normalisation.low).any() or np.isfinite(normalisation.high).any())
        self._low = torch.from_numpy(normalisation.low.astype(np.float32)).view(shape).to(target) if bounded else None
        self._high = torch.from_numpy(normalisation.high.astype(np.float32)).view(shape).to(target) if bounded else None

    def __call__(self, windows: List[RawWindow]) -> List[torch.Tensor]:
        """Run a batch, in smaller pieces when memory runs out; the limit that worked is kept."""
        pieces: List[List[torch.Tensor]] = []
        at = 0
        while at < len(windows):
            piece = windows[at : at + self.batch_limit]
            try:
                pieces.append(self._run(self._prepare(piece)))
            except (RuntimeError, MemoryError) as error:
                if not self._device.is_out_of_memory(error) or self._fixed is not None or len(piece) == 1:
                    raise
                self._device.empty_cache()
                self.batch_limit = max(1, len(piece) // 2)
                self._say(message("batch-shrunk", size=self.batch_limit))
                continue
            at += len(piece)
        return pieces[0] if len(pieces) == 1 else [torch.cat(parts) for parts in zip(*pieces)]

    def _prepare(self, windows: List[RawWindow]) -> Tuple[torch.Tensor, int]:
        """Normalised float32 batch on the device; invalid pixels are 0, which is the normalised mean."""
        target = self._device.torch_device
        raw = torch.from_numpy(_stack([w.pixels for w in windows if w.pixels is not None])).to(target)
        batch = raw.to(torch.float32)
        if self._low is not None and self._high is not None:
            batch = torch.max(torch.min(batch, self._high), self._low)
        batch = batch.mul_(self._scale).add_(self._shift) if batch is not raw else batch * self._scale + self._shift
        for index, window in enumerate(windows):
            if window.valid is not None:
                batch[index].masked_fill_(torch.from_numpy(~window.valid).to(target), 0.0)
        count = len(windows)
        if self._fixed is not None and count < self._fixed:
            batch = torch.cat([batch, batch[:1].expand(self._fixed - count, -1, -1, -1)])
        return batch, count

    def _run(self, prepared: Tuple[torch.Tensor, int]) -> List[torch.Tensor]:
        batch, count = prepared
        with torch.no_grad():
            result = self._augmented(batch, self._dtype)
            if not all(_finite(part) for part in result) and self._dtype != "fp32":
                self._say(message("overflow-redone", dtype=self._dtype))
                result = self._augmented(batch, "fp32")
            for part, blend in zip(result, self._blends):
                if not _finite(part):
                    raise EngineError("model-not-finite", model=blend.spec.title)
        return [part[:count] for part in result]

    def _augmented(self, batch: torch.Tensor, dtype: str) -> List[torch.Tensor]:
        totals: List[torch.Tensor] = []
        for augmentation in self._augment:
            with self._device.autocast(dtype):
                raw = self._models(augmentation.apply(batch, self._stride))
            parts = [self._part(blend, values, augmentation, batch) for blend, values in zip(self._blends, raw)]
            totals = [total.add_(part) for total, part in zip(totals, parts)] if totals else parts
        return totals if len(self._augment) == 1 else [total.div_(len(self._augment)) for total in totals]

    @staticmethod
    def _part(blend: Blend, raw: torch.Tensor, augmentation: Augmentation, batch: torch.Tensor) -> torch.Tensor:
        cells = [side // blend.spec.output.cell_px for side in batch.shape[2:]]
        return blend(augmentation.undo(raw.to(torch.float32), cells))


def _finite(values: torch.Tensor) -> bool:
    """Whether all values are finite. A sum, which costs a twentieth, already shows that in nearly every case."""
    return bool(torch.isfinite(values.sum())) or bool(torch.isfinite(values).all())


def _stack(pixels: List[np.ndarray]) -> np.ndarray:
    """One array of a type that every torch knows (uint16 and wider become float32)."""
    stacked = pixels[0][None] if len(pixels) == 1 else np.stack(pixels)
    if stacked.dtype not in (np.uint8, np.int8, np.int16, np.float32):
        stacked = stacked.astype(np.float32)
    if not stacked.flags.c_contiguous or not stacked.flags.writeable:
        stacked = stacked.copy()
    return stacked


def activate(raw: torch.Tensor, output: OutputSpec, probabilities: bool) -> torch.Tensor:
    """Network output ``(n, c, …)`` -> probabilities, or logits with two channels for a binary model."""
    binary = output.channels == 1
    if not probabilities:
        return torch.cat([torch.zeros_like(raw), raw], dim=1) if binary else raw
    if output.activation == "softmax":
        return torch.softmax(raw, dim=1)
    if output.activation == "sigmoid":
        raw = torch.sigmoid(raw)
    return torch.cat([1.0 - raw, raw], dim=1) if binary else raw


def entropy(probabilities: torch.Tensor) -> torch.Tensor:
    """Entropy over the channels, in nats: ``(n, c, …)`` -> ``(n, 1, …)``."""
    safe = probabilities.clamp(min=1e-12)
    return -(probabilities * safe.log()).sum(dim=1, keepdim=True)
