"""A model's answer to a picture that is the same everywhere: some values of it tell two models, or devices, apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Sequence

import numpy as np

from ..devices import Device
from ..models.runtime import LoadedModel
from ..models.spec import InputSpec

if TYPE_CHECKING:
    import torch

VALUES = 64
_SIDE_PX = 256
_STEP_PX = 32
_PERIODS = ((96, 37), (61, 83), (45, 29))
"""Of the waves of a band, down and along, in pixels."""
_SEED = 1


def synthetic(bands: int, height: int, width: int) -> np.ndarray:
    """``(bands, height, width)`` uint8: triangular waves, a grid of blocks and grain, in whole numbers, so that no
    rounding differs anywhere."""
    rows, cols = np.arange(height)[:, None], np.arange(width)[None]
    rng = np.random.Generator(np.random.PCG64(_SEED))
    out = np.zeros((bands, height, width), np.uint8)
    for band in range(bands):
        down, along = _PERIODS[band % len(_PERIODS)]
        waves = _triangles(rows, down) + _triangles(cols, along)
        blocks = ((rows // 24 + cols // (40 + 8 * band)) % 3) * 40
        out[band] = waves + blocks + rng.integers(0, 30, (height, width))
    return out


def _triangles(places: np.ndarray, period: int) -> np.ndarray:
    """0-60 and back."""
    return np.abs((places * 2) % (2 * period) - period) * 60 // period


def normalised(spec: InputSpec, pixels: np.ndarray) -> "torch.Tensor":
    """The picture as the model wants it, ``(1, bands, height, width)`` float32."""
    import torch

    mean = np.asarray(spec.mean, np.float64)[:, None, None]
    std = np.asarray(spec.std, np.float64)[:, None, None]
    return torch.from_numpy(((pixels / 255.0 - mean) / std)[None].astype(np.float32))


def side_of(spec: InputSpec) -> int:
    """Side of the picture: 256 px, or the one size that a model takes."""
    step = spec.stride_px * _STEP_PX // np.gcd(spec.stride_px, _STEP_PX)
    return spec.window_px if spec.window_fixed else int(-(-_SIDE_PX // step) * step)


def fingerprint(model: LoadedModel, device: Device, dtype: str) -> Dict[str, Any]:
    """Shape, mean, spread and ``VALUES`` evenly taken values of the raw output, with 7 digits."""
    import torch

    spec = model.spec.input
    side = side_of(spec)
    window = normalised(spec, synthetic(len(spec.bands), side, side)).to(device.torch_device)
    if spec.batch_fixed:
        window = window.expand(spec.batch_fixed, -1, -1, -1).contiguous()
    with torch.no_grad(), device.autocast(dtype):
        out = model(window)[:1].float().cpu().double()
    flat = out.reshape(-1)
    finite = bool(torch.isfinite(flat).all())
    flat = torch.where(torch.isfinite(flat), flat, torch.zeros_like(flat))
    chosen: List[float] = flat[:: max(1, len(flat) // VALUES)][:VALUES].tolist()
    return {
        "device": device.name,
        "dtype": dtype,
        "picture_px": side,
        "shape": list(out.shape[1:]),
        "finite": finite,
        "mean": _short(float(flat.mean())),
        "std": _short(float(flat.std(unbiased=False))),
        "values": [_short(v) for v in chosen],
    }


def distance(first: Dict[str, Any], second: Dict[str, Any]) -> float:
    """Root mean square difference of two fingerprints' values over the spread of the first; infinite where their
    shapes differ."""
    if first["shape"] != second["shape"] or len(first["values"]) != len(second["values"]):
        return float("inf")
    a, b = (np.asarray(f["values"], np.float64) for f in (first, second))
    off = float(np.sqrt(np.mean((a - b) ** 2)) / max(float(first["std"]), 1e-12))
    return float(f"{off:.3g}") if np.isfinite(off) else float("inf")


def sides(found: Sequence[Dict[str, Any]]) -> Dict[str, Dict[str, Any]]:
    """By device and precision."""
    return {f"{one['device']} {one['dtype']}": one for one in found}


def _short(value: float) -> float:
    return float(f"{value:.7g}")
