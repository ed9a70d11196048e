"""References: what somebody saw at points, or in polygons, and the pixels of a raster they speak of."""

from __future__ import annotations

from typing import Any, List, NamedTuple, Sequence, Tuple

import numpy as np
import shapely

from ..errors import UserError
from ..messages import Message, message
from ..raster.geometries import Geometries, clipped_to_grid, parts_of, points_onto_grid, read_geometries
from ..raster.source import RasterSource

_BLOCK_PX = 512
_TRIES_AT_MOST, _ROUNDS = 2**20, 8


class References(NamedTuple):
    """Pixels (``row``, ``col``) with the ``value`` of the field there; polygons count by one pixel each."""

    row: np.ndarray
    col: np.ndarray
    value: np.ndarray
    polygons: int
    outside: int

    @property
    def total(self) -> int:
        """Those outside the raster, too."""
        return len(self.row) + self.outside


class Sampled(NamedTuple):
    """The raster's values at pixels, and where they are known."""

    value: np.ndarray
    known: np.ndarray


def read_references(path: str, field: str, raster: RasterSource, seed: int) -> References:
    """The points and polygons of a vector file on a raster's grid; those outside it are counted.

    The pixels of a polygon are not independent of each other, so one of them, drawn at random, stands for it.
    Raises ``UserError``: no such file or field, neither points nor polygons, none of them on the raster.
    """
    read = read_geometries(path, "references-missing", "references-unreadable", with_fields=True)
    if field not in read.fields:
        raise UserError("references-no-field", path=path, field=field, fields=", ".join(read.fields) or "none")
    places, owners, polygons = _places(read, raster, np.random.default_rng(seed))
    if not len(owners):
        raise UserError("references-empty", path=path)
    inside = (places >= 0).all(1) & (places[:, 0] < raster.width) & (places[:, 1] < raster.height)
    if not inside.any():
        raise UserError("references-nowhere", path=path)
    pixels = np.floor(places[inside]).astype(np.int64)
    values = np.asarray(read.fields[field], dtype=object)[owners[inside]]
    return References(pixels[:, 1], pixels[:, 0], values, polygons, int((~inside).sum()))


def sampled(raster: RasterSource, row: np.ndarray, col: np.ndarray) -> Sampled:
    """The first band at pixels inside the raster, read block by block."""
    value, known = np.zeros(len(row)), np.zeros(len(row), bool)
    across = raster.width // _BLOCK_PX + 1
    blocks, place = np.unique(row // _BLOCK_PX * across + col // _BLOCK_PX, return_inverse=True)
    for index, block in enumerate(blocks.tolist()):
        mine = np.flatnonzero(place == index)
        top, left = block // across * _BLOCK_PX, block % across * _BLOCK_PX
        bottom, right = min(top + _BLOCK_PX, raster.height), min(left + _BLOCK_PX, raster.width)
        read = raster.read(top, bottom, left, right)
        value[mine] = read.pixels[0][row[mine] - top, col[mine] - left]
        known[mine] = True if read.valid is None else read.valid[row[mine] - top, col[mine] - left]
    known &= np.isfinite(value)
    return Sampled(value, known)


def notes_on(
    read: References, known: np.ndarray, empty: np.ndarray, used: np.ndarray, field: str, others: Sequence[Message] = ()
) -> List[Message]:
    """What has to be said about references. ``known``: those where the raster says something; of these, ``empty`` have
    no value and ``used`` count; ``others`` is what else keeps some from it. Raises ``UserError`` where none counts."""
    outside, unlabelled = read.outside + int((~known).sum()), int(empty.sum())
    notes: List[Message] = []
    if outside:
        notes.append(message("references-left-out", count=outside, of=read.total))
    if unlabelled:
        notes.append(message("references-unlabelled", count=unlabelled, of=read.total, field=field))
    notes += others
    if read.polygons:
        notes.append(message("references-polygons", count=read.polygons))
    if unlabelled and unlabelled == int(known.sum()):
        raise UserError("references-none-labelled", count=unlabelled, of=read.total, field=field)
    if not used.any():
        raise UserError("references-none-left")
    return notes


def _places(read: Geometries, raster: RasterSource, rng: np.random.Generator) -> Tuple[np.ndarray, np.ndarray, int]:
    """(n, 2) columns and rows, NaN where a reference has no place; whose they are; how many are polygons."""
    points: List[Any] = []
    owners: List[int] = []
    drawn: List[Tuple[float, float]] = []
    drawn_owners: List[int] = []
    for number, shape in enumerate(read.shapes):
        inner = parts_of([shape], ["Polygon"])
        if inner:
            drawn.append(_one_pixel(inner, read.crs, raster, rng))
            drawn_owners.append(number)
            continue
        for part in parts_of([shape], ["Point"]):
            points.append(part)
            owners.append(number)
    found = points_onto_grid(
        shapely.get_coordinates(points), read.crs, raster.crs, raster.transform, raster.width, raster.height
    )
    places = np.concatenate([found, np.array(drawn, dtype=float).reshape(-1, 2)])
    return places, np.array([*owners, *drawn_owners], dtype=np.int64), len(drawn)


def _one_pixel(polygon: List[Any], crs: Any, raster: RasterSource, rng: np.random.Generator) -> Tuple[float, float]:
    """A pixel whose centre lies inside, all with the same chance; where there is none, one that the polygon holds a
    part of; NaN outside the raster."""
    inside = clipped_to_grid(polygon, crs, raster.crs, raster.transform, raster.width, raster.height)
    if not inside:
        return float("nan"), float("nan")
    shape = shapely.union_all(inside)
    west, north, east, south = shape.bounds
    col0, col1, row0, row1 = int(west), int(np.ceil(east)), int(north), int(np.ceil(south))
    tries = min(64 + int(8 * (col1 - col0) * (row1 - row0) / max(shape.area, 1.0)), _TRIES_AT_MOST)
    shapely.prepare(shape)
    for _ in range(_ROUNDS):
        cols, rows = rng.integers(col0, col1, tries) + 0.5, rng.integers(row0, row1, tries) + 0.5
        hit = np.flatnonzero(shapely.contains_xy(shape, cols, rows))
        if len(hit):
            return float(cols[hit[0]]), float(rows[hit[0]])
    somewhere = shape.representative_point()
    return float(somewhere.x), float(somewhere.y)
