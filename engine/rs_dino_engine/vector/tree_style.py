"""QGIS styles for tree tops, crowns and measured polygons, to be laid over an image or a map without hiding it."""

from __future__ import annotations

from typing import Dict, List, Tuple
from xml.sax.saxutils import escape

_YELLOW, _RED, _WHITE, _SHADE = "255,225,0,255", "227,26,28,255", "255,255,255,255", "0,0,0,140"
_QUOTE = {'"': "&quot;"}
_CYAN = "0,229,255,255"


def _qml(symbol: str, parts: List[Tuple[str, Dict[str, str]]], geometry: int, label: str = "") -> str:
    layers = []
    for kind, values in parts:
        rows = "".join(f'<Option type="QString" name="{k}" value="{v}"/>' for k, v in values.items())
        options = f'<Option type="Map">{rows}</Option>'
        layers.append(f'<layer class="{kind}" enabled="1" locked="0" pass="0">{options}</layer>')
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        f'<qgis version="3.22.0" styleCategories="Symbology|Labeling" labelsEnabled="{int(bool(label))}">\n'
        '<renderer-v2 type="singleSymbol" symbollevels="0"><symbols>'
        f'<symbol type="{symbol}" name="0" alpha="1" clip_to_extent="1" force_rhr="0">{"".join(layers)}</symbol>'
        f"</symbols></renderer-v2>\n{label}<layerGeometryType>{geometry}</layerGeometryType>\n</qgis>\n"
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


def _label(expression: str) -> str:
    """Written once into each polygon, dark on a white rim."""
    return (
        '<labeling type="simple"><settings calloutType="simple">'
        f'<text-style fieldName="{escape(expression, _QUOTE)}" isExpression="1" fontSize="10" fontWeight="75" '
        'fontSizeUnit="Point" textColor="20,20,20,255" textOpacity="1" namedStyle="Regular">'
        '<text-buffer bufferDraw="1" bufferSize="1" bufferSizeUnits="MM" bufferColor="255,255,255,255" '
        'bufferOpacity="1"/></text-style><placement placement="1"/><rendering obstacle="0" drawLabels="1"/>'
        "</settings></labeling>\n"
    )


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


def zone_style(height_field: str = "") -> str:
    """Of polygons that something was measured in; heights in metres in ``height_field`` are written into them."""
    label = f"format_number(\"{height_field}\", 1) || ' m'" if height_field else ""
    return _qml("fill", [_outline(_SHADE, "1.2"), _outline(_CYAN, "0.6")], 2, _label(label) if label else "")
