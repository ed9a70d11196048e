"""The style “Review” of a layer of result polygons: filled the more, the less certain; outlined by class."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

from qgis.core import (
    QgsFillSymbol,
    QgsMapLayer,
    QgsRuleBasedRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtGui import QColor

from ..i18n import tr
from .classes import Class, classes_of
from .polygons import CLASS, CLASS_ID, CONFIDENCE, fields_of, is_reviewable

NAME = "Review"
_LIMITS = (40, 60, 80)
"""Percent of confidence; below the first one a polygon stands out most."""
_FILLS = ("#d7191c", "#fd8d3c", "#fed976")
_ALPHA = (140, 100, 60)
"""The raster below has to be seen."""


def style_name(layer: QgsVectorLayer) -> Optional[str]:
    """The name of the style in this layer; None where it has none. It may have been made in another language."""
    names = layer.styleManager().styles()
    return next((name for name in (tr("Review"), NAME) if name in names), None)


def is_shown(layer: QgsVectorLayer) -> bool:
    """Whether it is the current style."""
    return layer.styleManager().currentStyle() == style_name(layer)


def show(layer: QgsVectorLayer, classes: Sequence[Class]) -> None:
    """Switch to it; it is made where there is none, beside the layer's other styles."""
    styles = layer.styleManager()
    name = style_name(layer)
    if name is None:
        name = tr("Review")
        styles.addStyleFromLayer(name)  # with the recipe
        styles.setCurrentStyle(name)
        layer.setRenderer(_renderer(layer, classes))
    else:
        styles.setCurrentStyle(name)
    _tell(layer)


def offer(layer: QgsMapLayer) -> None:
    """Have the style stand beside the layer's own, which stays the current one, where polygons of classes have their
    confidence with them."""
    if not is_reviewable(layer) or fields_of(layer).confidence < 0 or style_name(layer) is not None:
        return
    own = layer.styleManager().currentStyle()
    show(layer, classes_of(layer, {}))
    layer.styleManager().setCurrentStyle(own)


def hide(layer: QgsVectorLayer) -> None:
    """Switch back to the style that was there first."""
    styles = layer.styleManager()
    others = [name for name in styles.styles() if name != style_name(layer)]
    if others and is_shown(layer):
        styles.setCurrentStyle("default" if "default" in others else others[0])
        _tell(layer)


def _tell(layer: QgsVectorLayer) -> None:
    layer.triggerRepaint()
    layer.emitStyleChanged()


def _renderer(layer: QgsVectorLayer, classes: Sequence[Class]) -> QgsRuleBasedRenderer:
    """Two groups of rules, which draw over each other: how certain, and which class."""
    root = QgsRuleBasedRenderer.Rule(None)
    certainty = QgsRuleBasedRenderer.Rule(None, 0, 0, "", tr("Certainty"))
    for label, expression, color in _certainties():
        certainty.appendChild(QgsRuleBasedRenderer.Rule(_fill(color), 0, 0, expression, label))
    outlines = QgsRuleBasedRenderer.Rule(None, 0, 0, "", tr("Class"))
    by_id = fields_of(layer).class_id >= 0
    for one in classes:
        expression = (
            f'"{CLASS_ID}" = {one.id}' if by_id else f"\"{CLASS}\" = '{one.name.replace(chr(39), chr(39) * 2)}'"
        )
        outlines.appendChild(QgsRuleBasedRenderer.Rule(_outline(one.color), 0, 0, expression, one.title))
    root.appendChild(certainty)
    root.appendChild(outlines)
    return QgsRuleBasedRenderer(root)


def _certainties() -> List[Tuple[str, str, QColor]]:
    """Label, expression and fill of each range, the doubtful first."""
    first, second, third = _LIMITS
    field = f'"{CONFIDENCE}"'
    colors = [QColor(name) for name in _FILLS]
    for color, alpha in zip(colors, _ALPHA):
        color.setAlpha(alpha)
    between = tr("{low} to {high} %")
    return [
        (tr("below {limit} %").format(limit=first), f"{field} < {first}", colors[0]),
        (between.format(low=first, high=second), f"{field} >= {first} AND {field} < {second}", colors[1]),
        (between.format(low=second, high=third), f"{field} >= {second} AND {field} < {third}", colors[2]),
        (tr("{limit} % and more").format(limit=third), f"{field} >= {third}", QColor(0, 0, 0, 0)),
    ]


def _fill(color: QColor) -> QgsFillSymbol:
    symbol = QgsFillSymbol.createSimple({"outline_style": "no"})
    symbol.setColor(color)
    return symbol


def _outline(color: QColor) -> QgsFillSymbol:
    return QgsFillSymbol.createSimple(
        {"style": "no", "outline_color": color.name(), "outline_width": "0.5", "outline_width_unit": "MM"}
    )
