"""Cutting chips: squares of images and labels on the model's grid, window by window, into a chip store."""

from __future__ import annotations

import math
from typing import Callable, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from affine import Affine

from ..errors import UserError
from ..predict.resample import Resampler
from ..raster.blocks import valid_values
from ..raster.source import RasterSource, open_raster
from ..raster.stretch import within_unit
from .chip_store import ChipWriter
from .labels import Labels, open_raster_labels
from .scenes import Scene
from .spec import DataSetSpec

MIN_LABELLED = 0.02
"""A chip with a smaller labelled share is not worth its place."""
_BLOCKS = 16
"""Blocks whose values are looked at for a stretch."""


class ChipSettings(NamedTuple):
    """How chips are cut: side in pixels, metres per pixel (None: the images' own), shared border."""

    side_px: int
    gsd_m: Optional[float]
    overlap_px: int = 0


class Stretch(NamedTuple):
    """Per band, the values that become 0 and 255. uint8 is left untouched by (0, 255)."""

    low: Tuple[float, ...]
    high: Tuple[float, ...]


OpenLabels = Callable[[Scene, RasterSource], Labels]


class _Grid(NamedTuple):
    """The model's grid over an image."""

    rows: Resampler
    cols: Resampler

    def to_image(self, row0: int, col0: int) -> Affine:
        return Affine(self.cols.step, 0, col0 * self.cols.step, 0, self.rows.step, row0 * self.rows.step)


def model_grid(image: RasterSource, gsd_m: Optional[float], own_gsd_m: Optional[float]) -> _Grid:
    """The image's own grid where the GSD is within 5 %, or one of the two is not known."""
    gsd = image.gsd_m
    rows = gsd.row if gsd else own_gsd_m
    cols = gsd.col if gsd else own_gsd_m
    resamplers = []
    for size, own in ((image.height, rows), (image.width, cols)):
        ratio = 1.0 if own is None or gsd_m is None else own / gsd_m
        target = size if abs(ratio - 1) <= 0.05 else max(1, round(size * ratio))
        resamplers.append(Resampler(size, target, size / target))
    return _Grid(*resamplers)


def offsets(length: int, side: int, overlap: int) -> List[int]:
    """Where chips begin: every ``side - overlap``, the last one moved back inside."""
    if length <= side:
        return [0]
    step = side - overlap
    count = math.ceil((length - side) / step) + 1
    return [min(i * step, length - side) for i in range(count)]


def read_chip(
    image: RasterSource, grid: _Grid, stretch: Stretch, row0: int, col0: int, side: int
) -> Tuple[np.ndarray, np.ndarray]:
    """Pixels (bands, h, w) uint8 and valid (h, w) of a chip; h, w < side where the image ends."""
    row1, col1 = min(row0 + side, grid.rows.n_out), min(col0 + side, grid.cols.n_out)
    (r0, r1), (c0, c1) = grid.rows.taps(row0, row1), grid.cols.taps(col0, col1)
    read = image.read(r0, r1, c0, c1)
    low, high = np.array(stretch.low)[:, None, None], np.array(stretch.high)[:, None, None]
    values = (read.pixels.astype(np.float32) - low) * (255.0 / (high - low))
    values = np.clip(values, 0, 255).astype(np.float32)
    valid = np.ones(values.shape[1:], np.float32) if read.valid is None else read.valid.astype(np.float32)
    values *= valid
    down, across = grid.rows.matrix(row0, row1, r0, r1), grid.cols.matrix(col0, col1, c0, c1)
    share = down @ valid @ across.T
    resampled = (down @ values @ across.T) / np.maximum(share, 1e-3)
    return np.clip(np.rint(resampled), 0, 255).astype(np.uint8), share > 0.5


def raster_stretch(
    images: Sequence[str], bands: Optional[Sequence[int]], seed: int = 0, metric: bool = False
) -> Stretch:
    """(0, 255) for uint8, else the 2nd and 98th percentile of a seeded block sample of all images together; where
    heights are taught (``metric``) fractions stay as they are, as in :func:`..raster.stretch.make_stretch`."""
    rng = np.random.default_rng(seed)
    seen: List[np.ndarray] = []
    fractions = metric
    for path in images:
        with open_raster(path, bands) as source:
            if source.dtype == np.uint8:
                return Stretch((0.0,) * len(source.bands), (255.0,) * len(source.bands))
            for _ in range(max(1, _BLOCKS // len(images))):
                row = int(rng.integers(0, max(1, source.height - 128)))
                col = int(rng.integers(0, max(1, source.width - 128)))
                read = source.read(row, min(row + 128, source.height), col, min(col + 128, source.width))
                seen.append(valid_values(*read).astype(np.float64))
                fractions &= not seen[-1].size or within_unit(source.dtype, seen[-1])
    values = np.concatenate(seen, axis=1)
    if values.shape[1] == 0:
        raise UserError("raster-empty", path=images[0])
    if fractions:
        return Stretch((0.0,) * len(values), (1.0,) * len(values))
    low, high = np.percentile(values, 2, axis=1), np.percentile(values, 98, axis=1)
    high = np.where(high > low, high, low + 1)
    return Stretch(tuple(low.tolist()), tuple(high.tolist()))


def cut_scene(
    writer: ChipWriter,
    scene: Scene,
    spec: DataSetSpec,
    settings: ChipSettings,
    stretch: Stretch,
    open_labels: Optional[OpenLabels] = None,
) -> int:
    """Cut one scene; returns the number of chips. Small images are mirrored to a chip's side."""
    count = 0
    with open_raster(scene.image) as all_bands:
        if len(all_bands.available_bands) < max(spec.bands):
            raise UserError(
                "dataset-too-few-bands",
                image=scene.image,
                bands=len(all_bands.available_bands),
                wanted=max(spec.bands),
            )
    with open_raster(scene.image, spec.bands) as image:
        labels = (
            open_labels(scene, image) if open_labels else open_raster_labels(scene.labels, image, spec, writer.table)
        )
        try:
            grid = model_grid(image, settings.gsd_m, spec.gsd_m)
            for row0 in offsets(grid.rows.n_out, settings.side_px, settings.overlap_px):
                for col0 in offsets(grid.cols.n_out, settings.side_px, settings.overlap_px):
                    count += _cut_one(writer, scene, image, labels, grid, settings.side_px, stretch, row0, col0)
        finally:
            labels.close()
        if labels.unnamed:
            writer.notes.append(
                {
                    "labels": scene.labels,
                    "unnamed": dict(labels.unnamed.most_common(8)),
                    "pixels": image.width * image.height,
                }
            )
    return count


def _cut_one(
    writer: ChipWriter,
    scene: Scene,
    image: RasterSource,
    labels: Labels,
    grid: _Grid,
    side: int,
    stretch: Stretch,
    row0: int,
    col0: int,
) -> int:
    pixels, valid = read_chip(image, grid, stretch, row0, col0, side)
    ids = labels.read(grid.to_image(row0, col0), *valid.shape)
    unknown = writer.target.unknown
    ids = np.where(valid, ids, unknown).astype(writer.target.dtype)
    if (ids != unknown).mean() < MIN_LABELLED:
        return 0
    short = ((0, side - ids.shape[0]), (0, side - ids.shape[1]))
    if any(after for _, after in short):
        pixels = np.pad(pixels, ((0, 0), *short), mode="symmetric")
        ids = np.pad(ids, short, mode="symmetric")
    writer.add(pixels, ids, scene)
    return 1
