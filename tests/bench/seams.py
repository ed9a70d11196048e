"""Seams of models that see the whole window: steps where windows meet, and what a shifted grid changes.

Maps are made by the command line and read from the files it wrote.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

import dinov3_models as models
import numpy as np
import rasterio
from children import rs_dino
from report import Check, Figure
from rs_dino_engine.models.folder import read_spec
from rs_dino_engine.predict.plan import Wanted, make_grid, make_plans
from tiled import Settings

LIMIT = 1.05
SIDE_PX, HALF_STEP_PX, FAR_PX = 1280, 192, 32
OVERLAPS = {"0": 0, "1/8": 64, "1/4": 128, "1/2": 256}


class Map(NamedTuple):
    """A kind of map: the verb that makes it, with which options, and the file it writes."""

    title: str
    verb: str
    model: Path
    layer: str
    options: Tuple[str, ...] = ()
    control: bool = True
    """Also with hard joins; not for the large model, which takes long."""


def maps(settings: Settings) -> List[Map]:
    """Classes, heights, colours of features; the heights of the large model only where there is time for it."""
    work = settings.work
    found = [
        Map("ViT-S, multilevel head: probabilities", "segment", models.segmenter(work), "probabilities",
            ("--layers", "probabilities", "--no-polygons")),
        Map("thin CHMv2: heights", "canopy-height", models.canopy(work, large=False), "canopy_height"),
        Map("ViT-S: PCA colours", "feature-map", models.backbone(work), "features"),
    ]  # fmt: skip
    if not settings.quick:
        model = models.canopy(work, large=True)
        found.append(found[1]._replace(title="CHMv2 with ViT-L: heights", model=model, control=False))
    return found


def made(kind: Map, raster: Path, out: Path, *options: str) -> Path:
    """Run the command line and return the layer's file."""
    shutil.rmtree(out, ignore_errors=True)
    command = rs_dino(kind.verb, raster, "--model", kind.model, "--output", out, "--device", "cpu")
    done = subprocess.run([*command, *kind.options, *options], capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    return out / f"{raster.stem}_{kind.layer}.tif"


def read(path: Path) -> np.ndarray:
    with rasterio.open(path) as data:
        return data.read().astype(np.float32)


def seams(settings: Settings) -> Figure:
    """Do windows show in a map where they pass into one another? Two measures, each against the same ground in the map
    of a raster that begins half a step later, where no windows meet; so the picture's own edges cancel.

    *Across*: the mean step between pixels where the weight moves from one window to the next. *Lines*: how far a place
    stands out from those 16 and 32 px beside it (patches of 16 px leave a pattern of their own, which is no seam), on
    the side where steps are larger: where windows are averaged the map is calmer on one side, which is no line either.
    Lines are looked for where windows begin and end, and where their weights do.
    """
    title = (
        "Seams: steps where windows pass into one another, over those of the same ground where they do not (9 windows)"
    )
    figure = Figure("seams", title)
    own = os.environ.get("BENCH_PICTURE")
    pictures = {"samples": models.mirrored(settings.work / "picture-1536.tif", 1536)}
    if own:
        pictures[Path(own).stem] = models.mirrored(settings.work / f"{Path(own).stem}-1536.tif", 1536, Path(own))
    for name, path in pictures.items():
        rasters = [_part(settings.work, path, at) for at in (0, HALF_STEP_PX)]
        for kind in maps(settings):
            row = {"map": kind.title, "picture": name, **_measured(settings, kind, rasters)}
            figure.rows.append(row)
            print(f"   {row}", flush=True)
            for what, limit in (
                ("across", LIMIT),
                ("window borders", LIMIT),
                ("ramp ends", max(LIMIT, row["no seam"])),
            ):
                said = f"{kind.title}, {name}, {what}: {row[what]:.3f}, at most {limit}"
                figure.checks.append(Check(said, row[what] <= limit))
    figure.notes.append(
        "`no seam`: what the measure of `ramp ends` finds where no windows meet, its mean and twice its spread; for "
        "thin models with random weights it scatters by 0.05. `overlap 0` joins windows hard, and shows what the "
        "measure of lines sees when there is a seam. Colours of features are made with one basis."
    )
    return figure


def _part(work: Path, picture: Path, at: int) -> Path:
    return models.cropped(picture, work / f"{picture.stem}-at-{at}.tif", (at, at), (SIDE_PX, SIDE_PX))


def _measured(settings: Settings, kind: Map, rasters: Sequence[Path]) -> Dict[str, Any]:
    row: Dict[str, Any] = {}
    basis = _basis(settings, kind, rasters[0]) if kind.verb == "feature-map" else ()
    for overlap in (None, 0) if kind.control else (None,):
        options = (*basis, *(() if overlap is None else ("--overlap", str(overlap))))
        values = [read(made(kind, raster, settings.work / "seam-out", *options)) for raster in rasters]
        borders, zones = places(kind.model, rasters[0], overlap)
        if overlap is None:
            ends = sorted({end for zone in zones for end in zone})
            row["across"] = across(values, zones)
            row.update({"window borders": ratio(values, borders), "ramp ends": ratio(values, ends)})
            none = [ratio(values, elsewhere) for elsewhere in _elsewhere(ends, borders)]
            row["no seam"] = round(float(np.mean(none) + 2 * np.std(none)), 4)
        else:
            row["overlap 0"] = ratio(values, borders)
    return row


def _basis(settings: Settings, kind: Map, raster: Path) -> Tuple[str, str]:
    """The options that have colours mean the same for all rasters."""
    made(kind, raster, settings.work / "basis-out")
    kept = settings.work / "kept-basis.json"
    shutil.copyfile(settings.work / "basis-out" / "pca_basis.json", kept)
    return "--basis", str(kept)


def places(model: Path, raster: Path, overlap: "int | None") -> Tuple[List[int], List[Tuple[int, int]]]:
    """Columns (and rows: the raster is square) at which windows begin or end, and between which their weights move."""
    spec = read_spec(model / "model.json")
    with rasterio.open(raster) as data:
        size = (data.height, data.width)
    grid = make_grid(*size, None, spec.input, spec.output, "input")
    given = None if overlap is None else str(overlap)
    wanted = Wanted(grid, spec.output.cell_px, spec.output.channels)
    (plan,) = make_plans([wanted], spec.input, 1, overlap=given)
    axis = plan.rows
    borders = {at for offset in axis.offsets for at in (offset, offset + axis.window_px)}
    zones = [axis.zone(window) for window in range(len(axis.offsets) - 1)]
    cells = [(axis.cell_px * begin, axis.cell_px * end) for begin, end in zones]
    return sorted(b for b in borders if 0 < b < axis.n_model), cells


def _elsewhere(ends: Sequence[int], borders: Sequence[int]) -> List[List[int]]:
    """Other places that lie to one another as ``ends`` do, as far from where windows meet as a line is compared."""
    moved = [[end + by for end in ends] for by in range(-HALF_STEP_PX, HALF_STEP_PX + 1, FAR_PX // 2)]
    taken = (*ends, *borders)
    return [them for them in moved if all(abs(one - other) >= FAR_PX // 2 for one in them for other in taken)]


def across(values: Sequence[np.ndarray], zones: Sequence[Tuple[int, int]]) -> float:
    """Mean step inside ``zones`` over that of the same ground in the other map. The larger of both directions."""
    found = []
    for axis in (1, 2):
        both = [_steps(v, axis, shifted) for v, shifted in zip(values, (False, True))]
        own = others = 0.0
        for mine, other, begin in ((both[0], both[1], 0), (both[1], both[0], HALF_STEP_PX)):
            inside = [begin + at for first, end in zones for at in range(first, end)]
            known = [at for at in inside if at in mine]
            own += sum(mine[at] for at in known)
            others += sum(other[at] for at in known)
        found.append(own / others)
    return round(max(found), 4)


def ratio(values: Sequence[np.ndarray], at: Sequence[int]) -> float:
    """How far places ``at`` stand out from both sides, over how far the same ground does in the other map. The second
    map begins ``HALF_STEP_PX`` later both ways. The larger of both directions."""
    found = []
    for axis in (1, 2):
        both = [_steps(v, axis, shifted) for v, shifted in zip(values, (False, True))]
        own, others = [], []
        for mine, other, begin in ((both[0], both[1], 0), (both[1], both[0], HALF_STEP_PX)):
            here = [begin + place for place in at]
            here = [p for p in here if HALF_STEP_PX + FAR_PX < p < SIDE_PX - FAR_PX]
            own += [_stands_out(mine, place) for place in here]
            others += [_stands_out(other, place) for place in here]
        found.append(sum(own) / sum(others))
    return round(max(found), 4)


def _stands_out(steps: Dict[int, float], place: int) -> float:
    sides = [(steps[place + sign * FAR_PX // 2] + steps[place + sign * FAR_PX]) / 2 for sign in (-1, 1)]
    return steps[place] / max(sides)


def _steps(values: np.ndarray, axis: int, shifted: bool) -> Dict[int, float]:
    """Mean absolute step into a column (or row) of the picture, over what both maps show."""
    first, end = (0, SIDE_PX - HALF_STEP_PX) if shifted else (HALF_STEP_PX, SIDE_PX)
    common = values[:, first:end, first:end]
    steps = np.abs(np.diff(common, axis=axis)).mean(axis=(0, 3 - axis))
    return {HALF_STEP_PX + 1 + i: float(step) for i, step in enumerate(steps)}


def shift(settings: Settings) -> Figure:
    """The same picture on a grid of windows that is shifted by half a step, for several overlaps."""
    figure = Figure("shift", "Grid shifted by half a step: how far maps of the same ground agree")
    base = models.mirrored(settings.work / "picture-1536.tif", 1536)
    segment, heights, features = maps(SimpleNamespace(work=settings.work, quick=True))
    basis: Tuple[str, ...] = ()
    for name, overlap in OVERLAPS.items():
        step = models.WINDOW_PX - overlap
        side = models.WINDOW_PX + 2 * step
        whole = models.cropped(base, settings.work / f"shift-{overlap}.tif", (0, 0), (side, side))
        half = step // 2
        part = models.cropped(whole, settings.work / f"shift-{overlap}-half.tif", (half, half), (side - step,) * 2)
        window = np.s_[:, half : side - half, half : side - half]
        labels = _pair(settings, segment._replace(layer="labels"), whole, part, window, overlap)
        metres = _pair(settings, heights, whole, part, window, overlap)
        basis = basis or _basis(settings, features, whole)
        colours = _pair(settings, features, whole, part, window, overlap, *basis)
        figure.rows.append(
            {
                "overlap": name,
                "labels agree": float((labels[0] == labels[1]).mean()),
                "heights MAE m": float(np.abs(metres[0] - metres[1]).mean()),
                "their spread m": float(metres[0].std()),
                "PCA correlation": _correlation(*colours),
            }
        )
        print(f"   {json.dumps(figure.rows[-1])}", flush=True)
    figure.notes.append(
        "Weights are random, so features depend on the place in the window far more than taught ones do: the table "
        "compares overlaps, not models. Windows of 512 px, 3 × 3 of them against 2 × 2."
    )
    return figure


def _pair(
    settings: Settings, kind: Map, whole: Path, part: Path, window: Any, overlap: int, *options: str
) -> Tuple[np.ndarray, np.ndarray]:
    """The map of the whole raster, cut to the part, and that of the part."""
    given = ("--overlap", str(overlap), *options)
    second = read(made(kind, part, settings.work / "shift-out", *given))
    first = read(made(kind, whole, settings.work / "shift-out", *given))[window]
    assert first.shape == second.shape, (first.shape, second.shape)
    return first, second


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Mean over the three components."""
    pairs = zip(first.reshape(len(first), -1), second.reshape(len(second), -1))
    return float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in pairs]))
