"""How much of each class a request found, over all its rasters."""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from ..models.spec import ClassInfo


def class_table(classes: Sequence[ClassInfo], summaries: Sequence[Dict[str, Any]]) -> List[Dict[str, Any]]:
    """A row a class: id, name, names, color, pixels, area_m2 (None where it is not known), share."""
    done = [s for s in summaries if "pixels" in s]
    total = sum(sum(s["pixels"].values()) for s in done)
    rows = []
    for info in classes:
        key = str(info.id)
        pixels, area = _sum(done, "pixels", key), _sum(done, "area_m2", key)
        known = all(s["area_m2"] is not None for s in done)
        rows.append(
            {
                "id": info.id,
                "name": info.name,
                "names": info.names,
                "color": "#{:02x}{:02x}{:02x}".format(*info.color),
                "pixels": int(pixels),
                "area_m2": area if known else None,
                "share": pixels / total if total else 0.0,
            }
        )
    return rows


def _sum(summaries: Sequence[Dict[str, Any]], what: str, key: str) -> float:
    return float(sum((s[what] or {}).get(key, 0) for s in summaries))
