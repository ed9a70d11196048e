"""Statistics of a height map per polygon of the area of interest: a layer with the polygons and what stands on them.

Every polygon is read on its own, strip by strip, so that polygons may overlap and memory does not grow. A pixel
belongs to a polygon when its centre lies inside.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

import numpy as np
import pyogrio
import rasterio
import shapely
from rasterio.windows import Window

from ..raster.aoi import Aoi
from ..raster.gdal_env import gdal
from ..raster.geometries import Geometries, onto_grid, parts_of, read_geometries
from ..raster.grid import pixel_area_m2
from ..raster.sink import replacing

STRIP_PX = 2**22
"""Pixels that are read at once."""
_STEP_M = 0.1
_STEPS = 1500
FIELDS = ("mean_m", "max_m", "p95_m", "sd_m", "cover_pct", "area_m2", "trees", "trees_ha")


class Zones(NamedTuple):
    """The layer, how many polygons it holds, and how many of them lie on the raster."""

    path: Path
    polygons: int
    measured: int


def zone_statistics(
    heights: Path,
    aoi: str,
    out: Path,
    tree_height_m: float,
    tops: Optional[Path],
    check_cancel: Callable[[], None],
) -> Zones:
    """Write ``out`` (GeoPackage): the polygons of ``aoi`` in their CRS with their own fields and, in metres, mean,
    highest, 95th percentile and standard deviation of the heights, the share at ``tree_height_m`` or above in
    percent, ellipsoidal area in m², and, with ``tops``, the trees whose top lies inside and their number a hectare.

    Polygons off the raster keep empty fields.
    """
    read = read_geometries(aoi, "aoi-missing", "aoi-unreadable", with_fields=True)
    rows: List[Dict[str, float]] = []
    with gdal(), rasterio.open(heights) as data:
        for shape in read.shapes:
            check_cancel()
            rows.append(_measured(data, parts_of([shape], ["Polygon"]), read.crs, tree_height_m, tops))
    _write(out, read, rows)
    return Zones(out, len(rows), sum(np.isfinite(row["mean_m"]) for row in rows))


def _measured(data: Any, polygons: List[Any], crs: Any, tree_height_m: float, tops: Optional[Path]) -> Dict[str, float]:
    found: Dict[str, float] = dict.fromkeys(FIELDS, float("nan"))
    frame = shapely.box(0, 0, data.width, data.height)
    placed = [shapely.make_valid(p) for p in onto_grid(polygons, crs, data.crs, data.transform)]
    inside = parts_of([shapely.intersection(p, frame) for p in placed if shapely.intersects(p, frame)], ["Polygon"])
    if not inside:
        return found
    zone = Aoi(inside)
    count = area = total = squares = covered = 0.0
    histogram = np.zeros(_STEPS, np.int64)
    highest = -np.inf
    for values, areas in _values(data, zone, inside):
        count += len(values)
        area += float(areas.sum())
        total += float(values.sum())
        squares += float((values * values).sum())
        covered += float((values >= tree_height_m).sum())
        highest = max(highest, float(values.max()))
        histogram += np.bincount(np.clip(values / _STEP_M, 0, _STEPS - 1).astype(int), minlength=_STEPS)
    if not count:
        return found
    mean = total / count
    place = int(np.searchsorted(np.cumsum(histogram), 0.95 * count))
    found.update(
        mean_m=round(mean, 2),
        max_m=round(highest, 2),
        p95_m=round(min((place + 0.5) * _STEP_M, highest), 2),
        sd_m=round(float(np.sqrt(max(0.0, squares / count - mean * mean))), 2),
        cover_pct=round(100 * covered / count, 2),
        area_m2=round(area, 2),
    )
    if tops is not None:
        trees = _tops_inside(tops, data, zone, inside)
        found["trees"] = float(trees)
        if area > 0:
            found["trees_ha"] = round(1e4 * trees / area, 1)
    return found


def _values(data: Any, zone: Aoi, parts: List[Any]) -> Iterator[Tuple[np.ndarray, np.ndarray]]:
    """Known heights of the pixels inside, and their areas in m² (0 without a CRS), strip by strip."""
    bounds = np.array([part.bounds for part in parts])
    col0, row0 = np.floor(bounds[:, :2].min(0)).astype(int)
    col1, row1 = np.ceil(bounds[:, 2:].max(0)).astype(int)
    strip = max(1, STRIP_PX // max(1, col1 - col0))
    for first in range(row0, row1, strip):
        end = min(first + strip, row1)
        read = data.read(1, window=Window(col0, first, col1 - col0, end - first), masked=True)
        known = zone.rasterize(first, end, col0, col1) & ~np.ma.getmaskarray(read) & np.isfinite(read.data)
        if not known.any():
            continue
        lines = pixel_area_m2(data.crs, data.transform, np.arange(first, end), (col0 + col1) / 2)
        each = np.zeros(end - first) if lines is None else lines
        yield read.data[known].astype(np.float64), np.broadcast_to(each[:, None], known.shape)[known]


def _tops_inside(tops: Path, data: Any, zone: Aoi, parts: List[Any]) -> int:
    """Tops whose pixel belongs to the zone; a top stands in the middle of its pixel."""
    bounds = np.array([part.bounds for part in parts])
    corners = [
        data.transform * (col, row)
        for col in (bounds[:, 0].min(), bounds[:, 2].max())
        for row in (bounds[:, 1].min(), bounds[:, 3].max())
    ]
    xs, ys = [c[0] for c in corners], [c[1] for c in corners]
    box = (min(xs), min(ys), max(xs), max(ys))
    _, _, wkb, _ = pyogrio.raw.read(str(tops), columns=[], bbox=box)
    points = shapely.get_coordinates(shapely.from_wkb(wkb)) if wkb is not None else np.zeros((0, 2))
    if not len(points):
        return 0
    cols, rows = (np.floor(v).astype(int) for v in ~data.transform * (points[:, 0], points[:, 1]))
    count = 0
    for row in np.unique(rows).tolist():
        mine = cols[rows == row]
        line = zone.rasterize(row, row + 1, int(mine.min()), int(mine.max()) + 1)[0]
        count += int(line[mine - mine.min()].sum())
    return count


def _write(out: Path, read: Geometries, rows: List[Dict[str, float]]) -> None:
    """All at once: polygons that a person drew fit into memory. Fields of the same name as ours give way."""
    kept = [name for name in read.fields if name not in FIELDS and name.lower() not in ("fid", "ogc_fid")]
    values = [read.fields[name] for name in kept] + [np.array([row[name] for row in rows]) for name in FIELDS]
    with replacing(out) as temporary:
        pyogrio.raw.write(
            str(temporary),
            shapely.to_wkb(np.array(read.shapes, dtype=object)),
            values,
            np.array([*kept, *FIELDS]),
            layer=out.stem,
            driver="GPKG",
            geometry_type="Unknown",
            crs=read.crs.srs if read.crs else None,
            nan_as_null=True,
        )
