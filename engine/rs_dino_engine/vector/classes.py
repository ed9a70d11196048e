"""What a label raster says about its classes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, Union

import rasterio
from rasterio.errors import RasterioError

from ..errors import UserError
from ..models.spec import ClassInfo, ClassMap
from ..raster.gdal_env import gdal, reason_of
from ..raster.sink import CLASSES_KEY

_GREY = (128, 128, 128)


def class_map_of(path: Union[str, Path]) -> Optional[ClassMap]:
    """Names and colours from the raster's own metadata: ours, else its colour table; None where it has neither."""
    try:
        with gdal(), rasterio.open(str(path)) as data:
            tags, band_tags = data.tags(), data.tags(1)
            palette = data.colormap(1) if data.colorinterp[0].name == "palette" else {}
    except RasterioError as error:
        raise UserError("raster-unreadable", path=str(path), reason=reason_of(error, str(path))) from error
    rows = _described(tags.get(CLASSES_KEY)) or [{"id": i} for i, color in palette.items() if color[3] and i <= 254]
    if not rows:
        return None
    return ClassMap(classes=[_class(row, palette, band_tags) for row in rows])


def wanted_ids(text: Optional[str], class_map: Optional[ClassMap]) -> Optional[List[int]]:
    """Class ids of a list such as ``1,3`` or ``water,forest``; None for no text. Raises ``UserError``."""
    if text is None or not text.strip():
        return None
    by_name = {} if class_map is None else {c.name.casefold(): c.id for c in class_map.classes}
    ids = []
    for word in (w.strip() for w in text.replace("，", ",").split(",")):
        if word.casefold() in by_name:
            ids.append(by_name[word.casefold()])
        elif word.lstrip("-").isdigit():
            ids.append(int(word))
        elif word:
            known = [] if class_map is None else [f"{c.id} {c.name}" for c in class_map.classes]
            raise UserError("vector-class-unknown", wanted=word, known=", ".join(known) or "not named")
    return ids


def _described(text: Optional[str]) -> List[Dict[str, Any]]:
    if not text:
        return []
    try:
        rows = json.loads(text)
    except ValueError:
        return []
    return [r for r in rows if isinstance(r, dict) and isinstance(r.get("id"), int) and 0 <= r["id"] <= 254]


def _class(row: Dict[str, Any], palette: Dict[int, Sequence[int]], band_tags: Dict[str, str]) -> ClassInfo:
    number = row["id"]
    color = row.get("color") or palette.get(number, _GREY)[:3]
    name = row.get("name") or band_tags.get(f"CLASS_{number}") or str(number)
    others = {str(code): str(text) for code, text in (row.get("names") or {}).items()}
    return ClassInfo(id=number, name=name, color=(int(color[0]), int(color[1]), int(color[2])), names=others)
