"""Saves what is no file as rasters for a job, in the background: one after the other, with progress and cancel."""

from __future__ import annotations

from pathlib import Path
from typing import List, Optional, Sequence

from qgis.core import QgsRasterBlockFeedback
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal

from ..errors import PluginError
from ..export_plan import Export
from ..foreign import write_exported
from ..i18n import tr
from ..raster_export import write_raster
from .background import Background


class _Saving(Background):
    """Cancel reaches a server that does not answer, too."""

    def __init__(self, exports: Sequence[Export]) -> None:
        super().__init__(tr("Saving layers as rasters"), self._save)
        self._exports = list(exports)
        self._feedbacks: List[QgsRasterBlockFeedback] = []

    def cancel(self) -> None:
        super().cancel()
        for feedback in list(self._feedbacks):
            feedback.cancel()

    def _save(self, _: Background) -> Optional[List[str]]:
        """What has to be said of them; None when it was stopped."""
        warnings: List[str] = []
        try:
            for number, export in enumerate(self._exports):
                said = self._save_one(number, export)
                if said is None:
                    return None
                warnings += [said] if said else []
        finally:
            self._feedbacks.clear()  # they hold this task
        return warnings

    def _save_one(self, number: int, export: Export) -> Optional[str]:
        feedback = QgsRasterBlockFeedback()
        feedback.progressChanged.connect(
            lambda percent: self.setProgress((100 * number + percent) / len(self._exports)),
            Qt.ConnectionType.DirectConnection,
        )
        self._feedbacks.append(feedback)
        return None if self.isCanceled() else write_raster(export, feedback)


class SaveRasters(QObject):
    """``done`` when all are there, with warnings, ``refused`` with a sentence and details; ``progress`` in percent."""

    done = pyqtSignal(list)
    refused = pyqtSignal(str, str)
    progress = pyqtSignal(float)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._task: Optional[_Saving] = None

    @property
    def is_running(self) -> bool:
        return self._task is not None

    def start(self, exports: Sequence[Export], folder: Path) -> None:
        """Save them; what they are of is kept with the job in ``folder``."""
        write_exported({str(one.path): one.source for one in exports}, folder)
        self._task = _Saving(exports)
        self._task.ended.connect(self._ended)
        self._task.progressChanged.connect(self.progress)
        self._task.start()

    def cancel(self) -> Optional[Background]:
        """Stop; the task that may still write for a moment."""
        task, self._task = self._task, None
        if task is not None:
            task.ended.disconnect(self._ended)
            task.progressChanged.disconnect(self.progress)
            task.cancel()
        return task

    def _ended(self, warnings: Optional[List[str]], error: Optional[PluginError]) -> None:
        self._task = None
        if warnings is not None:
            self.done.emit(warnings)
        elif error is not None:
            self.refused.emit(str(error), error.details)
        else:  # stopped among QGIS's own tasks
            self.refused.emit(tr("Cancelled."), "")
