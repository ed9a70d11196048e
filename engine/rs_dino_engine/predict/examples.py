"""Places that a person has marked, and what a model sees there.

A point is an example by the patch it lies in; a polygon by the mean of the patches whose centres it holds, or of the
one in its middle where it is smaller. Each is seen in one window of the plan, the one in which it lies most centrally:
there the model knows most about its surroundings, and patches are cut as they are in the map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

import numpy as np
import shapely

from ..errors import UserError
from ..messages import message
from ..models.runtime import LoadedModel
from ..raster.aoi import Aoi
from ..raster.geometries import onto_grid, parts_of, read_geometries
from ..raster.grid import scaled
from .axis import Axis
from .prepare import Prepared, make_forward
from .reader import WindowReader
from .sampling import prepared_sets, valid_cells

if TYPE_CHECKING:
    import pyproj

    from ..devices import Device
    from ..tasks.job import Job
    from ..tasks.prediction_inputs import PredictionInputs

MOST = 256
"""Examples of one file that are used at most, for each may take a window of its own; more are drawn from at random."""
SEED = 0
_KINDS = ("Point", "Polygon")


class Marked(NamedTuple):
    """The points and polygons of a file, and the CRS they say they are in."""

    path: str
    shapes: List[Any]
    crs: "Optional[pyproj.CRS]"


class _Place(NamedTuple):
    """Example ``number`` of file ``file``, in cells of the model's grid: its middle, and its polygon if it is one."""

    file: int
    number: int
    row: float
    col: float
    polygon: Optional[Any]


def read_marked(path: str, job: "Job") -> Marked:
    """Read examples; raises ``UserError`` where there are none."""
    read = read_geometries(path, "examples-missing", "examples-unreadable")
    shapes = parts_of(read.shapes, _KINDS)
    if not shapes:
        raise UserError("examples-empty", path=path)
    if len(shapes) > MOST:
        job.warn(message("examples-many", path=path, count=len(shapes), used=MOST))
        shapes = [shapes[i] for i in sorted(np.random.default_rng(SEED).permutation(len(shapes))[:MOST])]
    return Marked(path, shapes, read.crs)


def example_features(
    marked: Sequence[Marked],
    sets: Sequence[Sequence[str]],
    inputs: "PredictionInputs",
    model: LoadedModel,
    device: "Device",
    job: "Job",
) -> List[np.ndarray]:
    """What the model sees at the examples: per file ``(examples, channels)`` float32, of length 1 each.

    Looked for in every raster of the request, also outside its area of interest. Those that lie on no valid pixel
    are left out with a warning; raises ``UserError`` when a file has no other.
    """
    found: List[List[np.ndarray]] = [[] for _ in marked]
    seen: List[Set[int]] = [set() for _ in marked]
    everywhere = inputs.model_copy(update={"aoi": None})
    for prepared in prepared_sets(sets, everywhere, model, device):
        with prepared.source:
            places = [place for number, file in enumerate(marked) for place in _on_raster(number, file, prepared)]
            for place, features in _seen(places, prepared, model, device, job):
                found[place.file].append(features)
                seen[place.file].add(place.number)
    for file, used in zip(marked, seen):
        if not used:
            raise UserError("examples-nowhere", path=file.path)
        if len(used) < len(file.shapes):
            job.warn(
                message("examples-left-out", path=file.path, count=len(file.shapes) - len(used), of=len(file.shapes))
            )
    return [np.stack(features) for features in found]


def _on_raster(file: int, marked: Marked, prepared: Prepared) -> List[_Place]:
    """The examples, or parts of them, that lie on a raster."""
    rows, cols = prepared.plan.rows, prepared.plan.cols
    step = [axis.cell_px * axis.n_raster / axis.n_model for axis in (rows, cols)]
    cells = scaled(prepared.source.transform, *step)
    frame = shapely.box(0, 0, cols.n_model / cols.cell_px, rows.n_model / rows.cell_px)
    places: List[_Place] = []
    for number, shape in enumerate(marked.shapes):
        for moved in onto_grid([shape], marked.crs, prepared.source.crs, cells):
            for part in parts_of([shapely.intersection(shapely.make_valid(moved), frame)], [shape.geom_type]):
                middle = shapely.point_on_surface(part)
                polygon = part if part.geom_type == "Polygon" else None
                row, col = min(middle.y, rows.n_cells - 0.5), min(middle.x, cols.n_cells - 0.5)
                places.append(_Place(file, number, row, col, polygon))
    return places


def _seen(
    places: Sequence[_Place], prepared: Prepared, model: LoadedModel, device: "Device", job: "Job"
) -> List[Tuple[_Place, np.ndarray]]:
    """Each place on valid pixels with its features, of length 1."""
    plan, cell = prepared.plan, model.spec.output.cell_px
    by_window: Dict[Tuple[int, int], List[_Place]] = {}
    for place in places:
        by_window.setdefault((_central(plan.rows, place.row), _central(plan.cols, place.col)), []).append(place)
    reader = WindowReader(prepared.source, plan)
    forward = make_forward(prepared, model, device, [], False, job.warn)
    found: List[Tuple[_Place, np.ndarray]] = []
    for (row, col), inside in sorted(by_window.items()):
        job.check_cancel()
        window = reader.read(row, col, True)
        if window.pixels is None:
            continue
        valid = valid_cells(window, cell, (plan.rows.window_cells, plan.cols.window_cells))
        features = forward([window])[0][0].cpu().numpy()
        first = (plan.rows.offsets[row] // cell, plan.cols.offsets[col] // cell)
        for place in inside:
            chosen = _cells(place, first, valid)
            if chosen.any():
                found.append((place, _direction(features[:, chosen])))
    return found


def _central(axis: Axis, cell: float) -> int:
    """The window of an axis in whose middle a cell lies most nearly."""
    middles = (np.array(axis.offsets) + axis.window_px / 2) / axis.cell_px
    return int(np.abs(middles - cell).argmin())


def _cells(place: _Place, first: Tuple[int, int], valid: np.ndarray) -> np.ndarray:
    """The valid cells of a window, which begins at cell ``first``, that show the example."""
    row, col = first
    if place.polygon is not None:
        covered = Aoi([place.polygon]).rasterize(row, row + valid.shape[0], col, col + valid.shape[1])
        if covered.any():
            return np.asarray(covered & valid)
    chosen = np.zeros_like(valid)
    at = (int(place.row) - row, int(place.col) - col)
    chosen[at] = valid[at]
    return chosen


def _direction(features: np.ndarray) -> np.ndarray:
    """The mean direction of features ``(channels, n)``: each counts the same, however long it is."""
    mean = (features / np.maximum(np.linalg.norm(features, axis=0), 1e-12)).mean(axis=1)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)
