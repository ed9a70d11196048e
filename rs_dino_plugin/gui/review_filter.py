"""Which polygons are reviewed: of a class, below a confidence, of some size, in what the map shows."""

from __future__ import annotations

import math
from typing import Sequence

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ..i18n import tr
from ..review.classes import Class
from ..review.order import Filter, small_below
from ..review.polygons import Polygons
from .narrow_box import narrow_box
from .words import wrapped


class ReviewFilter(QWidget):
    """``changed`` tells of everything but the place; ``place_wanted`` carries whether what the map shows is wanted."""

    changed = pyqtSignal()
    place_wanted = pyqtSignal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.one_class = narrow_box("rsDinoReviewClass", characters=6)
        self.below = QSpinBox()
        self.below.setObjectName("rsDinoReviewBelow")
        self.below.setRange(0, 100)
        self.below.setSpecialValueText(tr("any"))
        self.below.setSuffix(" %")
        self.least = QDoubleSpinBox()
        self.least.setObjectName("rsDinoReviewLeast")
        self.least.setRange(0, 1e9)
        self.least.setSpecialValueText(tr("any"))
        self.in_map = QCheckBox()
        self.in_map.setAccessibleName(tr("In what the map shows now"))
        self.in_map.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.in_map.setObjectName("rsDinoReviewInMap")
        for box in (self.below, self.least):
            box.setKeyboardTracking(False)
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(2)
        for text, widget in (
            (tr("Class"), self.one_class),
            (tr("Less certain than"), self.below),
            (tr("At least"), self.least),
        ):
            label = wrapped(text)
            label.setBuddy(widget)
            widget.setAccessibleName(text)
            rows.addWidget(label)
            rows.addWidget(widget)
        in_map = QHBoxLayout()
        in_map.addWidget(self.in_map)
        in_map.addWidget(wrapped(self.in_map.accessibleName()), 1)
        rows.addLayout(in_map)
        self.one_class.currentIndexChanged.connect(self._changed)
        self.below.valueChanged.connect(self._changed)
        self.least.valueChanged.connect(self._changed)
        self.in_map.toggled.connect(self.place_wanted)

    def fit(self, polygons: Polygons, classes: Sequence[Class]) -> None:
        """Offer what the result has; at first only what is too small to be looked at is left out."""
        for widget in (self.one_class, self.below, self.least, self.in_map):
            widget.blockSignals(True)
        self.one_class.clear()
        self.one_class.addItem(tr("All classes"), None)
        for one in classes:
            if (polygons.class_id == one.id).any():
                self.one_class.addItem(one.title, one.id)
        self.below.setValue(0)
        self.below.setEnabled(polygons.has_confidence)
        least = small_below(polygons)
        decimals = _decimals(least)
        self.least.setDecimals(decimals)
        self.least.setValue(math.floor(least * 10**decimals) / 10**decimals)
        self.least.setEnabled(bool(polygons.area_in))
        self.least.setSuffix(" m²" if polygons.area_in == "m2" else " " + tr("pixels"))
        self.in_map.setChecked(False)
        for widget in (self.one_class, self.below, self.least, self.in_map):
            widget.blockSignals(False)

    def wanted(self) -> Filter:
        """Without the place."""
        return Filter(self.one_class.currentData(), self.below.value() or None, self.least.value())

    def _changed(self, *_: object) -> None:
        self.changed.emit()


def _decimals(area: float) -> int:
    """Enough for two digits that count."""
    return max(1, min(6, 1 - math.floor(math.log10(area)))) if area > 0 else 1
