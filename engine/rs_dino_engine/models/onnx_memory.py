"""Measurements of ONNX files, kept: in this process, and in the library folder when they took long."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Dict, Optional

from .library import library_folder
from .onnx_file import OnnxFile
from .onnx_probe import InputShape, Measured, OutputShape, measure

VERSION = 1
"""Raise it when the probe measures something else or better."""
KEEP_FROM_S = 2.0
_known: Dict[str, Measured] = {}


def measure_once(
    path: Path, file: OnnxFile, shape: InputShape, window_px: int, classes: Optional[int], sha256: str
) -> Measured:
    """As :func:`.onnx_probe.measure`, but a file that was measured before is not measured again."""
    key = f"{VERSION}-{sha256}-{shape.bands}-{window_px}-{classes or 0}"
    record = library_folder() / ".measured" / f"{key}.json"
    found = _known.get(key) or _read(record)
    if found is None:
        started = time.monotonic()
        found = measure(path, file, shape, window_px, classes)
        if time.monotonic() - started >= KEEP_FROM_S:
            _write(record, found)
    _known[key] = found
    return found


def _read(record: Path) -> Optional[Measured]:
    """A kept measurement; a record that is absent or damaged counts as none."""
    try:
        document = json.loads(record.read_text(encoding="utf-8"))
        document["shape"] = OutputShape(*document["shape"])
        return Measured(**document)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write(record: Path, found: Measured) -> None:
    """Keep a measurement where that is possible; a library that cannot be written only costs the time again."""
    document = {**asdict(found), "shape": list(found.shape)}
    part = record.with_suffix(".part")
    try:
        record.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(document), encoding="utf-8")
        part.replace(record)
    except OSError:
        return
