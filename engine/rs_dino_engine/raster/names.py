"""Names of classes for GIS programs: a side-car (.aux.xml), where GDAL keeps category names and attribute tables.

QGIS shows the table's names from 3.30 on; what it shows before is said by ``LayerInfo.band_title``.
"""

from __future__ import annotations

from pathlib import Path
from typing import List, Optional, Union
from xml.sax.saxutils import escape

from .sink import LayerInfo, replacing

_COLUMNS = (("Value", 0, 5), ("Class", 2, 2), ("Red", 0, 6), ("Green", 0, 7), ("Blue", 0, 8))
"""Name, type (0: integer, 2: text) and use of a column, as GDALRATFieldUsage numbers it."""


def write_names(path: Union[str, Path], info: LayerInfo) -> Optional[Path]:
    """Write ``X.tif.aux.xml`` beside ``X.tif`` and return its path; None where there are no classes."""
    if not info.class_names:
        return None
    target = Path(path).with_name(Path(path).name + ".aux.xml")
    text = ["<PAMDataset>", '<PAMRasterBand band="1">', *_categories(info), "</PAMRasterBand>", "</PAMDataset>", ""]
    with replacing(target) as temporary:
        temporary.write_bytes("\n".join(text).encode("utf-8"))
    return target


def _categories(info: LayerInfo) -> List[str]:
    names, colors = info.class_names or {}, info.colors or {}
    lines = ["<CategoryNames>"]
    lines += [f"<Category>{escape(names.get(number, ''))}</Category>" for number in range(max(names) + 1)]
    lines += ["</CategoryNames>", '<GDALRasterAttributeTable tableType="thematic">']
    for index, (name, kind, use) in enumerate(_COLUMNS):
        defined = f"<Name>{name}</Name><Type>{kind}</Type><Usage>{use}</Usage>"
        lines.append(f'<FieldDefn index="{index}">{defined}</FieldDefn>')
    for row, number in enumerate(sorted(names)):
        values = [str(number), escape(names[number]), *map(str, colors.get(number, (128, 128, 128)))]
        lines.append(f'<Row index="{row}">{"".join(f"<F>{value}</F>" for value in values)}</Row>')
    return [*lines, "</GDALRasterAttributeTable>"]
