"""Everything that is declared, as plain documents: the shipped catalogue, process descriptions, words to translate.

``python -m rs_dino_engine.catalog catalog.json [catalog_strings.py]`` writes them, the same bytes every time.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence

from . import __version__
from .messages import TEXTS
from .protocol import write_document
from .tasks import TASKS, declaration
from .tasks.declaration import Declaration, Output

CATALOG_VERSION = 1
CONTEXT = "RsDino"
_BOUNDS = {"minimum": ("ge", "gt"), "maximum": ("le", "lt")}
_SCHEMA_TYPES = {"integer": "integer", "number": "number", "flag": "boolean", "recipe": "object"}
_LISTS = {"rasters": "string", "models": "string", "bands": "integer", "choices": "string"}
_MEDIA_TYPES = {
    "raster": "image/tiff; application=geotiff",
    "vector": "application/geopackage+sqlite3",
    "table": "text/csv",
    "report": "application/json",
}


class InputEntry(NamedTuple):
    """One declared input, in plain types; ``default`` means nothing where ``required``."""

    name: str
    kind: str
    title: str
    description: str
    required: bool
    default: Any
    unit: Optional[str]
    advanced: bool
    choices: Optional[List[str]]
    minimum: Optional[float]
    maximum: Optional[float]
    flag: str
    positional: bool
    parent: Optional[str]
    layers: Optional[bool]

    @property
    def is_list(self) -> bool:
        return self.kind in _LISTS

    def as_dict(self) -> Dict[str, Any]:
        """Without what is absent; ``default`` is left out where the input is required."""
        document = {k: v for k, v in self._asdict().items() if k not in ("required", "default") and v not in (None, "")}
        if not self.required:
            document["default"] = self.default
        return document


def input_entries(task: Declaration) -> List[InputEntry]:
    """The inputs of a task in the order of their declaration."""
    entries = []
    for name, field in task.inputs.model_fields.items():
        extra: Any = field.json_schema_extra or {}
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        entries.append(
            InputEntry(
                name=name,
                kind=extra["kind"],
                title=field.title or name,
                description=field.description or "",
                required=field.is_required(),
                default=list(default) if isinstance(default, tuple) else default,
                unit=extra.get("unit"),
                advanced=bool(extra.get("advanced")),
                choices=extra.get("choices"),
                minimum=_bound(field.metadata, "minimum"),
                maximum=_bound(field.metadata, "maximum"),
                flag="" if extra.get("positional") else extra.get("flag") or "--" + name.replace("_", "-"),
                positional=bool(extra.get("positional")),
                parent=extra.get("parent"),
                layers=extra.get("layers"),
            )
        )
    return entries


def catalog() -> Dict[str, Any]:
    """The document that the plugin's signatures, forms and help are made from."""
    tasks = []
    for name in TASKS:
        task = declaration(name)
        tasks.append(
            {
                "id": task.id,
                "title": task.title,
                "description": task.description,
                "version": task.version,
                "inputs": [entry.as_dict() for entry in input_entries(task)],
                "outputs": [_output(output) for output in task.outputs],
            }
        )
    return {"version": CATALOG_VERSION, "engine": __version__, "tasks": tasks, "messages": dict(sorted(TEXTS.items()))}


def process_summary(task: Declaration) -> Dict[str, Any]:
    """A process as OGC API - Processes lists it."""
    return {
        "id": task.id,
        "title": task.title,
        "description": task.description,
        "version": task.version,
        "jobControlOptions": ["async-execute", "dismiss"],
        "outputTransmission": ["reference"],
    }


def process_description(task: Declaration) -> Dict[str, Any]:
    """A process as OGC API - Processes describes it; what JSON Schema cannot say stands under ``x-rsdino``."""
    document = process_summary(task)
    document["inputs"] = {entry.name: _input_description(entry) for entry in input_entries(task)}
    document["outputs"] = {
        output.name: {
            "title": output.title,
            "description": output.description,
            "schema": {"type": "string", "contentMediaType": _MEDIA_TYPES.get(output.kind, "application/octet-stream")},
            "x-rsdino": {"kind": output.kind, "requested_by": output.requested_by},
        }
        for output in task.outputs
    }
    return document


def translatable(document: Dict[str, Any]) -> Iterator[str]:
    """Every sentence of a catalogue that people see, each once, in order."""
    seen = set()
    for text in _sentences(document):
        if text and text not in seen:
            seen.add(text)
            yield text


def strings_module(document: Dict[str, Any]) -> str:
    """Python with one literal ``translate()`` call a sentence, for the translators' tools to read."""
    lines = [
        '"""The engine\'s words, made by rs_dino_engine.catalog so that translators\' tools find them. Never run."""',
        "",
        "from qgis.PyQt.QtCore import QCoreApplication",
        "",
        "translate = QCoreApplication.translate",
        "",
        "",
        "def words() -> None:",
        '    """Literal calls; the result is not used."""',
    ]
    lines += [f'    translate("{CONTEXT}", {_quoted(text)})' for text in translatable(document)]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Write the catalogue and, where a second path is given, the module of translatable words."""
    document = catalog()
    write_document(Path(arguments[0]), document)
    if len(arguments) > 1:
        Path(arguments[1]).write_bytes(strings_module(document).encode("utf-8"))


def _bound(metadata: Sequence[Any], which: str) -> Optional[float]:
    for constraint in metadata:
        for name in _BOUNDS[which]:
            if getattr(constraint, name, None) is not None:
                found: float = getattr(constraint, name)
                return found
    return None


def _output(output: Output) -> Dict[str, Any]:
    document = {"name": output.name, "kind": output.kind, "title": output.title, "description": output.description}
    if output.requested_by is not None:
        document["requested_by"] = output.requested_by
    return document


def _input_description(entry: InputEntry) -> Dict[str, Any]:
    schema: Dict[str, Any] = {"type": _SCHEMA_TYPES.get(entry.kind, "string")}
    if entry.choices:
        schema["enum"] = entry.choices
    if entry.minimum is not None:
        schema["minimum"] = entry.minimum
    if entry.maximum is not None:
        schema["maximum"] = entry.maximum
    if entry.is_list:
        schema = {"type": "array", "items": {**schema, "type": _LISTS[entry.kind]}}
    if not entry.required and entry.default is not None:
        schema["default"] = entry.default
    own = {"kind": entry.kind, "unit": entry.unit, "advanced": entry.advanced, "flag": entry.flag}
    own["parent"], own["layers"] = entry.parent, entry.layers
    return {
        "title": entry.title,
        "description": entry.description,
        "minOccurs": 1 if entry.required else 0,
        "maxOccurs": 1,
        "schema": schema,
        "x-rsdino": {k: v for k, v in own.items() if v not in (None, "", False)},
    }


def _sentences(document: Dict[str, Any]) -> Iterator[str]:
    for task in document["tasks"]:
        yield task["title"]
        yield task["description"]
        for entry in task["inputs"]:
            yield entry["title"]
            yield entry["description"]
            yield from entry.get("choices", ())
        for output in task["outputs"]:
            yield output["title"]
            yield output["description"]
    yield from document["messages"].values()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


if __name__ == "__main__":
    main(sys.argv[1:])
