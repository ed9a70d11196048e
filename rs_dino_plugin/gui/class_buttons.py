"""A button for every class, with its colour and its number key. Many classes scroll, and can be searched."""

from __future__ import annotations

from typing import Callable, List, Optional, Sequence

from qgis.PyQt.QtCore import QRect, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPalette, QPixmap
from qgis.PyQt.QtWidgets import (
    QFrame,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStyle,
    QStyleOptionButton,
    QStyleOptionFocusRect,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from ..i18n import tr
from ..review.classes import Class
from .narrow_button import NarrowButton

_AT_ONCE = 9
"""Classes that are shown without scrolling: those that have a key."""


class ClassButtons(QWidget):
    """``chosen`` carries the class's id."""

    chosen = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self.buttons: List[ClassButton] = []
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a class"))
        self.search.setAccessibleName(tr("Find a class"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._find)
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._inner)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.search)
        layout.addWidget(self._scroll)

    def show_classes(self, classes: Sequence[Class], watch: Callable[[QPushButton], None]) -> None:
        """Replace the buttons; ``watch`` is told of each new one."""
        for button in self.buttons:
            self._column.removeWidget(button)
            button.deleteLater()
        self.buttons = []
        for number, one in enumerate(classes):
            button = ClassButton(one, str(number + 1) if number < _AT_ONCE else "")
            button.wanted.connect(self.chosen)
            watch(button)
            self._column.addWidget(button)
            self.buttons.append(button)
        self.search.clear()
        self.search.setVisible(len(classes) > _AT_ONCE)
        self._fit()

    def mark(self, class_id: Optional[int]) -> None:
        """Show which class it is now."""
        for button in self.buttons:
            button.setChecked(button.class_id == class_id)

    def class_of_key(self, digit: str) -> Optional[int]:
        """The class's id; None: no class has this key."""
        number = int(digit) - 1
        return self.buttons[number].class_id if number < min(len(self.buttons), _AT_ONCE) else None

    def _find(self, text: str) -> None:
        for button in self.buttons:
            button.setVisible(text.strip().casefold() in button.title.casefold())

    def _fit(self) -> None:
        """As high as the classes that are shown at once."""
        shown = min(len(self.buttons), _AT_ONCE)
        height = self.buttons[0].sizeHint().height() + self._column.spacing() if self.buttons else 0
        self._scroll.setFixedHeight(shown * height)


class ClassButton(NarrowButton):
    """``wanted`` carries the class's id."""

    wanted = pyqtSignal(int)

    def __init__(self, one: Class, key: str) -> None:
        super().__init__(f"{key}  {one.title}" if key else one.title)
        self.class_id, self.title = one.id, one.title
        self.setObjectName(f"rsDinoClass{one.id}")
        self.setAccessibleName(one.title)
        self.setToolTip(tr("{name} (key {key})").format(name=one.title, key=key) if key else one.title)
        self.setIcon(_swatch(one.color))
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._clicked)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Colours and names stand below each other."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        painter, side, gap = QStylePainter(self), self.iconSize().height(), self.fontMetrics().averageCharWidth()
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        self.icon().paint(painter, QRect(gap, (self.height() - side) // 2, side, side))
        room = QRect(side + 2 * gap, 0, self.width() - side - 3 * gap, self.height())
        font = painter.font()
        font.setBold(self.isChecked())  # a pressed button is hard to tell on some dark themes
        painter.setFont(font)
        text = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        role = QPalette.ColorRole.ButtonText
        self.style().drawItemText(painter, room, _number(flags), self.palette(), self.isEnabled(), text, role)
        if self.hasFocus():
            focus = QStyleOptionFocusRect()
            focus.initFrom(self)
            focus.rect = self.rect().adjusted(3, 3, -3, -3)
            painter.drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, focus)

    def _clicked(self) -> None:
        self.setChecked(not self.isChecked())  # marked by whoever knows what has come of it
        self.wanted.emit(self.class_id)


def _number(flags: Qt.AlignmentFlag) -> int:
    """PyQt 6 has no numbers in its flags, and the style takes nothing else."""
    return int(getattr(flags, "value", flags))


def _swatch(color: QColor) -> QIcon:
    pixmap = QPixmap(32, 32)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setPen(QColor(128, 128, 128))
    painter.setBrush(color)
    painter.drawRect(2, 2, 27, 27)
    painter.end()
    return QIcon(pixmap)
