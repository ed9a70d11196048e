"""Areas of the classes of a label map in polygons."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

import numpy as np

from ..errors import UserError
from ..models.spec import ClassMap
from ..raster.source import RasterSource
from .zone_pixels import Zone

_M2_PER_HA = 1e4


class ClassAreas:
    """Areas by class id in one polygon: hectares, or pixels where nothing ties the raster to the ground."""

    def __init__(self, zone: Optional[Zone], raster: RasterSource) -> None:
        self.by_id: Dict[int, float] = {}
        for strip in zone.strips(raster) if zone is not None else ():
            labels = np.rint(strip.values)
            if not np.array_equal(labels, strip.values):
                raise UserError("values-not-classes", path=raster.path)
            ids, place = np.unique(labels.astype(np.int64), return_inverse=True)
            sizes = strip.areas / _M2_PER_HA if raster.crs else np.ones(len(labels))
            for number, area in zip(ids.tolist(), np.bincount(place, sizes, len(ids)).tolist()):
                self.by_id[number] = self.by_id.get(number, 0.0) + area


def class_rows(areas: List[ClassAreas], class_map: Optional[ClassMap], unit: str) -> List[Dict[str, Any]]:
    """A row a polygon: area with a known class, the class that takes most of it, and of every class area and percent
    of the known area. Empty where no class is known."""
    names = {} if class_map is None else {c.id: c.name for c in class_map.classes}
    ids = sorted(set(names) | {number for one in areas for number in one.by_id})
    columns = _columns({number: names.get(number, f"class_{number}") for number in ids})
    rows = []
    for one in areas:
        known = sum(one.by_id.values())
        most = max(one.by_id, key=lambda number: (one.by_id[number], -number)) if known > 0 else None
        row: Dict[str, Any] = {
            f"known_{unit}": round(known, 4) if known > 0 else float("nan"),
            "majority": None if most is None else names.get(most, str(most)),
        }
        for number in ids:
            area = one.by_id.get(number, 0.0)
            row[f"{columns[number]}_{unit}"] = round(area, 4) if known > 0 else float("nan")
            row[f"{columns[number]}_pct"] = round(100 * area / known, 2) if known > 0 else float("nan")
        rows.append(row)
    return rows


def _columns(names: Dict[int, str]) -> Dict[int, str]:
    """Names that are different as names of columns are: whatever their case."""
    taken = {"known"}
    out: Dict[int, str] = {}
    for number, name in names.items():
        plain = " ".join(name.split()).replace(" ", "_")
        out[number] = plain if plain.casefold() not in taken else f"{plain}_{number}"
        taken.add(out[number].casefold())
    return out
