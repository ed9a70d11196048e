"""The page on which a result's polygons are reviewed: which result, which of its polygons, from start to end."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional

from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsVectorLayer, QgsVectorLayerFeatureSource
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QAbstractButton, QApplication, QFrame, QScrollArea

from ..errors import PluginError
from ..i18n import tr
from ..recipes import read_recipe
from ..review import style
from ..review.classes import Class, classes_of
from ..review.corrections import corrections_of
from ..review.history import History, history_of
from ..review.places import corrections_path
from ..review.polygons import fields_of, fingerprint, inside, is_reviewable, read
from ..review.session import Review
from ..visibility import make_visible
from . import review_keys as keys
from .background import Background
from .corrections_layer import show_corrections
from .processing_dialogs import ProcessingDialogs
from .project_layers import layer_signals, layers_in_order, titles_of
from .review_keys import ReviewKeys
from .review_map import ReviewMap
from .review_panel import ReviewPanel
from .review_walk import ReviewWalk
from .review_words import order_note
from .train_with import ALGORITHM, parameters


class ReviewPage(QScrollArea):
    """Goes with the project. A review that was stopped is gone on with, and can be undone, as long as QGIS runs."""

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        super().__init__()
        self._project = project
        self._layer: Optional[QgsVectorLayer] = None
        self._classes: List[Class] = []
        self._task: Optional[Background] = None
        self._histories: Dict[str, History] = {}
        self._in_map: Any = None
        self.dialogs = ProcessingDialogs()
        self.map = ReviewMap(canvas, project)
        self.panel = ReviewPanel()
        self.walk = ReviewWalk(self.panel, self.map, project)
        self.setWidget(self.panel)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._keys = ReviewKeys(self, canvas)
        self._connect()
        self._list_layers()

    def leave(self) -> None:
        """Take everything off the map and stop following the project; what was decided is in the file."""
        self.stop()
        self._keys.stop()
        self.map.remove()
        for signal in layer_signals(self._project):
            signal.disconnect(self._list_layers)
        self._project.layersWillBeRemoved.disconnect(self._layers_leave)
        self.dialogs.close()

    @property
    def review(self) -> Optional[Review]:
        return self.walk.review

    @property
    def is_reading(self) -> bool:
        """Whether something is asked of the result in the background."""
        return self._task is not None

    def layer(self) -> Optional[QgsVectorLayer]:
        """The result that is chosen."""
        identifier = self.panel.layer.currentData()
        return self._project.mapLayer(identifier) if identifier else None

    def choose(self, layer: QgsVectorLayer) -> None:
        """Choose a result, unless one is being reviewed."""
        if self.review is None and self._task is None:
            self.panel.layer.setCurrentIndex(self.panel.layer.findData(layer.id()))

    def start(self) -> None:
        """Begin, or go on where it was left."""
        layer = self.layer()
        if layer is None or self._task is not None or self.review is not None:
            return
        source, fields = QgsVectorLayerFeatureSource(layer), fields_of(layer)
        path = corrections_path(layer, self._project)
        wkt = layer.crs().toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT_PREFERRED_GDAL)

        def work(task: Background) -> Any:
            polygons = read(source, fields, task.isCanceled)
            if task.isCanceled():
                return None
            if not len(polygons.fid):
                raise PluginError(tr("This layer has no polygon."))
            return polygons, corrections_of(path, fingerprint(polygons), wkt)

        self._layer = layer
        self._begin(tr("Reading {name}").format(name=layer.name()), work, self._read)

    def stop(self) -> None:
        """End the review, or the reading before it."""
        if self._task is not None:
            self._task.ended.disconnect(self._ended)
            self._task.cancel()
            self._task = None
        self.walk.end()
        self.walk.say("")
        self._layer = None
        self._show()

    def takes_key(self, action: str, on_map: bool) -> bool:
        """Whether a key is meant for the review: not while something is typed, drawn or digitised."""
        if self.review is None or not self.isVisible():
            return False
        if self.map.drawing is not None or action == keys.CANCEL:
            return self.map.drawing is not None and action == keys.CANCEL and not on_map
        if on_map:
            return not self.map.edits
        focus = QApplication.focusWidget()
        return focus is self or isinstance(focus, QAbstractButton)

    def press(self, action: str) -> None:
        self.walk.press(action)

    def train(self) -> None:
        """Open the dialog of the training with these corrections."""
        if self.review is None or self._layer is None:
            return
        try:
            names = self.review.corrections.classes()
        except PluginError as error:
            self.walk.say(str(error))
            return
        if len(names) < 2:
            self.walk.say(tr("The corrections name fewer than two classes so far: training needs at least two."))
            return
        filled = parameters(self.review.corrections.path, self._classes, read_recipe(self._layer))
        self.dialogs.open(ALGORITHM, filled)

    def _connect(self) -> None:
        panel = self.panel
        for signal in layer_signals(self._project):
            signal.connect(self._list_layers)
        self._project.layersWillBeRemoved.connect(self._layers_leave)
        panel.layer.currentIndexChanged.connect(self._show)
        panel.start.clicked.connect(self._start_or_stop)
        panel.filter.changed.connect(self._filter)
        panel.filter.place_wanted.connect(self._place)
        panel.by_confidence.clicked.connect(self._style)
        panel.train.clicked.connect(self.train)
        for decided in (panel.pressed, panel.classes.chosen, panel.again.clicked):
            decided.connect(self._take_focus)
        for button in panel.findChildren(QAbstractButton):
            self._keys.watch(button)

    def _start_or_stop(self) -> None:
        if self.review is not None or self._task is not None:
            self.stop()
        else:
            self.start()

    def _take_focus(self, *_: object) -> None:
        """After a click the keys go on from here."""
        if self.map.drawing is None:
            self.setFocus()

    def _begin(self, title: str, work: Callable[[Background], Any], then: Callable[[Any], None]) -> None:
        self._then = then
        self._task = Background(title, work)
        self._task.ended.connect(self._ended)
        self._task.start()
        self._show()
        self.walk.say(title + "…")

    def _ended(self, result: Any, error: Optional[PluginError]) -> None:
        self._task = None
        self.walk.say("")
        if error is None and result is not None:
            self._then(result)
        if self.review is None:
            self._layer = None
        self._show()
        if error is not None:
            self.walk.say(str(error))

    def _read(self, result: Any) -> None:
        """All is there: begin."""
        polygons, corrections = result
        layer = self._layer
        if layer is None:
            return
        self._classes = classes_of(layer, polygons.names)
        history = self._histories.setdefault(str(corrections.path), history_of(corrections))
        self.panel.filter.fit(polygons, self._classes)
        try:
            review = Review(layer, polygons, self._classes, corrections, history, self.panel.filter.wanted())
        except PluginError as error:
            self.walk.say(str(error))
            return
        shown = show_corrections(self._project, layer, corrections.path, self._classes)
        self.panel.classes.show_classes(self._classes, self._keys.watch)
        self.panel.note.setText(order_note(polygons))
        self.panel.file.setText(tr("Corrections: {path}").format(path=corrections.path))
        self.walk.begin(review, shown.id() if shown is not None else "")
        self.setFocus()

    def _filter(self) -> None:
        fids = self._in_map if self.panel.filter.in_map.isChecked() else None
        self.walk.choose(self.panel.filter.wanted()._replace(inside=fids))

    def _place(self, wanted: bool) -> None:
        """Which polygons lie in the map is asked in the background, once."""
        if self._layer is None or self._task is not None:
            return
        if not wanted:
            self._filter()
            return
        source, box = QgsVectorLayerFeatureSource(self._layer), self.map.visible(self._layer.crs())
        if box.contains(self._layer.extent()):
            self._found(None)
            return
        self._begin(tr("Looking at the map"), lambda task: inside(source, box, task.isCanceled), self._found)

    def _found(self, fids: Any) -> None:
        self._in_map = fids
        self._filter()

    def _style(self, wanted: bool) -> None:
        layer = self._layer
        if layer is None:
            return
        if not wanted:
            style.hide(layer)
            return
        style.show(layer, self._classes)
        node = self._project.layerTreeRoot().findLayer(layer.id())
        if node is not None:
            make_visible(node)

    def _layers_leave(self, identifiers: List[str]) -> None:
        """Before layers are removed, one by one or with their project."""
        if self._layer is None or self._layer.id() not in identifiers:
            return
        was_reviewed = self.review is not None
        self.stop()
        if was_reviewed:
            self.walk.say(tr("The result was removed from the project. The corrections are kept in their file."))

    def _list_layers(self, *_: object) -> None:
        box = self.panel.layer
        before = box.currentData()
        box.blockSignals(True)
        box.clear()
        layers = [layer for layer in layers_in_order(self._project) if is_reviewable(layer)]
        for layer, title in zip(layers, titles_of(self._project, layers)):
            box.addItem(title, layer.id())
        box.setCurrentIndex(max(0, box.findData(before)) if box.count() else -1)
        box.blockSignals(False)
        self._show()

    def _show(self, *_: object) -> None:
        """Bring the page up to date."""
        panel = self.panel
        panel.show_state(panel.layer.count() > 0, self._task is not None, self.review is not None)
        if self.review is not None and self._layer is not None:
            panel.by_confidence.setEnabled(self.review.polygons.has_confidence)
            panel.by_confidence.setChecked(style.is_shown(self._layer))
        self.walk.show()
