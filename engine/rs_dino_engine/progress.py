"""How a running job looks on a terminal: a bar with the time left, or a line now and then in a log file."""

from __future__ import annotations

import shutil
import time
from typing import Callable, Optional, Set, TextIO

from .protocol import ACCEPTED, FINAL, StatusLine
from .wire import say

LINE_EVERY_PERCENT = 10
LINE_EVERY_S = 30.0
_BAR_CHARS = 24


class Progress:
    """Shows status lines on ``stream``; it is a job's listener."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock, self._live = stream, clock, stream.isatty()
        self._first: Optional[StatusLine] = None
        self._started = self._shown_at = clock()
        self._shown_progress = -float(LINE_EVERY_PERCENT)
        self._shown_code = ""
        self._shown_texts: Set[str] = set()

    def __call__(self, line: StatusLine) -> None:
        if self._first is None and line.progress > 0:
            self._first, self._started = line, self._clock()
        if line.status in FINAL:
            self._end()
        elif line.status == ACCEPTED:
            return
        elif line.message is not None and line.metrics.get("warning"):
            self._write_line(f"Warning: {line.message['text']}")
        elif line.message is not None and "epoch" in line.metrics:
            self._write_line(line.message["text"])
        elif self._live:
            self._draw(line)
        else:
            self._say_sometimes(line)

    def left_s(self, progress: float) -> Optional[float]:
        """Seconds left, from the pace since the first progress seen (a resumed job does not begin at 0)."""
        if self._first is None or progress <= self._first.progress:
            return None
        pace = (self._clock() - self._started) / (progress - self._first.progress)
        return pace * (100.0 - progress)

    def _draw(self, line: StatusLine) -> None:
        full = int(_BAR_CHARS * line.progress / 100)
        left = self.left_s(line.progress)
        text = f"[{'#' * full}{'.' * (_BAR_CHARS - full)}] {line.progress:3.0f} % "
        text += f" {duration(left)} left" if left is not None else ""
        text += f"  {line.message['text']}" if line.message else ""
        width = shutil.get_terminal_size().columns - 1
        say(self._stream, "\r\x1b[K" + text[:width])

    def _say_sometimes(self, line: StatusLine) -> None:
        code = line.message["code"] if line.message else ""
        due = line.progress - self._shown_progress >= LINE_EVERY_PERCENT
        due = due or self._clock() - self._shown_at >= LINE_EVERY_S
        news = line.message is not None and code != self._shown_code and line.message["text"] not in self._shown_texts
        if line.message is not None and news:
            self._shown_texts.add(line.message["text"])
        if due or news:
            self._shown_progress, self._shown_at, self._shown_code = line.progress, self._clock(), code
            left = self.left_s(line.progress)
            text = f"{line.progress:3.0f} %"
            text += f"  {line.message['text']}" if line.message else ""
            text += f"  ({duration(left)} left)" if left is not None else ""
            self._write_line(text)

    def _write_line(self, text: str) -> None:
        say(self._stream, ("\r\x1b[K" if self._live else "") + text + "\n")

    def _end(self) -> None:
        if self._live:
            say(self._stream, "\r\x1b[K")


def duration(seconds: float) -> str:
    """A time people read at a glance: ``0:07``, ``12:30``, ``3:05:00``."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
