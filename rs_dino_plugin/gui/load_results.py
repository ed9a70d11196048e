"""Opens results in the background: a disk that is slow, or a GeoPackage that is large, must not stop the map."""

from __future__ import annotations

from typing import Callable, List

from qgis.core import QgsApplication, QgsTask

from ..i18n import tr
from ..result_layers import Finished, Loaded, load_results


class LoadResults(QgsTask):
    """``layers`` are the main thread's when ``then`` is called there."""

    def __init__(self, results: Finished, then: Callable[["LoadResults"], None]) -> None:
        super().__init__(tr("Opening results"), QgsTask.Flag.CanCancel | QgsTask.Flag.CancelWithoutPrompt)
        self.results = results
        self.layers: Loaded = {}
        self._then: List[Callable[["LoadResults"], None]] = [then]

    def run(self) -> bool:
        loaded = load_results(self.results)
        main = QgsApplication.instance().thread()
        for layers in loaded.values():
            for layer in layers:
                layer.moveToThread(main)
        self.layers = loaded
        return True

    def finished(self, result: bool) -> None:
        then = self._then.pop() if self._then else None
        if then is not None:
            then(self)

    def cancel(self) -> None:
        self._then.clear()
        super().cancel()
