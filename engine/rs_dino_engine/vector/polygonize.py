"""Labels -> polygons: the one call that the tasks make."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Union

import numpy as np

from ..models.spec import ClassMap
from .clean import cleaning
from .features import Features, features_of
from .labels import LabelRaster, unchanged
from .output import PolygonFile
from .regions import Polygons, Regions, all_of
from .runs import Runs
from .simplify import RightAngles, simplified


@dataclass(frozen=True)
class PolygonOptions:
    """How polygons are made; the defaults give the pixels' exact outlines.

    ``min_area_m2``: smaller polygons are given to their surroundings. ``fill_holes_m2``: holes up to this size
    are filled. ``simplify_px``: how far, in pixels, a simplified border may lie from the exact one; neighbours
    keep one common border. ``right_angles``: outlines of ``right_angle_classes`` (all, where None) that have one
    neighbour only get right angles. ``classes``: ids that are wanted. Without a CRS one map unit counts as a metre.
    """

    min_area_m2: float = 0.0
    fill_holes_m2: float = 0.0
    simplify_px: float = 0.0
    right_angles: bool = False
    right_angle_classes: Optional[Sequence[int]] = None
    classes: Optional[Sequence[int]] = None


@dataclass(frozen=True)
class ClassTotals:
    """What a class adds up to; ``area_m2`` is None without a CRS."""

    polygons: int
    area_m2: Optional[float]
    pixels: int


@dataclass(frozen=True)
class PolygonResult:
    """``path`` is what was written: another name than asked for where that file is held open elsewhere."""

    path: Path
    polygons: int
    by_class: Dict[int, ClassTotals]


def polygonize(
    labels_path: Union[str, Path],
    out_path: Union[str, Path],
    options: PolygonOptions,
    class_map: Optional[ClassMap],
    confidence_path: Optional[Union[str, Path]],
    progress: Callable[[float], None],
    check_cancel: Callable[[], None],
    strip_rows: Optional[int] = None,
) -> PolygonResult:
    """Write the 4-connected regions of a label raster as polygons; the format follows the ending of ``out_path``.

    The raster is read by strips: memory holds one strip and the polygons that are still open at its lower edge.
    ``progress`` gets 0-1; ``check_cancel`` may raise, then nothing is left. ``strip_rows`` changes speed and
    memory, never the result. Raises ``UserError`` for labels that are no labels and for formats that are unknown
    or need a package that is missing.
    """
    totals = _Totals()
    with LabelRaster(labels_path, confidence_path, strip_rows) as raster:
        with PolygonFile(Path(out_path), raster.crs, class_map) as file:
            if options.simplify_px > 0 or options.right_angles:
                batches = _simplified(raster, options, progress, check_cancel)
            else:
                batches = _exact(raster, options, progress, check_cancel)
            for features in batches:
                file.write(totals.counted(features))
            written = file.publish(check_cancel)
        by_class = totals.by_class(raster.ground is not None)
    progress(1.0)
    return PolygonResult(written, sum(t.polygons for t in by_class.values()), by_class)


def _regions(
    raster: LabelRaster,
    options: PolygonOptions,
    progress: Callable[[float], None],
    check_cancel: Callable[[], None],
    every_node: bool,
) -> Iterator[Polygons]:
    """Batches of finished regions, from the top."""
    cleans = options.min_area_m2 > 0 or options.fill_holes_m2 > 0
    begin = 0.4 if cleans else 0.0
    change: Callable[[int, Runs], Runs] = unchanged
    if cleans:
        change = cleaning(
            raster, options.min_area_m2, options.fill_holes_m2, check_cancel, lambda share: progress(begin * share)
        )
    regions = Regions(raster.width, every_node)
    for strip in raster.strips(change, options.classes):
        check_cancel()
        yield regions.add(strip.runs, strip.sums)
        progress(begin + (1.0 - begin) * strip.next_row / raster.height)
    yield regions.end()


def _exact(
    raster: LabelRaster, options: PolygonOptions, progress: Callable[[float], None], check_cancel: Callable[[], None]
) -> Iterator[Features]:
    for polygons in _regions(raster, options, lambda share: progress(0.95 * share), check_cancel, every_node=False):
        yield features_of(polygons, raster.transform, raster.ground)


def _simplified(
    raster: LabelRaster, options: PolygonOptions, progress: Callable[[float], None], check_cancel: Callable[[], None]
) -> Iterator[Features]:
    batches = _regions(raster, options, lambda share: progress(0.5 * share), check_cancel, every_node=True)
    polygons = all_of(list(batches))
    if not len(polygons):
        return
    square = None
    if options.right_angles:
        wanted = options.right_angle_classes
        chosen = np.ones(len(polygons), bool) if wanted is None else np.isin(polygons.label, np.array(wanted))
        square = RightAngles(chosen, raster.pixel_size)
    outlines = simplified(polygons, raster.width, raster.height, options.simplify_px, square, check_cancel)
    progress(0.9)
    yield features_of(polygons, raster.transform, raster.ground, outlines)


class _Totals:
    """Counts per class over all batches."""

    def __init__(self) -> None:
        self._sums: Dict[int, List[float]] = {}

    def counted(self, features: Features) -> Features:
        ids, index = np.unique(features.label, return_inverse=True)
        for name, values in enumerate((np.ones(len(features)), features.area_m2, features.pixels)):
            for class_id, value in zip(ids.tolist(), np.bincount(index, values, len(ids)).tolist()):
                self._sums.setdefault(class_id, [0.0, 0.0, 0.0])[name] += value
        return features

    def by_class(self, known_area: bool) -> Dict[int, ClassTotals]:
        return {
            class_id: ClassTotals(int(polygons), area if known_area else None, int(pixels))
            for class_id, (polygons, area, pixels) in sorted(self._sums.items())
        }
