"""Statistics of a height map per polygon: a layer with the polygons and what stands on them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Optional

import numpy as np
import pyogrio
import shapely

from ..raster.geometries import read_geometries
from ..raster.source import RasterSource, open_raster
from .zone_files import write_zones
from .zone_pixels import Zone, zone_of

_STEP_M = 0.1
_STEPS = 1500
_PERCENTILES = (25, 50, 75, 95)
HEIGHT_FIELDS = ("mean_m", "max_m", "p25_m", "p50_m", "p75_m", "p95_m", "sd_m", "cover_pct", "area_m2")
TREE_FIELDS = ("trees", "trees_ha")


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
    """Write ``out`` (GeoPackage): the polygons of ``aoi`` in their CRS with their own fields, :func:`height_figures`,
    and, with ``tops``, the trees whose top lies inside and their number a hectare.

    Polygons off the raster keep empty fields.
    """
    read = read_geometries(aoi, "aoi-missing", "aoi-unreadable", with_fields=True)
    rows: List[Dict[str, Any]] = []
    with open_raster(str(heights), expand_palette=False) as raster:
        for shape in read.shapes:
            check_cancel()
            zone = zone_of(shape, read.crs, raster)
            found = dict.fromkeys([*HEIGHT_FIELDS, *TREE_FIELDS], float("nan"))
            if zone is not None:
                found.update(height_figures(zone, raster, tree_height_m))
            if zone is not None and tops is not None and found["area_m2"] == found["area_m2"]:
                found.update(_trees(tops, raster, zone, found["area_m2"]))
            rows.append(found)
    write_zones(out, read, rows)
    return Zones(out, len(rows), sum(np.isfinite(row["mean_m"]) for row in rows))


def height_figures(zone: Zone, raster: RasterSource, tree_height_m: float) -> Dict[str, float]:
    """Of the heights in a polygon, in metres: mean, highest, percentiles (within 5 cm) and standard deviation; the
    share at ``tree_height_m`` or above in percent; ellipsoidal area in m². All NaN where no height is known."""
    found: Dict[str, float] = dict.fromkeys(HEIGHT_FIELDS, float("nan"))
    count = area = total = squares = covered = 0.0
    histogram = np.zeros(_STEPS, np.int64)
    highest = -np.inf
    for strip in zone.strips(raster):
        values = strip.values.astype(np.float64)
        count += len(values)
        area += float(strip.areas.sum())
        total += float(values.sum())
        squares += float((values * values).sum())
        covered += float((values >= tree_height_m).sum())
        highest = max(highest, float(values.max()))
        histogram += np.bincount(np.clip(values / _STEP_M, 0, _STEPS - 1).astype(int), minlength=_STEPS)
    if not count:
        return found
    mean = total / count
    below = np.cumsum(histogram)
    for percent in _PERCENTILES:
        place = int(np.searchsorted(below, percent / 100 * count))
        found[f"p{percent}_m"] = round(min((place + 0.5) * _STEP_M, highest), 2)
    found.update(
        mean_m=round(mean, 2),
        max_m=round(highest, 2),
        sd_m=round(float(np.sqrt(max(0.0, squares / count - mean * mean))), 2),
        cover_pct=round(100 * covered / count, 2),
        area_m2=round(area, 2),
    )
    return found


def _trees(tops: Path, raster: RasterSource, zone: Zone, area_m2: float) -> Dict[str, float]:
    trees = _tops_inside(tops, raster, zone)
    found = {"trees": float(trees)}
    if area_m2 > 0:
        found["trees_ha"] = round(1e4 * trees / area_m2, 1)
    return found


def _tops_inside(tops: Path, raster: RasterSource, zone: Zone) -> int:
    """Tops whose pixel belongs to the zone; a top stands in the middle of its pixel."""
    corners = [raster.transform * (col, row) for col in (zone.west, zone.east) for row in (zone.north, zone.south)]
    xs, ys = [c[0] for c in corners], [c[1] for c in corners]
    box = (min(xs), min(ys), max(xs), max(ys))
    _, _, wkb, _ = pyogrio.raw.read(str(tops), layer=tops.stem, columns=[], bbox=box)
    points = shapely.get_coordinates(shapely.from_wkb(wkb)) if wkb is not None else np.zeros((0, 2))
    if not len(points):
        return 0
    cols, rows = (np.floor(v).astype(int) for v in ~raster.transform * (points[:, 0], points[:, 1]))
    count = 0
    for row in np.unique(rows).tolist():
        mine = cols[rows == row]
        line = zone.rasterize(row, row + 1, int(mine.min()), int(mine.max()) + 1)[0]
        count += int(line[mine - mine.min()].sum())
    return count
