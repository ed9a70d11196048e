"""Where everything comes from: mirrors, a folder of wheels, the proxy. Folded away until somebody needs it."""

from __future__ import annotations

from dataclasses import replace
from typing import Dict

from qgis.gui import QgsCollapsibleGroupBox, QgsFileWidget
from qgis.PyQt.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QLineEdit, QPushButton

from ..engine_client.setup import TORCH_INDEX
from ..engine_client.uv_tool import PYPI
from ..i18n import tr
from ..setup_choices import MIRRORS_IN_CHINA, Choices, proxy_address
from .words import wrapped

_USUAL = {
    "index": PYPI,
    "torch_index": TORCH_INDEX,
    "python_mirror": "https://github.com/astral-sh/python-build-standalone/releases/download",
    "model_mirror": "https://huggingface.co",
}


class SourcesBox(QgsCollapsibleGroupBox):
    """Empty fields are the usual addresses, which stand there in grey."""

    def __init__(self, choices: Choices) -> None:
        super().__init__(tr("Sources and network"))
        titles = {
            "index": tr("Python packages"),
            "torch_index": tr("PyTorch"),
            "python_mirror": tr("Python, where none fits"),
            "model_mirror": tr("Model files"),
        }
        self.fields: Dict[str, QLineEdit] = {}
        form = QFormLayout(self)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for name, title in titles.items():
            field = QLineEdit(getattr(choices, name))
            field.setPlaceholderText(_USUAL[name])
            field.setObjectName(name)
            self.fields[name] = field
            form.addRow(title, field)
        form.addRow(self._presets())
        self.wheels = QgsFileWidget()
        self.wheels.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.wheels.setFilePath(choices.wheels)
        self.offline = QCheckBox(tr("Use nothing from the network"))
        self.offline.setChecked(choices.offline)
        self.uv = QCheckBox(tr("Use uv (faster; brings a Python of its own where none fits)"))
        self.uv.setChecked(choices.uv)
        form.addRow(tr("Folder of wheels"), self.wheels)
        form.addRow(self.offline)
        form.addRow(self.uv)
        proxy = proxy_address().rsplit("@", 1)[-1]
        said = (
            tr("Proxy, from QGIS's network settings: {proxy}").format(proxy=proxy) if proxy else tr("No proxy is set.")
        )
        form.addRow(wrapped(said))
        self.setCollapsed(choices == replace(Choices(), folder=choices.folder, python=choices.python))

    def read_into(self, choices: Choices) -> Choices:
        """``choices`` with what is in the fields."""
        addresses = {name: field.text().strip().rstrip("/") for name, field in self.fields.items()}
        return replace(
            choices, wheels=self.wheels.filePath().strip(), offline=self.offline.isChecked(), uv=self.uv.isChecked(),
            **addresses,
        )  # fmt: skip

    def _presets(self) -> QHBoxLayout:
        self.china, self.usual = QPushButton(tr("Mirrors in China")), QPushButton(tr("Usual addresses"))
        self.china.clicked.connect(lambda: self._fill(MIRRORS_IN_CHINA))
        self.usual.clicked.connect(lambda: self._fill({}))
        row = QHBoxLayout()
        row.addWidget(self.china)
        row.addWidget(self.usual)
        row.addStretch(1)
        return row

    def _fill(self, addresses: Dict[str, str]) -> None:
        for name, field in self.fields.items():
            field.setText(addresses.get(name, ""))
