"""Before a published model is fetched: its licence, where it comes from, the token or link that opens it."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ..i18n import tr
from .model_html import card, sources
from .token import can_store, is_stored, store_token, stored_token
from .words import wrapped

LINK, FILE = "link", "file"


class Asked(NamedTuple):
    """What the engine is asked: its arguments, and what no list of processes and no log is to show."""

    arguments: List[str]
    variables: Dict[str, str]
    given: str


class GetModelDialog(QDialog):
    """Can only be accepted when the licence was."""

    def __init__(self, entry: Mapping[str, Any], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Get a model"))
        self._entry = entry
        about = QLabel(card(entry))
        about.setWordWrap(True)
        about.setOpenExternalLinks(True)
        self.source = QComboBox()
        for name, title in sources(entry).items():
            self.source.addItem(title, name)
        self.source.addItem(tr("The link that Meta sent by e-mail"), LINK)
        self.source.addItem(tr("A file on this machine"), FILE)
        self.link = QLineEdit()
        self.link.setPlaceholderText("https://dinov3.llamameta.net/…")
        self.file = QgsFileWidget()
        self.token = QLineEdit()
        self.token.setEchoMode(QLineEdit.EchoMode.Password)
        self.token.setPlaceholderText(tr("the stored one") if is_stored() else "hf_…")
        self.keep = QCheckBox(tr("Keep it in QGIS's authentication database"))
        self.keep.setEnabled(can_store())
        self.hint = wrapped()
        self.hint.setOpenExternalLinks(True)
        agree = tr("I have read the {licence} and accept it").format(licence=entry["licence"])
        self.accepted_licence = QCheckBox(agree)
        self.accepted_licence.setChecked(bool(entry.get("accepted")))
        standard = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(standard.Ok | standard.Cancel)
        self.buttons.button(standard.Ok).setText(tr("Get"))
        self.buttons.button(standard.Cancel).setText(tr("Cancel"))
        self._form = QFormLayout()
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        rows = ((tr("From"), self.source), (tr("Link"), self.link), (tr("File"), self.file), (tr("Token"), self.token))
        for title, widget in rows:
            self._form.addRow(title, widget)
        self._form.addRow(self.keep)
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addLayout(self._form)
        for widget in (self.hint, self.accepted_licence, self.buttons):
            layout.addWidget(widget)
        self.source.currentIndexChanged.connect(self._show)
        self.accepted_licence.toggled.connect(self._show)
        self.link.textChanged.connect(self._show)
        self.file.fileChanged.connect(self._show)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._show()

    def asked(self) -> Asked:
        """What was chosen. Stores the token where that is wanted, and may ask for QGIS's master password."""
        source = self.source.currentData()
        arguments, variables, given = ["models", "get", self._entry["name"], "--accept-licence"], {}, ""
        if source == LINK:
            arguments, given = [*arguments, "--from", "-"], self.link.text().strip() + "\n"
        elif source == FILE:
            arguments += ["--from", self.file.filePath().strip()]
        else:
            arguments += ["--from", source]
        if source == "huggingface":
            token = self.token.text().strip()
            if token and self.keep.isChecked():
                store_token(token)
            variables = {"HF_TOKEN": token or stored_token()}
        return Asked(arguments, variables, given)

    def _show(self, *_: Any) -> None:
        source = self.source.currentData()
        for field, where in ((self.link, LINK), (self.file, FILE), (self.token, "huggingface")):
            field.setVisible(source == where)
            self._form.labelForField(field).setVisible(source == where)
        self.keep.setVisible(source == "huggingface")
        hints = {
            "huggingface": tr("Ask for access on the model's page, then make a token that may read: {page}"),
            LINK: tr("Meta sends links when its form is filled in: {page}"),
        }
        pages = {"huggingface": f"https://huggingface.co/{self._entry['hub']}", LINK: self._entry["form_page"]}
        page = pages.get(source, "")
        self.hint.setVisible(bool(page))
        self.hint.setText(hints.get(source, "").format(page=f'<a href="{page}">{page}</a>'))
        told = {LINK: self.link.text().strip(), FILE: self.file.filePath().strip()}.get(source, source)
        ready = self.accepted_licence.isChecked() and bool(told)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(ready)
