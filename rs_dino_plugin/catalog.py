"""What the engine can do, as the shipped catalogue says. Nothing here asks an engine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

from .paths import CATALOG, MODELS

MISSING = object()
"""The default of an input that must be given."""


@dataclass(frozen=True)
class Input:
    """One input of a task. ``kind`` decides the widget, ``unit`` is part of the label."""

    name: str
    kind: str
    title: str
    description: str
    default: Any = MISSING
    unit: Optional[str] = None
    advanced: bool = False
    choices: Tuple[str, ...] = ()
    minimum: Optional[float] = None
    maximum: Optional[float] = None
    parent: Optional[str] = None
    """For a field: the input whose file has it."""
    layers: bool = False
    """For a file: it may be one of polygons or a raster, and so a layer of the project."""

    @property
    def required(self) -> bool:
        return self.default is MISSING


class Requester(NamedTuple):
    """The input that asks for an output: a flag (``choice`` is None), or one choice of several."""

    input: str
    choice: Optional[str]


@dataclass(frozen=True)
class Output:
    """One output of a task. ``requested_by`` is None when it is always made."""

    name: str
    kind: str
    title: str
    description: str
    requested_by: Optional[Requester] = None


@dataclass(frozen=True)
class Task:
    """One task: what goes in and what comes out."""

    id: str
    title: str
    description: str
    inputs: Tuple[Input, ...]
    outputs: Tuple[Output, ...]

    def input(self, name: str) -> Input:
        """The input of that name; ``KeyError`` when there is none."""
        for entry in self.inputs:
            if entry.name == name:
                return entry
        raise KeyError(name)

    @property
    def makes_maps(self) -> bool:
        """Whether it makes maps of rasters: the tasks that the dock has."""
        return {"rasters", "aoi"} <= {entry.name for entry in self.inputs}


@dataclass(frozen=True)
class Catalogue:
    """All tasks, and the English sentence of every message code."""

    tasks: Tuple[Task, ...]
    messages: Dict[str, str]

    def task(self, name: str) -> Optional[Task]:
        """The task of that id; None for one that a newer plugin has asked for."""
        return next((task for task in self.tasks if task.id == name), None)


@lru_cache(maxsize=None)
def catalogue() -> Catalogue:
    """Read the catalogue once."""
    document = json.loads(CATALOG.read_text(encoding="utf-8"))
    return Catalogue(tuple(_task(entry) for entry in document["tasks"]), dict(document["messages"]))


@lru_cache(maxsize=None)
def embedded_models() -> List[str]:
    """Names of the models that come with the engine."""
    if not MODELS.is_file():
        return []
    return [entry["name"] for entry in json.loads(MODELS.read_text(encoding="utf-8"))]


def _task(entry: Mapping[str, Any]) -> Task:
    return Task(
        id=entry["id"],
        title=entry["title"],
        description=entry["description"],
        inputs=tuple(_input(item) for item in entry["inputs"]),
        outputs=tuple(_output(item) for item in entry["outputs"]),
    )


def _input(entry: Mapping[str, Any]) -> Input:
    return Input(
        name=entry["name"],
        kind=entry["kind"],
        title=entry["title"],
        description=entry["description"],
        default=entry.get("default", MISSING),
        unit=entry.get("unit"),
        advanced=bool(entry.get("advanced", False)),
        choices=tuple(entry.get("choices") or ()),
        minimum=entry.get("minimum"),
        maximum=entry.get("maximum"),
        parent=entry.get("parent"),
        layers=bool(entry.get("layers")),
    )


def _output(entry: Mapping[str, Any]) -> Output:
    requester = None
    if entry.get("requested_by"):
        name, _, choice = entry["requested_by"].partition(":")
        requester = Requester(name, choice or None)
    return Output(entry["name"], entry["kind"], entry["title"], entry["description"], requester)
