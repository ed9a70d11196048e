"""The layer of live mode: a raster in the group of the raster it is made of, styled like the result of a run.

A layer and not a drawing on the canvas: QGIS itself reprojects it, draws it in its own threads, below what lies above
it, with its legend; its pixels can be asked for; and moving back over what is there needs nobody.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional

from qgis.core import QgsProject, QgsRasterLayer

from ..engine_client.documents import Request
from ..errors import PluginError
from ..i18n import tr
from ..legend import translate_legend, translated_names
from ..recipes import Recipe, rasters_of, write_recipe
from ..result_layers import RASTER_OF_GROUP, group_of


class LiveLayer:
    """In the project as long as it is not removed; ``lost`` is called when somebody else takes it out."""

    def __init__(
        self, project: QgsProject, request: Request, facts: Mapping[str, Any], lost: Callable[[], None]
    ) -> None:
        self._project, self._lost = project, lost
        layer = QgsRasterLayer(str(facts["raster"]), tr("Live: {model}").format(model=tr(facts["model"])))
        if not layer.isValid():
            raise PluginError(tr("What live mode has made cannot be opened: {path}").format(path=facts["raster"]))
        layer.loadNamedStyle(str(facts["style"]))
        translate_legend(layer, translated_names(facts["classes"]))
        write_recipe(layer, Recipe(request, "", "live"))
        self.layer: Optional[QgsRasterLayer] = layer
        self._id = layer.id()
        group = group_of(project, rasters_of(request)[0])
        project.addMapLayer(layer, addToLegend=False)
        group.insertLayer(0, layer)
        group.setItemVisibilityCheckedParentRecursive(True)
        project.layersWillBeRemoved.connect(self._removed)

    def show_news(self) -> None:
        """The file has changed: open it again and draw it."""
        if self.layer is not None:
            self.layer.dataProvider().reloadData()
            self.layer.triggerRepaint()

    def remove(self) -> None:
        """Take it out of the project, and its group when nothing else is in it."""
        self._project.layersWillBeRemoved.disconnect(self._removed)
        if self.layer is None:
            return
        self.layer = None
        node = self._project.layerTreeRoot().findLayer(self._id)
        group = node.parent() if node is not None else None
        self._project.removeMapLayer(self._id)
        if group is not None and group.customProperty(RASTER_OF_GROUP) and not group.children():
            group.parent().removeChildNode(group)

    def _removed(self, identifiers: Any) -> None:
        if self.layer is not None and self._id in identifiers:
            self.layer = None
            self._lost()
