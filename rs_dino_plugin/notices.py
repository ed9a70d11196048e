"""What the desktop wants to hear of, whoever says it and in whichever thread. In qgis_process nobody listens."""

from __future__ import annotations

from typing import Any, Callable, List, Mapping, NamedTuple


class Assessed(NamedTuple):
    """An accuracy assessment that is done: the map's name, the document, and sentences to know about it."""

    title: str
    document: Mapping[str, Any]
    notes: List[str]


Listener = Callable[[str], None]
AssessedListener = Callable[[Assessed], None]
_listeners: List[Listener] = []
_assessed: List[AssessedListener] = []


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


def listen_assessed(listener: AssessedListener) -> None:
    """``listener`` is called with every assessment, in the thread that made it."""
    _assessed.append(listener)


def stop_listening_assessed(listener: AssessedListener) -> None:
    """The same no more."""
    _assessed.remove(listener)


def assessed(title: str, document: Mapping[str, Any], notes: List[str]) -> None:
    """An accuracy assessment is done."""
    for listener in list(_assessed):
        listener(Assessed(title, document, notes))
