"""One raster under a model, looked at bit by bit: the windows of a rectangle, nearest first, final pixels only.

Grid, windows, weights, stretch and precision are those of a full run with the same inputs, and a piece is published
when every window that makes it is there. So nothing that is shown changes any more, and all of it equals the result
of the full run.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from concurrent.futures import Future
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

import numpy as np
import torch

from ..devices.allocator import keep_freed_memory, stop_keeping_memory
from .blend import Weighing
from .forward import Forward, RawWindow
from .live_ramp import Ends, LiveRamp
from .piece_store import PieceStore
from .pieces import Piece, Pieces, Rectangle, Window
from .plan import Plan
from .reader import WindowReader
from .track import Products, moment_of
from .workers import Workers

KEPT_BYTES = 384 * 2**20
"""Parts of windows whose neighbours are not there yet, beside those of the current look."""
AHEAD = 1
"""Windows that wait beside those that are being computed, so that nothing stands still."""
AGAIN_S = 0.5
"""After so long what another program's hold on a file has kept back is tried again."""


class Engine(NamedTuple):
    """What computes windows; ``joined_on`` is the torch device on which they are joined."""

    plan: Plan
    reader: WindowReader
    forward: Forward
    products: Products
    joined_on: str


class Look(NamedTuple):
    """How far the windows of a look are. ``seconds``: what the missing ones will take. ``refused``: that is too long,
    and nothing is computed."""

    number: int
    done: int
    total: int
    seconds: float
    refused: bool = False


class Live:
    """Used by one thread; ``wake`` is called from others when :meth:`advance` has something to do."""

    def __init__(
        self,
        engine: Engine,
        store: PieceStore,
        window_s: float,
        tell: Callable[[Look], None],
        wake: Callable[[], None],
        ramp: Optional[LiveRamp] = None,
    ) -> None:
        """``window_s``: what a window takes, as far as is known; ``tell`` hears of every step; ``ramp``: of a layer of
        values."""
        self._engine, self._store, self._window_s = engine, store, window_s
        self._tell, self._wake, self._ramp = tell, wake, ramp
        if ramp is not None and ramp.ends is not None:
            store.show_between(ramp.ends)
        self._pieces = Pieces(engine.plan)
        self._weighing = Weighing(engine.plan, engine.joined_on, moment_of(engine.products))
        self._workers: Optional[Workers] = None
        self._parts: "OrderedDict[Window, Optional[torch.Tensor]]" = OrderedDict()
        self._valid: Dict[Window, Optional[np.ndarray]] = {}
        self._running: Dict[Window, Tuple[RawWindow, Future]] = {}
        self._waiting: List[Window] = []
        self._wanted: List[Piece] = []
        self._look = Look(0, 0, 0, 0.0)
        self._finished_at = 0.0
        self._times: List[float] = []
        self._joined = self._computed = 0
        self._ends: Optional[Ends] = None
        self._again: Optional[threading.Timer] = None
        self._settle()

    @property
    def figures(self) -> Dict[str, Any]:
        """Windows that went through the model, as far as what they gave is shown, the time that took, how long the last
        of them was at it, and between which values the ramp is that is shown."""
        shared = max(1, self._engine.forward.concurrent)
        return {
            "computed": self._computed,
            "model_s": round(sum(self._times) / shared, 4),
            "window_s": round(self._times[-1], 4) if self._times else 0.0,
            "shown": list(self._ends) if self._ends is not None else None,
        }

    def look(self, number: int, wanted: Rectangle, most_s: float) -> None:
        """From now on this rectangle is what counts; ``most_s``: what would take longer is not begun."""
        inside = self._pieces.touching(wanted)
        self._store.touch(inside)
        self._follow()
        missing = [piece for piece in inside if piece not in self._store]
        needed = {window: None for piece in missing for window in piece.windows}
        todo = [window for window in needed if window not in self._parts]
        seconds = len(todo) * self._window_s
        refused = bool(todo) and (seconds > most_s or len(inside) > self._store.most)
        self._wanted = [] if refused else missing
        self._waiting = [] if refused else sorted(todo, key=self._distance_to(wanted))
        for window in list(self._running):
            if window not in needed and self._running[window][1].cancel():  # one that has begun goes on
                del self._running[window]
        self._waiting = [window for window in self._waiting if window not in self._running]
        self._look = Look(number, 0, len(todo), seconds, refused)
        if not refused:
            self._finish(missing)
        self._settle()
        self._tell(self._look)
        self.advance()

    def advance(self) -> None:
        """Take what is computed, publish what is final, begin what is next."""
        self._catch_up()
        for window in [one for one, (_, future) in self._running.items() if future.done()]:
            raw, future = self._running.pop(window)
            self._measure()
            self._begin()  # first, so that nothing stands still while this one is joined
            self._known(window, self._weighing(*window, future.result()), raw)
        self._begin()

    def pause(self) -> None:
        """Begin nothing more; what is being computed is waited for and kept. The next look goes on."""
        self._waiting = []
        for window in list(self._running):
            raw, future = self._running.pop(window)
            if not future.cancel():
                self._known(window, self._weighing(*window, future.result()), raw)
        self.stop()

    def stop(self) -> None:
        """The same, and nothing is kept."""
        self._waiting, self._wanted = [], []
        for _, future in self._running.values():
            future.cancel()
        self._running.clear()
        if self._workers is not None:
            self._workers.__exit__(None, None, None)
            self._workers = None
            stop_keeping_memory()

    def _begin(self) -> None:
        forward = self._engine.forward
        room = forward.concurrent + AHEAD if forward.concurrent > 1 else 1
        while self._waiting and len(self._running) < room:
            window = self._waiting.pop(0)
            raw = self._engine.reader.read(*window, last_in_block=True)
            if raw.pixels is None:
                self._known(window, None, raw)
                continue
            if self._workers is None:
                keep_freed_memory()
                self._workers = Workers(forward.concurrent)
            if not self._running:
                self._finished_at = time.perf_counter()
            future = self._workers.submit(self._run, raw)
            self._running[window] = (raw, future)
            future.add_done_callback(lambda _: self._wake())

    def _run(self, raw: RawWindow) -> torch.Tensor:
        began = time.perf_counter()
        output = self._engine.forward([raw])[0].to(self._engine.joined_on)
        self._times.append(time.perf_counter() - began)
        raw.pixels, raw.valid = np.zeros(0, dtype=np.uint8), None
        return output[0]

    def _measure(self) -> None:
        """What a window takes, from one that is finished to the next."""
        now = time.perf_counter()
        self._window_s += 0.3 * (now - self._finished_at - self._window_s)
        self._finished_at = now

    def _known(self, window: Window, part: Optional[torch.Tensor], raw: RawWindow) -> None:
        self._parts[window] = part
        self._joined += part is not None
        self._valid[window] = raw.wanted[0] if raw.wanted else None
        self._finish(self._pieces.of_window(window))
        self._forget()
        left = len(self._waiting) + sum(1 for one in self._running if self._counts(one))
        done = max(self._look.done, self._look.total - left)
        if self._ramp is not None and (done == self._look.total or self._ramp.ends is None):
            self._follow()
        self._settle()
        self._look = self._look._replace(done=done, seconds=left * self._window_s)
        self._tell(self._look)

    def _counts(self, window: Window) -> bool:
        return any(window in piece.windows for piece in self._wanted)

    def _finish(self, pieces: List[Piece]) -> None:
        """Publish those all of whose windows are known."""
        found = [p for p in pieces if p not in self._store and all(window in self._parts for window in p.windows)]
        for piece in found:
            values = self._values(piece)
            self._store.put(piece, values)
            if self._ramp is not None:
                self._ramp.see(values)
        if found:
            self._store.publish()
            self._wanted = [piece for piece in self._wanted if piece not in self._store]

    def _settle(self) -> None:
        """Note what is shown now. What could not be shown is tried again soon, whether or not anything else comes."""
        if not self._store.is_behind:
            self._computed, self._ends = self._joined, self._ramp.ends if self._ramp is not None else None
        elif self._again is None or not self._again.is_alive():
            self._again = threading.Timer(AGAIN_S, self._wake)
            self._again.daemon = True
            self._again.start()

    def _catch_up(self) -> None:
        if not self._store.is_behind:
            return
        self._store.catch_up()
        self._settle()
        if not self._store.is_behind:
            self._tell(self._look)

    def _follow(self) -> None:
        """Let the ramp follow what was seen: with the first piece, at the end of a look and before the next one, for
        colours that changed with every window would flicker."""
        if self._ramp is not None and self._ramp.follow():
            self._store.show_between(self._ramp.ends)

    def _values(self, piece: Piece) -> np.ndarray:
        """The first layer of a piece, as a full run writes it."""
        layer = self._engine.products.layers[0]
        shape = (layer.bands, piece.rows.end - piece.rows.first, piece.cols.end - piece.cols.first)
        nothing = np.full(shape, layer.nodata, dtype=layer.dtype)
        row, col = piece.finisher
        if self._parts[(row, col)] is None:  # left out: no pixel of it is valid
            return nothing
        blended = self._pieces.join(piece, self._parts)
        assert blended is not None
        values: np.ndarray = self._engine.products(blended)[layer.name]
        valid = self._valid[(row, col)]
        if valid is None:
            return values
        top = piece.rows.first - self._engine.plan.rows.span(row).first
        left = piece.cols.first - self._engine.plan.cols.span(col).first
        return np.where(valid[top : top + shape[1], left : left + shape[2]], values, nothing)

    def _forget(self) -> None:
        """Let go of windows that nobody needs any more, and of the oldest of the others when they are too many."""
        for window in [one for one in self._parts if all(p in self._store for p in self._pieces.of_window(one))]:
            del self._parts[window], self._valid[window]
        wanted = {window for piece in self._wanted for window in piece.windows}
        sizes = {one: 0 if part is None else part.numel() * part.element_size() for one, part in self._parts.items()}
        total = sum(sizes.values())
        for window in [one for one in self._parts if one not in wanted]:
            if total <= KEPT_BYTES:
                break
            total -= sizes[window]
            del self._parts[window], self._valid[window]

    def _distance_to(self, wanted: Rectangle) -> Callable[[Window], float]:
        """Of a window's middle from the rectangle's, squared."""
        rows, cols = self._engine.plan.rows, self._engine.plan.cols
        middle = (wanted.row0 + wanted.row1) / 2, (wanted.col0 + wanted.col1) / 2

        def distance(window: Window) -> float:
            high, wide = rows.span(window[0]), cols.span(window[1])
            return ((high.first + high.end) / 2 - middle[0]) ** 2 + ((wide.first + wide.end) / 2 - middle[1]) ** 2

        return distance
