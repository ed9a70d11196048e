"""Chips -> training crops. Every random choice comes from the generator that is handed in."""

from __future__ import annotations

from typing import NamedTuple, Tuple

import numpy as np
import torch
from torch.nn import functional


class Augmentation(NamedTuple):
    """How far crops are varied. All zeros and ``zoom=(1, 1)``: only the place of the crop is random."""

    turn: bool = True
    """Flips and quarter turns."""
    zoom: Tuple[float, float] = (0.7, 1.4)
    """A crop covers this many times its side of the chip: other GSDs."""
    brightness: float = 0.25
    contrast: float = 0.25
    gamma: float = 0.25
    tint: float = 0.08
    """Per band gain: other sensors, haze, white balance."""
    saturation: float = 0.4
    noise: float = 0.02
    blur: float = 0.2
    """Share of crops that are blurred a little."""

    def with_color(self, factor: float) -> "Augmentation":
        """Colours varied ``factor`` times as far."""
        parts = ("brightness", "contrast", "gamma", "tint", "saturation")
        return self._replace(**{name: factor * getattr(self, name) for name in parts})


class Crop(NamedTuple):
    """(bands, side, side) float32 in 0-1, (side, side) labels: uint8 ids, or int32 centimetres."""

    image: torch.Tensor
    labels: torch.Tensor


def crop(image: np.ndarray, labels: np.ndarray, side: int, how: Augmentation, rng: np.random.Generator) -> Crop:
    """A crop of ``side`` pixels out of a chip (bands, s, s) uint8 with labels (s, s); never larger than it."""
    chip_side = labels.shape[0]
    reach = float(np.exp(rng.uniform(np.log(how.zoom[0]), np.log(how.zoom[1]))))
    wanted = int(min(chip_side, max(8, round(side * reach))))
    row, col = (int(v) for v in rng.integers(0, chip_side - wanted + 1, 2))
    part = image[:, row : row + wanted, col : col + wanted]
    ids = labels[row : row + wanted, col : col + wanted]
    if how.turn:
        turns, mirrored = int(rng.integers(0, 4)), bool(rng.integers(0, 2))
        part, ids = np.rot90(part, turns, (1, 2)), np.rot90(ids, turns)
        if mirrored:
            part, ids = part[:, :, ::-1], ids[:, ::-1]
    pixels = torch.from_numpy(np.array(part)).float().div_(255.0)  # copies: the store is read-only
    known = torch.from_numpy(ids.astype(np.uint8 if ids.dtype == np.uint8 else np.int32))
    if wanted != side:
        pixels, known = _resized(pixels, known, side)
    return Crop(_recoloured(pixels, how, rng), known)


def _resized(pixels: torch.Tensor, ids: torch.Tensor, side: int) -> Tuple[torch.Tensor, torch.Tensor]:
    shrinks = pixels.shape[1] > side
    mode = "area" if shrinks else "bilinear"
    align = {} if shrinks else {"align_corners": False}
    small = functional.interpolate(pixels[None], size=(side, side), mode=mode, **align)[0]
    nearest = functional.interpolate(ids[None, None].float(), size=(side, side), mode="nearest")[0, 0]
    return small, nearest.to(ids.dtype)


def _recoloured(x: torch.Tensor, how: Augmentation, rng: np.random.Generator) -> torch.Tensor:
    def vary(amount: float) -> float:
        return float(rng.uniform(-amount, amount))

    bands = x.shape[0]
    if how.gamma:
        x = x.clamp(min=1e-4) ** float(np.exp(vary(how.gamma)))
    if how.contrast:
        mean = x.mean()
        x = (x - mean) * (1 + vary(how.contrast)) + mean
    if how.saturation:
        grey = x.mean(0, keepdim=True)
        x = grey + (x - grey) * (1 + vary(how.saturation))
    if how.brightness or how.tint:
        gain = torch.tensor([1 + vary(how.tint) for _ in range(bands)], dtype=x.dtype)[:, None, None]
        x = x * gain * (1 + vary(how.brightness)) + vary(how.tint)
    if how.blur and rng.random() < how.blur:
        x = functional.avg_pool2d(functional.pad(x[None], (1, 1, 1, 1), mode="replicate"), 3, 1)[0]
    if how.noise:
        sigma = abs(vary(how.noise))
        x = x + torch.from_numpy(rng.standard_normal(tuple(x.shape), dtype=np.float32)) * sigma
    return x.clamp(0.0, 1.0)
