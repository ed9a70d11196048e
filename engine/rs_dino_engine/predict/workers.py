"""Forward passes, one after the other or two at once.

On a processor one pass with all threads stands still whenever another thread (reading, joining) takes one of its
cores, since its threads wait for each other at every layer. Two passes with half of the threads each fill such gaps.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Callable, Deque, Optional

import torch

_REMEMBERED = 16
"""More passes than ever wait at once."""


class Workers:
    """Runs functions on ``count`` threads that share torch's; with a ``count`` of 1 where it is called."""

    def __init__(self, count: int) -> None:
        self._threads = torch.get_num_threads()
        self._last: "Deque[Future[Any]]" = deque(maxlen=_REMEMBERED)
        self._pool: Optional[ThreadPoolExecutor] = None
        if count > 1:
            share = max(1, self._threads // count)
            self._pool = ThreadPoolExecutor(count, "forward", initializer=torch.set_num_threads, initargs=(share,))

    def submit(self, function: Callable[..., Any], *arguments: Any) -> "Future[Any]":
        """What the function gives, now or later."""
        if self._pool is not None:
            self._last.append(self._pool.submit(function, *arguments))
            return self._last[-1]
        done: "Future[Any]" = Future()
        done.set_result(function(*arguments))
        return done

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, kind: object, error: Optional[BaseException], trace: object) -> None:
        if self._pool is not None:
            if error is not None:
                for future in self._last:  # what has not begun never will
                    future.cancel()
            self._pool.shutdown(wait=True)
            torch.set_num_threads(self._threads)
