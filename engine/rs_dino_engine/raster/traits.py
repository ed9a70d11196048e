"""What an open dataset says about its bands, in the engine's terms."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
from rasterio.enums import ColorInterp, MaskFlags

from ..errors import UserError

_NUMPY_NAMES = {
    "bool", "uint8", "int8", "sbyte", "uint16", "int16", "uint32", "int32", "uint64", "int64",
    "float16", "float32", "float64",
}  # fmt: skip


def interpretations(data: Any) -> List[str]:
    """Names of the bands' colour interpretations (``red``, ``alpha``, ``undefined`` …)."""
    try:
        return [c.name for c in data.colorinterp]
    except ValueError:  # an interpretation newer than this rasterio
        return ["undefined"] * data.count


def refuse_container(path: str, data: Any) -> None:
    """Say which rasters a file without bands of its own holds."""
    names = list(data.subdatasets)
    if not names:
        raise UserError("raster-no-bands", path=path)
    shown = "; ".join(names[:6]) + ("; …" if len(names) > 6 else "")
    raise UserError("raster-containers", path=path, names=shown)


def palette(data: Any, band: int) -> Optional[np.ndarray]:
    """The colour table of ``band`` as (entries, 4) uint8, or None; ids that it does not list are clear."""
    kind = data.dtypes[band - 1]
    if kind not in ("uint8", "uint16") or interpretations(data)[band - 1] != ColorInterp.palette.name:
        return None
    try:
        table: Dict[int, Tuple[int, ...]] = data.colormap(band)
    except ValueError:  # "palette" without a table
        return None
    colors = np.zeros((256 if kind == "uint8" else 65536, 4), np.uint8)
    for index, color in table.items():
        colors[index] = color
    return colors


def is_signed_byte(data: Any, band: int) -> bool:
    """GDAL before 3.7 keeps int8 as uint8 with a tag."""
    return data.tags(band, ns="IMAGE_STRUCTURE").get("PIXELTYPE") == "SIGNEDBYTE"


def scaling(data: Any, bands: Sequence[int]) -> Tuple[Optional[np.ndarray], Optional[np.ndarray]]:
    """Scale and offset tags as arrays; None, None where they say nothing."""
    scale = np.array([data.scales[b - 1] for b in bands], dtype=float)
    offset = np.array([data.offsets[b - 1] for b in bands], dtype=float)
    if (scale == 1).all() and (offset == 0).all():
        return None, None
    return scale, offset


def stored_dtype(path: str, data: Any, bands: Sequence[int]) -> np.dtype:
    """The one dtype that holds all of ``bands``; complex numbers are refused."""
    names = [data.dtypes[b - 1] for b in bands]
    if any(name not in _NUMPY_NAMES for name in names):
        raise UserError("raster-complex", path=path)
    return np.result_type(*[np.dtype("int8" if name == "sbyte" else name) for name in names])


def mask_band(data: Any, band: int) -> int:
    """The band whose mask (inside the file, in a ``.msk`` beside it, or a VRT's) says what is valid; 0: no mask.

    GDAL also names alpha and nodata as masks; both are read for what they are.
    """
    flags = data.mask_flag_enums[band - 1]
    per_band = not flags
    per_dataset = MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags
    return band if per_band or per_dataset else 0
