"""Labels of one image, read for any grid of points: colours, numbers, heights or polygons -> label ids."""

from __future__ import annotations

from collections import Counter
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple
from typing import Counter as CounterType

import numpy as np
from affine import Affine
from rasterio.features import rasterize
from shapely.geometry import box
from shapely.strtree import STRtree
from typing_extensions import Protocol

from ..errors import UserError
from ..raster.source import RasterSource, open_raster
from .label_table import IGNORED, LabelTable
from .spec import DataSetSpec, SourceClass
from .target import CLASSES, HEIGHTS, METRES

_UNNAMED = 254  # inside this module only: a value that names no class
LOWEST_M, HIGHEST_M = -5.0, 130.0
"""Heights beyond are errors: the tallest trees have 116 m."""


class Labels(Protocol):
    """Label ids at the points of a grid over the image."""

    unnamed: CounterType[str]
    """Values seen that name no class, with their number of pixels; such pixels are ignored."""

    def read(self, to_image: Affine, height: int, width: int) -> np.ndarray:
        """(height, width) uint8; ``to_image`` takes (col, row) of the grid to pixel coordinates of the image."""

    def close(self) -> None: ...


class RasterLabels:
    """Labels in a raster: the same pixels as the image, or its own georeferencing in the same CRS."""

    target = CLASSES

    def __init__(self, source: RasterSource, image: RasterSource, spec: DataSetSpec, table: LabelTable) -> None:
        self._source = source
        self._to_labels = _pixel_mapping(image, source)
        self._spec = spec
        self._ids = {c.name: table.id_of(c.wanted) for c in spec.classes}
        self.unnamed: CounterType[str] = Counter()

    def read(self, to_image: Affine, height: int, width: int) -> np.ndarray:
        to_labels = self._to_labels * to_image
        cols, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
        x = np.floor(to_labels.a * cols + to_labels.b * rows + to_labels.c + 1e-6).astype(int)
        y = np.floor(to_labels.d * cols + to_labels.e * rows + to_labels.f + 1e-6).astype(int)
        inside = (x >= 0) & (y >= 0) & (x < self._source.width) & (y < self._source.height)
        out = np.full((height, width), self.target.unknown, self.target.dtype)
        if not inside.any():
            return out
        r0, r1, c0, c1 = y[inside].min(), y[inside].max() + 1, x[inside].min(), x[inside].max() + 1
        stored = self._source.read(int(r0), int(r1), int(c0), int(c1))
        ids = self._ids_of(stored.pixels)
        if stored.valid is not None:
            ids[~stored.valid] = self.target.unknown
        out[inside] = ids[y[inside] - r0, x[inside] - c0]
        self._count_unnamed(stored.pixels, ids)
        if self.target.counted:
            out[out == _UNNAMED] = self.target.unknown
        return out

    def _ids_of(self, pixels: np.ndarray) -> np.ndarray:
        kind = self._spec.labels.kind
        if kind == "heights":
            return _height_ids(pixels[0], self._spec.classes, self._ids)
        ids = np.full(pixels.shape[1:], _UNNAMED, np.uint8)
        if kind == "colors":
            packed = _packed(pixels)
            for c in self._spec.classes:
                ids[packed == _pack(c.color or (0, 0, 0))] = self._ids[c.name]
            for color in self._spec.labels.ignored_colors:
                ids[packed == _pack(color)] = IGNORED
            return ids
        for c in self._spec.classes:
            ids[np.isin(pixels[0], c.values)] = self._ids[c.name]
        ids[np.isin(pixels[0], self._spec.labels.ignored_values)] = IGNORED
        return ids

    def _count_unnamed(self, pixels: np.ndarray, ids: np.ndarray) -> None:
        where = ids == _UNNAMED
        if not where.any():
            return
        colors = self._spec.labels.kind == "colors"
        values, counts = np.unique(_packed(pixels)[where] if colors else pixels[0][where], return_counts=True)
        for value, count in zip(values.tolist(), counts.tolist()):
            name = f"({value >> 16}, {value >> 8 & 255}, {value & 255})" if colors else f"{value:g}"
            self.unnamed[name] += count

    def close(self) -> None:
        self._source.close()


def _height_ids(heights: np.ndarray, classes: Sequence[SourceClass], ids: Dict[str, int]) -> np.ndarray:
    out = np.full(heights.shape, IGNORED, np.uint8)
    for c in classes:
        low = -np.inf if c.minimum is None else c.minimum
        high = np.inf if c.maximum is None else c.maximum
        out[(heights >= low) & (heights < high)] = ids[c.name]
    return out


def _pack(color: Sequence[int]) -> int:
    return (color[0] << 16) | (color[1] << 8) | color[2]


def _packed(pixels: np.ndarray) -> np.ndarray:
    wide = pixels[:3].astype(np.int32)
    packed: np.ndarray = (wide[0] << 16) | (wide[1] << 8) | wide[2]
    return packed


def _pixel_mapping(image: RasterSource, labels: RasterSource) -> Affine:
    """Pixel coordinates of the image -> pixel coordinates of the labels."""
    same_place = bool(image.crs) and bool(labels.crs) and image.crs == labels.crs
    if same_place and not (image.transform.is_identity or labels.transform.is_identity):
        return ~labels.transform * image.transform
    if (image.width, image.height) != (labels.width, labels.height):
        raise UserError(
            "dataset-size-mismatch",
            image=image.path,
            labels=labels.path,
            image_size=f"{image.width} x {image.height}",
            labels_size=f"{labels.width} x {labels.height}",
        )
    return Affine.identity()


class HeightLabels(RasterLabels):
    """Metres above ground in a raster's first band, as centimetres. Slightly negative ones are ground."""

    target = HEIGHTS

    def _ids_of(self, pixels: np.ndarray) -> np.ndarray:
        heights = pixels[0].astype(np.float64)
        meant = (heights >= LOWEST_M) & (heights <= HIGHEST_M)
        steps = np.rint(np.clip(np.where(meant, heights, 0.0), 0.0, None) / METRES)
        return np.where(meant, steps, self.target.unknown).astype(self.target.dtype)

    def _count_unnamed(self, pixels: np.ndarray, ids: np.ndarray) -> None:
        odd = (pixels[0] < LOWEST_M) | (pixels[0] > HIGHEST_M)
        for value in np.unique(np.rint(pixels[0][odd])).tolist():
            self.unnamed[f"{value:g} m"] += int((np.rint(pixels[0]) == value).sum())


class Shape(NamedTuple):
    """A polygon in pixel coordinates of the image, with its label id."""

    geometry: Any
    label: int


class PolygonLabels:
    """Labels as polygons. Where several overlap, the smaller one counts; outside all of them ``background`` does."""

    def __init__(self, shapes: Sequence[Shape], background: int) -> None:
        self._shapes = sorted(shapes, key=lambda s: -s.geometry.area)
        self._tree = STRtree([s.geometry for s in self._shapes])
        self._background = background
        self.unnamed: CounterType[str] = Counter()

    def read(self, to_image: Affine, height: int, width: int) -> np.ndarray:
        corners = [to_image * p for p in ((0, 0), (width, 0), (width, height), (0, height))]
        xs, ys = [p[0] for p in corners], [p[1] for p in corners]
        near = sorted(self._tree.query(box(min(xs), min(ys), max(xs), max(ys))).tolist())
        if not near:
            return np.full((height, width), self._background, np.uint8)
        burnt: np.ndarray = rasterize(
            [(self._shapes[i].geometry, self._shapes[i].label) for i in near],
            out_shape=(height, width),
            transform=to_image,
            fill=self._background,
            dtype="uint8",
        )
        return burnt

    def close(self) -> None:
        """Nothing is held open."""


def open_raster_labels(path: str, image: RasterSource, spec: DataSetSpec, table: LabelTable) -> RasterLabels:
    """Labels of ``image`` in the raster ``path``."""
    source = open_raster(path, expand_palette=spec.labels.kind == "colors")
    kind = HeightLabels if spec.target is HEIGHTS else RasterLabels
    try:
        return kind(source, image, spec, table)
    except UserError:
        source.close()
        raise


def class_field_ids(
    values: Sequence[Any], spec: DataSetSpec, table: LabelTable
) -> Tuple[List[Optional[int]], CounterType[str]]:
    """Label ids of polygons from their class field (a class name, or one of its ``values``); None: names no class."""
    by_text = {c.name.strip().lower(): c for c in spec.classes}
    by_value = {v: c for c in spec.classes for v in c.values}
    ids: List[Optional[int]] = []
    unnamed: CounterType[str] = Counter()
    for value in values:
        found = by_text.get(str(value).strip().lower())
        if found is None and isinstance(value, (int, float)) and value == int(value):
            found = by_value.get(int(value))
        ids.append(table.id_of(found.wanted) if found else None)
        if found is None:
            unnamed[str(value)] += 1
    return ids, unnamed
