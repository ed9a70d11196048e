"""Where pixels go out: part files while a job runs, one Cloud-Optimised GeoTIFF at its end."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np
import rasterio

from ..errors import EngineError
from .cog import CogOptions, copy_to_cog
from .gdal_env import GDAL_ERRORS, gdal, reason_of
from .overviews import build_overviews
from .vrt import GDAL_TYPES, PartPlace, strip_rows, vrt_xml

RECIPE_KEY = "RSDINO_RECIPE"
CLASSES_KEY = "RSDINO_CLASSES"

_LONGEST_TITLE = 200
# Files that live as long as a job. ZSTD would be faster, but not every GDAL has it.
SCRATCH = {"compress": "deflate", "zlevel": 1, "bigtiff": "if_safer"}

Statistics = Union[None, Mapping[str, float], Sequence[Mapping[str, float]]]


@dataclass(frozen=True)
class LayerInfo:
    """What an output raster says about itself.

    ``colors`` and ``class_names`` (id -> rgb, id -> name) make it a label map, ``class_translations`` are its names in
    other languages by code; ``metadata`` is the recipe, kept as JSON under ``RSDINO_RECIPE``; ``shown`` are the ends
    of the style's ramp where they do not follow the values.
    """

    name: str
    dtype: str
    nodata: Optional[float] = None
    band_names: Tuple[str, ...] = ()
    colors: Optional[Dict[int, Tuple[int, int, int]]] = None
    class_names: Optional[Dict[int, str]] = None
    class_translations: Optional[Dict[int, Dict[str, str]]] = None
    unit: Optional[str] = None
    scale: Optional[float] = None
    description: str = ""
    shown: Optional[Tuple[float, float]] = None
    metadata: Dict[str, Any] = field(default_factory=dict)

    @property
    def is_labels(self) -> bool:
        return bool(self.colors or self.class_names)

    def band_title(self, index: int) -> str:
        """A band's name with what its values mean: it is all that Identify shows beside a value before QGIS 3.30."""
        name = self.band_names[index].replace("_", " ")
        if self.class_names:
            told = ", ".join(f"{number} {word}" for number, word in sorted(self.class_names.items()))
            return f"{name} ({told})" if len(told) <= _LONGEST_TITLE else name
        return f"{name} [{self.unit}]" if self.unit else name


def write_part(path: Union[str, Path], array: np.ndarray, nodata: Optional[float] = None) -> None:
    """Write ``array`` (bands, h, w) as a small GeoTIFF that is either whole or absent, also after a crash.

    It has no georeferencing: whoever assembles the parts knows where they lie.
    """
    path = Path(path)
    bands, height, width = array.shape
    profile = {
        "driver": "GTiff", "width": width, "height": height, "count": bands, "dtype": array.dtype.name,
        "nodata": nodata, "blockysize": strip_rows(width, height, GDAL_TYPES[array.dtype.name]),
        "interleave": "band", **SCRATCH,
    }  # fmt: skip
    with replacing(path) as temporary:
        try:
            with gdal(), rasterio.open(temporary, "w", **profile) as out:
                out.write(array)
        except GDAL_ERRORS as error:
            raise EngineError("output-failed", detail=str(error), path=str(path), reason=reason_of(error)) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary name beside ``path``; on success its content is on the disk and takes the name ``path``."""
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield temporary
        _flush_to_disk(temporary)
        temporary.replace(path)
    finally:
        if temporary.exists():
            temporary.unlink()


def _flush_to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def assemble_cog(
    parts: Sequence[Tuple[Union[str, Path], int, int, int, int]],
    width: int,
    height: int,
    crs: Any,
    transform: Any,
    info: LayerInfo,
    statistics: Statistics,
    out_path: Union[str, Path],
    progress: Optional[Callable[[float], None]] = None,
    check_cancel: Optional[Callable[[], None]] = None,
) -> Path:
    """Join part files ``(path, row0, col0, height, width)`` into one COG; places without a part are nodata.

    Returns the path written: ``out_path``, or ``X_2.tif`` beside it where that file is held open by another
    program. ``progress`` gets 0-1; ``check_cancel`` may raise, then nothing is left behind. ``statistics``:
    minimum, maximum, mean, stddev of the first band, or one such mapping a band.
    """
    out = Path(out_path)
    bands = max(1, len(info.band_names))
    wkt = crs.to_wkt() if crs else None
    job = _Assembly(parts, (width, height), wkt, transform, info, _per_band(statistics, bands))
    files = _TemporaryFiles(job.beside(out), out)
    scaled = _share(progress)
    try:
        files.vrt.write_text(job.vrt(), encoding="utf-8")
        halving = scaled(0.0, 0.4)
        levels = build_overviews(files.vrt, files.overview_stem, info.is_labels, SCRATCH, halving, check_cancel)
        files.vrt.write_text(job.vrt([level.path for level in levels]), encoding="utf-8")
        copy_to_cog(files.vrt, files.cog, _cog_options(info, width * height * bands), scaled(0.4, 1.0), check_cancel)
        _flush_to_disk(files.cog)
        return _publish(files.cog, out)
    except GDAL_ERRORS as error:
        raise EngineError("output-failed", detail=str(error), path=str(out), reason=reason_of(error)) from error
    finally:
        files.remove()


class _Assembly:
    """What is written into the VRT, which is made twice: to build overviews from, and then with them."""

    def __init__(
        self,
        parts: Sequence[Tuple[Union[str, Path], int, int, int, int]],
        size: Tuple[int, int],
        wkt: Optional[str],
        transform: Any,
        info: LayerInfo,
        statistics: List[Mapping[str, float]],
    ) -> None:
        self._places = [PartPlace(Path(p), row, col, high, wide) for p, row, col, high, wide in parts]
        self._size, self._wkt, self._transform, self._info = size, wkt, transform, info
        self._meta = BandMetadata(info, statistics)

    def beside(self, out: Path) -> Path:
        return self._places[0].path.parent if self._places else out.parent

    def vrt(self, overviews: Sequence[Path] = ()) -> str:
        info, meta = self._info, self._meta
        bands = max(1, len(info.band_names))
        placed = self._wkt, self._transform
        return vrt_xml(self._places, *self._size, bands, *placed, info, meta.of_dataset(), meta.of_band, overviews)


class _TemporaryFiles:
    """Names of what lies about while a COG is made: the scratch beside the parts, the COG beside its final name."""

    def __init__(self, scratch: Path, out: Path) -> None:
        own = f".{out.stem}.{os.getpid()}"
        self.vrt = scratch / f"{own}.vrt"
        self.overview_stem = scratch / f"{own}.level"
        self.cog = out.with_name(f"{own}.part{out.suffix}")

    def remove(self) -> None:
        # By prefix, because GDAL puts temporary files of its own beside the COG; not by a pattern, which a
        # bracket in the raster's name would spoil.
        for mine in (self.vrt, self.overview_stem, self.cog):
            for path in [p for p in mine.parent.iterdir() if p.name.startswith(mine.name)]:
                path.unlink()


def _share(progress: Optional[Callable[[float], None]]) -> Callable[[float, float], Callable[[float], None]]:
    """Give each step its stretch of the whole's progress."""

    def step(start: float, end: float) -> Callable[[float], None]:
        def report(done: float) -> None:
            if progress:
                progress(start + (end - start) * done)

        return report

    return step


class BandMetadata:
    """Metadata items of the file and its bands."""

    def __init__(self, info: LayerInfo, statistics: List[Mapping[str, float]]) -> None:
        self._info, self._statistics = info, statistics

    def of_dataset(self) -> Dict[str, str]:
        items = {"RSDINO_LAYER": self._info.name}
        if self._info.description:
            items["TIFFTAG_IMAGEDESCRIPTION"] = self._info.description
        if self._info.metadata:
            items[RECIPE_KEY] = json.dumps(self._info.metadata, ensure_ascii=False, sort_keys=True)
        if self._info.is_labels:
            items[CLASSES_KEY] = json.dumps(_classes(self._info), ensure_ascii=False)
        return items

    def of_band(self, index: int) -> Dict[str, str]:
        """Items of band ``index`` (from 0): statistics, and for labels the name of each id."""
        items: Dict[str, str] = {}
        given = self._statistics[index] if index < len(self._statistics) else {}
        for key in ("minimum", "maximum", "mean", "stddev"):
            if key in given:
                items[f"STATISTICS_{key.upper()}"] = f"{given[key]:.17g}"
        for number, name in sorted((self._info.class_names or {}).items()):
            items[f"CLASS_{number}"] = name
        return items


def _classes(info: LayerInfo) -> List[Dict[str, Any]]:
    ids = sorted(set(info.colors or {}) | set(info.class_names or {}))
    names, colors, others = info.class_names or {}, info.colors or {}, info.class_translations or {}
    rows: List[Dict[str, Any]] = []
    for i in ids:
        rows.append({"id": i, "name": names.get(i, str(i)), "color": list(colors[i]) if i in colors else None})
        if others.get(i):
            rows[-1]["names"] = others[i]
    return rows


def _per_band(statistics: Statistics, bands: int) -> List[Mapping[str, float]]:
    if statistics is None:
        return []
    if isinstance(statistics, Mapping):
        return [statistics] if bands == 1 else []  # one summary of several bands describes none of them
    return list(statistics)


def _cog_options(info: LayerInfo, pixels: int) -> CogOptions:
    floating = np.issubdtype(np.dtype(info.dtype), np.floating)
    creation = {
        "COMPRESS": "DEFLATE",  # every GDAL reads it; ZSTD is missing from some builds that QGIS ships with
        "LEVEL": "3",  # twice as fast as 6, and a few percent larger
        "PREDICTOR": "NO" if info.is_labels else ("FLOATING_POINT" if floating else "STANDARD"),
        "BLOCKSIZE": "512",
        "BIGTIFF": "IF_SAFER",
        "NUM_THREADS": "ALL_CPUS",
        "OVERVIEWS": "AUTO",
    }
    return CogOptions(creation, pixels * np.dtype(info.dtype).itemsize)


def _publish(temporary: Path, out: Path) -> Path:
    """Give the finished file its name, or the next free one where that name's file is held open (Windows)."""
    try:
        temporary.replace(out)
        return out
    except PermissionError:
        free = free_name(out)
        temporary.replace(free)
        return free


def free_name(path: Path) -> Path:
    """``X_2.tif``, ``X_3.tif``, …: the first that does not exist."""
    number = 2
    while path.with_name(f"{path.stem}_{number}{path.suffix}").exists():
        number += 1
    return path.with_name(f"{path.stem}_{number}{path.suffix}")


__all__ = ["LayerInfo", "assemble_cog", "free_name", "replacing", "write_part"]
