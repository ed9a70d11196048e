"""A review: where one is, and what each decision does to the corrections."""

from __future__ import annotations

from contextlib import suppress
from typing import Dict, List, NamedTuple, Optional, Sequence

import numpy as np
from qgis.core import QgsGeometry, QgsVectorLayer

from ..errors import PluginError
from ..i18n import tr
from .classes import Class
from .corrections import ACCEPTED, DELETED, REDRAWN, RELABELLED, SPLIT, Corrections, Row
from .cutting import multi, outline, split
from .history import History, Step
from .order import ALL, Filter, least_certain_first
from .polygons import Polygons


class Piece(NamedTuple):
    """A part of a polygon, or all of it, in the result's CRS."""

    state: str
    class_id: int
    geometry: QgsGeometry


class Review:
    """Every method that decides raises ``PluginError`` with one sentence, and has then changed nothing.

    ``history`` is what can be undone and done again; it is the caller's, so that it outlives the review. ``wanted``:
    what is looked at first.
    """

    def __init__(
        self,
        layer: QgsVectorLayer,
        polygons: Polygons,
        classes: Sequence[Class],
        corrections: Corrections,
        history: History,
        wanted: Filter = ALL,
    ) -> None:
        self.layer, self.polygons, self.corrections, self.history = layer, polygons, corrections, history
        self.classes: Dict[int, Class] = {one.id: one for one in classes}
        self._by_name = {one.name: one.id for one in classes}
        self._is_decided = np.isin(polygons.fid, np.array(list(corrections.decided), np.int64))
        self.left_aside = 0
        """How many are not wanted because they are small."""
        self.order = self._chosen(wanted)
        self.position: Optional[int] = None
        """In ``order``; None: everything that is wanted has been looked at."""
        self.piece = 0
        self.pieces: List[Piece] = []
        """Of the current polygon, as it stands now; empty: deleted, or not in the layer any more."""
        last = next(reversed(list(corrections.decided)), None)
        after = np.flatnonzero(polygons.fid[self.order] == last) if last is not None else []
        self._go(self._undecided(int(after[0]) + 1 if len(after) else 0))

    @property
    def fid(self) -> Optional[int]:
        """The current polygon's id in the result."""
        return None if self.position is None else int(self.polygons.fid[self.order[self.position]])

    @property
    def current(self) -> Optional[Piece]:
        return self.pieces[self.piece] if self.piece < len(self.pieces) else None

    @property
    def reviewed(self) -> int:
        """How many of the wanted ones have been decided."""
        return int(self._is_decided[self.order].sum())

    @property
    def is_decided(self) -> bool:
        return self.fid in self.corrections.decided

    def confidence(self) -> Optional[float]:
        """Of the current polygon, in percent."""
        value = float("nan") if self.position is None else float(self.polygons.confidence[self.order[self.position]])
        return None if np.isnan(value) else value

    def class_before(self) -> Optional[Class]:
        """The class that the result gives the current polygon."""
        if self.position is None:
            return None
        return self.classes.get(int(self.polygons.class_id[self.order[self.position]]))

    def choose(self, wanted: Filter) -> None:
        """Look at these only; the current one stays where it is among them."""
        before = self.fid
        self.order = self._chosen(wanted)
        here = np.flatnonzero(self.polygons.fid[self.order] == before) if before is not None else []
        if len(here):
            self.position = int(here[0])
        else:
            self._go(self._undecided(0))

    def accept(self) -> None:
        """It is right as it is shown."""
        if self.fid is None:
            return
        if not self.pieces:
            piece = self._of_result()
            self._decide([piece._replace(state=ACCEPTED)])
        elif not self.is_decided:
            self._decide(self.pieces)
        self._advance()

    def relabel(self, class_id: int) -> None:
        """It is of this class."""
        if self.fid is None:
            return
        before = self.class_before()
        is_same = before is not None and before.id == class_id
        pieces = list(self.pieces) or [self._of_result()]
        piece = pieces[self.piece]
        kept = piece.state if piece.state in (SPLIT, REDRAWN) else (ACCEPTED if is_same else RELABELLED)
        pieces[self.piece] = piece._replace(state=kept, class_id=class_id)
        self._decide(pieces)
        self._advance()

    def delete(self) -> None:
        """It is nothing that training should learn."""
        if self.current is None:
            return
        self._decide([one for number, one in enumerate(self.pieces) if number != self.piece])
        if self.piece >= len(self.pieces):
            self._advance()

    def split(self, line: QgsGeometry) -> int:
        """Cut along a line in the result's CRS; returns into how many parts. Each keeps the class until another is
        given, beginning with the first."""
        piece = self._drawable()
        parts = [piece._replace(state=SPLIT, geometry=part) for part in split(piece.geometry, line)]
        after = self.piece + 1
        self._decide([*self.pieces[: self.piece], *parts, *self.pieces[after:]])
        return len(parts)

    def redraw(self, drawn: QgsGeometry) -> None:
        """Give it another outline, in the result's CRS."""
        piece = self._drawable()
        state = SPLIT if piece.state == SPLIT else REDRAWN
        pieces = list(self.pieces)
        pieces[self.piece] = piece._replace(state=state, geometry=outline(drawn))
        self._decide(pieces)

    def undo(self) -> bool:
        """Take the last decision back and go there; False where there is none."""
        step = self.history.last
        if step is None:
            return False
        self.history.taken_back(self._exchange(step))
        self._go_to(step)
        return True

    def redo(self) -> bool:
        """Decide again what was taken back last, and go there; False where there is nothing."""
        step = self.history.next
        if step is None:
            return False
        self.history.done_again(self._exchange(step))
        self._go_to(step)
        return True

    def skip(self) -> None:
        """To the next one, decided or not."""
        if self.position is not None and self.piece + 1 < len(self.pieces):
            self.piece += 1
        elif self.position is not None and self.position + 1 < len(self.order):
            self._go(self.position + 1)
        else:
            self._go(self._undecided(0))

    def back(self) -> None:
        """To the one before, decided or not."""
        if self.piece > 0:
            self.piece -= 1
        elif self.position is None:
            self._go(len(self.order) - 1 if len(self.order) else None)
        else:
            self._go(max(0, self.position - 1))

    def _chosen(self, wanted: Filter) -> np.ndarray:
        found = least_certain_first(self.polygons, wanted)
        self.left_aside = len(least_certain_first(self.polygons, wanted._replace(least=0.0))) - len(found)
        return found

    def _drawable(self) -> Piece:
        if self.current is None:
            raise PluginError(tr("This polygon is deleted: accept it or give it a class first."))
        return self.current

    def _undecided(self, start: int) -> Optional[int]:
        """The first one that is not decided from ``start`` on, else from the beginning."""
        todo = np.flatnonzero(~self._is_decided[self.order])
        later = todo[todo >= start]
        return int(later[0]) if len(later) else int(todo[0]) if len(todo) else None

    def _advance(self) -> None:
        if self.piece + 1 < len(self.pieces):
            self.piece += 1
        elif self.position is not None:
            self._go(self._undecided(self.position + 1))

    def _go(self, position: Optional[int]) -> None:
        self.position, self.piece, self.pieces = position, 0, []
        if self.fid is None:
            return
        rows = self.corrections.rows(self.fid)
        if rows:
            self.pieces = [_piece(row, self._by_name) for row in rows if row.wkb is not None]
            return
        with suppress(PluginError):  # it is said when something is to be done with it
            self.pieces = [self._of_result()]

    def _go_to(self, step: Step) -> None:
        """To this polygon, and its part; where the filter leaves it out, nowhere else."""
        here = np.flatnonzero(self.polygons.fid[self.order] == step.fid)
        self._go(int(here[0]) if len(here) else self.position)
        if len(here):
            self.piece = max(0, min(step.piece, len(self.pieces) - 1))

    def _of_result(self) -> Piece:
        before, feature = self.class_before(), self.layer.getFeature(self.fid)
        if not feature.hasGeometry():
            raise PluginError(tr("This polygon is not in the layer any more."))
        return Piece(ACCEPTED, before.id if before is not None else -1, multi(feature.geometry()))

    def _decide(self, pieces: Sequence[Piece]) -> None:
        fid, before, confidence = self.fid, self.class_before(), self.confidence()
        if fid is None:
            return
        old = self.corrections.rows(fid)
        name = before.name if before is not None else None
        rows = [self._row(piece, confidence, name) for piece in pieces]
        self._write(fid, rows or [Row(DELETED, None, None, None, confidence, name)])
        self.history.decided(Step(fid, old, self.piece))
        self.pieces = list(pieces)

    def _row(self, piece: Piece, confidence: Optional[float], before: Optional[str]) -> Row:
        found = self.classes.get(piece.class_id)
        if found is None:
            raise PluginError(tr("This polygon has no class yet: give it one."))
        return Row(piece.state, found.id, found.name, bytes(piece.geometry.asWkb()), confidence, before)

    def _exchange(self, step: Step) -> List[Row]:
        """Give a polygon other rows; returns those that it had."""
        stood = self.corrections.rows(step.fid)
        self._write(step.fid, step.rows)
        return stood

    def _write(self, fid: int, rows: Sequence[Row]) -> None:
        self.corrections.replace(fid, rows)
        self._is_decided[self.polygons.fid == fid] = bool(rows)


def _piece(row: Row, ids: Dict[str, int]) -> Piece:
    geometry = QgsGeometry()
    geometry.fromWkb(row.wkb)
    return Piece(row.state, ids.get(str(row.class_name), -1), geometry)
