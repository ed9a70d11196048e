"""A button that browses for a file or a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog, QMenu, QToolButton

from ..i18n import tr


class BrowseButton(QToolButton):
    """Browsing begins at ``where``; ``chosen`` is a path. A ``model.json`` stands for its folder."""

    chosen = pyqtSignal(str)

    def __init__(self, where: Callable[[], str]) -> None:
        super().__init__()
        self._where = where
        self.setText("…")
        self.setToolTip(tr("Choose a file or a folder"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(self)
        menu.addAction(tr("Choose a file…")).triggered.connect(self._choose_file)
        menu.addAction(tr("Choose a folder…")).triggered.connect(self._choose_folder)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Choose a file"), self._where().strip())
        if path:
            self.chosen.emit(str(Path(path).parent) if Path(path).name == "model.json" else path)

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, tr("Choose a folder"), self._where().strip())
        if path:
            self.chosen.emit(path)


def browse_into(box: QComboBox) -> BrowseButton:
    """The button of an editable list, into which it writes."""
    button = BrowseButton(box.currentText)
    button.chosen.connect(box.setEditText)
    return button
