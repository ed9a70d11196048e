"""Lists that fit into a narrow dock: long names in them do not make it wide."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QComboBox, QSizePolicy


def narrow_box(name: str, title: str = "", characters: int = 8) -> QComboBox:
    """An empty list: its object's name, and what a screen reader calls it."""
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(title)
    make_narrow(box, characters)
    return box


def make_narrow(box: QComboBox, characters: int) -> None:
    """As wide as there is room, and wide enough for ``characters`` where there is little."""
    box.setMinimumContentsLength(characters)
    box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
