"""A stratified sample of a map's pixels, for somebody to label who does not see the map's classes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional
from xml.sax.saxutils import quoteattr

import numpy as np
import pyogrio
import shapely

from ..errors import UserError
from ..messages import message
from ..models.spec import ClassMap
from ..raster.grid import apply
from ..raster.paths import raster_stem
from ..vector.classes import class_map_of
from ..vector.formats import Format, format_of
from ..vector.geopackage import DATASET_OPTIONS, keep_style
from ..vector.labels import LabelRaster
from .allocation import allocated
from .mapped import mapped

if TYPE_CHECKING:
    from ..tasks.job import Job
    from ..tasks.sample_points import Inputs


_ENDINGS = (".gpkg", ".geojson", ".shp", ".fgb")
_OPTIONS: Dict[str, Dict[str, Any]] = {
    "GPKG": {"dataset_options": DATASET_OPTIONS},
    "GeoJSON": {"RFC7946": "YES"},
    "ESRI Shapefile": {"encoding": "UTF-8"},
}


def sample_points(inputs: "Inputs", job: "Job") -> Dict[str, Any]:
    """Write the points into the job's outputs; the runner publishes them."""
    stem = raster_stem(inputs.raster)
    wanted = _format(Path(inputs.output))  # before anything is read

    def half(first: float) -> Callable[[float], None]:
        def progress(share: float) -> None:
            job.check_cancel()
            job.report(first + 50.0 * share)

        return progress

    job.report(0.0, message("accuracy-counting", raster=stem))
    whole = mapped(inputs.raster, half(0.0))
    if not whole.pixels:
        raise UserError("sample-empty", path=inputs.raster)
    areas = whole.area_m2 or {number: float(pixels) for number, pixels in whole.pixels.items()}
    points = allocated(inputs.count, inputs.least, areas, whole.pixels)
    total = sum(points.values())
    job.report(50.0, message("sample-drawing", count=total, classes=len(points)))
    rng = np.random.default_rng(inputs.seed)
    ranks = {n: np.sort(rng.choice(whole.pixels[n], points[n], replace=False)) for n in sorted(points)}
    place = drawn(inputs.raster, ranks, half(50.0))
    rng.shuffle(place)  # the order must not tell the classes
    out = job.outputs / Path(inputs.output).name
    class_map = class_map_of(inputs.raster)
    names = {} if class_map is None else {c.id: c.name for c in class_map.classes}
    for number, count in points.items():
        if count < inputs.least:
            name = names.get(number, str(number))
            job.warn(message("sample-rare", name=name, pixels=whole.pixels[number], drawn=count))
    _write(out, wanted, inputs.raster, place, class_map)
    job.report(100.0, message("sample-drawn", count=total))
    return {"points": {"href": str(out), "type": wanted.media_type, "title": "points"}}


def _format(path: Path) -> Format:
    if path.suffix.lower() not in _ENDINGS:
        raise UserError("vector-format-unknown", path=str(path), known=" ".join(_ENDINGS))
    return format_of(path)


def drawn(labels: str, ranks: Dict[int, np.ndarray], progress: Callable[[float], None]) -> np.ndarray:
    """(n, 2) columns and rows of pixels: of each class those with the given ranks, counted from the top left."""
    seen = dict.fromkeys(ranks, 0)
    found: List[np.ndarray] = []
    first = 0
    with LabelRaster(labels) as raster:
        for strip in raster.strips(sums=False):
            runs = strip.runs
            for number in np.intersect1d(runs.label, list(ranks)).tolist():
                mine = np.flatnonzero(runs.label == number)
                end = seen[number] + np.cumsum(runs.end[mine] - runs.start[mine])
                low, high = np.searchsorted(ranks[number], [seen[number], end[-1]])
                here = ranks[number][low:high]
                index = np.searchsorted(end, here, side="right")
                col = runs.end[mine][index] - (end[index] - here)
                found.append(np.column_stack([col, runs.row[mine][index] + first]))
                seen[number] = int(end[-1])
            first = strip.next_row
            progress(first / raster.height)
    return np.concatenate(found) if found else np.zeros((0, 2), np.int64)


def _write(out: Path, wanted: Format, labels: str, place: np.ndarray, class_map: Optional[ClassMap]) -> None:
    with LabelRaster(labels) as raster:
        x, y = apply(raster.transform, place[:, 0] + 0.5, place[:, 1] + 0.5)
        crs = raster.crs.to_wkt() if raster.crs else None
    empty = np.full(len(place), None, dtype=object)
    pyogrio.raw.write(
        str(out),
        shapely.to_wkb(shapely.points(x, y)),
        [np.arange(1, len(place) + 1), empty, empty.copy()],
        np.array(["id", "class", "note"]),
        layer=out.stem,
        driver=wanted.driver,
        geometry_type="Point",
        crs=crs,
        **_OPTIONS.get(wanted.driver, {}),
    )
    if wanted.driver == "GPKG":
        with closing(sqlite3.connect(str(out))) as db, db:
            keep_style(db, out.stem, _style(class_map))
    else:
        out.with_suffix(".qml").write_text(_style(class_map), encoding="utf-8")


def _style(class_map: Optional[ClassMap]) -> str:
    """Open rings, so that the image can be seen in them; the class is chosen from a list where the map has one."""
    ring = {"color": "0,0,0,0", "name": "circle", "outline_color": "255,30,30,255", "outline_width": "0.5", "size": "4"}
    rows = "".join(f'<Option type="QString" name="{k}" value="{v}"/>' for k, v in ring.items())
    layer = f'<layer class="SimpleMarker" enabled="1" locked="0" pass="0"><Option type="Map">{rows}</Option></layer>'
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        '<qgis version="3.22.0" styleCategories="Symbology|Fields">\n'
        f'<renderer-v2 type="singleSymbol" symbollevels="0"><symbols><symbol type="marker" name="0" alpha="1">{layer}'
        f"</symbol></symbols></renderer-v2>\n{_choices(class_map)}<layerGeometryType>0</layerGeometryType>\n</qgis>\n"
    )


def _choices(class_map: Optional[ClassMap]) -> str:
    if class_map is None:
        return ""
    options = "".join(
        f'<Option type="Map"><Option type="QString" name={quoteattr(_shown(c.name, list(c.names.values())))} '
        f"value={quoteattr(c.name)}/></Option>"
        for c in class_map.classes
    )
    return (
        '<fieldConfiguration><field name="class"><editWidget type="ValueMap"><config><Option type="Map">'
        f'<Option type="List" name="map">{options}</Option></Option></config></editWidget></field>'
        "</fieldConfiguration>\n"
    )


def _shown(name: str, others: List[str]) -> str:
    return " · ".join(dict.fromkeys([name, *others]))
