"""A page that is never higher than its window: what does not fit is scrolled to."""

from __future__ import annotations

from typing import Optional

from qgis.gui import QgsScrollArea
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtWidgets import QFrame, QWidget


class ScrolledPage(QgsScrollArea):
    """``inside``, which has a layout, scrolls.

    QGIS 3.22 lays a page of the options as it is, and its dialog grows beyond the screen; newer ones lay a scroll area
    around it, which then has nothing to scroll, for this one can be as low as it must. The page is as wide as what is
    on it, so that nobody scrolls sideways. A wheel that scrolls turns no box under the pointer.
    """

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setWidget(inside)
        self._opened: Optional[QWidget] = None
        self.verticalScrollBar().rangeChanged.connect(self._scroll_to_opened)

    def opens(self, box: Optional[QWidget]) -> None:
        """``box`` is about to get higher: scroll to it when it is. None: no box is."""
        self._opened = box

    def _scroll_to_opened(self) -> None:
        if self._opened is not None:
            self.ensureWidgetVisible(self._opened)
            self._opened = None

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        hint.setWidth(self.widget().minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width())
        return hint
