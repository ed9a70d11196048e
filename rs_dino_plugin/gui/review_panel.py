"""The widgets of the review's page, and which of them are seen when."""

from __future__ import annotations

from typing import Dict, Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QGridLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..i18n import tr
from ..review.history import History
from . import review_keys as keys
from .class_buttons import ClassButtons
from .fold import Fold
from .narrow_box import narrow_box
from .narrow_button import NarrowButton
from .review_filter import ReviewFilter
from .review_map import LINE
from .words import wrapped


class ReviewPanel(QWidget):
    """``pressed`` carries the action of a button."""

    pressed = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.layer = narrow_box("rsDinoReviewLayer", tr("Result to review"))
        self.start = NarrowButton(tr("S&tart review"))
        self.start.setObjectName("rsDinoReviewStart")
        self.fold = Fold(tr("Filter"))
        self.filter = ReviewFilter()
        self.fold.add(self.filter)
        self.note, self.progress, self.about, self.file = wrapped(), wrapped(), wrapped(), wrapped()
        self.aside = wrapped()
        self.aside.setObjectName("rsDinoReviewAside")
        self.aside.setToolTip(tr("“At least”, under Filter, says from which size on polygons are looked at."))
        self.about.setObjectName("rsDinoReviewAbout")
        self.progress.setObjectName("rsDinoReviewProgress")
        for label in (self.about, self.progress, self.file):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        font = self.about.font()
        font.setBold(True)
        self.about.setFont(font)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(self.fontMetrics().height() // 2)
        self.classes = ClassButtons()
        self.by_confidence = NarrowButton(tr("Show by con&fidence"))
        self.by_confidence.setCheckable(True)
        self.by_confidence.setObjectName("rsDinoReviewStyle")
        self.by_confidence.setToolTip(
            tr("Fills the result's polygons the more, the less certain they are: the style “Review” of its layer")
        )
        self.train = NarrowButton(tr("Train w&ith these…"))
        self.train.setObjectName("rsDinoReviewTrain")
        self.train.setToolTip(tr("Opens the training of a model with the corrections as its labels"))
        self.again = NarrowButton(tr("Tr&y again"))
        self.again.setObjectName("rsDinoReviewAgain")
        self.message = wrapped()
        self.message.setObjectName("rsDinoReviewMessage")
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons = self._make_buttons()
        self._lay_out()
        self.say("", False)

    def say(self, text: str, can_try_again: bool) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))
        self.again.setVisible(can_try_again)

    def show_state(self, has_layers: bool, is_reading: bool, is_reviewing: bool) -> None:
        """Before, while it is read, and during a review."""
        self.layer.setEnabled(has_layers and not is_reading and not is_reviewing)
        self.start.setEnabled(has_layers or is_reading or is_reviewing)
        self.start.setText(tr("S&top review") if is_reviewing else tr("Ca&ncel") if is_reading else tr("S&tart review"))
        self._stage.setVisible(is_reviewing)
        self.filter.in_map.setEnabled(not is_reading)
        if not is_reviewing:
            self.note.setText(
                tr("Look through a result's polygons from the least certain on. What you decide is kept as labels.")
                if has_layers
                else tr("There is no result with polygons in the project.")
            )
        self.note.setVisible(bool(self.note.text()))

    def show_current(self, is_any: bool, is_there: bool, history: History) -> None:
        """What can be done with the current polygon."""
        for action in (keys.ACCEPT, keys.SKIP):
            self.buttons[action].setEnabled(is_any)
        for action in (keys.SPLIT, keys.REDRAW, keys.DELETE):
            self.buttons[action].setEnabled(is_any and is_there)
        self.buttons[keys.UNDO].setEnabled(history.last is not None)
        self.buttons[keys.REDO].setEnabled(history.next is not None)
        self.classes.setEnabled(is_any)

    def show_drawing(self, kind: Optional[str]) -> None:
        """Which button's tool has the map."""
        self.buttons[keys.SPLIT].setChecked(kind == LINE)
        self.buttons[keys.REDRAW].setChecked(kind is not None and kind != LINE)

    def _make_buttons(self) -> Dict[str, QPushButton]:
        texts = (
            (keys.ACCEPT, tr("Accept"), tr("The class is right (A or Enter)")),
            (keys.DELETE, tr("Delete"), tr("It is no object of any class: training learns nothing there (Del)")),
            (keys.SPLIT, tr("Split"), tr("Draw a line across it; each part then takes a class (S)")),
            (keys.REDRAW, tr("Redraw"), tr("Draw another outline for it (R)")),
            (keys.BACK, tr("Back"), tr("To the one before (Backspace or Left)")),
            (keys.SKIP, tr("Skip"), tr("To the next one (Right)")),
            (keys.UNDO, tr("Undo"), tr("Take the last decision back (Ctrl+Z)")),
            (keys.REDO, tr("Redo"), tr("Decide again what was taken back (Ctrl+Y or Ctrl+Shift+Z)")),
        )
        made = {}
        for action, text, tip in texts:
            button = ActionButton(text, action)
            button.setToolTip(tip)
            button.setCheckable(action in (keys.SPLIT, keys.REDRAW))
            button.wanted.connect(self.pressed)
            made[action] = button
        return made

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(2)
        for number, action in enumerate(
            (keys.ACCEPT, keys.DELETE, keys.SPLIT, keys.REDRAW, keys.BACK, keys.SKIP, keys.UNDO, keys.REDO)
        ):
            grid.addWidget(self.buttons[action], number // 2, number % 2)
        self._stage = QWidget()
        stage = QVBoxLayout(self._stage)
        stage.setContentsMargins(0, 0, 0, 0)
        for widget in (self.progress, self.aside, self.bar, self.about, self.classes):
            stage.addWidget(widget)
        stage.addLayout(grid)
        for widget in (self.message, self.again, self.fold, self.by_confidence, self.train, self.file):
            stage.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        for widget in (self.layer, self.start, self.note, self._stage):
            layout.addWidget(widget)
        layout.addStretch(1)


class ActionButton(NarrowButton):
    """``wanted`` carries the action. A click leaves the focus where the keys act."""

    wanted = pyqtSignal(str)

    def __init__(self, text: str, action: str) -> None:
        super().__init__(text)
        self._action = action
        self.setObjectName("rsDinoReview" + action.capitalize())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._clicked)

    def _clicked(self) -> None:
        self.wanted.emit(self._action)
