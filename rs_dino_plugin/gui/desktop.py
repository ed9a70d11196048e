"""What the plugin puts into QGIS's window: a button, a menu entry, the dock, and an entry in layers' menus."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import Any, Iterator, Optional

from qgis.core import Qgis, QgsSettings
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QAction

from ..catalog import Task, catalogue
from ..engine_client.documents import Request
from ..foreign import Exported
from ..i18n import tr
from ..kept_files import brought_back, gone
from ..paths import icon
from ..recipes import Recipe
from ..settings import DOCK_OPEN, jobs_folder, unseen_jobs
from .accuracy_notice import AccuracyNotice
from .map_tables import MapTablesMenu
from .processing_dialogs import ProcessingDialogs, algorithm_of, values_of
from .run_again import RunAgainMenu
from .saved_style import SavedStyle
from .trained_notice import TrainedNotice

MENU = "RS-DINO"


class Desktop(QObject):
    """The dock is made when it is first asked for: QGIS starts without it."""

    def __init__(self, iface: Any) -> None:
        super().__init__()
        self._iface = iface
        self._dock: Any = None
        self.action = QAction(QIcon(icon("rs_dino")), tr("RS-DINO dock"), iface.mainWindow())
        self.action.setObjectName("rsDinoDockAction")
        self.action.setCheckable(True)
        self.action.setToolTip(tr("Make maps of rasters with RS-DINO"))
        self.action.triggered.connect(self.show_dock)
        iface.addToolBarIcon(self.action)
        iface.addPluginToRasterMenu(MENU, self.action)
        self._again = RunAgainMenu(iface)
        self._again.wanted.connect(self._run_again)
        self.dialogs = ProcessingDialogs()
        self.tables = MapTablesMenu(iface, self.dialogs)
        self._saved_style = SavedStyle(iface)
        self._accuracy = AccuracyNotice(iface)
        self._trained = TrainedNotice(iface, self._offer_models, self._use_model)
        iface.initializationCompleted.connect(self._reopen)

    def close(self) -> None:
        """Undo everything that the constructor and the dock did."""
        self._iface.initializationCompleted.disconnect(self._reopen)
        self._trained.remove()
        self._accuracy.remove()
        self._saved_style.close()
        self.tables.close()
        self._again.close()
        self.dialogs.close()
        self._iface.removePluginRasterMenu(MENU, self.action)
        self._iface.removeToolBarIcon(self.action)
        if self._dock is not None:
            self._dock.visibilityChanged.disconnect(self._remember)
            self._dock.dialog_wanted.disconnect(self._open_dialog)
            self._dock.leave()
            self._iface.removeDockWidget(self._dock)
            self._dock.deleteLater()
            self._dock = None
        self.action.deleteLater()

    @property
    def dock(self) -> Optional[Any]:
        """The dock; None until it is asked for."""
        return self._dock

    def show_dock(self, wanted: bool = True) -> None:
        """Show the dock, or hide it."""
        if wanted and self._dock is None:
            self._make_dock()
        if self._dock is not None:
            self._dock.setUserVisible(wanted)

    def _make_dock(self) -> None:
        with _collecting_later():
            from .dock import RsDinoDock

            self._dock = RsDinoDock(self._iface, self._iface.mainWindow())
        self._dock.setToggleVisibilityAction(self.action)
        self._dock.visibilityChanged.connect(self._remember)
        self._dock.dialog_wanted.connect(self._open_dialog)
        self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self._dock)

    def _run_again(self, recipe: Recipe) -> None:
        request = brought_back(recipe.request, recipe.kept)
        task = catalogue().task(request.process_id)
        if task is not None and not task.makes_maps:
            self._open_dialog(task, request, recipe.exported)
            return
        self.show_dock(True)
        self._dock.run_again(request, recipe.exported)

    def _open_dialog(self, task: Task, request: Request, exported: Exported) -> None:
        """A task that the dock has not, as it was when it ran."""
        for text in gone(request, task):
            self._iface.messageBar().pushMessage("RS-DINO", text, Qgis.MessageLevel.Warning)
        self.dialogs.open(algorithm_of(task), values_of(task, request, exported))

    def _offer_models(self) -> None:
        if self._dock is not None:
            self._dock.offer_models()

    def _use_model(self, model: str) -> None:
        self.show_dock(True)
        self._dock.use_model(model)

    def _remember(self, *_: object) -> None:
        QgsSettings().setValue(DOCK_OPEN, not self._dock.isHidden())

    def _reopen(self) -> None:
        """As it was when QGIS was closed; jobs of that time are found again with it, also where it was hidden: those
        that wait are started, and the end of the others is told."""
        if QgsSettings().value(DOCK_OPEN, False, type=bool):
            self.show_dock(True)
        elif any((jobs_folder() / name).is_dir() for name in unseen_jobs()):
            self._make_dock()
            self._dock.setUserVisible(False)


@contextmanager
def _collecting_later() -> Iterator[None]:
    """Python's collector waits: where much is made at once it looks through all that QGIS holds, for 50 ms."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
