"""A map of classes against references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, Optional

import numpy as np

from ..messages import Message, message
from ..models.names import listed_in
from ..models.spec import ClassInfo, ClassMap
from ..raster.paths import raster_stem
from ..raster.source import open_raster
from ..vector.classes import class_map_of
from .class_names import ids_of
from .estimators import FEWEST, Estimate, Estimates, estimates
from .mapped import Mapped, mapped
from .references import notes_on, read_references, sampled

if TYPE_CHECKING:
    from ..tasks.evaluate import Inputs
    from ..tasks.job import Job

FEW = 25
"""References of a class below which its figures say little (Olofsson et al. 2014 have 50 to 100 in rare classes)."""
_M2_PER_HA = 1e4


class Assessment(NamedTuple):
    """The figures, as plain values, and what has to be said about them."""

    document: Dict[str, Any]
    notes: List[Message]


class _Pairs(NamedTuple):
    """Class ids of the map and of the references, and the strata, of every reference that counts."""

    stratum: np.ndarray
    map: np.ndarray
    real: np.ndarray
    polygons: int


def assess_labels(inputs: "Inputs", job: "Job") -> Assessment:
    """Confusion, accuracies and areas. Raises ``UserError`` where map and references do not fit together."""
    stem = raster_stem(inputs.raster)
    notes: List[Message] = []
    class_map = class_map_of(inputs.raster)
    job.report(0.0, message("accuracy-counting", raster=stem))

    def progress(share: float) -> None:
        job.check_cancel()
        job.report(90.0 * share / (2 if inputs.strata else 1))

    whole = mapped(inputs.raster, progress)
    strata = whole if inputs.strata is None else mapped(inputs.raster, progress, inputs.strata)
    pairs = _pairs(inputs, class_map, whole, notes)
    job.report(95.0, message("accuracy-comparing", count=len(pairs.real), raster=stem))
    classes = sorted(set(whole.pixels) | set(pairs.real.tolist()))
    rows = sorted(strata.pixels)
    counts = np.zeros((len(rows), len(classes), len(classes)), np.int64)
    place = {number: i for i, number in enumerate(classes)}
    order = {number: i for i, number in enumerate(rows)}
    for h, i, j in zip(pairs.stratum.tolist(), pairs.map.tolist(), pairs.real.tolist()):
        counts[order[h], place[i], place[j]] += 1
    areas = strata.area_m2 or {i: float(n) for i, n in strata.pixels.items()}
    found = estimates(counts, np.array([areas[i] for i in rows]))
    infos = {} if class_map is None or inputs.strata is not None else class_map.by_id()
    by_stratum = dict(zip(rows, counts.sum((1, 2)).tolist()))
    named = {i: infos.get(i) or ClassInfo(id=0, name=str(i), color=(0, 0, 0)) for i in rows}
    notes += _said_of(by_stratum, named, areas)
    if whole.area_m2 is None:
        notes.append(message("accuracy-no-ground"))
    return Assessment(_document(found, counts.sum(0), classes, class_map, whole, pairs), notes)


def _pairs(inputs: "Inputs", class_map: Optional[ClassMap], whole: Mapped, notes: List[Message]) -> _Pairs:
    with open_raster(inputs.raster, expand_palette=False) as raster:
        read = read_references(inputs.references, inputs.field, raster, inputs.seed)
        on_map = sampled(raster, read.row, read.col)
    stratum, known = on_map.value, on_map.known
    if inputs.strata is not None:
        with open_raster(inputs.strata, expand_palette=False) as other:
            of_strata = sampled(other, read.row, read.col)
        stratum, known = of_strata.value, known & of_strata.known
    ids = ids_of(read.value[known], inputs.field, class_map, whole.pixels)
    labelled = np.array([one is not None for one in ids], bool)
    notes += notes_on(read, known, ~labelled, labelled, inputs.field)
    real = np.array([one for one in ids if one is not None], np.int64)
    where = np.flatnonzero(known)[labelled]
    return _Pairs(stratum[where].astype(np.int64), on_map.value[where].astype(np.int64), real, read.polygons)


def _said_of(by_stratum: Dict[int, int], named: Dict[int, ClassInfo], areas: Dict[int, float]) -> List[Message]:
    """About strata with few references, or none."""
    total = sum(areas.values())
    none = [i for i, n in by_stratum.items() if n == 0]
    too_few = [i for i, n in by_stratum.items() if 0 < n < FEWEST]
    few = [i for i, n in by_stratum.items() if FEWEST <= n < FEW]
    said = []
    if none:
        share = round(100 * sum(areas[i] for i in none) / total, 1) if total else 0
        said.append(message("accuracy-not-assessed", **_names(none, named), share=share))
    if too_few:
        said.append(message("accuracy-no-interval", fewest=FEWEST, **_names(too_few, named)))
    if few:
        said.append(message("accuracy-few", few=FEW, **_names(few, named)))
    return said


def _names(ids: List[int], named: Dict[int, ClassInfo]) -> Dict[str, Any]:
    infos = [named[i] for i in ids]
    others = listed_in(infos)
    return {"names": ", ".join(info.name for info in infos), **({"names_in": others} if others else {})}


def _document(
    found: Estimates,
    counts: np.ndarray,
    classes: List[int],
    class_map: Optional[ClassMap],
    whole: Mapped,
    pairs: _Pairs,
) -> Dict[str, Any]:
    """Areas in hectares, or in pixels where nothing ties the map to the ground."""
    known = {} if class_map is None else class_map.by_id()
    unit, size = ("ha", _M2_PER_HA) if whole.area_m2 is not None else ("px", 1.0)
    area = whole.area_m2 if whole.area_m2 is not None else {i: float(n) for i, n in whole.pixels.items()}
    total = sum(area.values())
    rows = []
    for k, number in enumerate(classes):
        info = known.get(number)
        mapped_area = area.get(number, 0.0)
        rows.append(
            {
                "id": number,
                "name": str(number) if info is None else info.name,
                "names": {} if info is None else info.names,
                "color": None if info is None else "#{:02x}{:02x}{:02x}".format(*info.color),
                "on_map": int(counts[k].sum()),
                "in_reference": int(counts[:, k].sum()),
                "users": _estimate(found.users[k]),
                "producers": _estimate(found.producers[k]),
                "f1": found.f1[k],
                "iou": found.iou[k],
                "mapped": mapped_area / size,
                "mapped_share": mapped_area / total if total else 0.0,
                "area": _estimate(found.areas[k], size),
            }
        )
    return {
        "kind": "classes",
        "references": int(counts.sum()),
        "polygons": pairs.polygons,
        "unit": unit,
        "overall": _estimate(found.overall),
        "classes": rows,
        "counts": counts.tolist(),
        "proportions": found.proportions.tolist(),
    }


def _estimate(one: Estimate, size: float = 1.0) -> Dict[str, Optional[float]]:
    return {
        "value": None if one.value is None else one.value / size,
        "half_width": None if one.half_width is None else one.half_width / size,
    }
