"""Deleting a model of the library, after a question. What comes with the plugin, and what lies elsewhere, stays."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Callable, Mapping

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QMessageBox, QWidget

from ..errors import PluginError
from ..i18n import tr
from .models_tree import model_title

Model = Mapping[str, Any]


def can_be_deleted(model: Model) -> bool:
    """Whether a model, as the engine lists it, is a folder of the library."""
    return model.get("origin") == "library" and (Path(str(model.get("path"))) / "model.json").is_file()


def ask_and_delete(model: Model, done: Callable[[], None], refused: Callable[[str], None], parent: QWidget) -> None:
    """Ask, without blocking anything, and delete; ``done`` or ``refused`` with a sentence is called."""
    box = QMessageBox(parent)
    box.setObjectName("rsDinoDeleteModel")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle(tr("Delete a model"))
    box.setText(tr("Delete the model “{title}”? Results that it made stay.").format(title=model_title(dict(model))))
    box.setInformativeText(str(model["path"]))
    delete = box.addButton(tr("&Delete"), QMessageBox.ButtonRole.DestructiveRole)
    delete.setObjectName("rsDinoDeleteModelNow")
    box.addButton(QMessageBox.StandardButton.Cancel)

    def agreed() -> None:
        try:
            _delete(model)
        except PluginError as error:
            refused(str(error))
        else:
            done()

    delete.clicked.connect(agreed)
    box.open()


def _delete(model: Model) -> None:
    """In one step to those who look: the folder is renamed, then emptied."""
    folder = Path(str(model["path"]))
    if not can_be_deleted(model):
        raise PluginError(tr("“{title}” is not in the library any more.").format(title=model_title(dict(model))))
    leaving = folder.with_name("." + folder.name + ".deleted")
    try:
        folder.rename(leaving)
    except OSError as error:
        sentence = tr("{path} cannot be deleted, perhaps because it is in use: {reason}")
        raise PluginError(sentence.format(path=folder, reason=error)) from error
    shutil.rmtree(str(leaving), ignore_errors=True)
