"""Going from polygon to polygon: what keys and buttons do, what is drawn, and what the page and the map show."""

from __future__ import annotations

from functools import partial
from typing import Callable, Optional

from qgis.core import QgsGeometry, QgsProject
from qgis.PyQt.QtCore import QObject

from ..errors import PluginError
from ..i18n import tr
from ..review.corrections import NotWritten
from ..review.order import Filter
from ..review.session import Review
from . import review_keys as keys
from .picture_view import PictureView
from .review_extent import least_width
from .review_map import LINE, OUTLINE, ReviewMap
from .review_panel import ReviewPanel
from .review_words import about, left_aside, progress


class ReviewWalk(QObject):
    """``begin`` gives it a review, ``end`` takes it away. What goes wrong is said on the panel."""

    def __init__(self, panel: ReviewPanel, on_map: ReviewMap, project: QgsProject) -> None:
        super().__init__()
        self.review: Optional[Review] = None
        self._panel, self._map, self._project = panel, on_map, project
        self._view = PictureView(project)
        self._retry: Optional[Callable[[], None]] = None
        self._corrections_layer = ""
        on_map.drawn.connect(self._drawn)
        on_map.ended.connect(self._drawing_ended)
        panel.pressed.connect(self.press)
        panel.classes.chosen.connect(self.relabel)
        panel.again.clicked.connect(self._try_again)

    def begin(self, review: Review, corrections_layer: str) -> None:
        """``corrections_layer``: the id of the layer that shows the corrections."""
        self.review, self._corrections_layer = review, corrections_layer
        if self._view.clear():
            self.say(tr("The rasters of results are switched off during the review, so that the picture is seen."))
        self._look()

    def end(self) -> None:
        self._view.restore()
        self._map.stop_drawing()
        self._map.mark(None)
        self.review, self._retry = None, None

    def choose(self, wanted: Filter) -> None:
        """Look at these polygons only."""
        if self.review is not None:
            self._do(partial(self.review.choose, wanted))

    def press(self, action: str) -> None:
        """Do what a key or a button says."""
        review = self.review
        if review is None:
            return
        if action == keys.CANCEL:
            self._map.stop_drawing()
        elif action.isdigit():
            class_id = self._panel.classes.class_of_key(action)
            if class_id is not None:
                self.relabel(class_id)
        elif action in (keys.SPLIT, keys.REDRAW):
            self._draw(LINE if action == keys.SPLIT else OUTLINE)
        elif action == keys.UNDO:
            self._do(self._undo)
        elif action == keys.REDO:
            self._do(self._redo)
        else:
            self._do(getattr(review, action))

    def relabel(self, class_id: int) -> None:
        if self.review is not None:
            self._do(partial(self.review.relabel, class_id))

    def say(self, text: str) -> None:
        self._panel.say(text, self._retry is not None)

    def show(self) -> None:
        """Bring the panel up to date."""
        review, panel = self.review, self._panel
        if review is None:
            return
        panel.progress.setText(progress(review))
        panel.aside.setText(left_aside(review, panel.filter.least.text()))
        panel.aside.setVisible(bool(panel.aside.text()))
        panel.bar.setRange(0, max(1, len(review.order)))
        panel.bar.setValue(review.reviewed)
        panel.about.setText(about(review, self._project))
        panel.about.setVisible(bool(panel.about.text()))
        piece = review.current
        panel.classes.mark(piece.class_id if piece is not None else None)
        panel.show_current(review.position is not None, piece is not None, review.history)

    def _do(self, decide: Callable[[], None]) -> None:
        """Decide. On an error the review stays where it is; what could not be written can be tried again."""
        if self.review is None:
            return
        self._map.stop_drawing()
        self._retry = None
        self.say("")
        before = self.review.history.version
        try:
            decide()
        except PluginError as error:
            self._retry = decide if isinstance(error, NotWritten) else None
            self.say(str(error))
        else:
            if self.review.history.version != before:
                self._reload()
            self._look()
        self.show()

    def _try_again(self) -> None:
        if self._retry is not None:
            self._do(self._retry)

    def _undo(self) -> None:
        if self.review is None:
            return
        if not self.review.undo():
            raise PluginError(tr("There is nothing to undo."))

    def _redo(self) -> None:
        if self.review is None:
            return
        if not self.review.redo():
            raise PluginError(tr("There is nothing to do again."))

    def _draw(self, kind: str) -> None:
        if self._map.drawing == kind:  # the button again
            self._map.stop_drawing()
        elif self.review is not None and self.review.current is not None:
            self._retry = None
            self._map.draw(kind)
            self.say(
                tr("Draw a line across the polygon: drag, or click points and end with a right click. Esc cancels.")
                if kind == LINE
                else tr("Draw the outline: click corners and end with a right click, or drag a rectangle. Esc cancels.")
            )
        self._panel.show_drawing(self._map.drawing)

    def _drawn(self, kind: str, geometry: QgsGeometry) -> None:
        if self.review is not None:
            shape = self._map.to_layer(geometry, self.review.layer.crs())
            self._do(partial(self._split if kind == LINE else self._redraw, shape))

    def _split(self, line: QgsGeometry) -> None:
        if self.review is None:
            return
        count = self.review.split(line)
        self.say(tr("Split into {count}: give each part its class, or accept the one it has.").format(count=count))

    def _redraw(self, shape: QgsGeometry) -> None:
        if self.review is None:
            return
        self.review.redraw(shape)
        self.say(tr("Redrawn. Give it another class, or accept it to go on."))

    def _drawing_ended(self) -> None:
        self._panel.show_drawing(None)
        self.say("")

    def _reload(self) -> None:
        """Have the layer of the corrections show what has been written."""
        shown = self._project.mapLayer(self._corrections_layer)
        if shown is not None:
            shown.reload()
            shown.triggerRepaint()

    def _look(self) -> None:
        """Mark the current polygon, and move the map there."""
        review = self.review
        piece = review.current if review is not None else None
        if review is None or piece is None:
            self._map.mark(None)
            return
        others = [one.geometry for one in review.pieces if one is not piece]
        crs = review.layer.crs()
        self._map.mark(piece.geometry, others, crs)
        self._map.look_at(piece.geometry, crs, least_width(review, self._project))
