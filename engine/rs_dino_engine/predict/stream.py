"""The streaming loop: one thread reads, one runs the model, one joins and writes; all in the plan's order."""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Iterator, List, Optional, Sequence, Tuple

import numpy as np
import torch

from ..devices.allocator import give_back_memory, keep_freed_memory, stop_keeping_memory
from .commit import Checkpoint, Made, Manifest
from .forward import Forward, RawWindow
from .reader import WindowReader
from .spares import Spares
from .track import Products, Track, TrackWriter
from .workers import Workers

__all__ = ["Products", "Stream", "Track"]


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
    outputs: "Optional[Future[List[torch.Tensor]]]" = None


class Stream:
    """One raster through its models. :meth:`run` returns the manifest that names the finished parts."""

    def __init__(
        self,
        tracks: Sequence[Track],
        reader: WindowReader,
        forward: Forward,
        checkpoint: Checkpoint,
        device: str,
        identity: str = "",
    ) -> None:
        """``tracks``: one for each output of ``forward``, of the same windows; ``device`` is where windows are joined;
        ``identity`` tells this run from others when it is resumed."""
        self._plan, self._reader, self._forward = tracks[0].plan, reader, forward
        self._checkpoint, self._device = checkpoint, device
        self._writers = [TrackWriter(track, i, checkpoint.folder, device) for i, track in enumerate(tracks)]
        self._stop = threading.Event()
        self._failure: Optional[BaseException] = None
        self._raw, self._done = _Pipe(2, self._stop), _Pipe(2, self._stop)
        self._spares = Spares(len(tracks))
        self.manifest = Manifest(identity or self._plan.digest(), made=[Made() for _ in tracks])
        self.model_s = 0.0

    def run(self, resume: bool, progress: Callable[[int, int], None], check_cancel: Callable[[], None]) -> Manifest:
        """Work through the plan; ``progress(windows done, of)`` is called as windows are joined."""
        carry: List[Optional[Path]] = []
        if resume:
            found = self._checkpoint.load(self.manifest.identity)
            if found is not None:
                self.manifest, carry = found, self._checkpoint.carried(found)
                self._forward.batch_limit = found.batch_limit or self._forward.batch_limit
        total = self._plan.window_count
        threads = [
            threading.Thread(target=self._guard, args=(work,), name=name, daemon=True)
            for name, work in (("read", self._read), ("join", lambda: self._join(carry, total, progress)))
        ]
        give_back_memory()  # what preparing the run has left over
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
            for writer in self._writers:
                writer.close()
            stop_keeping_memory()
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

    def _run(self, wanted: List[RawWindow]) -> List[torch.Tensor]:
        began = time.perf_counter()
        outputs = [self._spares.kept(output.to(self._device)) for output in self._forward(wanted)]
        self.model_s += (time.perf_counter() - began) / self._forward.concurrent
        for window in wanted:
            window.pixels = np.zeros(0, dtype=np.uint8)  # the pixels are not needed any more, only that there were some
            window.valid = None
        return outputs

    def _join(self, carry: Sequence[Optional[Path]], total: int, progress: Callable[[int, int], None]) -> None:
        windows = self._outputs()
        current = -1
        for index in range(self.manifest.done, len(self._plan.groups)):
            group = self._plan.groups[index]
            if group.block != current:
                current = group.block
                for number, writer in enumerate(self._writers):
                    rows = carry[number] if carry else None
                    writer.begin_block(current, rows, self.manifest.made[number])
                carry = []
            for row in range(group.first, group.last + 1):
                self._join_row(row, group.block, windows, total, progress)
            give_back_memory()  # what lies between blocks in use; else it slowly becomes more
            self.manifest.done = index + 1
            self.manifest.batch_limit = self._forward.batch_limit
            if self._checkpoint.due() and index + 1 < len(self._plan.groups):
                last_of_block = self._plan.groups[index + 1].block != current
                self._checkpoint.commit(self.manifest, [] if last_of_block else [w.save_overlap for w in self._writers])
        self._checkpoint.commit(self.manifest, [])

    def _outputs(self) -> Iterator[Tuple[RawWindow, Optional[List[torch.Tensor]]]]:
        """Windows in the plan's order with their outputs; None for one that was left out."""
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
                    yield window, [output[at] for output in outputs]
                    at += 1
            for output in outputs or ():
                self._spares.give_back(output)

    @staticmethod
    def _finished(outputs: "Future[List[torch.Tensor]]") -> List[torch.Tensor]:
        try:
            return outputs.result()
        except CancelledError:
            raise _Stopped from None

    def _join_row(
        self,
        row: int,
        block: int,
        windows: Iterator[Tuple[RawWindow, Optional[List[torch.Tensor]]]],
        total: int,
        progress: Callable[[int, int], None],
    ) -> None:
        columns = self._plan.blocks[block]
        for col in range(columns.first, columns.last + 1):
            window, outputs = None, None
            if self._plan.is_active(row, col):
                window, outputs = next(windows)
                self.manifest.windows += 1
                self.manifest.skipped += outputs is None
                progress(self.manifest.windows, total)
            for index, writer in enumerate(self._writers):
                if window is None or outputs is None:
                    writer.add(row, col, None, None)
                else:
                    writer.add(row, col, outputs[index], window.wanted[index])
