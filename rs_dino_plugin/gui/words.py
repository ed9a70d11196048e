"""Labels and coloured words that follow the theme, dark or light."""

from __future__ import annotations

from html import escape

from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QLabel, QSizePolicy

from ..theme import theme

_COLOURS = {"good": ("#1a7f37", "#57d37a"), "note": ("#8a6100", "#e3b341"), "bad": ("#b3261e", "#ff8a80")}
"""On a light background, on a dark one: at least 4.5 to 1 against white, against #323232."""
_READABLE, _BOLD = 4.5, 3.0
"""Contrasts that WCAG 2 asks for: of text; of what is large, or told by more than its colour."""


def colour(state: str) -> str:
    """The colour of good, note or bad; that of other text where the theme's background lets none of them be seen."""
    front, back = theme()
    best = max((QColor(name) for name in _COLOURS[state]), key=lambda one: contrast(one, back))
    return (best if contrast(best, back) >= _BOLD else front).name()


def coloured(text: str, state: str) -> str:
    """``text`` as HTML, in the colour of its state."""
    return f'<span style="color:{colour(state)}">{escape(text)}</span>'


def faint() -> str:
    """The colour of what is less important: nearer to the background, as far as it can be read there."""
    front, back = theme()
    for share in (0.68, 0.76, 0.84, 0.92):
        mixed = QColor(*(round(share * a + (1 - share) * b) for a, b in zip(front.getRgb()[:3], back.getRgb()[:3])))
        if contrast(mixed, back) >= _READABLE:
            return mixed.name()
    return front.name()


def contrast(one: QColor, other: QColor) -> float:
    """Of two colours, from 1 to 21, as WCAG 2 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(color: QColor) -> float:
    linear = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in color.getRgbF()[:3])
    return sum(weight * v for weight, v in zip((0.2126, 0.7152, 0.0722), linear))


def wrapped(text: str = "") -> QLabel:
    """A label whose text may take several lines, and be selected; it never makes the window wider."""
    label = QLabel(text)
    label.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    label.setMinimumSize(120, 1)  # its own hint is as high as a narrow one would be
    return label
