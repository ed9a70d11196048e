"""What the desktop wants to hear of, whoever says it and in whichever thread. In qgis_process nobody listens."""

from __future__ import annotations

from typing import Callable, List

Listener = Callable[[str], None]
_listeners: List[Listener] = []


def listen(listener: Listener) -> None:
    """``listener`` is called with one sentence, in the thread of whoever says it."""
    _listeners.append(listener)


def stop_listening(listener: Listener) -> None:
    """The same no more."""
    _listeners.remove(listener)


def engine_unusable(sentence: str) -> None:
    """There is no engine, or it does not start."""
    for listener in list(_listeners):
        listener(sentence)
