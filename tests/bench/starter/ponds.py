"""Ponds and shadows drawn into training chips: dark, smooth water such as the sources hardly have, and darkness that
is no water.

Water of the sources is bright (Dubai) or lies in narrow canals (Netherlands); a network that saw only that takes a
dark pond for asphalt. Here blobs of dark colours, with shallow edges and little texture, replace ground in chips;
buildings keep their place, and trees every other time, so that crowns hang over the shore.
"""

from __future__ import annotations

from typing import List, Optional, Tuple

import numpy as np
from rs_dino_engine.datasets.chip_store import ChipWriter
from rs_dino_engine.datasets.label_table import IGNORED
from rs_dino_engine.datasets.scenes import TRAIN, Scene
from scipy import ndimage

NAME = "ponds"
WEIGHT = 0.8
ZOOM = (0.6, 1.6)
COPIES = {"netherlands": 8, "new-york": 8, "idtrees-canopy": 3, "neon-canopy": 3, "ign-farmland": 6}
"""How many ponds are tried in a chip of a source; one with no green shore is not drawn."""

SHADED = {"netherlands": 1, "new-york": 1, "idtrees-canopy": 1, "neon-canopy": 1}
"""How many copies with shadows a chip of a source gets."""

_HARMONICS = 5
_SHORE_PX = 4


class PondWriter(ChipWriter):
    """A chip writer that also writes copies of training chips with ponds in them, as a data set of their own."""

    def add(self, image: np.ndarray, labels: np.ndarray, scene: Scene) -> None:
        super().add(image, labels, scene)
        if scene.split != TRAIN:
            return
        rng = np.random.default_rng(len(self._rows))
        for _ in range(COPIES.get(scene.data_set, 0)):
            drawn = with_pond(image, labels, self.table.classes, rng)
            if drawn is not None:
                super().add(*drawn, scene._replace(data_set=NAME))
        for _ in range(SHADED.get(scene.data_set, 0)):
            super().add(with_shadows(image, rng), labels, scene._replace(data_set=NAME))


def with_pond(
    image: np.ndarray, labels: np.ndarray, classes: List[str], rng: np.random.Generator
) -> Optional[Tuple[np.ndarray, np.ndarray]]:
    """A chip (bands, side, side) uint8 with its ids (side, side), and a pond; None where it found no green place."""
    side = labels.shape[0]
    blob = _blob(side, rng)
    kept = ["building", "tree"] if rng.random() < 0.5 else ["building"]
    standing = np.isin(labels, [classes.index(name) for name in kept])
    blob &= ~standing
    blob = ndimage.binary_opening(blob, iterations=3)
    around = ndimage.binary_dilation(blob, iterations=3 * _SHORE_PX) & ~blob
    if blob.mean() < 0.03 or _green(image, around) < 0.5:
        return None
    depth = ndimage.distance_transform_edt(blob)
    alpha = np.clip(ndimage.gaussian_filter(blob.astype(np.float32), 1.2), 0, 1)
    water = _water(side, depth, rng)
    out = image * (1 - alpha) + water * alpha
    ids = labels.copy()
    near = ndimage.binary_dilation(blob, iterations=_SHORE_PX) & ~ndimage.binary_erosion(blob, iterations=_SHORE_PX)
    ids[near & ~standing] = IGNORED
    ids[ndimage.binary_erosion(blob, iterations=_SHORE_PX)] = classes.index("water")
    return np.clip(np.rint(out), 0, 255).astype(np.uint8), ids


def with_shadows(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A chip (bands, side, side) uint8 with a few soft-edged shadows, a little bluer than the light."""
    side, shade = image.shape[1], np.zeros(image.shape[1:], np.float32)
    for _ in range(int(rng.integers(2, 6))):
        blob = _blob(side, rng, (0.06, 0.3)).astype(np.float32)
        shade = np.maximum(shade, ndimage.gaussian_filter(blob, rng.uniform(0.8, 4)))
    left = rng.uniform(0.25, 0.6) * np.array([0.95, 1.0, 1.08])[:, None, None]
    dark = image[:3] * (1 - shade * (1 - left))
    return np.concatenate([np.clip(np.rint(dark), 0, 255).astype(np.uint8), image[3:]])


def _green(image: np.ndarray, where: np.ndarray) -> float:
    red, green, blue = (band[where].astype(np.float32) for band in image[:3])
    return float((green > 1.03 * np.maximum(red, blue)).mean()) if where.any() else 0.0


def _blob(side: int, rng: np.random.Generator, reach: Tuple[float, float] = (0.15, 0.65)) -> np.ndarray:
    """A round, wavy outline; its centre may lie near the border, so that shores cross the chip."""
    centre = rng.uniform(0.05, 0.95, 2) * side
    y, x = np.mgrid[0:side, 0:side].astype(np.float32)
    angle = np.arctan2(y - centre[0], x - centre[1])
    stretch = rng.uniform(0.5, 1.0)
    turn = rng.uniform(0, np.pi)
    along = (x - centre[1]) * np.cos(turn) + (y - centre[0]) * np.sin(turn)
    across = ((y - centre[0]) * np.cos(turn) - (x - centre[1]) * np.sin(turn)) / stretch
    radius = np.full(angle.shape, rng.uniform(*reach) * side, np.float32)
    for k in range(1, _HARMONICS + 1):
        radius *= 1 + rng.uniform(0, 0.25) / k * np.cos(k * angle + rng.uniform(0, 2 * np.pi))
    return np.hypot(along, across) < radius


def _water(side: int, depth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(3, side, side): a dark colour of little saturation, lighter and browner at the shore, faint ripples, specks."""
    value = rng.uniform(18, 95)
    colour = value * (1 + rng.uniform((-0.15, -0.15, -0.1), (0.05, 0.0, 0.15)))
    if rng.random() < 0.5:  # grey, as asphalt is
        colour = value * (1 + rng.uniform(-0.05, 0.05, 3))
    noise = [ndimage.gaussian_filter(rng.standard_normal((side, side)), s) for s in (40, 6, 0.8)]
    size = (rng.uniform(0, 5), rng.uniform(0, 2), rng.uniform(0.3, 2.5))
    light = sum(n / n.std() * s for n, s in zip(noise, size))
    shallow = np.exp(-depth / rng.uniform(3, 25)) * rng.uniform(0, 30)
    out = colour[:, None, None] + light + shallow * np.array([1.0, 0.95, 0.7])[:, None, None]
    specks = ndimage.gaussian_filter((rng.random((side, side)) < rng.uniform(0, 4e-4)).astype(np.float32), 1.2)
    return out + specks * rng.uniform(200, 1200)
