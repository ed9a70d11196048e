"""Blended values of ours against the whole-image pass, on a raster whose sides are no multiples of anything."""

from __future__ import annotations

import shutil

import exact
import scene
from children import run_ours
from report import Check, Figure
from tiled import Settings

LIMIT = 1e-5


def exactness(settings: Settings) -> Figure:
    """Labels and probabilities of the conv net, whose receptive field lies inside the overlap."""
    height, width = (1499, 1721) if settings.quick else (2903, 3571)
    figure = Figure("exact", f"{height} × {width} against the whole-image pass: conv")
    raster = scene.write_scene(settings.work / f"scene-{height}x{width}.tif", height, width)
    truth = exact.reference(raster, "conv", True)
    out = settings.work / "out"
    for tile, overlap in ((512, 128), (256, 64), (448, 32)):
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        name = f"window {tile}, overlap {overlap}"
        row = run_ours(
            name, raster, "conv", out, "--layers", "probabilities", "--tile", str(tile), "--overlap", str(overlap)
        )
        if "failed" in row:
            figure.rows.append(row)
            figure.checks.append(Check(name, False))
            continue
        labels = exact.compare_labels(out / "labels.tif", truth)
        wrong = labels["mismatch_beyond_ties"]
        values = exact.compare_values(out / "probabilities.tif", truth)
        figure.rows.append({"run": name, **labels, **{f"max difference {k}": v for k, v in values.items()}})
        figure.checks += [
            Check(f"{name}: {wrong} labels differ beyond ties", wrong == 0),
            Check(f"{name}: values differ by at most {max(values.values()):.1e}", max(values.values()) <= LIMIT),
            Check(f"{name}: no void pixel has a class", labels["void_classified_px"] == 0),
        ]
    return figure
