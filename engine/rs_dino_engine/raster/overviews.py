"""Overviews of an output, halved again and again: the mode of labels, the average of values.

GDAL's own are several times slower (its mode most of all) and can be neither watched nor stopped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Optional

import numpy as np
import rasterio
from rasterio.windows import Window

from .gdal_env import gdal

SMALLEST_PX = 512  # the last overview fits into one block of the COG
STRIP_BYTES = 1_000_000


class Overview(NamedTuple):
    """A file that holds one level."""

    path: Path
    width: int
    height: int


def build_overviews(
    source: Path,
    stem: Path,
    labels: bool,
    profile: Dict[str, Any],
    progress: Optional[Callable[[float], None]] = None,
    check_cancel: Optional[Callable[[], None]] = None,
) -> List[Overview]:
    """Write the levels of the raster ``source`` to ``<stem>.<level>.tif``, each made of the one before.

    ``profile``: creation options of the files. Raises what ``check_cancel`` raises; the files are the caller's.
    """
    levels: List[Overview] = []
    current = source
    with gdal():
        while True:
            with rasterio.open(current) as data:
                if max(data.width, data.height) <= SMALLEST_PX:
                    return levels
                target = stem.with_name(f"{stem.name}.{len(levels) + 1}.tif")
                levels.append(Overview(target, -(-data.width // 2), -(-data.height // 2)))
                share = (1 - 0.25 ** len(levels), 0.75 * 0.25 ** (len(levels) - 1))

                def report(done: float, start: float = share[0] - share[1], size: float = share[1]) -> None:
                    if progress:
                        progress(start + size * done)

                _halve(data, levels[-1], labels, profile, report, check_cancel)
            current = target


def _halve(
    data: Any,
    level: Overview,
    labels: bool,
    profile: Dict[str, Any],
    report: Callable[[float], None],
    check_cancel: Optional[Callable[[], None]],
) -> None:
    shape = {"width": level.width, "height": level.height, "count": data.count, "dtype": data.dtypes[0]}
    row_bytes = data.width * data.count * np.dtype(data.dtypes[0]).itemsize
    rows = max(64, STRIP_BYTES // row_bytes // 64 * 64)
    with rasterio.open(level.path, "w", driver="GTiff", nodata=data.nodata, **shape, **profile) as out:
        for row in range(0, level.height, rows):
            if check_cancel:
                check_cancel()
            count = min(rows, level.height - row)
            high = min(2 * count, data.height - 2 * row)
            pixels = data.read(window=Window(0, 2 * row, data.width, high))
            half = halved(pixels, data.nodata, labels)
            out.write(half, window=Window(0, row, level.width, count))
            report((row + count) / level.height)


def halved(pixels: np.ndarray, nodata: Optional[float], labels: bool) -> np.ndarray:
    """(bands, h, w) -> (bands, ceil(h/2), ceil(w/2)). Void pixels count only where all four are void."""
    odd = pixels.shape[1] % 2, pixels.shape[2] % 2
    if any(odd):
        pixels = np.pad(pixels, ((0, 0), (0, odd[0]), (0, odd[1])), mode="edge")
    quads = [pixels[:, r::2, c::2] for r in (0, 1) for c in (0, 1)]
    return _mode(quads, nodata) if labels else _average(quads, nodata)


def _mode(quads: List[np.ndarray], nodata: Optional[float]) -> np.ndarray:
    """The value that most of the four hold; the first valid one (row by row) where none is held twice."""
    a, b, c, d = quads
    result = a.copy()
    if nodata is not None:
        for other in (b, c, d):
            np.copyto(result, other, where=result == nodata)
    alone = (a != b) & (a != c) & (a != d)
    pair = alone & ((b == c) | (b == d))
    np.copyto(result, b, where=pair if nodata is None else pair & (b != nodata))
    last = alone & ~pair & (c == d)
    np.copyto(result, c, where=last if nodata is None else last & (c != nodata))
    return result


def _average(quads: List[np.ndarray], nodata: Optional[float]) -> np.ndarray:
    floating = np.issubdtype(quads[0].dtype, np.floating)
    wide = np.float64 if quads[0].dtype.itemsize > 2 else (np.float32 if floating else np.int32)
    total = np.zeros(quads[0].shape, dtype=wide)
    valid = [_is_valid(q, nodata) for q in quads]
    if all(v is None for v in valid):
        for quad in quads:
            total += quad
        return _as_dtype(total / 4 if floating or wide is np.float64 else (total + 2) // 4, quads[0].dtype)
    count = np.zeros(quads[0].shape, dtype=np.uint8)
    for quad, good in zip(quads, valid):
        if good is None:
            total += quad
            count += 1
        else:
            np.add(total, quad, out=total, where=good)
            count += good
    mean = total / np.maximum(count, 1)
    result = _as_dtype(mean, quads[0].dtype)
    void = nodata if nodata is not None else np.nan  # without a nodata value only NaN was taken for void
    np.copyto(result, np.array(void).astype(result.dtype), where=count == 0)
    return result


def _as_dtype(mean: np.ndarray, dtype: np.dtype) -> np.ndarray:
    if np.issubdtype(dtype, np.integer) and np.issubdtype(mean.dtype, np.floating):
        mean = np.floor(mean + 0.5)
    return mean.astype(dtype)


def _is_valid(quad: np.ndarray, nodata: Optional[float]) -> Optional[np.ndarray]:
    """None where no pixel is void; a mean that happens to hit an integer nodata value is not a concern of ours:
    outputs keep theirs outside the range of values."""
    void = None
    if nodata is not None and not np.isnan(nodata):
        void = quad == np.array(nodata).astype(quad.dtype)
    if np.issubdtype(quad.dtype, np.floating):
        nan = np.isnan(quad)
        void = nan if void is None else void | nan
    return None if void is None or not void.any() else ~void
