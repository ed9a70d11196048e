"""The models: what is here, what lies in the user's folders, what can be fetched; each with its card."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from qgis.gui import QgsOptionsPageWidget
from qgis.PyQt.QtCore import Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ..engine_client.ask import ask
from ..errors import PluginError
from ..i18n import tr
from ..model_cards import CHECKPOINTS
from ..settings import found_engine, set_known_models
from ..setup_choices import load_choices, model_folders, network_variables, proxy_address, set_model_folders
from .background import Background, running
from .delete_model import ask_and_delete, can_be_deleted
from .get_model import Asked, GetModelDialog
from .model_html import card, size, task_title
from .models_tree import ModelsTree, model_title
from .options import MODELS
from .words import coloured, wrapped

KIND = "rs-dino-models"
_KINDS = "({} model.json)".format(" ".join("*" + ending for ending in CHECKPOINTS))


class ModelsPage(QgsOptionsPageWidget):
    """The engine answers in the background; one question at a time."""

    def __init__(self, parent: Optional[QWidget]) -> None:
        super().__init__(parent)
        self.setObjectName(MODELS)
        self.setAcceptDrops(True)
        self.tree = ModelsTree()
        self.card = QTextBrowser()
        self.card.setOpenExternalLinks(True)
        self.card.setMinimumHeight(150)
        self.get, self.take = QPushButton(tr("Get…")), QPushButton(tr("Import"))
        self.show_folder, self.forget = QPushButton(tr("Show folder")), QPushButton(tr("Forget folder"))
        self.delete = QPushButton(tr("Delete…"))
        self.delete.setObjectName("rsDinoDeleteModelButton")
        self.add_folder, self.add_file = QPushButton(tr("Add folder…")), QPushButton(tr("Open file…"))
        self.cancel, self.bar, self.said = QPushButton(tr("Cancel")), QProgressBar(), wrapped()
        self._task: Optional[Background] = None
        self._models: List[Dict[str, Any]] = []
        self._published: List[Dict[str, Any]] = []
        self._opened: List[Dict[str, Any]] = []
        self._wanted = ""
        self._answered: Callable[[Any], None] = lambda answer: self.refresh()
        self._lay_out()
        self._connect()
        self._selected()
        at_work = running(KIND)  # it went on when the options were closed
        if at_work is not None:
            self._follow(at_work)

    def apply(self) -> None:
        """What is done here is done at once."""

    def idle(self) -> bool:
        """Whether nothing is being asked."""
        return self._task is None

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if not self._models and self.idle():
            self.refresh()

    def dragEnterEvent(self, event: Any) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: Any) -> None:
        for url in event.mimeData().urls()[:1]:
            self.look_at(url.toLocalFile())
        event.acceptProposedAction()

    def refresh(self) -> None:
        """List everything anew."""
        arguments = ["models", "list"]
        for folder in model_folders():
            arguments += ["--in", folder]

        self._ask(arguments, self._fill_listed, tr("Listing models"))

    def look_at(self, path: str) -> None:
        """Say what a file or folder is, and offer to import it."""

        def seen(model: Any) -> None:
            self._opened = [model]
            self._fill()
            self.tree.select(str(model["path"]))
            what = tr("{file} is “{title}”, which gives {task}. It can be imported.")
            name = Path(path).name
            self._tell(what.format(file=name, title=model_title(model), task=task_title(model["task"])), "good")

        self._ask(["models", "show", path], seen, tr("Looking at {file}").format(file=Path(path).name))

    def import_model(self, path: str) -> None:
        """Copy it into the library of models."""

        def imported(model: Any) -> None:
            self._wanted, self._opened = str(model["path"]), []
            self._tell(
                tr("“{title}” was imported; use it by its name {name}.").format(
                    title=model_title(model), name=model["name"]
                ),
                "good",
            )
            self.refresh()

        self._ask(["models", "import", path], imported, tr("Importing {file}").format(file=Path(path).name))

    def fetch(self, title: str, asked: Asked) -> None:
        """Get a published model."""
        variables = {**network_variables(load_choices(), proxy_address()), **asked.variables}

        def got(model: Any) -> None:
            self._wanted = str(model["path"])
            self._tell(
                tr("“{title}” is here; use it by its name {name}.").format(
                    title=model_title(model), name=model["name"]
                ),
                "good",
            )
            self.refresh()

        self._ask(asked.arguments, got, tr("Getting {title}").format(title=title), variables, asked.given)

    def _ask(
        self,
        arguments: List[str],
        answered: Callable[[Any], None],
        title: str,
        variables: Optional[Dict[str, str]] = None,
        given: str = "",
    ) -> None:
        if self._task is not None:
            return
        try:
            python = found_engine().path
        except PluginError as error:
            self._tell(str(error), "bad")
            return

        def work(task: Background) -> Any:
            return ask(python, arguments, variables, task.heard.emit, task.isCanceled, given)

        is_quick = answered in (self._fill_listed, self._fill_published)
        task = Background(title, work, is_a_question=is_quick)
        task.setObjectName(KIND)
        self._answered = answered
        self._follow(task)
        if is_quick:
            self.bar.hide()  # quick, and nothing that would be cancelled
        else:
            self._tell(title + "…", "")
        task.start()

    def _follow(self, task: Background) -> None:
        self._task, self._title = task, task.description()
        task.heard.connect(self._heard)
        task.ended.connect(self._ended)
        self._busy(True)

    def _ended(self, answer: Any, error: Optional[PluginError]) -> None:
        self._task = None
        self._busy(False)
        if error is not None:
            self._tell(str(error), "bad")
        elif answer is None:
            self._tell(tr("Cancelled. What was fetched is kept and will be gone on with."), "note")
        else:
            self._answered(answer)
        self._selected()

    def _heard(self, line: str) -> None:
        """Lines of progress are documents; others are for the log."""
        if self._task is None:  # said before the end, and heard after it
            return
        try:
            progress = json.loads(line)
            done, total = progress["done"], progress["total"]
        except (ValueError, KeyError, TypeError):
            return
        self.bar.setRange(0, 100 if total else 0)
        self.bar.setValue(int(100 * done / total) if total else 0)
        of = tr("{done} of {total}") if total else "{done}"
        self._tell(f"{self._title}: " + of.format(done=size(done), total=size(total or 0)), "")

    def _busy(self, busy: bool) -> None:
        self.bar.setRange(0, 0)
        for widget in (self.bar, self.cancel):
            widget.setVisible(busy)
        for button in (self.get, self.take, self.add_file, self.add_folder, self.forget, self.delete):
            button.setEnabled(not busy)

    def _tell(self, text: str, state: str) -> None:
        self.said.setText(coloured(text, state) if state else text)

    def _fill_listed(self, models: Any) -> None:
        self._models = models
        self._fill()
        set_known_models([model["path"] for model in models if model["origin"] == "library"])
        self._ask(["models", "get"], self._fill_published, tr("Listing models"))

    def _fill_published(self, published: Any) -> None:
        self._published = published
        self._fill()

    def _fill(self) -> None:
        self.tree.fill(self._models, self._published, self._opened)
        self.tree.select(self._wanted or (str(self._models[0]["path"]) if self._models else ""))

    def _selected(self) -> None:
        model = self.tree.current()
        told = "title" in model or "problem" in model
        self.card.setHtml(card(model) if told else "")
        self.get.setVisible("hub" in model)
        self.take.setVisible(model.get("origin") in ("file", "folder") and "problem" not in model)
        self.show_folder.setVisible("path" in model)
        self.forget.setVisible("folder" in model)
        self.delete.setVisible(can_be_deleted(model))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.addWidget(wrapped(tr("Drop a model's file or folder here to see what it is.")))
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.tree)
        split.addWidget(self.card)
        split.setChildrenCollapsible(False)
        layout.addWidget(split, 1)
        for buttons in (
            (self.get, self.take, self.show_folder, self.forget, self.delete),
            (self.add_file, self.add_folder),
        ):
            row = QHBoxLayout()
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
            layout.addLayout(row)
        layout.addWidget(self.said)
        layout.addWidget(self.bar)
        layout.addWidget(self.cancel, 0, Qt.AlignmentFlag.AlignLeft)
        self._busy(False)

    def _connect(self) -> None:
        self.tree.currentItemChanged.connect(lambda *_: self._selected())
        self.get.clicked.connect(self._get)
        self.take.clicked.connect(lambda: self.import_model(self.tree.current()["path"]))
        self.show_folder.clicked.connect(self._open_folder)
        self.add_file.clicked.connect(self._open_file)
        self.add_folder.clicked.connect(self._add_folder)
        self.forget.clicked.connect(self._forget_folder)
        self.delete.clicked.connect(self._delete)
        self.cancel.clicked.connect(lambda: self._task and self._task.cancel())

    def _get(self) -> None:
        entry = self.tree.current()
        dialog = GetModelDialog(entry, self)
        if dialog.exec():
            self.fetch(model_title(entry), dialog.asked())

    def _open_file(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr("Open a model"), "", tr("Model files") + " " + _KINDS)
        if path:
            self.look_at(path)

    def _add_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("A folder with models"))
        if folder and folder not in model_folders():
            set_model_folders([*model_folders(), folder])
            self.refresh()

    def _forget_folder(self) -> None:
        set_model_folders([folder for folder in model_folders() if folder != self.tree.current().get("folder")])
        self.refresh()

    def _delete(self) -> None:
        ask_and_delete(self.tree.current(), self.refresh, lambda text: self._tell(text, "bad"), self)

    def _open_folder(self) -> None:
        path = Path(self.tree.current()["path"])
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path if path.is_dir() else path.parent)))
