"""What a tool gives against the network run over the whole image at once.

The whole-image pass of the small conv net is computed by strips of full width with a halo wider than its receptive
field, which gives the very same numbers (float32) without holding the image's activations.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, NamedTuple, Optional

import networks
import numpy as np
import rasterio
import torch
from rasterio.windows import Window

HALO_PX = 32
STRIP_PX = 256
TIE = 1e-5
"""Two classes whose probabilities are this close are tied: rounding decides."""
NEAR_PX = 16


class Reference(NamedTuple):
    """Of a scene: labels (h, w), where two classes are tied, where pixels are real, and probabilities (c, h, w)."""

    labels: np.ndarray
    tied: np.ndarray
    valid: np.ndarray
    probabilities: Optional[np.ndarray]


def reference(path: Path, name: str, with_probabilities: bool) -> Reference:
    """The whole-image pass of a network with a known receptive radius."""
    network = networks.make_network(name)
    assert (networks.NETWORKS[name].radius_px or HALO_PX) < HALO_PX
    parts = []
    with rasterio.open(path) as data, torch.no_grad():
        for row in range(0, data.height, STRIP_PX):
            first, end = max(0, row - HALO_PX), min(data.height, row + STRIP_PX + HALO_PX)
            pixels = data.read(window=Window(0, first, data.width, end - first))
            logits = network(torch.from_numpy(pixels)[None].to(torch.float32) / 255)
            rows = slice(row - first, min(data.height, row + STRIP_PX) - first)
            shares = torch.softmax(logits[0, :, rows], dim=0)
            top = shares.topk(2, dim=0).values
            kept = shares.numpy() if with_probabilities else None
            valid = (pixels[:, rows] != 0).any(axis=0)
            parts.append((shares.argmax(dim=0).to(torch.uint8).numpy(), (top[0] - top[1] < TIE).numpy(), valid, kept))
    labels, tied, valid = (np.concatenate([p[i] for p in parts]) for i in range(3))
    probabilities = np.concatenate([p[3] for p in parts], axis=1) if with_probabilities else None
    return Reference(labels, tied, valid, probabilities)


def read_labels(path: Path) -> np.ndarray:
    if path.suffix == ".npy":
        return np.load(path)
    with rasterio.open(path) as data:
        return data.read(1)


def compare_labels(path: Path, truth: Reference) -> Dict[str, Any]:
    """Mismatching labels among valid pixels, those that are no ties, and void pixels that were given a class."""
    labels = read_labels(path)
    if labels.shape != truth.labels.shape:
        return {"shape": list(labels.shape)}
    wrong = (labels != truth.labels) & truth.valid
    void = ~truth.valid
    return {
        "mismatch_percent": round(100 * float(wrong.sum()) / float(truth.valid.sum()), 5),
        "mismatch_beyond_ties": int((wrong & ~truth.tied).sum()),
        "void_px": int(void.sum()),
        "void_classified_px": int((void & (labels < truth.labels.max() + 1)).sum()),
    }


def compare_values(path: Path, truth: Reference) -> Dict[str, float]:
    """Largest difference of probabilities: everywhere, on the raster's border rows, in its corners, at void's edge."""
    assert truth.probabilities is not None
    with rasterio.open(path) as data:
        difference = np.abs(data.read() - truth.probabilities).max(axis=0)
    difference[~truth.valid] = 0
    height, width = truth.labels.shape
    border = np.zeros(truth.labels.shape, dtype=bool)
    border[:4], border[-4:], border[:, :4], border[:, -4:] = True, True, True, True
    corners = np.zeros_like(border)
    for rows in (slice(0, 4), slice(height - 4, height)):
        for cols in (slice(0, 4), slice(width - 4, width)):
            corners[rows, cols] = True
    near = near_void(truth.valid)
    areas = {"everywhere": np.ones_like(border), "border rows 0-3": border, "corners": corners, "void edge": near}
    return {name: float(difference[area].max()) if area.any() else 0.0 for name, area in areas.items()}


def near_void(valid: np.ndarray) -> np.ndarray:
    """Valid pixels with a void one within ``NEAR_PX`` along a row or a column."""
    near = np.zeros_like(valid)
    for step in range(1, NEAR_PX + 1):
        near[step:] |= ~valid[:-step]
        near[:-step] |= ~valid[step:]
        near[:, step:] |= ~valid[:, :-step]
        near[:, :-step] |= ~valid[:, step:]
    return near & valid
