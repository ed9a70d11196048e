"""How a task is declared: a dozen semantic kinds of input, each with a sentence, a unit and bounds.

A field of ``Inputs`` is made by one of the functions below. The command line, the HTTP process
description, the QGIS algorithm, the dock and the help page are all made from the same declaration.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional, Sequence, Tuple, Type

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from .job import Job

KINDS = (
    "rasters",  # one or more georeferenced image files
    "raster",  # one
    "bands",  # band numbers of the raster, in the order of the model's bands
    "model",  # embedded name, model folder or checkpoint file
    "models",  # one or more of them
    "aoi",  # file of polygons
    "places",  # file of points or polygons
    "field",  # name of a field of another input's file
    "choice",  # one of a few words
    "choices",  # some of a few words
    "number",  # float with a unit
    "integer",
    "flag",
    "text",
    "file",  # any other file that is read
    "folder",  # a folder that is written into
    "output-file",  # a file that is written
    "device",
    "recipe",  # nested settings, one JSON document
)


class TaskInputs(BaseModel):
    """Base of every task's ``Inputs``: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())


def declare(
    kind: str,
    title: str,
    description: str,
    default: Any = ...,
    unit: Optional[str] = None,
    advanced: bool = False,
    choices: Optional[Sequence[str]] = None,
    flag: Optional[str] = None,
    positional: bool = False,
    parent: Optional[str] = None,
    layers: bool = False,
    **bounds: Any,
) -> Any:
    """A field of a task's ``Inputs``.

    ``flag`` is the command line's option where it is not the field's name with dashes; ``positional``
    fields are arguments without an option; ``parent`` is the input whose file has the ``field``; ``layers``: a file
    that may be one of polygons or a raster, and so a layer of a GIS project; ``bounds`` are pydantic's (``ge``, ``le``,
    ``gt``, …).
    """
    if kind not in KINDS:
        raise ValueError(f"{kind} is not a kind of input")
    extra: Dict[str, Any] = {"kind": kind, "unit": unit, "advanced": advanced, "flag": flag, "positional": positional}
    extra["parent"], extra["layers"] = parent, layers
    if choices is not None:
        extra["choices"] = list(choices)
    extra = {k: v for k, v in extra.items() if v not in (None, False)}
    return Field(default=default, title=title, description=description, json_schema_extra=extra, **bounds)


@dataclass(frozen=True)
class Output:
    """A result of a task: ``kind`` is raster, vector, table (CSV), model, report, file, or folder (all files together,
    where the inputs decide which there are); ``requested_by`` names the input (or ``input:choice``) that asks for it,
    None when it is always there."""

    name: str
    kind: str
    title: str
    description: str
    requested_by: Optional[str] = None


@dataclass(frozen=True)
class Declaration:
    """Everything that is known about a task before it runs."""

    id: str
    title: str
    description: str
    inputs: Type[TaskInputs]
    outputs: Tuple[Output, ...]
    run: "Callable[[Any, Job], dict]" = field(compare=False)
    version: str = "1.0.0"
