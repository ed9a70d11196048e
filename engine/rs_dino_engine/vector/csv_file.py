"""Tables as CSV."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, Dict, Sequence

CSV = "text/csv"


def write_rows(path: Path, rows: Sequence[Dict[str, Any]]) -> None:
    """CSV as spreadsheets and QGIS take it: UTF-8 with its mark, commas, a dot in numbers; the types of the columns lie
    beside it (``.csvt``), as GDAL reads them."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    types = ",".join(f'"{_type([row.get(name) for row in rows])}"' for name in columns)
    path.with_suffix(".csvt").write_text(types + "\n", encoding="ascii")


def _type(values: Sequence[Any]) -> str:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, int) for value in known):
        return "Integer"
    return "Real" if known and all(isinstance(value, (int, float)) for value in known) else "String"
