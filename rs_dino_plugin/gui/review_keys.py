"""The keys of a review. They act where its page or the map has the focus, and nowhere else."""

from __future__ import annotations

from typing import Any, Optional

from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtWidgets import QAbstractButton, QWidget

ACCEPT, SPLIT, REDRAW, DELETE = "accept", "split", "redraw", "delete"
BACK, SKIP, UNDO, REDO, CANCEL = "back", "skip", "undo", "redo", "cancel"
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_KEYS = {
    Qt.Key.Key_A: ACCEPT,
    Qt.Key.Key_Return: ACCEPT,
    Qt.Key.Key_Enter: ACCEPT,
    Qt.Key.Key_S: SPLIT,
    Qt.Key.Key_R: REDRAW,
    Qt.Key.Key_Delete: DELETE,
    Qt.Key.Key_Backspace: BACK,
    Qt.Key.Key_Left: BACK,
    Qt.Key.Key_Right: SKIP,
    Qt.Key.Key_Escape: CANCEL,
}
_DIGITS = (
    Qt.Key.Key_1,
    Qt.Key.Key_2,
    Qt.Key.Key_3,
    Qt.Key.Key_4,
    Qt.Key.Key_5,
    Qt.Key.Key_6,
    Qt.Key.Key_7,
    Qt.Key.Key_8,
    Qt.Key.Key_9,
)


class ReviewKeys(QObject):
    """Hears keys before they become shortcuts of QGIS (Delete, Ctrl+Z) or move the map. ``page`` has
    ``takes_key(action, on_map)`` and ``press(action)``, where an action is one of the above or a digit."""

    def __init__(self, page: Any, canvas: QWidget) -> None:
        super().__init__(page)
        self._page, self._canvas = page, canvas
        for widget in (page, canvas):
            widget.installEventFilter(self)

    def watch(self, button: QAbstractButton) -> None:
        """A button that has the focus would take arrow keys, and not Enter."""
        button.installEventFilter(self)

    def stop(self) -> None:
        self._canvas.removeEventFilter(self)
        self._page.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            return False
        is_press = event.type() == QEvent.Type.KeyPress
        action = action_of(event)
        if action is None or not self._page.takes_key(action, watched is self._canvas):
            return False
        if is_press and isinstance(watched, QAbstractButton) and event.key() in _ENTER:
            watched.click()
        elif is_press:
            self._page.press(action)
        event.accept()
        return True


def action_of(event: Any) -> Optional[str]:
    """What a key means; None: nothing here."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if modifiers == Qt.KeyboardModifier.ControlModifier:
        return {Qt.Key.Key_Z: UNDO, Qt.Key.Key_Y: REDO}.get(event.key())
    if modifiers == Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier:
        return REDO if event.key() == Qt.Key.Key_Z else None
    if modifiers != Qt.KeyboardModifier.NoModifier:
        return None
    if event.key() in _DIGITS:
        return str(_DIGITS.index(event.key()) + 1)
    return _KEYS.get(event.key())
