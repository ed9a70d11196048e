"""The metadata keys that Deepness defined and GeoDeep reads: into a ModelSpec and back.

Keys and units: Deepness' documentation, ``creators_add_metadata_to_model``. Values are JSON texts. Images are
divided by 255 before ``standardization_mean`` and ``_std``; ``resolution`` is in cm, ``tiles_overlap`` in percent.
An own key carries the whole ModelSpec, so that nothing is lost on the way back to us.
"""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

from ..errors import UserError
from .onnx_file import metadata_key, spans
from .spec import ModelSpec

OWN_KEY = "rs_dino_model"
CAN_RUN = ("Segmentor", "Regressor")
_TEXT_LIMIT = 2**20


@dataclass(frozen=True)
class Metadata:
    """What the keys say; None where one is absent."""

    model_type: Optional[str] = None
    class_names: Optional[List[str]] = None
    gsd_m: Optional[float] = None
    tile_px: Optional[int] = None
    overlap_share: Optional[float] = None
    threshold: Optional[float] = None
    scale: Optional[float] = None
    mean: Optional[List[float]] = None
    std: Optional[List[float]] = None


def read_metadata(path: Path, raw: Mapping[str, str]) -> Metadata:
    """Read the keys; raises ``UserError`` for a value that makes no sense and for kinds of model that cannot be run."""
    reader = _Reader(path, raw)
    kind = reader.value("model_type")
    if kind is not None and str(kind).capitalize() not in CAN_RUN:
        raise UserError("onnx-detector", path=str(path), type=str(kind))
    resolution, overlap = reader.number("resolution"), reader.number("tiles_overlap")
    tile = reader.number("tile_size", "tiles_size")
    return Metadata(
        model_type=None if kind is None else str(kind).capitalize(),
        class_names=reader.names("class_names", "names"),
        gsd_m=resolution / 100 if resolution else None,
        tile_px=int(tile) if tile else None,
        overlap_share=None if overlap is None else overlap / 100,
        threshold=reader.number("seg_thresh"),
        scale=reader.number("reg_output_scaling"),
        mean=reader.numbers("standardization_mean"),
        std=reader.numbers("standardization_std"),
    )


class _Reader:
    def __init__(self, path: Path, raw: Mapping[str, str]) -> None:
        self._path, self._raw = path, raw

    def value(self, *keys: str) -> Any:
        """The value of the first key that is there; JSON, a Python literal, or plain text."""
        text = next((self._raw[key] for key in keys if self._raw.get(key, "") != ""), None)
        if text is None:
            return None
        if len(text) > _TEXT_LIMIT:
            raise self._error(keys[0], text[:80])
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
        try:
            return ast.literal_eval(text)  # literals only; nothing is called
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return text

    def number(self, *keys: str) -> Optional[float]:
        value = self.value(*keys)
        if value is None:
            return None
        try:
            number = float(value)
        except (TypeError, ValueError) as error:
            raise self._error(keys[0], value) from error
        if not 0 <= number < 1e9:
            raise self._error(keys[0], value)
        return number

    def numbers(self, key: str) -> Optional[List[float]]:
        value = self.value(key)
        if value is None:
            return None
        try:
            return [float(v) for v in (value if isinstance(value, (list, tuple)) else [value])]
        except (TypeError, ValueError) as error:
            raise self._error(key, value) from error

    def names(self, *keys: str) -> Optional[List[str]]:
        """Class names by number; a list of such tables (several outputs) gives the first one."""
        value = self.value(*keys)
        if isinstance(value, (list, tuple)) and value and isinstance(value[0], dict):
            value = value[0]
        if isinstance(value, (list, tuple)) and all(isinstance(name, str) for name in value):
            value = dict(enumerate(value))
        if value is None or value == {} or value == {"": ""}:
            return None
        if not isinstance(value, dict):
            raise self._error(keys[0], value)
        try:
            table = {int(number): str(name) for number, name in value.items()}
        except (TypeError, ValueError) as error:
            raise self._error(keys[0], value) from error
        if min(table) < 0 or max(table) > 254:
            raise self._error(keys[0], value)
        return [table.get(number) or f"class {number}" for number in range(max(table) + 1)]

    def _error(self, key: str, value: Any) -> UserError:
        return UserError("onnx-metadata", path=str(self._path), key=key, value=str(value)[:80])


def metadata_of(spec: ModelSpec) -> Dict[str, str]:
    """A spec as metadata: what Deepness and GeoDeep understand, and the whole of it under our own key."""
    values: Dict[str, Any] = {
        "model_type": "Segmentor" if spec.output.kind == "classes" else "Regressor",
        "tile_size": spec.input.window_px,
        "standardization_mean": spec.input.mean,
        "standardization_std": spec.input.std,
    }
    if spec.output.class_map is not None:
        values["class_names"] = {str(i): c.name for i, c in enumerate(spec.output.class_map.classes)}
        values["seg_thresh"] = spec.output.threshold if spec.output.channels == 1 else 0.0
        values["seg_small_segment"] = 0
    if spec.input.gsd_m is not None:
        values["resolution"] = round(spec.input.gsd_m * 100, 6)
    if spec.input.overlap_px is not None:
        values["tiles_overlap"] = round(100 * spec.input.overlap_px / spec.input.window_px)
    if spec.output.kind != "classes":
        values["reg_output_scaling"] = 1.0
    texts = {key: json.dumps(value, ensure_ascii=False) for key, value in values.items()}
    own = spec.model_copy(update={"runtime": "onnx", "sha256": None})
    texts[OWN_KEY] = json.dumps(own.model_dump(mode="json", exclude_none=True), ensure_ascii=False)
    return texts


def write_metadata(path: Path, spec: ModelSpec) -> None:
    """Put a spec into an ONNX file as metadata, in place of what keys of the same name said before.

    Works on protobuf's wire format, so that neither the ``onnx`` package nor the graph in memory is needed: a
    repeated field may go on at the end of a message.
    """
    texts = metadata_of(spec)
    changed = path.with_name(path.name + ".part")
    content = path.read_bytes()
    with changed.open("wb") as out:
        kept_from = 0
        for span in spans(memoryview(content)):
            if metadata_key(span) in texts:
                out.write(content[kept_from : span.start])
                kept_from = span.end
        out.write(memoryview(content)[kept_from:])
        for key, text in texts.items():
            out.write(_field(14, _field(1, key.encode("utf-8")) + _field(2, text.encode("utf-8"))))
    changed.replace(path)


def _field(number: int, content: bytes) -> bytes:
    """A field of bytes in protobuf's wire format."""
    size, prefix = len(content), bytearray([number << 3 | 2])
    while size > 0x7F:
        prefix.append(size & 0x7F | 0x80)
        size >>= 7
    prefix.append(size)
    return bytes(prefix) + content
