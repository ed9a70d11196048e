"""What a long run will take, and what does not fit, before it begins."""

from __future__ import annotations

from typing import List, Tuple

from qgis.PyQt.QtCore import QLocale, Qt
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from ..errors import sentence
from ..i18n import tr
from ..workload import Costs
from .job_words import duration


class PreflightDialog(QDialog):
    """Accepted: run. It blocks nothing: open it with ``open()``."""

    def __init__(self, costs: Costs, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("rsDinoPreflight")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Before the run"))
        layout = QVBoxLayout(self)
        for message in costs.warnings:
            layout.addWidget(_wrapped("⚠ " + sentence(message)))
        form = QFormLayout()
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for name, value in _rows(costs):
            form.addRow(name, _wrapped(value))
        layout.addLayout(form)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        run = buttons.addButton(tr("&Run"), QDialogButtonBox.ButtonRole.AcceptRole)
        run.setObjectName("rsDinoRunAnyway")
        run.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.setMinimumWidth(380)


def _rows(costs: Costs) -> List[Tuple[str, str]]:
    number = QLocale().toString
    rows = [
        (tr("Time"), tr("about {time}").format(time=duration(costs.seconds))),
        (tr("Windows"), number(costs.windows)),
        (tr("Memory beside the model"), tr("{number} MB").format(number=number(round(costs.memory_mb)))),
        (tr("Disk"), tr("{number} MB").format(number=number(round(costs.disk_mb)))),
    ]
    if costs.device is not None:
        rows.append((tr("Device"), sentence(costs.device)))
    return rows


def _wrapped(text: str) -> QLabel:
    label = QLabel(text)
    label.setWordWrap(True)
    return label
