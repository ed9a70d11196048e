"""Where pixels come in: a raster, opened once, read by windows as (pixels, valid)."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from pathlib import Path
from typing import Any, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import rasterio
from rasterio.windows import Window

from ..errors import UserError
from ..messages import Message, message
from .bands import band_names
from .gdal_env import GDAL_ERRORS, gdal, reason_of
from .grid import Gsd, gsd
from .paths import expand_paths, is_local_path, raster_stem
from .placement import TargetGrid, onto_grid, placed
from .traits import interpretations, is_signed_byte, mask_band, palette, refuse_container, scaling, stored_dtype
from .validity import NodataRule, never_void, nodata_rule, valid_by_value

__all__ = ["Pixels", "RasterSource", "expand_paths", "open_raster"]


class Pixels(NamedTuple):
    """Values (bands, h, w) in the raster's own dtype, and where they are real (h, w); None: everywhere.

    Where not valid, float values are 0 and integers are what the file holds.
    """

    pixels: np.ndarray
    valid: Optional[np.ndarray]


class RasterSource:
    """A raster that is read by windows. One instance belongs to one thread; close it or use ``with``.

    ``bands`` are the numbers (from 1) of the image bands that are read, in that order; alpha never is one of
    them. A raster with a colour table has the bands red, green, blue (uint8). ``messages`` says what was done
    to the raster on the way in. ``scale``/``offset`` (value = stored * scale + offset) are arrays, or None when
    the raster states none.
    """

    def __init__(
        self,
        path: str,
        bands: Optional[Sequence[int]] = None,
        expand_palette: bool = True,
        grid: Optional[TargetGrid] = None,
    ) -> None:
        self.path = path
        self.name = raster_stem(path)
        self.messages: List[Message] = []
        self._stack = ExitStack()
        try:
            with gdal():
                self._open(path, bands, expand_palette, grid)
        except GDAL_ERRORS as error:
            self._stack.close()
            raise UserError("raster-unreadable", path=path, reason=reason_of(error, path), detail=str(error)) from error
        except BaseException:
            self._stack.close()
            raise

    def _open(
        self, path: str, bands: Optional[Sequence[int]], expand_palette: bool, grid: Optional[TargetGrid]
    ) -> None:
        data = self._stack.enter_context(rasterio.open(path))
        if data.count == 0:
            refuse_container(path, data)
        if grid is not None:
            data = onto_grid(data, grid, self._stack)
        else:
            data, notes = placed(path, data, self._stack)
            self.messages += notes
        self._data = data
        self.width, self.height = data.width, data.height
        self.crs, self.transform = data.crs, data.transform
        interp = interpretations(data)
        self._alpha = [i for i, name in enumerate(interp, 1) if name == "alpha"]
        image = [i for i in data.indexes if i not in self._alpha]
        if not image:
            raise UserError("raster-no-bands", path=path)
        self._palette = palette(data, image[0]) if expand_palette and len(image) == 1 else None
        if self._palette is not None:
            names: Tuple[str, ...] = ("red", "green", "blue")
            self.messages.append(message("raster-palette", path=path))
        else:
            names = band_names([data.descriptions[i - 1] for i in image], [interp[i - 1] for i in image])
        self._choose(path, names, image, bands)
        self._prepare_validity(path)

    def _choose(self, path: str, names: Tuple[str, ...], image: List[int], bands: Optional[Sequence[int]]) -> None:
        """``bands`` count image bands; the file's own numbers (alpha may lie between) stay in here."""
        self.available_bands = names
        self.bands: Tuple[int, ...] = tuple(bands) if bands else tuple(range(1, len(names) + 1))
        wrong = [b for b in self.bands if not 1 <= b <= len(names)]
        if wrong:
            listed = ", ".join(f"{i}: {n}" for i, n in enumerate(names, 1))
            raise UserError("raster-bands-unknown", path=path, band=wrong[0], listed=listed)
        self.band_names: Tuple[str, ...] = tuple(names[b - 1] for b in self.bands)
        self._file_bands = image if self._palette is not None else [image[b - 1] for b in self.bands]

    def _prepare_validity(self, path: str) -> None:
        data = self._data
        stored = stored_dtype(path, data, self._file_bands)
        self._signed_byte = stored == np.uint8 and is_signed_byte(data, self._file_bands[0])
        if self._signed_byte:
            stored = np.dtype(np.int8)
        self.dtype: np.dtype = np.dtype(np.uint8) if self._palette is not None else stored
        nodata = [data.nodatavals[i - 1] for i in self._file_bands]
        self.nodata: Optional[float] = nodata[0]
        self._rule: NodataRule = nodata_rule(nodata, stored)
        self._mask_band = mask_band(data, self._file_bands[0])
        palette_clear = self._palette is not None and bool((self._palette[:, 3] == 0).any())
        self.always_valid = not (self._alpha or self._mask_band or palette_clear) and never_void(self._rule)
        self.scale, self.offset = scaling(data, self._file_bands if self._palette is None else [])

    @property
    def gsd_m(self) -> Optional[Gsd]:
        """Ground metres per pixel (row, col) at the raster's centre; None without a CRS."""
        return gsd(self.crs, self.transform, self.width, self.height)

    def read(self, row0: int, row1: int, col0: int, col1: int) -> Pixels:
        """Read rows row0..row1 and columns col0..col1 (ends excluded), which must lie inside the raster.

        Raises ``UserError`` ``raster-unreadable`` where the file is damaged.
        """
        window = self._window(row0, row1, col0, col1)
        try:
            with gdal():
                pixels = self._data.read(self._file_bands, window=window, out_dtype=self._read_dtype())
                valid = self._masked(window)
        except GDAL_ERRORS as error:
            reason = reason_of(error, self.path)
            raise UserError("raster-unreadable", path=self.path, reason=reason, detail=str(error)) from error
        if self._signed_byte:
            pixels = pixels.view(np.int8)
        valid = _both(valid, valid_by_value(pixels, self._rule))
        if self._palette is not None:
            ids = pixels[0]
            valid = _both(valid, (self._palette[:, 3] > 0)[ids])
            pixels = np.stack([np.ascontiguousarray(self._palette[:, band - 1])[ids] for band in self.bands])
        if valid is not None and valid.all():
            valid = None
        if valid is not None and np.issubdtype(self.dtype, np.floating):
            pixels[:, ~valid] = 0
        return Pixels(pixels, valid)

    def _read_dtype(self) -> Any:
        return np.uint8 if self._signed_byte else (None if self._palette is not None else self.dtype)

    def read_valid(self, row0: int, row1: int, col0: int, col1: int) -> Optional[np.ndarray]:
        """Where pixels are real, bool (h, w); None: everywhere. Reads no image band where a mask says it all."""
        if self.always_valid:
            self._window(row0, row1, col0, col1)
            return None
        if not (never_void(self._rule) and self._palette is None):
            return self.read(row0, row1, col0, col1).valid
        try:
            with gdal():
                valid = self._masked(self._window(row0, row1, col0, col1))
        except GDAL_ERRORS as error:
            raise UserError("raster-unreadable", path=self.path, reason=reason_of(error, self.path)) from error
        return None if valid is None or valid.all() else valid

    def _masked(self, window: Window) -> Optional[np.ndarray]:
        valid: Optional[np.ndarray] = None
        for band in self._alpha:
            valid = _both(valid, self._data.read(band, window=window) > 0)
        if self._mask_band:
            valid = _both(valid, self._data.read_masks(self._mask_band, window=window) > 0)
        return valid

    def _window(self, row0: int, row1: int, col0: int, col1: int) -> Window:
        if not (0 <= row0 < row1 <= self.height and 0 <= col0 < col1 <= self.width):
            raise ValueError(f"window {row0}:{row1}, {col0}:{col1} is not inside {self.height} x {self.width}")
        return Window(col0, row0, col1 - col0, row1 - row0)

    def files(self) -> List[str]:
        """The files the raster is made of, as GDAL lists them (side-cars, sources of a VRT)."""
        return [str(f) for f in self._data.files] or [self.path]

    def fingerprint(self) -> str:
        """Identity of the content, for caches and resume: grid, bands, files' sizes and times, three samples."""
        digest = hashlib.sha256()
        wkt = self.crs.to_wkt() if self.crs else ""
        digest.update(repr((self.width, self.height, str(self.dtype), self.bands, self.nodata)).encode())
        digest.update(repr((tuple(self.transform), wkt)).encode())
        for name in sorted(self.files()):
            path = Path(name)
            if is_local_path(name) and path.is_file():
                stat = path.stat()
                digest.update(repr((path.name, stat.st_size, stat.st_mtime_ns)).encode())
        for fraction in (0.0, 0.5, 1.0):
            row0, col0 = int((self.height - 1) * fraction), int((self.width - 1) * fraction)
            row0, col0 = max(0, min(row0, self.height - 64)), max(0, min(col0, self.width - 64))
            sample = self.read(row0, min(self.height, row0 + 64), col0, min(self.width, col0 + 64))
            digest.update(sample.pixels.tobytes())
        return digest.hexdigest()

    def close(self) -> None:
        """Let go of the file; a second call does nothing."""
        self._stack.close()

    def __enter__(self) -> "RasterSource":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_raster(
    path: str,
    bands: Optional[Sequence[int]] = None,
    expand_palette: bool = True,
    grid: Optional[TargetGrid] = None,
) -> RasterSource:
    """Open a raster; ``bands`` are numbers from 1 of its image bands (None: all of them).

    ``expand_palette=False`` gives the ids of a paletted raster (a label map) instead of its colours; ``grid``
    asks for it resampled onto another grid.
    Raises ``UserError``: missing, unreadable, complex, a container of several rasters, or no such band.
    """
    if is_local_path(path) and not Path(path).exists():
        raise UserError("raster-missing", path=path)
    return RasterSource(path, bands, expand_palette, grid)


def _both(one: Optional[np.ndarray], other: Optional[np.ndarray]) -> Optional[np.ndarray]:
    if one is None or other is None:
        return one if other is None else other
    return one & other
