"""Everything the bench measures: ``python tests/bench/suite.py [--quick] [--rounds N] [NAME …]``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Callable, Dict

import card
import exactness
import kills
import latency
import memory
import pca_memory
import polygons
import report
import seams
import tiled
import vit_speed

FIGURES: Dict[str, Callable[[tiled.Settings], report.Figure]] = {
    "exact": exactness.exactness,
    "tiled-conv": lambda settings: tiled.tiled(settings, "conv"),
    "tiled-vit": lambda settings: tiled.tiled(settings, "vit"),
    "memory": memory.memory,
    "polygonize": polygons.polygons,
    "kills": kills.kills,
    "cancel": latency.cancel,
    "startup": latency.startup,
    "seams": seams.seams,
    "shift": seams.shift,
    "pca-memory": pca_memory.pca_memory,
    "vit-speed": vit_speed.vit_speed,
    "card": card.card,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(FIGURES)}; without: all")
    parser.add_argument("--quick", action="store_true", help="small scenes, one round: does it work at all")
    parser.add_argument("--rounds", type=int, help="interleaved rounds; default 5, quick 1")
    parser.add_argument("--out", type=Path, default=Path("bench-out"))
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in FIGURES]
    if unknown:
        parser.error(f"no such figure: {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    options.out.mkdir(parents=True, exist_ok=True)
    out = options.out.resolve()
    settings = tiled.Settings(out, options.quick, options.rounds or (1 if options.quick else 5))
    told = {"threads": os.environ.get("OMP_NUM_THREADS", "as torch likes"), "rounds": settings.rounds}
    told["scenes"] = "quick" if settings.quick else "full"
    figures = report.kept(out, options.names or list(FIGURES))
    for name in options.names or FIGURES:
        began = time.perf_counter()
        print(f"== {name}", flush=True)
        figures.append(FIGURES[name](settings))
        minutes, when = (time.perf_counter() - began) / 60, time.strftime("%Y-%m-%d %H:%M")
        figures[-1].notes.append(f"(measured in {minutes:.1f} minutes, {when})")
        report.write(figures, out, told)
        print("\n".join(report.markdown(figures[-1:], told).splitlines()[3:]), flush=True)
    print(f"== {out / 'report.md'}")
    return 1 if any(check.ok is False for figure in figures for check in figure.checks) else 0


if __name__ == "__main__":
    sys.exit(main())
