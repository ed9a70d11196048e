"""The streaming loop: one thread reads, one runs the model, one joins and writes; all in the plan's order."""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import numpy as np
import torch
from typing_extensions import Protocol

from ..devices.allocator import give_back_memory, keep_freed_memory
from ..raster.sink import write_part
from .blend import Blender, Finished
from .commit import Checkpoint, Manifest, Part
from .forward import Forward, RawWindow
from .plan import Plan
from .products import Layer, Tally
from .reader import WindowReader
from .spares import Spares
from .workers import Workers


class Products(Protocol):
    """Blended channels -> layers; see :mod:`.products`."""

    layers: List[Layer]
    disagreement: bool

    def __call__(self, blended: torch.Tensor) -> Dict[str, np.ndarray]: ...


class _Stopped(Exception):
    """Another thread ended the run."""


class _Pipe:
    """A short queue between two threads that gives up when the run has ended."""

    def __init__(self, size: int, stop: threading.Event) -> None:
        self._queue: "queue.Queue[Any]" = queue.Queue(size)
        self._stop = stop

    def put(self, item: Any, waiting: Callable[[], None] = lambda: None) -> None:
        """``waiting`` is called again and again while there is no room; it may raise."""
        while not self._stop.is_set():
            try:
                return self._queue.put(item, timeout=0.1)
            except queue.Full:
                waiting()
        raise _Stopped

    def get(self) -> Any:
        while not self._stop.is_set():
            try:
                return self._queue.get(timeout=0.1)
            except queue.Empty:
                continue
        raise _Stopped


@dataclass
class _Batch:
    windows: List[RawWindow]
    outputs: "Optional[Future[torch.Tensor]]" = None


class Stream:
    """One raster through one model. :meth:`run` returns the manifest that names the finished parts."""

    def __init__(
        self,
        plan: Plan,
        reader: WindowReader,
        forward: Forward,
        products: Products,
        checkpoint: Checkpoint,
        device: str,
        row_area: Optional[Callable[[int, int, int], np.ndarray]] = None,
        identity: str = "",
    ) -> None:
        """``device`` is where windows are joined; ``identity`` tells this run from others when it is resumed;
        ``row_area(row0, row1, col)`` gives the area of a pixel in m² per output row; None without a CRS."""
        self._plan, self._reader, self._forward, self._products = plan, reader, forward, products
        self._checkpoint, self._device, self._row_area = checkpoint, device, row_area
        self._stop = threading.Event()
        self._failure: Optional[BaseException] = None
        self._raw, self._done = _Pipe(2, self._stop), _Pipe(2, self._stop)
        self._spares = Spares()
        self.manifest = Manifest(identity or plan.digest())
        self.model_s = 0.0

    def run(self, resume: bool, progress: Callable[[int, int], None], check_cancel: Callable[[], None]) -> Manifest:
        """Work through the plan; ``progress(windows done, of)`` is called as windows are joined."""
        carry = None
        if resume:
            found = self._checkpoint.load(self.manifest.identity)
            if found is not None:
                self.manifest, carry = found, self._checkpoint.load_carry(found)
                self._forward.batch_limit = found.batch_limit or self._forward.batch_limit
        total = self._plan.window_count
        threads = [
            threading.Thread(target=self._guard, args=(work,), name=name, daemon=True)
            for name, work in (("read", self._read), ("join", lambda: self._join(carry, total, progress)))
        ]
        keep_freed_memory()
        for thread in threads:
            thread.start()
        try:
            with Workers(self._forward.concurrent) as workers:
                self._compute(workers, check_cancel)
                threads[1].join()
        except _Stopped:
            pass
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()
            give_back_memory()
        if self._failure is not None:
            raise self._failure
        return self.manifest

    def _guard(self, work: Callable[[], None]) -> None:
        """Where a thread ends: what went wrong in it is raised again by the caller of :meth:`run`."""
        try:
            work()
        except _Stopped:
            pass
        except BaseException as error:
            self._failure = error
            self._stop.set()

    def _read(self) -> None:
        for group in range(self.manifest.done, len(self._plan.groups)):
            last = self._plan.blocks[self._plan.groups[group].block].last
            for batch in self._plan.batches(group):
                self._raw.put(_Batch([self._reader.read(row, col, col == last) for row, col in batch]))
        self._raw.put(None)

    def _compute(self, workers: Workers, check_cancel: Callable[[], None]) -> None:
        while True:
            batch = self._raw.get()
            check_cancel()
            if batch is None:
                return
            wanted = [w for w in batch.windows if w.pixels is not None]
            if wanted:
                batch.outputs = workers.submit(self._run, wanted)
            self._done.put(batch, check_cancel)

    def _run(self, wanted: List[RawWindow]) -> torch.Tensor:
        began = time.perf_counter()
        outputs = self._spares.kept(self._forward(wanted).to(self._device))
        self.model_s += (time.perf_counter() - began) / self._forward.concurrent
        for window in wanted:
            window.pixels = np.zeros(0, dtype=np.uint8)  # the pixels are not needed any more, only that there were some
            window.valid = None
        return outputs

    def _join(self, carry: Optional[np.ndarray], total: int, progress: Callable[[int, int], None]) -> None:
        windows = self._outputs()
        blender: Optional[Blender] = None
        current = -1
        for index in range(self.manifest.done, len(self._plan.groups)):
            group = self._plan.groups[index]
            if blender is None or group.block != current:
                current = group.block
                blender = Blender(self._plan, self._plan.blocks[current], self._plan.channels, self._device)
                blender.carry, carry = carry, None
            for row in range(group.first, group.last + 1):
                self._join_row(row, group.block, blender, windows, total, progress)
            give_back_memory()  # what lies between blocks in use; else it slowly becomes more
            self.manifest.done = index + 1
            self.manifest.batch_limit = self._forward.batch_limit
            if self._checkpoint.due() and index + 1 < len(self._plan.groups):
                last_of_block = self._plan.groups[index + 1].block != current
                self._checkpoint.commit(self.manifest, None if last_of_block else blender.carry)
        self._checkpoint.commit(self.manifest, None)

    def _outputs(self) -> Iterator[Tuple[RawWindow, Optional[torch.Tensor]]]:
        """Windows in the plan's order with their output; None for one that was left out."""
        while True:
            batch = self._done.get()
            outputs = None if batch.outputs is None else self._finished(batch.outputs)
            batch.outputs = None
            at = 0
            for window in batch.windows:
                if window.pixels is None:
                    yield window, None
                else:
                    assert outputs is not None
                    yield window, outputs[at]
                    at += 1
            if outputs is not None:
                self._spares.give_back(outputs)

    @staticmethod
    def _finished(outputs: "Future[torch.Tensor]") -> torch.Tensor:
        try:
            return outputs.result()
        except CancelledError:
            raise _Stopped from None

    def _join_row(
        self,
        row: int,
        block: int,
        blender: Blender,
        windows: Iterator[Tuple[RawWindow, Optional[torch.Tensor]]],
        total: int,
        progress: Callable[[int, int], None],
    ) -> None:
        columns = self._plan.blocks[block]
        band = _Band(self._plan.rows.span(row)[:2], (columns.col, columns.end), self._products.layers)
        for col in range(columns.first, columns.last + 1):
            window, output = None, None
            if self._plan.is_active(row, col):
                window, output = next(windows)
                self.manifest.windows += 1
                self.manifest.skipped += output is None
                progress(self.manifest.windows, total)
            finished = blender.add(row, col, output)
            if (
                output is not None
                and window is not None
                and finished.row1 > finished.row0
                and finished.col1 > finished.col0
            ):
                self._fill(band, finished, window, col)
        self._write(band, row, block)

    def _fill(self, band: "_Band", finished: Finished, window: RawWindow, col: int) -> None:
        assert finished.values is not None
        layers = self._products(finished.values)
        wanted = window.wanted
        if wanted is not None:
            at = finished.col0 - self._plan.cols.span(col).first
            wanted = wanted[:, at : at + finished.col1 - finished.col0]
            if not wanted.any():
                return
        for layer in self._products.layers:
            values = layers[layer.name]
            if wanted is not None:
                values = np.where(wanted, values, np.asarray(layer.nodata, dtype=layer.dtype))
            band.put(layer.name, finished, values)
            self._count(layer, values, finished)

    def _count(self, layer: Layer, values: np.ndarray, finished: Finished) -> None:
        tally: Tally = self.manifest.tally
        if layer.counted:
            middle = (finished.col0 + finished.col1) // 2
            area = None if self._row_area is None else self._row_area(finished.row0, finished.row1, middle)
            tally.add_labels(values[0], area)
        else:
            tally.add_values(layer, values)

    def _write(self, band: "_Band", row: int, block: int) -> None:
        if not band.touched:
            return
        for layer in self._products.layers:
            file = f"{layer.name}-{block:03d}-{row:05d}.tif"
            values = band.values[layer.name]
            write_part(self._checkpoint.folder / file, values, layer.nodata)
            part = Part(file, band.rows[0], band.cols[0], values.shape[1], values.shape[2])
            self.manifest.parts.setdefault(layer.name, []).append(part)


class _Band:
    """The output rows that one row of windows finishes, for every layer."""

    def __init__(self, rows: Tuple[int, int], cols: Tuple[int, int], layers: List[Layer]) -> None:
        self.rows, self.cols, self.touched = rows, cols, False
        height, width = rows[1] - rows[0], cols[1] - cols[0]
        self.values = {
            layer.name: np.full((layer.bands, height, width), layer.nodata, dtype=layer.dtype) for layer in layers
        }

    def put(self, layer: str, finished: Finished, values: np.ndarray) -> None:
        self.touched = True
        at = finished.col0 - self.cols[0]
        self.values[layer][:, :, at : at + values.shape[2]] = values
