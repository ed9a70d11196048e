"""Polygonising, measured by polygonize.py beside its peers."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Dict

from children import HERE
from peers import Unavailable, peer_python
from report import Check, Figure
from tiled import Settings

LIMIT_S, LIMIT_MB = 6.0, 400.0


def polygons(settings: Settings) -> Figure:
    """36 Mpx, 177 000 polygons (quick: a ninth of it, and no limits)."""
    figure = Figure("polygonize", f"Label raster of {settings.side}² → GeoPackage with class, id, area")
    python = peer_python("geoai", settings.work / "venvs")
    command = [sys.executable, str(HERE / "polygonize.py"), "--work", str(settings.work / "polygonize")]
    command += ["--side", str(settings.side), "--rounds", str(settings.rounds)]
    peers = [] if isinstance(python, Unavailable) else ["--peer-python", str(python)]
    if isinstance(python, Unavailable):
        figure.notes.append(f"geoai: {python.reason}")
    done = subprocess.run([*command, *peers], capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode != 0 and peers:
        figure.notes.append(f"run again without geoai: {done.stderr.strip().splitlines()[-1:]}")
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["no reason given"]
        figure.checks.append(Check(f"polygonize.py failed: {said[-1]}", False))
        return figure
    figure.rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    ours: Dict[str, Any] = next(row for row in figure.rows if row["tool"] == "ours")
    if not settings.quick:
        figure.checks += [
            Check(f"{ours['seconds']} s, at most {LIMIT_S}", ours["seconds"] <= LIMIT_S),
            Check(f"{ours['peak_mb']} MB, at most {LIMIT_MB}", ours["peak_mb"] <= LIMIT_MB),
        ]
    return figure
