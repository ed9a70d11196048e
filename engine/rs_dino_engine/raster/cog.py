"""Copies a VRT into a Cloud-Optimised GeoTIFF, so that it can be watched and stopped.

GDAL's copy neither reports nor stops when it is called from Python, and it holds the interpreter; a copy that
takes long therefore runs in a process of its own, which is ended when the job is cancelled.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Callable, Dict, List, NamedTuple, Optional

import rasterio.shutil
from rasterio.errors import RasterioError

from .gdal_env import GDAL_ERRORS, gdal

IN_PROCESS_BYTES = 40_000_000  # about a second
POLL_S = 0.1


class CogOptions(NamedTuple):
    """Creation options of GDAL's COG driver, and how many bytes of pixels there are."""

    creation: Dict[str, str]
    size_bytes: int


def copy_to_cog(
    vrt: Path,
    out: Path,
    options: CogOptions,
    progress: Optional[Callable[[float], None]],
    check_cancel: Optional[Callable[[], None]],
) -> None:
    """Copy; ``out`` is whole on return. Raises one of ``GDAL_ERRORS``, or whatever ``check_cancel`` raises."""
    if check_cancel:
        check_cancel()
    if options.size_bytes <= IN_PROCESS_BYTES:
        _copy(str(vrt), str(out), options.creation)
    else:
        _copy_elsewhere(vrt, out, options, progress, check_cancel)
    if check_cancel:
        check_cancel()
    if progress:
        progress(1.0)


def _copy(vrt: str, out: str, creation: Dict[str, str]) -> None:
    with gdal():
        rasterio.shutil.copy(vrt, out, driver="COG", **creation)


def _copy_elsewhere(
    vrt: Path,
    out: Path,
    options: CogOptions,
    progress: Optional[Callable[[float], None]],
    check_cancel: Optional[Callable[[], None]],
) -> None:
    log = vrt.with_suffix(".log")
    command = [sys.executable, "-m", __name__, str(vrt), str(out), json.dumps(options.creation)]
    flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(_search_path()), "PYTHONIOENCODING": "utf-8"}
    try:
        with log.open("wb") as said:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, creationflags=flags, env=environment
            )
            try:
                _watch(child, out, options.size_bytes, progress, check_cancel)
            finally:
                if child.poll() is None:
                    child.kill()
                child.wait()
        if child.returncode != 0:
            lines = log.read_text("utf-8", errors="replace").strip().splitlines()
            raise RasterioError(lines[-1] if lines else f"the copy ended with code {child.returncode}")
    finally:
        if log.exists():
            log.unlink()


def _search_path() -> List[str]:
    """Where this package was imported from, for a child that would otherwise look elsewhere."""
    inherited = os.environ.get("PYTHONPATH")
    return [str(Path(__file__).resolve().parents[2]), *([inherited] if inherited else [])]


def _watch(
    child: "subprocess.Popen[bytes]",
    out: Path,
    size_bytes: int,
    progress: Optional[Callable[[float], None]],
    check_cancel: Optional[Callable[[], None]],
) -> None:
    """Wait for the child. Progress is a guess from the growing file, half of its raw size being the end."""
    while True:
        try:
            child.wait(POLL_S)
            return
        except subprocess.TimeoutExpired:
            pass
        if check_cancel:
            check_cancel()
        if progress and out.exists():
            progress(min(0.95, out.stat().st_size / (0.5 * size_bytes)))


def main(arguments: List[str]) -> int:
    """The child: ``VRT OUT OPTIONS_AS_JSON``."""
    vrt, out, creation = arguments
    try:
        _copy(vrt, out, json.loads(creation))
    except GDAL_ERRORS as error:
        print(str(error).replace("\n", " "), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
