"""What the desktop wants to hear of, whoever says it and in whichever thread. In qgis_process nobody listens."""

from __future__ import annotations

from typing import Any, Callable, Generic, List, Mapping, NamedTuple, TypeVar

from qgis.core import QgsMapLayer

_Said = TypeVar("_Said")


class Assessed(NamedTuple):
    """An accuracy assessment that is done: the map's name, the document, and sentences to know about it."""

    title: str
    document: Mapping[str, Any]
    notes: List[str]


class Trained(NamedTuple):
    """A model that was trained: its name, its folder, and whether QGIS deletes the folder when it is closed."""

    title: str
    folder: str
    passes: bool


class _Channel(Generic[_Said]):
    """Listeners are called in the thread of whoever says something."""

    def __init__(self) -> None:
        self._listeners: List[Callable[[_Said], None]] = []

    def listen(self, listener: Callable[[_Said], None]) -> None:
        self._listeners.append(listener)

    def stop_listening(self, listener: Callable[[_Said], None]) -> None:
        self._listeners.remove(listener)

    def say(self, said: _Said) -> None:
        for listener in list(self._listeners):
            listener(said)


_engine: _Channel[str] = _Channel()
_engine_works: _Channel[str] = _Channel()
_assessments: _Channel[Assessed] = _Channel()
_results: _Channel[QgsMapLayer] = _Channel()
_trainings: _Channel[Trained] = _Channel()
listen, stop_listening = _engine.listen, _engine.stop_listening
listen_engine_works, stop_listening_engine_works = _engine_works.listen, _engine_works.stop_listening
listen_assessed, stop_listening_assessed = _assessments.listen, _assessments.stop_listening
listen_result, stop_listening_result = _results.listen, _results.stop_listening
listen_trained, stop_listening_trained = _trainings.listen, _trainings.stop_listening


def engine_unusable(sentence: str) -> None:
    """There is no engine, or it does not start."""
    _engine.say(sentence)


def engine_works() -> None:
    """There is an engine now, or one has done a job: what was said of none is over."""
    _engine_works.say("")


def assessed(title: str, document: Mapping[str, Any], notes: List[str]) -> None:
    """An accuracy assessment is done."""
    _assessments.say(Assessed(title, document, notes))


def result(layer: QgsMapLayer) -> None:
    """A layer of the project has got its recipe."""
    _results.say(layer)


def trained(title: str, folder: str, passes: bool) -> None:
    """A model was trained, and is among those that are offered."""
    _trainings.say(Trained(title, folder, passes))
