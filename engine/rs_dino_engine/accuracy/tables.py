"""An assessment as rows: plain values by column, in the order in which they are written."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

Row = Dict[str, Any]
ALL = "all"


def class_rows(document: Dict[str, Any]) -> List[Row]:
    """A row a class, and one for the whole map. Accuracies, F1 and IoU are shares (0 to 1); ``…_ci`` is half the width
    of the 95 % interval."""
    unit = document["unit"]
    rows = []
    for one in document["classes"]:
        rows.append(
            {
                "class_id": one["id"],
                "class": one["name"],
                "on_map": one["on_map"],
                "in_ref": one["in_reference"],
                "users": _share(one["users"]["value"]),
                "users_ci": _share(one["users"]["half_width"]),
                "producers": _share(one["producers"]["value"]),
                "producers_ci": _share(one["producers"]["half_width"]),
                "f1": _share(one["f1"]),
                "iou": _share(one["iou"]),
                f"mapped_{unit}": _area(one["mapped"]),
                "mapped_pct": round(100 * one["mapped_share"], 3),
                f"area_{unit}": _area(one["area"]["value"]),
                "area_ci": _area(one["area"]["half_width"]),
                "overall": None,
                "overall_ci": None,
            }
        )
    whole: Row = dict.fromkeys(rows[0])
    whole.update(
        {
            "class": ALL,
            "on_map": document["references"],
            "in_ref": document["references"],
            f"mapped_{unit}": _area(sum(one["mapped"] for one in document["classes"])),
            "mapped_pct": 100.0,
            f"area_{unit}": _area(sum(one["area"]["value"] for one in document["classes"])),
            "overall": _share(document["overall"]["value"]),
            "overall_ci": _share(document["overall"]["half_width"]),
        }
    )
    return [*rows, whole]


def confusion_rows(document: Dict[str, Any]) -> List[Row]:
    """The matrix twice: numbers of references, then estimated shares of the area in percent. Rows: the map's classes;
    columns: the references'."""
    names = _distinct([one["name"] for one in document["classes"]])
    rows: List[Row] = []
    for what, table, factor in (("references", document["counts"], 1), ("area_pct", document["proportions"], 100.0)):
        body = [[factor * value for value in line] for line in table]
        body.append([sum(column) for column in zip(*body)])
        for name, line in zip([*names, "total"], body):
            cells = [value if factor == 1 else round(value, 3) for value in [*line, sum(line)]]
            rows.append({"what": what, "map": name, **dict(zip([*names, "total"], cells))})
    return rows


def height_rows(document: Dict[str, Any]) -> List[Row]:
    """A row a bin of reference heights, and one for all of them; metres."""
    rows: List[Row] = [
        {
            "heights": f"{one['from_m']:g}-{one['to_m']:g}" if one["to_m"] is not None else f">{one['from_m']:g}",
            "references": one["references"],
            "mae_m": one["mae"],
            "bias_m": one["bias"],
            "rmse_m": None,
            "r2": None,
        }
        for one in document["bins"]
    ]
    whole = {"heights": ALL, "references": document["references"], "mae_m": document["mae"]}
    rows.append({**whole, "bias_m": document["bias"], "rmse_m": document["rmse"], "r2": document["r2"]})
    return rows


def _distinct(names: List[str]) -> List[str]:
    """Columns need names of their own."""
    taken = {"what", "map", "total"}
    out: List[str] = []
    for name in names:
        tried, number = name, 2
        while tried in taken:
            tried, number = f"{name}_{number}", number + 1
        taken.add(tried)
        out.append(tried)
    return out


def _share(value: Optional[float]) -> Optional[float]:
    return None if value is None else round(value, 4)


def _area(value: Optional[float]) -> Optional[float]:
    return None if value is None else round(value, 4)
