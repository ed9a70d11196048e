"""Polygonising 36 Mpx of speckled labels, beside peers: ``python tests/bench/polygonize.py [--work DIR]
[--peer-python PYTHON] [--rounds N] [--side PX]``.

One line a tool: wall seconds from the first read to the written GeoPackage (imports apart), CPU seconds, memory above
what was loaded before, and the number of polygons; medians of interleaved rounds. ``PEER_PYTHON`` is a Python
with rasterio, geopandas and (unpacked only) geoai-py; without it, and without gdal_polygonize.py, ours runs alone.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Dict, List

SPECKLE = 0.0066
"""Share of pixels that get a random class; about 177 000 polygons at 6000 x 6000."""


def make_scene(path: Path, side: int) -> None:
    """Four classes in wavy patches, with speckle and a corner of nodata (0)."""
    import numpy as np
    import rasterio
    from rasterio.transform import from_origin

    rng = np.random.default_rng(0)
    y, x = np.ogrid[0:side, 0:side]
    field = np.zeros((side, side), np.float32)
    for k in range(6):
        a, b, phase = rng.uniform(-0.02, 0.02), rng.uniform(-0.02, 0.02), rng.uniform(0, 6)
        field += np.sin(x * a * (1 + k / 2) + y * b + phase).astype(np.float32) / (1 + k / 2)
    labels = (np.digitize(field, np.quantile(field[::50, ::50], [0.25, 0.5, 0.75])) + 1).astype(np.uint8)
    speckle = rng.random(labels.shape, dtype=np.float32) < SPECKLE
    labels[speckle] = rng.integers(1, 5, int(speckle.sum()), dtype=np.uint8)
    labels[: side // 20, : side // 20] = 0
    profile = {
        "driver": "GTiff", "width": side, "height": side, "count": 1, "dtype": "uint8", "nodata": 0,
        "crs": "EPSG:32633", "transform": from_origin(500000, 5_000_000, 0.5, 0.5),
        "tiled": True, "blockxsize": 512, "blockysize": 512, "compress": "deflate",
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as out:
        out.write(labels, 1)


def ours(raster: str, out: str) -> object:
    from rs_dino_engine.vector.polygonize import PolygonOptions, polygonize

    return lambda: polygonize(raster, out, PolygonOptions(), None, None, lambda share: None, lambda: None)


def geoai(raster: str, out: str) -> object:
    """``geoai.utils.raster.raster_to_vector``; what its module imports and the function does not use is replaced."""
    import importlib.util
    from unittest import mock

    for name in ("leafmap", "matplotlib", "matplotlib.pyplot", "rioxarray", "xarray", "rasterio.plot"):
        if name not in sys.modules:
            sys.modules[name] = mock.MagicMock()
    package = importlib.util.find_spec("geoai")
    module = Path(package.submodule_search_locations[0]) / "utils" / "raster.py"
    spec = importlib.util.spec_from_file_location("geoai_raster", module)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return lambda: loaded.raster_to_vector(raster, out, min_area=0)


def child(tool: str, raster: str, out: str) -> None:
    """In a process of its own: load, then measure."""
    from measure import cost_of

    work = {"ours": ours, "geoai": geoai}[tool](raster, out)
    cpu = time.process_time()
    cost = cost_of(work)
    print(json.dumps({"seconds": cost.seconds, "cpu_s": time.process_time() - cpu, "peak_mb": cost.peak_mb}))


def run_child(python: str, tool: str, raster: Path, out: Path) -> Dict[str, float]:
    command = [python, str(Path(__file__).resolve()), "--child", tool, str(raster), str(out)]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    return json.loads(done.stdout.strip().splitlines()[-1])


def run_gdal(raster: Path, out: Path) -> Dict[str, float]:
    began = time.perf_counter()
    process = subprocess.Popen(
        ["gdal_polygonize.py", "-q", str(raster), "-f", "GPKG", str(out), "labels", "class"], env=without_python()
    )
    _, _, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "cpu_s": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024}


def without_python() -> Dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}


def count(path: Path) -> int:
    import pyogrio

    return int(pyogrio.read_info(path, layer=pyogrio.list_layers(path)[0, 0])["features"])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--child", nargs=3)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--peer-python", default=os.environ.get("PEER_PYTHON"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--side", type=int, default=6000)
    options = parser.parse_args()
    if options.child:
        child(*options.child)
        return
    folder = options.work or Path(tempfile.mkdtemp(prefix="polygonize-"))
    folder.mkdir(parents=True, exist_ok=True)
    raster = folder / f"labels_{options.side}.tif"
    if not raster.exists():
        make_scene(raster, options.side)
    tools = {"ours": lambda out: run_child(sys.executable, "ours", raster, out)}
    if options.peer_python:
        tools["geoai"] = lambda out: run_child(options.peer_python, "geoai", raster, out)
    if shutil.which("gdal_polygonize.py"):
        tools["gdal_polygonize"] = lambda out: run_gdal(raster, out)
    found: Dict[str, List[Dict[str, float]]] = {name: [] for name in tools}
    for _ in range(options.rounds):
        for name, run in tools.items():
            out = folder / f"{name}.gpkg"
            out.unlink(missing_ok=True)
            found[name].append(run(out))
    for name, rows in found.items():
        row = {key: round(statistics.median(r[key] for r in rows), 2) for key in rows[0]}
        print(json.dumps({"tool": name, "side_px": options.side, **row, "polygons": count(folder / f"{name}.gpkg")}))
    if options.work is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
