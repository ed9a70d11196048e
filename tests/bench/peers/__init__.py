"""Peers the bench runs beside ours, each in a virtual environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Union

QGIS_PYTHON = "/usr/bin/python3"


class Recipe(NamedTuple):
    """``python`` makes the environment; ``installs`` are pip's arguments, one call each."""

    python: str
    installs: List[List[str]]
    system_packages: bool = False


RECIPES: Dict[str, Recipe] = {
    # QGIS' own Python needs the numpy its GDAL was built with; onnxruntime and OpenCV of that generation go with it
    "deepness": Recipe(QGIS_PYTHON, [["numpy<1.25", "onnxruntime<1.20", "opencv-python-headless<4.12"]], True),
    "geodeep": Recipe(sys.executable, [["geodeep"]]),
    # its own requirement is the graphics card's onnxruntime
    "habitat": Recipe(
        sys.executable,
        [
            ["--no-deps", "habitat-mapper"],
            ["loguru", "pydantic", "cyclopts", "rich", "rasterio", "onnxruntime", "opencv-python-headless"],
            ["platformdirs", "defusedxml", "humanize", "requests", "deprecation", "rioxarray", "xarray"],
        ],
    ),
    "geoai": Recipe(sys.executable, [["--no-deps", "geoai-py"], ["rasterio", "geopandas", "tqdm"]]),
}


class Unavailable(NamedTuple):
    """Why a peer cannot be run."""

    reason: str


def peer_python(name: str, folder: Path) -> Union[Path, Unavailable]:
    """The Python of a peer, installed on the first call."""
    recipe, home = RECIPES[name], folder / name
    python, done = home / "bin" / "python", home / ".done"
    if done.exists():
        return python
    if name == "deepness":
        problem = deepness_problem()
        if problem:
            return Unavailable(problem)
    print(f"== installing {name} into {home}", flush=True)
    shutil.rmtree(home, ignore_errors=True)
    flags = ["--system-site-packages"] if recipe.system_packages else []
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    commands = [[recipe.python, "-m", "venv", *flags, str(home)]]
    commands += [[str(python), "-m", "pip", "install", "--quiet", *packages] for packages in recipe.installs]
    for command in commands:
        done_process = subprocess.run(command, capture_output=True, encoding="utf-8", env=clean, check=False)
        if done_process.returncode != 0:
            said = done_process.stderr.strip().splitlines() or ["no reason given"]
            return Unavailable(f"cannot be installed: {said[-1]}")
    done.touch()
    return python


def deepness_problem() -> str:
    """Why Deepness cannot be run here; empty when it can."""
    repo = os.environ.get("DEEPNESS_REPO", "")
    if not repo:
        return "skipped: set DEEPNESS_REPO to a checkout of its repository"
    if not (Path(repo) / "src" / "deepness").is_dir():
        return f"skipped: {repo} holds no src/deepness"
    if not Path(QGIS_PYTHON).exists():
        return "skipped: no system Python with PyQGIS"
    check = subprocess.run([QGIS_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False)
    return "" if check.returncode == 0 else "skipped: the system's Python has no PyQGIS"
