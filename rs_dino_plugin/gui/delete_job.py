"""Deleting a job with its results, after a question."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QMessageBox, QWidget

from ..engine_client.job_store import KnownJob
from ..i18n import tr
from ..layers import file_behind
from . import job_words
from .job_follower import JobFollower


def ask_and_delete(job: KnownJob, follower: JobFollower, project: QgsProject, parent: QWidget) -> QMessageBox:
    """Ask, without blocking anything, and delete; results that are open as layers are left alone, with a word."""
    box = QMessageBox(parent)
    box.setObjectName("rsDinoDeleteJob")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(job_words.title(job))
    open_layers = [layer.name() for layer in project.mapLayers().values() if _lies_in(layer.source(), job.folder)]
    if open_layers:
        box.setText(
            tr("Results of this job are open as layers ({names}). Remove those from the project first.").format(
                names=", ".join(sorted(set(open_layers)))
            )
        )
        box.setStandardButtons(QMessageBox.StandardButton.Close)
    else:
        output = str(job.request.inputs.get("output") or job.folder)
        if job.folder in Path(output).parents:
            box.setText(tr("Delete this job and its results?"))
        else:
            box.setText(tr("Delete this job? Its results stay in {folder}").format(folder=output))
        box.setInformativeText(str(job.folder))
        delete = box.addButton(tr("&Delete"), QMessageBox.ButtonRole.DestructiveRole)
        delete.setObjectName("rsDinoDeleteNow")
        box.addButton(QMessageBox.StandardButton.Cancel)
        delete.clicked.connect(lambda: _delete(job, follower))
    box.open()
    return box


def _delete(job: KnownJob, follower: JobFollower) -> None:
    follower.forget(job)
    threading.Thread(target=shutil.rmtree, args=(str(job.folder), True), name="rs-dino-delete", daemon=True).start()


def _lies_in(source: str, folder: Path) -> bool:
    return folder in file_behind(source).parents
