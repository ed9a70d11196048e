"""QGIS styles for tree tops and crowns, to be laid over an image or a map of heights without hiding it."""

from __future__ import annotations

from typing import Dict, List, Tuple

_YELLOW, _RED, _WHITE, _SHADE = "255,225,0,255", "227,26,28,255", "255,255,255,255", "0,0,0,140"


def _qml(symbol: str, parts: List[Tuple[str, Dict[str, str]]], geometry: int) -> str:
    layers = []
    for kind, values in parts:
        rows = "".join(f'<Option type="QString" name="{k}" value="{v}"/>' for k, v in values.items())
        options = f'<Option type="Map">{rows}</Option>'
        layers.append(f'<layer class="{kind}" enabled="1" locked="0" pass="0">{options}</layer>')
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        '<qgis version="3.22.0" styleCategories="Symbology">\n'
        '<renderer-v2 type="singleSymbol" symbollevels="0"><symbols>'
        f'<symbol type="{symbol}" name="0" alpha="1" clip_to_extent="1" force_rhr="0">{"".join(layers)}</symbol>'
        f"</symbols></renderer-v2>\n<layerGeometryType>{geometry}</layerGeometryType>\n</qgis>\n"
    )


def _outline(color: str, width_mm: str) -> Tuple[str, Dict[str, str]]:
    return "SimpleFill", {
        "style": "no",
        "outline_color": color,
        "outline_style": "solid",
        "outline_width": width_mm,
        "outline_width_unit": "MM",
        "joinstyle": "round",
    }


_DOT = {
    "name": "circle",
    "color": _RED,
    "size": "1.8",
    "size_unit": "MM",
    "outline_color": _WHITE,
    "outline_style": "solid",
    "outline_width": "0.3",
    "outline_width_unit": "MM",
}
STYLES = {
    "Point": _qml("marker", [("SimpleMarker", _DOT)], 0),
    "Polygon": _qml("fill", [_outline(_SHADE, "0.8"), _outline(_YELLOW, "0.4")], 2),
}
"""By the type of the layer's geometry: tops and crowns. A dark rim keeps the yellow readable on what is bright."""
