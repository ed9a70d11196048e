"""A height map -> tree tops (points) and crowns (polygons), piece by piece at flat memory.

Pieces overlap by the reach of a crown and its window, so that every tree is found by exactly one of them, that in
whose core its top lies, with everything around it that could matter.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

import numpy as np
import pyogrio
import rasterio
import shapely
from rasterio.features import shapes
from rasterio.windows import Window

from ..raster.gdal_env import gdal
from ..raster.grid import gsd, pixel_area_m2
from .geopackage import DATASET_OPTIONS, keep_style
from .tree_style import STYLES
from .treetops import NEIGHBOURS_M, Piece, Tops, check_package, check_step, find_tops, grow_crowns, sizes

CORE_PX = 1024
_FIELDS = ("id", "height_m", "crown_m2", "crown_m", "mean_m")


@dataclass(frozen=True)
class TreeResult:
    """What was found; heights in metres, ``mean_crown_m2`` None where there is no tree."""

    tops: Path
    crowns: Path
    count: int
    mean_height_m: Optional[float]
    tallest_m: Optional[float]
    mean_crown_m2: Optional[float]

    def figures(self) -> Dict[str, Any]:
        """What a summary says."""
        return {
            "count": self.count,
            "mean_height_m": self.mean_height_m,
            "tallest_m": self.tallest_m,
            "mean_crown_m2": self.mean_crown_m2,
        }


class _Found(NamedTuple):
    """Trees of one piece: values by field, points, polygons."""

    values: Dict[str, np.ndarray]
    points: np.ndarray
    crowns: np.ndarray


def find_trees(
    heights: Path,
    tops: Path,
    crowns: Path,
    least_m: float,
    progress: Callable[[float], None],
    check_cancel: Callable[[], None],
    core_px: int = CORE_PX,
    around: Optional[Path] = None,
) -> TreeResult:
    """Write both layers as GeoPackages, whole or not at all. What is lower than ``least_m`` is no tree; ``core_px``
    changes memory, never the result. ``around``: the same heights, on the same pixels, with what lies around; trees are
    looked for there, and those whose tops lie where ``heights`` are known are kept, whole."""
    check_package()
    files = [_Layer(tops, "Point"), _Layer(crowns, "Polygon")]
    totals = _Totals()
    try:
        with gdal(), rasterio.open(around or heights) as data, rasterio.open(heights) as kept:
            found_gsd = gsd(data.crs, data.transform, data.width, data.height)
            step_m = check_step(None if found_gsd is None else (found_gsd.row, found_gsd.col))
            for share, found in _pieces(data, step_m, least_m, core_px, totals, kept if around else None):
                check_cancel()
                files[0].write(found.points, found.values, data.crs)
                files[1].write(found.crowns, found.values, data.crs)
                progress(share)
        written = [file.publish() for file in files]
    finally:
        for file in files:
            file.discard()
    return totals.result(*written)


def _pieces(
    data: Any, step_m: Tuple[float, float], least_m: float, core_px: int, totals: "_Totals", kept: Any
) -> Iterator[Tuple[float, _Found]]:
    halo = int(np.ceil(NEIGHBOURS_M / min(step_m))) + 4
    right, down = (0, 0) if kept is None else _shift(data, kept)
    corners = [(r, c) for r in range(0, data.height, core_px) for c in range(0, data.width, core_px)]
    for number, (row, col) in enumerate(corners):
        first_row, first_col = max(0, row - halo), max(0, col - halo)
        end_row = min(data.height, row + core_px + halo)
        end_col = min(data.width, col + core_px + halo)
        window = Window(first_col, first_row, end_col - first_col, end_row - first_row)
        heights = data.read(1, window=window, masked=True).astype(np.float32).filled(np.nan)
        piece = Piece(heights, step_m)
        found_tops = find_tops(piece, least_m)
        labels = grow_crowns(piece, found_tops, least_m)
        rows, cols = found_tops.rows + first_row, found_tops.cols + first_col
        mine = (rows >= row) & (rows < row + core_px) & (cols >= col) & (cols < col + core_px)
        if kept is not None:
            mine &= _known(kept, rows - down, cols - right)
        yield (number + 1) / len(corners), _trees(data, piece, found_tops, labels, mine, window, totals)


def _shift(data: Any, part: Any) -> Tuple[int, int]:
    """Columns and rows by which a part of a raster lies in it."""
    col, row = ~data.transform * (part.transform.c, part.transform.f)
    return round(col), round(row)


def _known(data: Any, rows: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """Whether pixels have a value; those beyond the raster have none."""
    known = (rows >= 0) & (rows < data.height) & (cols >= 0) & (cols < data.width)
    if known.any():
        first_row, first_col = int(rows[known].min()), int(cols[known].min())
        size = int(cols[known].max()) - first_col + 1, int(rows[known].max()) - first_row + 1
        valid = data.read_masks(1, window=Window(first_col, first_row, *size))
        known[known] = valid[rows[known] - first_row, cols[known] - first_col] > 0
    return known


def _trees(
    data: Any, piece: Piece, tops: Tops, labels: np.ndarray, mine: np.ndarray, window: Window, totals: "_Totals"
) -> _Found:
    """The piece's own trees; crowns in several parts keep the part with the top."""
    transform = rasterio.windows.transform(window, data.transform)
    measured = sizes(labels, piece.heights, len(tops.rows))
    chosen = np.flatnonzero(mine)
    by_number = _outlines(labels, tops, mine, transform)
    x, y = transform * (tops.cols[chosen] + 0.5, tops.rows[chosen] + 0.5)
    middle = float(window.width) / 2
    areas = pixel_area_m2(data.crs, transform, tops.rows[chosen].astype(float), middle)
    area = measured["pixels"][chosen] * (piece.step_m[0] * piece.step_m[1] if areas is None else areas)
    values = {
        "id": totals.next_ids(len(chosen)),
        "height_m": tops.heights[chosen].astype(np.float64).round(2),
        "crown_m2": area.round(2),
        "crown_m": (2 * np.sqrt(area / np.pi)).round(2),
        "mean_m": measured["mean"][chosen].round(2),
    }
    totals.add(values)
    crowns = np.array([by_number[int(n) + 1] for n in chosen], dtype=object)
    return _Found(values, shapely.points(np.asarray(x), np.asarray(y)), crowns)


def _outlines(labels: np.ndarray, tops: Tops, mine: np.ndarray, transform: Any) -> Dict[int, Any]:
    """Number of a top -> polygon of its crown."""
    wanted = np.concatenate([[False], mine])
    shown = np.where(wanted[labels], labels, 0).astype(np.int32)
    parts: Dict[int, List[Any]] = {}
    for geometry, value in shapes(shown, mask=shown > 0, connectivity=4, transform=transform):
        rings = geometry["coordinates"]
        parts.setdefault(int(value), []).append(shapely.Polygon(rings[0], rings[1:]))
    found: Dict[int, Any] = {}
    for number, polygons in parts.items():
        if len(polygons) > 1:
            x, y = transform * (tops.cols[number - 1] + 0.5, tops.rows[number - 1] + 0.5)
            point = shapely.Point(x, y)
            polygons = [p for p in polygons if p.contains(point)] or polygons[:1]
        found[number] = polygons[0]
    return found


class _Totals:
    def __init__(self) -> None:
        self.count, self.tallest = 0, 0.0
        self.height_sum = self.crown_sum = 0.0

    def next_ids(self, count: int) -> np.ndarray:
        return np.arange(self.count + 1, self.count + count + 1, dtype=np.int64)

    def add(self, values: Dict[str, np.ndarray]) -> None:
        heights = values["height_m"]
        self.count += len(heights)
        self.height_sum += float(heights.sum())
        self.crown_sum += float(values["crown_m2"].sum())
        self.tallest = max(self.tallest, float(heights.max(initial=0.0)))

    def result(self, tops: Path, crowns: Path) -> TreeResult:
        if not self.count:
            return TreeResult(tops, crowns, 0, None, None, None)
        mean, crown = self.height_sum / self.count, self.crown_sum / self.count
        return TreeResult(tops, crowns, self.count, round(mean, 2), self.tallest, round(crown, 2))


class _Layer:
    """A GeoPackage that grows under a temporary name."""

    def __init__(self, path: Path, geometry: str) -> None:
        self._path, self._geometry = path, geometry
        self._temporary = path.with_name(f".{path.stem}.part.gpkg")
        self._begun = False
        self.discard()

    def write(self, geometry: np.ndarray, values: Dict[str, np.ndarray], crs: Any) -> None:
        if self._begun and not len(geometry):
            return
        pyogrio.raw.write(
            str(self._temporary),
            shapely.to_wkb(geometry) if len(geometry) else np.zeros(0, dtype=object),
            [values[name] for name in _FIELDS],
            np.array(_FIELDS),
            layer=self._path.stem,
            driver="GPKG",
            geometry_type=self._geometry,
            crs=crs.to_wkt() if crs else None,
            append=self._begun,
            dataset_options=DATASET_OPTIONS,
        )
        self._begun = True

    def publish(self) -> Path:
        with closing(sqlite3.connect(str(self._temporary))) as db, db:
            keep_style(db, self._path.stem, STYLES[self._geometry])
        self._temporary.replace(self._path)
        return self._path

    def discard(self) -> None:
        for path in self._path.parent.glob(self._temporary.name + "*"):
            path.unlink()
