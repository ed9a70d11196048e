"""How the engine is: what works, which device will be used and why, what to do about the rest; a report to copy."""

from __future__ import annotations

import getpass
import os
import platform
from html import escape
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

from qgis.core import Qgis
from qgis.PyQt.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, Qt
from qgis.PyQt.QtWidgets import QApplication, QGroupBox, QHBoxLayout, QLabel, QPushButton, QTextBrowser, QVBoxLayout

from ..engine_client.ask import ask
from ..engine_client.documents import Message
from ..engine_client.environment import engine_environment
from ..engine_client.machine import nvidia_cards
from ..engine_client.scrub import scrubbed
from ..engine_client.setup_folder import LOG
from ..errors import EngineUnusable, PluginError, both, sentence
from ..i18n import tr
from ..paths import ROOT, engine_wheel
from ..settings import EnginePython, engine_folder, found_engine
from .background import Background
from .words import colour, coloured, wrapped

_MARKS = {"good": "✔", "note": "●", "bad": "✘"}


class DoctorPanel(QGroupBox):
    """The engine is asked in the background, when the page is first shown and on demand. ``chosen`` says what is
    about to be set: that engine is looked at; ``way`` what to press on this page where there is none."""

    def __init__(self, chosen: Callable[[], str], way: Callable[[], str]) -> None:
        super().__init__(tr("How it is"))
        self._chosen, self._way = chosen, way
        self.verdict, self.used = wrapped(), wrapped()
        self.checks = QTextBrowser()
        self.checks.setMinimumHeight(190)
        self.again, self.copy = QPushButton(tr("Check again")), QPushButton(tr("Copy report"))
        self.copy.setToolTip(tr("For a bug ticket: without your name, your home folder and passwords."))
        buttons = QHBoxLayout()
        for button in (self.again, self.copy):
            buttons.addWidget(button)
        self.copied = QLabel()
        self.copied.setObjectName("rsDinoCopied")
        buttons.addWidget(self.copied)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        self.used.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for widget in (self.verdict, self.used, self.checks):
            layout.addWidget(widget)
        layout.addLayout(buttons)
        self.again.clicked.connect(self.examine)
        self.copy.clicked.connect(self._copy)
        self._engine: Optional[EnginePython] = None
        self._found: List[Dict[str, Any]] = []
        self._task: Optional[Background] = None
        self._problem = ""

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        if not self.verdict.text():
            self.examine()

    def examine(self) -> None:
        """Ask the engine how it is; what another was asked before is not waited for."""
        if self._task is not None:
            self._task.ended.disconnect(self._ended)
            self._task.cancel()
            self._task = None
        self._found, self._problem = [], ""
        self.copied.clear()
        try:
            engine = self._engine = found_engine(self._chosen())
        except PluginError as error:
            self._engine = None
            self._ended(None, error)
            return
        self.used.setText(tr("Used now: {python}, {reason}.").format(python=engine.path, reason=engine.reason))
        self.verdict.setText(tr("Asking the engine…"))
        self.again.setEnabled(False)

        def work(task: Background) -> Any:
            answer = ask(engine.path, ["doctor"], cancelled=task.isCanceled)
            return answer, nvidia_cards(engine_environment(os.environ, os.pathsep)) or []

        self._task = Background(tr("Checking RS-DINO's engine"), work, is_a_question=True)
        self._task.ended.connect(self._ended)
        self._task.start()

    def _ended(self, result: Any, error: Optional[PluginError]) -> None:
        self._task = None
        self.again.setEnabled(True)
        answer, cards = result or (None, [])
        if error is not None or answer is None:
            self._problem = str(error or tr("Checking was cancelled."))
            told = self._problem
            if isinstance(error, EngineUnusable):
                self._problem, told = error.what, both(error.what, self._way())
            self.verdict.setText(coloured("✘ " + told, "bad" if error else "note"))
            self.used.setVisible(self._engine is not None)
            self.checks.hide()
            if self._engine is not None and isinstance(error, EngineUnusable):
                how = tr("To install the engine into this Python: {command}")
                wheel = f'"{self._engine.path}" -m pip install "{engine_wheel()}"'
                self.used.setText(how.format(command=wheel))
            return
        self._found = answer["checks"]
        by_title = {check["title"]: check for check in self._found}
        device = by_title.get("device auto")
        text = tr("Everything that is needed is there.") if answer["ok"] else tr("Something essential is missing.")
        self.verdict.setText(
            coloured(f"{_MARKS['good' if answer['ok'] else 'bad']} {text}", "good" if answer["ok"] else "bad")
        )
        self.used.setVisible(True)
        chosen = f"<p><b>{escape(_said(device))}</b></p>" if device else ""
        advice = "".join(f"<p>→ {escape(line)}</p>" for line in advised(self._found, cards))
        self.checks.show()
        self.checks.setHtml(chosen + advice + _table(self._found))

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.report())
        self.copied.setText(coloured(tr("Copied: paste it where you report the problem."), "good"))

    def report(self) -> str:
        """For a bug ticket: Markdown, in English as far as the engine says it, nothing private."""
        metadata = (ROOT / "metadata.txt").read_text(encoding="utf-8")
        version = next((line[8:] for line in metadata.splitlines() if line.startswith("version=")), "?")
        lines = [
            "### RS-DINO",
            f"- plugin {version}, QGIS {Qgis.QGIS_VERSION}, Qt {QT_VERSION_STR}, PyQt {PYQT_VERSION_STR}",
            f"- {platform.platform()}, Python {platform.python_version()}",
            f"- engine: {self._engine.path if self._engine else 'none'}",
            *([f"- problem: {self._problem}"] if self._problem else []),
            "",
            *(f"- {_MARKS[check['state']]} {check['title']}: {check['said']}" for check in self._found),
        ]
        log = engine_folder() / LOG
        if log.is_file():
            tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:]
            lines += ["", "Setting up, the last lines:", "```", *tail, "```"]
        return scrubbed("\n".join(lines), str(Path.home()), getpass.getuser())


def advised(checks: List[Dict[str, Any]], cards: List[Any]) -> List[str]:
    """What to do about what does not work; [] when there is nothing to do."""
    lines = []
    broken = [check["title"] for check in checks if check["state"] == "bad"]
    if broken:
        lines.append(tr("Set the engine up again: {names} cannot be used.").format(names=", ".join(broken)))
    for check in checks:
        code = (check.get("message") or {}).get("code", "")
        if code == "device-cuda-no-build" and cards:
            said = tr(
                "The {card} is not used, because this PyTorch is built without NVIDIA: set up with PyTorch for it."
            )
            lines.append(said.format(card=cards[0].name))
        elif code == "device-cuda-none" and cards:
            lines.append(
                tr("The {card} is there, but PyTorch does not reach it: update its driver.").format(card=cards[0].name)
            )
        elif check["state"] == "note" and check["title"] == "memory":
            lines.append(tr("Memory is short: close other programs before a run."))
        elif check["state"] == "note" and check["title"] in ("disk here", "temporary disk"):
            lines.append(tr("Room on the disk is short: results may not fit."))
    return lines


def _table(checks: List[Dict[str, Any]]) -> str:
    rows = "".join(
        f'<tr><td style="color:{colour(check["state"])}">{_MARKS[check["state"]]}&nbsp;</td>'
        f"<td>{escape(_title(check['title']))}&nbsp;&nbsp;</td><td>{escape(_said(check))}</td></tr>"
        for check in checks
    )
    return f"<table cellspacing=2>{rows}</table>"


def _said(check: Dict[str, Any]) -> str:
    message = check.get("message")
    return sentence(Message.from_document(message)) if message else str(check["said"])


def _title(title: str) -> str:
    words = {
        "device cpu": tr("Processor"),
        "device cuda": tr("NVIDIA card"),
        "device mps": tr("Apple graphics"),
        "device gcu": tr("Enflame card"),
        "device auto": tr("Will be used"),
        "precision": tr("Precision"),
        "memory": tr("Memory"),
        "disk here": tr("Home disk"),
        "temporary disk": tr("Temporary disk"),
        "processors": tr("Processor cores"),
        "models": tr("Models found"),
        "model library": tr("Imported models"),
        "devices": tr("Devices"),
    }
    return words.get(title, title)
