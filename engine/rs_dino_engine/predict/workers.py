"""Forward passes, one after the other or two at once.

On a processor one pass with all threads stands still whenever another thread (reading, joining) takes one of its
cores, since its threads wait for each other at every layer. Two passes with half of the threads each fill such gaps.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Callable, Optional, Type

import torch


class Workers:
    """Runs functions on ``count`` threads that share torch's; with a ``count`` of 1 where it is called."""

    def __init__(self, count: int) -> None:
        self._threads = torch.get_num_threads()
        self._pool: Optional[ThreadPoolExecutor] = None
        if count > 1:
            share = max(1, self._threads // count)
            self._pool = ThreadPoolExecutor(count, "forward", initializer=torch.set_num_threads, initargs=(share,))

    def submit(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """What the function gives, now or later."""
        if self._pool is not None:
            return self._pool.submit(function, *arguments)
        done: "Future[Any]" = Future()
        done.set_result(function(*arguments))
        return done

    def __enter__(self) -> "Workers":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True)
            torch.set_num_threads(self._threads)
