"""A QGIS style for polygons: one category a class, in the class's colour."""

from __future__ import annotations

from typing import Container, Optional, Tuple
from xml.sax.saxutils import quoteattr

from ..models.spec import ClassMap

_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


def qml_of(class_map: Optional[ClassMap], present: Container[int]) -> Optional[str]:
    """The style as QGIS 3 reads it, with the classes that are ``present``; None without any, QGIS then chooses."""
    classes = [] if class_map is None else [c for c in class_map.classes if c.id in present]
    if not classes:
        return None
    categories, symbols = [], []
    for index, info in enumerate(classes):
        label = quoteattr(info.name)
        categories.append(f'<category render="true" symbol="{index}" value="{info.id}" label={label} type="long"/>')
        symbols.append(_symbol(index, info.color))
    return (
        f'{_HEAD}<qgis version="3.22.0" styleCategories="Symbology">\n'
        '<renderer-v2 type="categorizedSymbol" attr="class_id" enableorderby="0" forceraster="0" symbollevels="0">\n'
        f"<categories>{''.join(categories)}</categories>\n<symbols>{''.join(symbols)}</symbols>\n"
        "</renderer-v2>\n<layerGeometryType>2</layerGeometryType>\n</qgis>\n"
    )


def _symbol(index: int, color: Tuple[int, int, int]) -> str:
    red, green, blue = color
    options = {
        "color": f"{red},{green},{blue},150",
        "style": "solid",
        "outline_color": f"{red * 3 // 5},{green * 3 // 5},{blue * 3 // 5},255",
        "outline_style": "solid",
        "outline_width": "0.2",
        "outline_width_unit": "MM",
        "joinstyle": "bevel",
    }
    rows = "".join(f'<Option type="QString" name="{k}" value="{v}"/>' for k, v in options.items())
    return (
        f'<symbol type="fill" name="{index}" alpha="1" clip_to_extent="1" force_rhr="0">'
        f'<layer class="SimpleFill" enabled="1" locked="0" pass="0"><Option type="Map">{rows}</Option></layer></symbol>'
    )
