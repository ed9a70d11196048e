"""Several rasters read as one: sheets on one grid, the first valid sheet wins, gaps are not valid."""

from __future__ import annotations

import hashlib
import math
from collections import Counter, OrderedDict
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from affine import Affine
from rasterio.warp import transform as warp_points

from ..errors import UserError
from ..messages import Message, message
from .gdal_env import gdal
from .grid import Gsd, gsd, to_pyproj
from .paths import expand_paths
from .placement import TargetGrid
from .source import Pixels, RasterSource, open_raster

MAX_OPEN = 32
_ON_GRID_PX = 1e-3  # sheets off by less than this share the grid
_EDGE_POINTS = 33


class Sheet(NamedTuple):
    """Where a sheet lies on the mosaic's grid (ends excluded), and the transform of that part of the grid."""

    name: str
    row0: int
    row1: int
    col0: int
    col1: int
    transform: Affine


class _Member(NamedTuple):
    """What has to be known of a sheet before it is placed."""

    path: str
    name: str
    width: int
    height: int
    crs: object
    transform: Affine
    always_valid: bool
    fingerprint: str


class RasterMosaic:
    """Sheets behind the interface of :class:`.source.RasterSource`. One instance belongs to one thread."""

    def __init__(self, paths: Sequence[str], bands: Optional[Sequence[int]] = None) -> None:
        members, first = _members(paths, bands)
        self.messages: List[Message] = first.messages
        self.path, self.name = members[0].path, f"{members[0].name}_mosaic"
        self.bands, self.band_names, self.available_bands = first.bands, first.band_names, first.available_bands
        self.dtype, self.nodata, self.scale, self.offset = first.dtype, first.nodata, first.scale, first.offset
        base = _common_grid(members)
        self.crs = base.crs
        boxes = [_box(base, member) for member in members]
        top, left = min(b[0] for b in boxes), min(b[2] for b in boxes)
        self.height, self.width = max(b[1] for b in boxes) - top, max(b[3] for b in boxes) - left
        self.transform = base.transform * Affine.translation(left, top)
        self.sheets: List[Sheet] = []
        for member, (r0, r1, c0, c1) in zip(members, boxes):
            box = (r0 - top, r1 - top, c0 - left, c1 - left)
            self.sheets.append(Sheet(member.name, *box, self.transform * Affine.translation(box[2], box[0])))
        self._members = members
        self._aligned = [_is_aligned(base, member) for member in members]
        self._open: "OrderedDict[int, RasterSource]" = OrderedDict()
        self.always_valid = False
        resampled = self._aligned.count(False)
        self.messages.append(message("mosaic", sheets=len(members), width=self.width, height=self.height))
        if resampled:
            self.messages.append(message("mosaic-resampled", count=resampled))

    @property
    def gsd_m(self) -> Optional[Gsd]:
        """Ground metres per pixel (row, col) at the mosaic's centre; None without a CRS."""
        return gsd(self.crs, self.transform, self.width, self.height)

    def read(self, row0: int, row1: int, col0: int, col1: int) -> Pixels:
        """As :meth:`.source.RasterSource.read`."""
        pixels: Optional[np.ndarray] = None
        filled = np.zeros((row1 - row0, col1 - col0), dtype=bool)
        for index, part in self._parts(row0, row1, col0, col1):
            inside = (slice(part.row0 - row0, part.row1 - row0), slice(part.col0 - col0, part.col1 - col0))
            if filled[inside].all():
                continue
            got = self._source(index).read(*self._local(index, part))
            if pixels is None and got.valid is None and got.pixels.shape[1:] == filled.shape:
                return got  # the usual window: inside one sheet
            if pixels is None:
                pixels = np.zeros((len(self.bands), *filled.shape), dtype=self.dtype)
            wanted = ~filled[inside] if got.valid is None else got.valid & ~filled[inside]
            np.copyto(pixels[:, inside[0], inside[1]], got.pixels, where=wanted)
            filled[inside] |= wanted
        if pixels is None:
            pixels = np.zeros((len(self.bands), *filled.shape), dtype=self.dtype)
        return Pixels(pixels, None if filled.all() else filled)

    def read_valid(self, row0: int, row1: int, col0: int, col1: int) -> Optional[np.ndarray]:
        """As :meth:`.source.RasterSource.read_valid`."""
        filled = np.zeros((row1 - row0, col1 - col0), dtype=bool)
        for index, part in self._parts(row0, row1, col0, col1):
            inside = (slice(part.row0 - row0, part.row1 - row0), slice(part.col0 - col0, part.col1 - col0))
            if filled[inside].all():
                continue
            plain = self._members[index].always_valid and self._aligned[index]
            valid = None if plain else self._source(index).read_valid(*self._local(index, part))
            filled[inside] |= True if valid is None else valid
        return None if filled.all() else filled

    def _parts(self, row0: int, row1: int, col0: int, col1: int) -> List[Tuple[int, Sheet]]:
        if not (0 <= row0 < row1 <= self.height and 0 <= col0 < col1 <= self.width):
            raise ValueError(f"window {row0}:{row1}, {col0}:{col1} is not inside {self.height} x {self.width}")
        found = []
        for index, sheet in enumerate(self.sheets):
            r0, r1 = max(row0, sheet.row0), min(row1, sheet.row1)
            c0, c1 = max(col0, sheet.col0), min(col1, sheet.col1)
            if r0 < r1 and c0 < c1:
                found.append((index, sheet._replace(row0=r0, row1=r1, col0=c0, col1=c1)))
        return found

    def _local(self, index: int, part: Sheet) -> Tuple[int, int, int, int]:
        sheet = self.sheets[index]
        return part.row0 - sheet.row0, part.row1 - sheet.row0, part.col0 - sheet.col0, part.col1 - sheet.col0

    def _source(self, index: int) -> RasterSource:
        """The open sheet; those used longest ago are closed, so that a thousand sheets are a few open files."""
        source = self._open.pop(index, None)
        if source is None:
            while len(self._open) >= MAX_OPEN:
                self._open.popitem(last=False)[1].close()
            sheet, member = self.sheets[index], self._members[index]
            size = (sheet.col1 - sheet.col0, sheet.row1 - sheet.row0)
            grid = None if self._aligned[index] else TargetGrid(self.crs, sheet.transform, *size)
            source = open_raster(member.path, self.bands, grid=grid)
        self._open[index] = source
        return source

    def files(self) -> List[str]:
        """The sheets' files."""
        return [member.path for member in self._members]

    def fingerprint(self) -> str:
        """Identity of the content: the sheets' identities in their order."""
        return hashlib.sha256("".join(m.fingerprint for m in self._members).encode()).hexdigest()

    def close(self) -> None:
        """Let go of all sheets; a second call does nothing."""
        while self._open:
            self._open.popitem()[1].close()

    def __enter__(self) -> "RasterMosaic":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_mosaic(paths: Sequence[str], bands: Optional[Sequence[int]] = None) -> RasterMosaic:
    """Open rasters as the sheets of one mosaic, in the order given (the first valid sheet wins).

    The grid is the one that most sheets share; the others are resampled onto it. Raises ``UserError`` where
    bands, dtype or scale differ, or where a sheet has no place.
    """
    return RasterMosaic(list(paths), bands)


def _members(paths: Sequence[str], bands: Optional[Sequence[int]]) -> Tuple[List[_Member], RasterSource]:
    members: List[_Member] = []
    first: Optional[RasterSource] = None
    for path in paths:
        with open_raster(path, bands) as source:
            if first is None:
                first = source
            else:
                _must_agree(first, source)
            grid = (source.width, source.height, source.crs, source.transform)
            members.append(_Member(path, source.name, *grid, source.always_valid, source.fingerprint()))
    if first is None:
        raise UserError("raster-none", path=", ".join(paths) or "an empty list")
    if len(members) > 1:
        for member in members:
            if member.transform.is_identity:
                raise UserError("mosaic-unplaced", path=member.path)
            if bool(member.crs) != bool(members[0].crs):
                raise UserError("mosaic-crs", path=member.path, first=members[0].path)
    return members, first


def _must_agree(first: RasterSource, other: RasterSource) -> None:
    pairs: Dict[str, Tuple[object, object]] = {
        "bands": (", ".join(first.band_names), ", ".join(other.band_names)),
        "data type": (str(first.dtype), str(other.dtype)),
        "scale": (_listed(first.scale), _listed(other.scale)),
        "offset": (_listed(first.offset), _listed(other.offset)),
    }
    for what, (one, two) in pairs.items():
        if one != two:
            raise UserError("mosaic-differs", path=other.path, first=first.path, what=what, one=one, two=two)


def _listed(values: Optional[np.ndarray]) -> str:
    return "none" if values is None else ", ".join(f"{v:g}" for v in values)


def _same_crs(one: object, two: object) -> bool:
    if one == two:
        return True
    first, second = to_pyproj(one), to_pyproj(two)
    return first is not None and second is not None and first.equals(second, ignore_axis_order=True)


def _common_grid(members: Sequence[_Member]) -> _Member:
    """The sheet whose grid most sheets share; the first of them where several do."""
    counts: Counter = Counter()
    for index, member in enumerate(members):
        for candidate in range(index + 1):
            if _is_aligned(members[candidate], member):
                counts[candidate] += 1
                break
    best = max(counts.values())
    return members[min(index for index, count in counts.items() if count == best)]


def _is_aligned(base: _Member, member: _Member) -> bool:
    if not _same_crs(base.crs, member.crs):
        return False
    a, b = base.transform, member.transform
    pixel = math.sqrt(abs(a.a * a.e - a.b * a.d))
    longest = max(member.width, member.height, 1)
    if any(abs(x - y) * longest > _ON_GRID_PX * pixel for x, y in ((a.a, b.a), (a.b, b.b), (a.d, b.d), (a.e, b.e))):
        return False
    col, row = ~a * (b.c, b.f)
    return abs(col - round(col)) < _ON_GRID_PX and abs(row - round(row)) < _ON_GRID_PX


def _box(base: _Member, member: _Member) -> Tuple[int, int, int, int]:
    """Rows and columns (ends excluded) that the sheet takes on the base sheet's grid."""
    if _is_aligned(base, member):
        col, row = (round(v) for v in ~base.transform * (member.transform.c, member.transform.f))
        return row, row + member.height, col, col + member.width
    along = np.linspace(0, 1, _EDGE_POINTS)
    zero, one = np.zeros_like(along), np.ones_like(along)
    cols = np.concatenate([along, along, zero, one]) * member.width
    rows = np.concatenate([zero, one, along, along]) * member.height
    xs, ys = member.transform * (cols, rows)
    if not _same_crs(base.crs, member.crs):
        with gdal():
            xs, ys = warp_points(member.crs, base.crs, list(xs), list(ys))
    xs, ys = np.asarray(xs), np.asarray(ys)
    if not (np.isfinite(xs).all() and np.isfinite(ys).all()):
        raise UserError("mosaic-unplaced", path=member.path)
    at_cols, at_rows = ~base.transform * (xs, ys)
    nudge = _ON_GRID_PX
    return (
        math.floor(at_rows.min() + nudge), math.ceil(at_rows.max() - nudge),
        math.floor(at_cols.min() + nudge), math.ceil(at_cols.max() - nudge),
    )  # fmt: skip


__all__ = ["RasterMosaic", "Sheet", "expand_paths", "open_mosaic"]
