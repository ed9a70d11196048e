"""A button that browses for a file or a folder and writes it into an editable list."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QComboBox, QFileDialog, QMenu, QToolButton

from ..i18n import tr


class BrowseButton(QToolButton):
    """A ``model.json`` stands for its folder."""

    def __init__(self, box: QComboBox) -> None:
        super().__init__()
        self._box = box
        self.setText("…")
        self.setToolTip(tr("Choose a file or a folder"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        menu = QMenu(self)
        menu.addAction(tr("Choose a file…")).triggered.connect(self._choose_file)
        menu.addAction(tr("Choose a folder…")).triggered.connect(self._choose_folder)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def _choose_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Choose a file"), self._box.currentText().strip())
        if path:
            self._box.setEditText(str(Path(path).parent) if Path(path).name == "model.json" else path)

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, tr("Choose a folder"), self._box.currentText().strip())
        if path:
            self._box.setEditText(path)
