"""Labels and coloured words that follow the theme, dark or light."""

from __future__ import annotations

from html import escape

from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QApplication, QLabel, QSizePolicy

_COLOURS = {"good": ("#1a7f37", "#57d37a"), "note": ("#8a6100", "#e3b341"), "bad": ("#b3261e", "#ff8a80")}
"""On a light background, on a dark one: at least 4.5 to 1 against it."""


def is_dark() -> bool:
    """Whether the application's windows are dark now."""
    return QApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def colour(state: str) -> str:
    """The colour of good, note or bad."""
    return _COLOURS[state][is_dark()]


def coloured(text: str, state: str) -> str:
    """``text`` as HTML, in the colour of its state."""
    return f'<span style="color:{colour(state)}">{escape(text)}</span>'


def faint() -> str:
    """The colour of what is less important."""
    palette = QApplication.palette()
    front, back = palette.color(QPalette.ColorRole.WindowText), palette.color(QPalette.ColorRole.Window)
    mixed = [round(0.68 * a + 0.32 * b) for a, b in zip(front.getRgb()[:3], back.getRgb()[:3])]
    return QColor(*mixed).name()


def wrapped(text: str = "") -> QLabel:
    """A label whose text may take several lines, and be selected; it never makes the window wider."""
    label = QLabel(text)
    label.setWordWrap(True)
    policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    policy.setHeightForWidth(True)
    label.setSizePolicy(policy)
    label.setMinimumSize(120, 1)  # its own hint is as high as a narrow one would be
    return label
