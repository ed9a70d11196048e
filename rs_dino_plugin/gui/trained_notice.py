"""When a model is trained, the message bar says where it is to be chosen and leads there."""

from __future__ import annotations

from typing import Any, Callable, Optional

from qgis.core import Qgis

from .. import notices
from ..i18n import tr
from .notice import Notice


class TrainedNotice(Notice):
    """Of trainings. ``offered`` is called at once, ``use`` with the model's folder when that is wanted."""

    def __init__(self, iface: Any, offered: Callable[[], None], use: Callable[[str], None]) -> None:
        super().__init__(iface, notices.listen_trained, notices.stop_listening_trained)
        self._offered, self._use = offered, use
        self._last: Optional[notices.Trained] = None

    def show(self, trained: notices.Trained) -> None:
        self._last = trained
        self._offered()
        text = tr("“{name}” is trained. It is in the dock's list of models from now on: {path}")
        level = Qgis.MessageLevel.Success
        if trained.passes:
            text = tr(
                "“{name}” is trained and in the dock's list of models, but only until QGIS is closed, which deletes "
                "its temporary folder. Copy it to keep it: {path}"
            )
            level = Qgis.MessageLevel.Warning
        self.push(text.format(name=trained.title, path=trained.folder), tr("Use it"), self.use_it, level)

    def use_it(self) -> None:
        """Choose the last model in the dock."""
        if self._last is not None:
            self._use(self._last.folder)
