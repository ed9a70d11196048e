"""Which engine is used: an environment made here, or a Python that has one. Making it, with progress."""

from __future__ import annotations

import os
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any, Optional

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QLocale, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ..engine_client.setup import Setup
from ..engine_client.setup_folder import facts, is_half_made, remove
from ..engine_client.setup_texts import SetupError
from ..engine_client.torch_build import AS_INDEX, AUTOMATIC, BUILDS
from ..errors import EngineUnusable, PluginError, failure, sentence
from ..i18n import tr
from ..notices import engine_works
from ..paths import engine_wheel
from ..settings import engine_python_setting, found_engine, set_engine_python
from ..setup_choices import Choices, load_choices, save_choices
from .background import Background
from .setup_task import running_setup, start_setup
from .sources_box import SourcesBox
from .words import coloured, faint, wrapped

PAUSE_MS = 700
"""How long nothing is typed before a name is looked at."""


class SetupPanel(QGroupBox):
    """``changed`` is emitted when another engine may be there."""

    changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__(tr("Which engine"))
        choices, own = load_choices(), engine_python_setting()
        self.make, self.use = QRadioButton(tr("An environment of its own, made here")), QRadioButton(tr("This Python:"))
        (self.use if own else self.make).setChecked(True)
        self.python = QgsFileWidget()
        self.python.setFilePath(own)
        self.python.setDialogTitle(tr("Choose the Python of the engine"))
        self.folder = QgsFileWidget()
        self.folder.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.folder.setFilePath(choices.folder)
        self.base = QgsFileWidget()
        self.base.setFilePath(choices.python)
        self.base.lineEdit().setPlaceholderText(tr("any that fits"))
        self.build = QComboBox()
        titles = {
            AUTOMATIC: tr("what suits this machine"),
            "cpu": tr("for the processor"),
            AS_INDEX: tr("what the package index has"),
        }
        for name in (AUTOMATIC, *BUILDS, AS_INDEX):
            self.build.addItem(titles.get(name) or f"CUDA {name[2:-1]}.{name[-1]}", name)
        self.build.setCurrentIndex(max(0, self.build.findData(choices.build)))
        self.sources = SourcesBox(choices)
        self.state, self.reason, self.said = wrapped(), wrapped(), wrapped()
        self.bar = QProgressBar()
        self.start, self.cancel, self.remove = QPushButton(), QPushButton(tr("Cancel")), QPushButton(tr("Remove…"))
        for name in ("make", "use", "python", "folder", "base", "build", "start", "cancel", "remove", "bar", "said"):
            getattr(self, name).setObjectName(name)
        self._task: Optional[Background] = None
        self._is_typing, self._looked_at = False, self.chosen()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._paused)
        self._lay_out()
        self._connect()
        self._follow(running_setup())

    def choices(self) -> Choices:
        """What the fields say."""
        said = Choices(
            folder=self.folder.filePath().strip(), python=self.base.filePath().strip(), build=self.build.currentData()
        )
        return self.sources.read_into(said)

    def chosen(self) -> str:
        """The Python that is named here; empty: the environment that is made here."""
        return self.python.filePath().strip() if self.use.isChecked() else ""

    def way(self) -> str:
        """What to press here when there is no engine, or none in the Python that is named."""
        if self.chosen():
            return tr("Choose another Python below, or an environment of its own.")
        return tr("Press “{button}” below, or choose a Python that has the engine.").format(button=self.start.text())

    def apply(self) -> None:
        """Keep what is chosen."""
        save_choices(self.choices())
        set_engine_python(self.chosen())
        with suppress(EngineUnusable):
            found_engine()
            engine_works()

    def _lay_out(self) -> None:
        made = QFormLayout()
        made.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        made.addRow(tr("Folder"), self.folder)
        made.addRow(tr("Made of the Python"), self.base)
        made.addRow(tr("PyTorch"), self.build)
        buttons = QHBoxLayout()
        for button in (self.start, self.cancel, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        making = QWidget()
        inside = QVBoxLayout(making)
        inside.setContentsMargins(20, 0, 0, 0)
        inside.addLayout(made)
        for widget in (self.reason, self.state):
            inside.addWidget(widget)
        inside.addLayout(buttons)
        inside.addWidget(self.bar)
        inside.addWidget(self.said)
        layout = QVBoxLayout(self)
        for widget in (self.make, making, self.use, self.python, self.sources):
            layout.addWidget(widget)

    def _connect(self) -> None:
        self.make.toggled.connect(self._show)
        self.build.currentIndexChanged.connect(self._ask_for_reason)
        self.folder.fileChanged.connect(self._show)
        self.python.fileChanged.connect(self._named)
        self.python.lineEdit().textEdited.connect(self._typed)
        self.python.lineEdit().editingFinished.connect(self._typing_ended)
        self.make.toggled.connect(self._look_again)
        self.start.clicked.connect(self._begin)
        self.cancel.clicked.connect(lambda: self._task and self._task.cancel())
        self.remove.clicked.connect(self._remove)

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if not self.reason.text():
            self._ask_for_reason()

    def _typed(self, _: str) -> None:
        self._is_typing = True
        self._pause.start()

    def _paused(self) -> None:
        """Whoever has written the whole name need not leave the field, which a window without the focus cannot say."""
        if Path(self.chosen()).is_file():
            self._typing_ended()

    def _typing_ended(self) -> None:
        self._pause.stop()
        self._is_typing = False
        self._look_again()

    def _named(self, path: str) -> None:
        if path:
            self.use.setChecked(True)
        self._look_again()

    def _look_again(self, *_: Any) -> None:
        """Another engine is meant, and nobody is writing its name just now."""
        if not self._is_typing and self.chosen() != self._looked_at:
            self._looked_at = self.chosen()
            self.changed.emit()

    def _show(self, *_: Any) -> None:
        """What is in the folder, and what can be done now."""
        folder = Path(self.folder.filePath().strip() or "/")
        found, half, busy = facts(folder), is_half_made(folder), self._task is not None
        newest = engine_wheel().name.split("-")[1] if "-" in engine_wheel().name else ""
        if found and found.get("engine") != newest:
            text, state = tr("The engine {old} is set up here; the plugin brings {new}."), "note"
        elif found:
            text, state = tr("The engine {old} is set up here, with PyTorch {torch}."), "good"
        elif half:
            text, state = tr("Setting up was begun here and is not finished; nobody uses it."), "note"
        else:
            text, state = tr("Nothing is set up here yet. It takes some minutes, and 2 to 8 GB of disk."), "note"
        text = text.format(old=found.get("engine", ""), new=newest, torch=found.get("torch", ""))
        self.state.setText(coloured(text, state))
        self.state.setVisible(not busy)
        label = tr("Update") if found and state == "note" else tr("Set up again") if found else tr("Set up")
        self.start.setText(tr("Go on") if half else label)
        self.start.setVisible(not busy)
        self.remove.setVisible(bool(found or half) and not busy)
        self.cancel.setVisible(busy)
        self.bar.setVisible(busy)
        for field in (self.folder, self.base, self.build, self.start, self.remove):  # texts stay readable
            field.setEnabled(self.make.isChecked() and not busy)
        for field in (self.sources, self.make, self.use, self.python):
            field.setEnabled(not busy)

    def _ask_for_reason(self) -> None:
        """Which build it would be, and why: the machine is asked in the background."""
        wishes = self.choices().wishes("")

        def work(task: Background) -> Any:
            return Setup(wishes, os.environ, cancelled=task.isCanceled).build().reason

        asked = Background(tr("Looking at this machine"), work, is_a_question=True)
        asked.ended.connect(self._reason_found)
        asked.start()

    def _reason_found(self, reason: Any, error: Optional[PluginError]) -> None:
        said = sentence(reason) if reason else str(error or "")
        self.reason.setText(f'<span style="color:{faint()}">{escape(said)}</span>')

    def _begin(self) -> None:
        self.make.setChecked(True)
        self.apply()
        self._follow(start_setup(self.choices()))

    def _follow(self, task: Optional[Background]) -> None:
        self._task = task
        if task is not None:
            self.bar.setValue(0)
            self.said.setText("")
            task.heard.connect(self._heard)
            task.ended.connect(self._ended)
        self._show()

    def _heard(self, progress: Any) -> None:
        if self._task is None:  # said before the end, and heard after it
            return
        self.bar.setValue(int(progress.percent))
        line = progress.line if len(progress.line) < 160 else progress.line[:157] + "…"
        step = sentence(progress.step)
        if progress.mb:
            step = tr("{step}: {mb} MB so far").format(step=step, mb=QLocale().toString(progress.mb))
        self.said.setText(step + (f"\n{line}" if line else ""))

    def _ended(self, python: Optional[str], error: Optional[PluginError]) -> None:
        self._task = None
        if error is not None:
            self.said.setText(failed(error))
            self.said.setToolTip(error.details[-2000:])
        else:  # None of both: cancelled before it began
            self.said.setText(coloured(tr("The engine is ready."), "good") if python else "")
        self._show()
        self.changed.emit()

    def _remove(self) -> None:
        folder = self.folder.filePath().strip()
        ask = tr("Remove the engine in {folder}? Models and results stay.").format(folder=folder)
        if QMessageBox.question(self, "RS-DINO", ask) != QMessageBox.StandardButton.Yes:
            return
        try:
            remove(Path(folder))
            self.said.setText("")
        except SetupError as error:
            self.said.setText(failed(failure(error.message)))
        self._show()
        self.changed.emit()


def failed(error: PluginError) -> str:
    """HTML of what went wrong, with the words of the tool, if there are any, on a line of their own."""
    what, _, tool = str(error).partition("\n")
    said = coloured(what, "note" if error.code == "setup-cancelled" else "bad")
    return said + "".join("<br>" + escape(line) for line in tool.splitlines())
