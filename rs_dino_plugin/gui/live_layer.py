"""The layer of live mode: a raster in the group of the raster it is made of, styled like the result of a run.

A layer and not a drawing on the canvas: QGIS itself reprojects it, draws it in its own threads, below what lies above
it, with its legend; its pixels can be asked for; and moving back over what is there needs nobody. It is not saved with
the project, for what it shows goes when live mode does.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable, List, Mapping, Optional, Tuple

from qgis.core import QgsDataProvider, QgsProject, QgsRasterLayer, QgsSingleBandPseudoColorRenderer
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtXml import QDomDocument, QDomElement

from ..engine_client.documents import Request
from ..errors import PluginError
from ..i18n import tr
from ..legend import name_lines, translate_legend, translated_names
from ..recipes import Recipe, is_mosaic, rasters_of, write_recipe
from ..result_layers import RASTER_OF_GROUP, group_of, open_anew
from ..visibility import make_visible


class LiveLayer:
    """In the project as long as it is not removed; ``lost`` is called when somebody else takes it out."""

    def __init__(
        self, project: QgsProject, request: Request, facts: Mapping[str, Any], lost: Callable[[], None]
    ) -> None:
        self._project, self._lost = project, lost
        self.request, self.folder = request, Path(facts["raster"]).parent
        layer = QgsRasterLayer(str(facts["raster"]), tr("Live: {model}").format(model=tr(facts["model"])))
        if not layer.isValid():
            raise PluginError(tr("What live mode has made cannot be opened: {path}").format(path=facts["raster"]))
        layer.loadNamedStyle(str(facts["style"]))
        translate_legend(layer, translated_names(facts["classes"]))
        write_recipe(layer, Recipe(request, "", "live"))
        self.layer: Optional[QgsRasterLayer] = layer
        self._id, self._is_over = layer.id(), False
        self._style, self._ends = Path(facts["style"]), _ends_of(layer)
        self._put_in(0)
        project.layersWillBeRemoved.connect(self._removed)
        project.writeProject.connect(self._leave_out)

    def show_news(self) -> None:
        """The file has changed: open it again and draw it.

        With another provider, for QGIS draws through open files that a provider keeps: one that is in use while it
        reloads, for the places around the map that QGIS draws ahead, comes back with what was there before, for good.
        """
        layer = self.layer
        if layer is None:
            return
        layer.blockSignals(True)  # its source, style and legend are what they were
        try:
            options = QgsDataProvider.ProviderOptions()
            layer.setDataSource(layer.source(), layer.name(), layer.providerType(), options, False)
        finally:
            layer.blockSignals(False)
        layer.triggerRepaint()

    def show_ramp(self) -> None:
        """The style has other ends now. A ramp that was changed by hand stays."""
        layer = self.layer
        if layer is None or self._ends is None or _ends_of(layer) != self._ends:
            return
        document = QDomDocument()
        document.setContent(self._style.read_text(encoding="utf-8"))
        element = document.elementsByTagName("rasterrenderer").at(0).toElement()
        renderer = QgsSingleBandPseudoColorRenderer.create(element, layer.dataProvider())
        if renderer is None:
            return
        renderer.setOpacity(layer.renderer().opacity())
        layer.setRenderer(renderer)
        self._ends = _ends_of(layer)
        layer.emitStyleChanged()
        layer.triggerRepaint()

    def remove(self) -> None:
        """Take it out of the project, and its group when nothing else is in it."""
        self._is_over = True
        self._project.layersWillBeRemoved.disconnect(self._removed)
        self._project.writeProject.disconnect(self._leave_out)
        if self.layer is None:
            return
        self.layer = None
        node = self._project.layerTreeRoot().findLayer(self._id)
        group = node.parent() if node is not None else None
        self._project.removeMapLayer(self._id)
        if group is not None and group.customProperty(RASTER_OF_GROUP) and not group.children():
            group.parent().removeChildNode(group)

    def _put_in(self, index: int) -> None:
        sheets = rasters_of(self.request)
        group = group_of(self._project, sheets if is_mosaic(self.request) else sheets[:1])
        self._project.addMapLayer(self.layer, addToLegend=False)
        node = group.insertLayer(index, self.layer)
        name_lines(node)
        make_visible(node)
        open_anew(group)

    def _removed(self, identifiers: Any) -> None:
        if self.layer is not None and self._id in identifiers:
            self.layer = None
            self._lost()

    def _leave_out(self, document: QDomDocument) -> None:
        """The project is being written: the tree is in the document already, the layers follow. Neither is to have
        this one, so it steps aside for a moment."""
        layer = self.layer
        node = self._project.layerTreeRoot().findLayer(self._id)
        if layer is None or node is None:
            return
        index = node.parent().children().index(node)
        self.layer = None  # not lost
        self._project.takeMapLayer(layer)
        for element in _elements_of(document, self._id):
            parent = element.parentNode()
            parent.removeChild(element)
        QTimer.singleShot(0, lambda: self._step_back(layer, index))

    def _step_back(self, layer: QgsRasterLayer, index: int) -> None:
        if self._is_over:
            return
        was_changed = self._project.isDirty()
        self.layer = layer
        self._put_in(index)
        self._project.setDirty(was_changed)


def _ends_of(layer: QgsRasterLayer) -> Optional[Tuple[float, float]]:
    """Of the ramp; None where there is none."""
    renderer = layer.renderer()
    if not isinstance(renderer, QgsSingleBandPseudoColorRenderer):
        return None
    return renderer.classificationMin(), renderer.classificationMax()


def _elements_of(document: QDomDocument, identifier: str) -> List[QDomElement]:
    """What a project's document says of a layer in its tree and in the order of layers."""
    found: List[QDomElement] = []
    for tag in ("layer-tree-layer", "layer", "legendlayerfile"):
        nodes = document.elementsByTagName(tag)
        for number in range(nodes.count()):
            element = nodes.at(number).toElement()
            if identifier in (element.attribute("id"), element.attribute("layerid")):
                found.append(element)
    return found
