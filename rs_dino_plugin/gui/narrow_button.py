"""A button that fits into a narrow dock: its text is cut where there is no room, and is whole in its tool tip."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QSize, Qt
from qgis.PyQt.QtGui import QPaintEvent
from qgis.PyQt.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter

_NARROWEST_PX = 40


class NarrowButton(QPushButton):
    """As wide as there is room."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(_NARROWEST_PX, super().sizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and not self.toolTip() and self._shown() != self.text():
            self.setToolTip(self.text().replace("&", ""))
        return bool(super().event(event))

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = self._shown()
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)

    def _shown(self) -> str:
        """The text, as much of it as fits."""
        metrics = self.fontMetrics()
        room = self.width() - 2 * metrics.averageCharWidth()
        return str(metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room, Qt.TextFlag.TextShowMnemonic))
