"""What QGIS deletes when it is closed - an extent, a selection, a layer in memory, as files that a run was given - kept
with the recipe of its results, so that the run can be done again in another session."""

from __future__ import annotations

import base64
import binascii
import json
import shutil
import zlib
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional

from qgis.core import QgsProcessingUtils

from .catalog import Input, Task
from .engine_client.documents import Request
from .i18n import tr
from .lasting import free, passes
from .layers import file_behind

MOST_CHARACTERS = 200_000
"""What a recipe carries of one file; it stands in the project once for each layer of the run."""
_MOST_BYTES = 10_000_000
"""What is larger is not tried."""
_KINDS = ("aoi", "places", "file")
_ONE_FILE = (".gpkg", ".geojson", ".fgb")
"""Formats of vectors whose layer is one file."""

Kept = Mapping[str, str]
"""The content of files, by their paths in a request: compressed, as text."""
NONE_KEPT: Kept = MappingProxyType({})


class Keeping(NamedTuple):
    """What of a request's files goes into the recipe (``inside``), and where the larger ones go (``beside``)."""

    inside: Kept
    beside: Mapping[str, Path]

    def request(self, request: Request) -> Request:
        """The request as it can be done again."""
        return _renamed(request, {path: str(copy) for path, copy in self.beside.items()})

    def write(self) -> None:
        """Put what is too large for a recipe beside the results. Where that fails the results are whole all the same,
        and running again says what is gone."""
        for path, copy in self.beside.items():
            with suppress(OSError):
                shutil.copyfile(path, str(copy))


def keeping(request: Request, task: Task, destinations: Iterable[Path]) -> Keeping:
    """How the files of a request are kept that lie in QGIS's temporary folder. Where all results lie there, too, no
    copy of a large one would stay."""
    stays = next((path for path in destinations if not passes(path)), None)
    inside: Dict[str, str] = {}
    beside: Dict[str, Path] = {}
    for entry in _vectors(task, request):
        path = file_behind(str(request.inputs[entry.name]))
        if not passes(path) or path.suffix.lower() not in _ONE_FILE or not path.is_file():
            continue
        text = _packed(path)
        if text is not None:
            inside[str(path)] = text
        elif stays is not None:
            beside[str(path)] = free(stays.with_name(f"{stays.stem}_{entry.name}{path.suffix}"))
    return Keeping(inside, beside)


def brought_back(request: Request, kept: Kept) -> Request:
    """The request with files again where those that it names are gone and were kept."""
    files: Dict[str, str] = {}
    for path, text in kept.items():
        content = None if Path(path).is_file() else _unpacked(text)
        if content is not None and Path(path).suffix.lower() in _ONE_FILE:
            file = Path(QgsProcessingUtils.generateTempFilename("area" + Path(path).suffix))
            file.write_bytes(content)
            files[path] = str(file)
    return _renamed(request, files)


def gone(request: Request, task: Task) -> List[str]:
    """A sentence for every input of a request whose file, of geometries or another one, is not there any more."""
    text = tr("“{title}” of the earlier run is gone: choose it again.")
    paths = [(entry, file_behind(str(request.inputs[entry.name]))) for entry in _vectors(task, request)]
    return [text.format(title=tr(entry.title)) for entry, path in paths if path.is_absolute() and not path.exists()]


def kept_text(kept: Kept) -> str:
    return json.dumps(dict(kept))


def kept_of(text: str) -> Kept:
    """The way back; none where the text is something else."""
    try:
        return {str(path): str(content) for path, content in json.loads(text).items()}
    except (ValueError, AttributeError):
        return NONE_KEPT


def _vectors(task: Task, request: Request) -> List[Input]:
    return [entry for entry in task.inputs if entry.kind in _KINDS and request.inputs.get(entry.name)]


def _renamed(request: Request, files: Mapping[str, str]) -> Request:
    def new(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        file, bar, layer = value.partition("|")
        return files.get(str(Path(file)), file) + bar + layer

    return Request(request.process_id, {name: new(value) for name, value in request.inputs.items()}, request.outputs)


def _packed(path: Path) -> Optional[str]:
    """None for what is too large."""
    if path.stat().st_size > _MOST_BYTES:
        return None
    text = base64.b64encode(zlib.compress(path.read_bytes(), 9)).decode("ascii")
    return text if len(text) <= MOST_CHARACTERS else None


def _unpacked(text: str) -> Optional[bytes]:
    """None where the text is something else, or would fill the disk."""
    try:
        stream = zlib.decompressobj()
        content = stream.decompress(base64.b64decode(text, validate=True), _MOST_BYTES)
    except (binascii.Error, zlib.error, ValueError):
        return None
    return content if stream.eof else None
