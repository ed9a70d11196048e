"""Work off the main thread, shown among QGIS's tasks; its result and its words arrive on the main thread."""

from __future__ import annotations

from typing import Any, Callable, Optional, Set

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import pyqtSignal

from ..engine_client.client import ClientError
from ..engine_client.setup_texts import SetupError
from ..errors import PluginError, failure, from_client

Work = Callable[["Background"], Any]
_running: Set["Background"] = set()  # QGIS holds no reference that Python knows of


class Background(QgsTask):
    """``work(task)`` runs in a thread; it may ``task.heard.emit(…)`` and has to look at ``task.isCanceled()``.

    ``is_a_question`` says that nobody loses anything when QGIS is closed meanwhile, so that it need not ask.
    """

    heard = pyqtSignal(object)
    ended = pyqtSignal(object, object)
    """The result, and a :class:`PluginError` or None."""

    def __init__(self, title: str, work: Work, is_a_question: bool = False) -> None:
        can = QgsTask.Flag.CanCancel
        super().__init__(title, can | QgsTask.Flag.CancelWithoutPrompt if is_a_question else can)
        self._work = work
        self._result: Any = None
        self._error: Optional[PluginError] = None

    def start(self) -> "Background":
        _running.add(self)
        QgsApplication.taskManager().addTask(self)
        return self

    def run(self) -> bool:
        try:
            self._result = self._work(self)
        except PluginError as error:
            self._error = error
        except ClientError as error:
            self._error = from_client(error)
        except SetupError as error:
            self._error = failure(error.message, error.details)
        except Exception as error:  # the end of a thread: nobody above would hear of it
            self._error = PluginError(str(error) or type(error).__name__, repr(error))
        return self._error is None

    def finished(self, result: bool) -> None:
        _running.discard(self)
        self.ended.emit(self._result, self._error)


def running(kind: str) -> Optional[Background]:
    """The task with this object name that is at work, if any."""
    return next((task for task in _running if task.objectName() == kind), None)


def cancel_all() -> None:
    """Ask all of them to stop; when the plugin is unloaded."""
    for task in list(_running):
        task.cancel()
