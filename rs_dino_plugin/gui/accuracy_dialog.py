"""The table of an accuracy assessment: to read, to copy, to keep as CSV."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, List, Mapping, Optional, Sequence

from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ..assessment import Table, accuracy_table, confusion_table, said
from ..i18n import tr
from .words import wrapped


class AccuracyDialog(QDialog):
    """``notes`` are sentences to know about the figures."""

    def __init__(
        self, title: str, document: Mapping[str, Any], notes: Sequence[str], parent: Optional[QWidget] = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("rsDinoAccuracyDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Accuracy: {name}").format(name=title))
        self.tables: List[Table] = [accuracy_table(document)]
        self.tabs = QTabWidget()
        self.tabs.addTab(_widget(self.tables[0]), tr("Accuracy"))
        confusion = confusion_table(document)
        if confusion is not None:
            self.tables.append(confusion)
            self.tabs.addTab(_widget(confusion), tr("Confusion matrix"))
        self.bar = QgsMessageBar()
        head = QLabel(said(document))
        head.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = buttons.addButton(tr("&Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        self.save = buttons.addButton(tr("&Save as CSV…"), QDialogButtonBox.ButtonRole.ActionRole)
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        for widget in (self.bar, head, self.tabs):
            layout.addWidget(widget)
        layout.setStretchFactor(self.tabs, 1)
        if document["kind"] == "classes":
            layout.addWidget(wrapped(_about_intervals()))
        for note in notes:
            layout.addWidget(wrapped(note))
        layout.addWidget(buttons)
        self.resize(900, 500)

    def shown_table(self) -> Table:
        """The one that is on top."""
        return self.tables[self.tabs.currentIndex()]

    def write_csv(self, path: Path) -> None:
        """What is shown, as text; a mark at the start tells spreadsheets that it is UTF-8."""
        table = self.shown_table()
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([table.names, *table.rows])

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.shown_table().as_text())

    def _save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, tr("Save as CSV"), "accuracy.csv", "CSV (*.csv)")
        if not path:
            return
        try:
            self.write_csv(Path(path))
        except OSError as error:
            sentence = tr("{path} cannot be written: {reason}.").format(path=path, reason=error.strerror)
            self.bar.pushMessage("", sentence, Qgis.MessageLevel.Warning)


def _about_intervals() -> str:
    return tr(
        "± is half a 95 % confidence interval. It holds where the references were drawn at random inside each class of"
        " the map (see “Sample points”), and labelled without looking at the map."
    )


def _widget(table: Table) -> QTableWidget:
    made = QTableWidget(len(table.rows), len(table.names))
    made.setHorizontalHeaderLabels(table.names)
    made.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    made.verticalHeader().hide()
    for row, line in enumerate(table.rows):
        for column, text in enumerate(line):
            item = QTableWidgetItem(text)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            made.setItem(row, column, item)
    made.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return made
