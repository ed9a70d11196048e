"""The list of models, in groups by where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from ..i18n import tr
from ..model_words import worded
from ..setup_choices import model_folders
from .model_html import size, task_title

_MODEL = Qt.ItemDataRole.UserRole
Model = Dict[str, Any]


class ModelsTree(QTreeWidget):
    """Two columns: the title, and what the model gives or how large it is."""

    def __init__(self) -> None:
        super().__init__()
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setMinimumHeight(150)
        self.header().setStretchLastSection(False)  # a narrow tree shortens titles, not sizes
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)

    def fill(self, models: List[Model], published: List[Model], opened: List[Model]) -> None:
        """Show models that are here, that can be fetched, and files that were opened on the page."""
        self.clear()
        folders = model_folders()
        self._group(tr("Opened here"), opened)
        self._group(tr("With the plugin"), [model for model in models if model["origin"] == "embedded"])
        self._group(tr("Imported"), [model for model in models if model["origin"] == "library"])
        for folder in folders:
            self._group(folder, [model for model in models if _lies_in(model, folder)], {"folder": folder})
        self._group(tr("DINOv3, can be fetched"), published)

    def select(self, path: str) -> None:
        """Make the model that lies there the current one."""
        for group in (self.topLevelItem(i) for i in range(self.topLevelItemCount())):
            for item in (group.child(i) for i in range(group.childCount())):
                if item.data(0, _MODEL).get("path") == path:
                    self.setCurrentItem(item)
                    return

    def current(self) -> Model:
        """The current model, or ``{"folder": …}``; {} when it is neither."""
        item = self.currentItem()
        return (item.data(0, _MODEL) or {}) if item is not None else {}

    def _group(self, title: str, models: List[Model], data: Any = None) -> None:
        if not models and data is None:
            return
        group = QTreeWidgetItem(self, [title])
        group.setFirstColumnSpanned(True)
        group.setData(0, _MODEL, data)
        group.setExpanded(True)
        for model in models:
            item = QTreeWidgetItem(group, [model_title(model), _told(model)])
            item.setToolTip(0, str(model.get("path") or model.get("name")))
            item.setData(0, _MODEL, model)


def model_title(model: Model) -> str:
    """What a model is called; a file that is none, by its name."""
    return worded(model["title"]) if "title" in model else Path(model["path"]).name


def _told(model: Model) -> str:
    if "problem" in model:
        return ""
    return task_title(model["task"]) if "task" in model else size(model["size_mb"] * 2**20)


def _lies_in(model: Model, folder: str) -> bool:
    path = Path(model["path"])
    return model["origin"] in ("file", "folder") and (path == Path(folder) or path.parent == Path(folder))
