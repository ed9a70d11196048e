"""What Processing loads when a run has ended: styled, and with its recipe."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Callable, List

from qgis.core import (
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingLayerPostProcessorInterface,
    QgsProject,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QTimer

from ..legend import name_lines

_LAYERS = (".tif", ".gpkg", ".geojson", ".shp", ".fgb", ".csv")

Finish = Callable[[QgsMapLayer], None]
"""What is done with a layer when it has its style."""


class _DefaultStyle(QgsProcessingLayerPostProcessorInterface):
    """Processing loads layers without the style that lies beside the file; this loads it."""

    def __init__(self, finish: Finish) -> None:
        super().__init__()
        self._finish = finish

    def postProcessLayer(self, layer: QgsMapLayer, context: Any, feedback: Any) -> None:
        from ..review.style import offer  # not before it is needed: it loads numpy

        layer.loadDefaultStyle()
        self._finish(layer)
        offer(layer)
        layer.triggerRepaint()
        QTimer.singleShot(0, partial(_name_lines, layer.id()))  # it comes into the tree after this


def _name_lines(layer_id: str) -> None:
    node = QgsProject.instance().layerTreeRoot().findLayer(layer_id)
    if node is not None:
        name_lines(node)


_styling: List[_DefaultStyle] = []
"""Processing owns and deletes these, but does not keep the Python half of them alive."""


def style_when_loaded(key: str, context: QgsProcessingContext, finish: Finish) -> None:
    """Have the layer of an output styled and finished when Processing loads it, if it does. ``key`` is its file, to the
    letter as the context knows it: with slashes on Windows, too."""
    if context.willLoadLayerOnCompletion(key):
        _styling[:] = [one for one in _styling if not sip.isdeleted(one)]
        _styling.append(_DefaultStyle(finish))  # one a layer, for each is deleted with its context
        context.layerToLoadOnCompletionDetails(key).setPostProcessor(_styling[-1])


def load_when_done(path: Path, title: str, context: QgsProcessingContext, finish: Finish) -> None:
    """Have a layer that no destination names loaded, where results are loaded at all."""
    if path.suffix.lower() in _LAYERS and path.exists():
        context.addLayerToLoadOnCompletion(
            str(path), QgsProcessingContext.LayerDetails(title, context.project(), path.stem)
        )
        style_when_loaded(str(path), context, finish)
