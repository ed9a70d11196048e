"""How GDAL is set up wherever this engine touches a raster.

Its block cache defaults to a share of the machine's memory, so a reader's memory would grow with the raster;
here it is bounded. What the user has set in the environment wins.
"""

from __future__ import annotations

import os
import re
import warnings
from contextlib import contextmanager
from typing import Dict, Iterator

import rasterio
from rasterio._err import CPLE_BaseError  # what some of rasterio's calls raise as it is, and no public name covers
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError, RasterioIOError

CACHE_MB = 16
GDAL_ERRORS = (RasterioError, RasterioIOError, CRSError, CPLE_BaseError)  # 1.3: RasterioIOError stands apart

SETTINGS: Dict[str, str] = {
    "GDAL_CACHEMAX": str(CACHE_MB),
    "GDAL_HTTP_MAX_RETRY": "3",
    "GDAL_HTTP_RETRY_DELAY": "1",
    "GDAL_HTTP_TIMEOUT": "60",
    "GDAL_HTTP_CONNECTTIMEOUT": "15",
    "GDAL_HTTP_MERGE_CONSECUTIVE_RANGES": "YES",
}

# GDAL reads the cache size once, at its first block, and from the real environment whatever the thread.
for _key, _value in SETTINGS.items():
    os.environ.setdefault(_key, _value)


# A raster without georeferencing is an ordinary input here (``crs`` is None then), so rasterio's warning about it
# says nothing new. Once for the process: ``catch_warnings`` around each call is not safe in several threads.
warnings.simplefilter("ignore", NotGeoreferencedWarning)


@contextmanager
def gdal() -> Iterator[None]:
    """Everything that calls GDAL runs inside: its errors become exceptions, not lines on stderr."""
    with rasterio.Env():
        yield


def reason_of(error: BaseException, path: str = "") -> str:
    """GDAL's own words for a failure, without the path that the sentence around it names anyway."""
    cause = error.__cause__ or error.__context__
    text = str(error)
    if cause is not None and "previous exception" in text:
        text = str(cause)
    for known in (f"'{path}'", f'"{path}"', f"`{path}'", path):
        if known.strip("'\"`"):
            text = text.replace(known, "the file")
    return re.sub(r"\s+", " ", text).strip().rstrip(".:") or type(error).__name__
