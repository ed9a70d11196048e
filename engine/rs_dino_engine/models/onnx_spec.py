"""A ModelSpec for an ONNX file: from a model.json beside it, from what is known of the file, from its metadata,
and for the rest from measuring it. What had to be assumed is said.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ..errors import UserError
from ..messages import Message, message
from .colors import class_color
from .folder import parse_spec, read_spec, sha256_of
from .library import name_from_path
from .onnx_file import OnnxFile, read_onnx
from .onnx_memory import measure_once
from .onnx_metadata import OWN_KEY, Metadata, read_metadata
from .onnx_probe import InputShape, Measured, input_shape
from .spec import Band, ClassInfo, ClassMap, InputSpec, ModelSpec, OutputSpec

KNOWN_FILES = Path(__file__).with_name("known_onnx.json")
DEFAULT_WINDOW_PX = 512
_BAND_NAMES = {1: ["gray"], 3: ["red", "green", "blue"], 4: ["red", "green", "blue", "nir"]}


class Described(NamedTuple):
    """A spec, and what the person should know about how it came about."""

    spec: ModelSpec
    notes: Tuple[Message, ...]


def describe_onnx(path: Path) -> Described:
    """The spec of an ONNX file. ``NAME.model.json`` beside ``NAME.onnx`` counts before anything else.

    Raises ``UserError`` when the file cannot be used. Needs onnxruntime where the spec has to be measured.
    """
    file = read_onnx(path)
    sidecar = path.with_name(path.stem + ".model.json")
    if sidecar.is_file():
        return Described(read_spec(sidecar), ())
    sha256 = sha256_of(path)
    known = known_files().get(sha256)
    if known is not None:
        return Described(known, (message("onnx-known", path=str(path), title=known.title),))
    if OWN_KEY in file.metadata:
        return Described(_own(path, file.metadata[OWN_KEY]), ())
    return _measured(path, file, sha256)


def known_files() -> Dict[str, ModelSpec]:
    """ONNX files of other projects that carry no metadata, by the sha256 of their content."""
    documents = json.loads(KNOWN_FILES.read_text(encoding="utf-8"))
    return {document["sha256"]: parse_spec(document, str(KNOWN_FILES)) for document in documents}


def _own(path: Path, text: str) -> ModelSpec:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError("onnx-metadata", path=str(path), key=OWN_KEY, value=text[:80]) from error
    return parse_spec(document, str(path))


def _measured(path: Path, file: OnnxFile, sha256: str) -> Described:
    said = read_metadata(path, file.metadata)
    shape = input_shape(path, file, len(said.mean) if said.mean else None)
    window = shape.side or said.tile_px or DEFAULT_WINDOW_PX
    count = len(said.class_names) if said.class_names else None
    found = measure_once(path, file, shape, window, count, sha256)
    if found.labels and count is None:
        raise UserError("onnx-labels-need-names", path=str(path))
    notes = _notes(path, file, said, shape, found)
    values = said.model_type == "Regressor"
    name = name_from_path(path)
    try:
        spec = ModelSpec(
            name=name,
            title=path.stem,
            task="canopy-height" if values else "segment",
            runtime="onnx",
            network=_network(said, shape, found),
            input=_input(path, said, shape, found, window, file.inputs[0].dtype),
            output=_value_output(said, found) if values else _class_output(said, found),
            sha256=sha256,
        )
    except ValueError as error:  # pydantic's errors are ValueErrors
        raise UserError("onnx-unreadable", detail=str(error), path=str(path), reason=_first(error)) from error
    return Described(spec, tuple(notes))


def _first(error: ValueError) -> str:
    errors = getattr(error, "errors", None)
    return str(errors()[0]["msg"]) if errors else str(error)


def _network(said: Metadata, shape: InputShape, found: Measured) -> Dict[str, Any]:
    settings: Dict[str, Any] = {"output": found.output}
    if shape.layout != "nchw":
        settings["input_layout"] = shape.layout
    if found.shape.layout != "nchw":
        settings["output_layout"] = found.shape.layout
    if found.labels:
        settings["labels"] = True
    if found.shape.border_px:
        settings["border_px"] = found.shape.border_px
    if said.scale not in (None, 1.0):
        settings["scale"] = said.scale
    return settings


def _input(path: Path, said: Metadata, shape: InputShape, found: Measured, window: int, dtype: str) -> InputSpec:
    bands = _BAND_NAMES.get(shape.bands) or [f"band-{n}" for n in range(1, shape.bands + 1)]
    stride = found.stride_px
    window = window if shape.side else -(-window // stride) * stride
    radius = found.radius_px
    border = found.shape.border_px
    if border:
        radius = max(radius or 0, border)
    overlap = round(said.overlap_share * window) if said.overlap_share is not None else None
    if radius is not None and 4 * radius <= window:
        overlap = max(overlap or 0, 2 * radius)
    if overlap is not None:
        overlap = min(-(-overlap // stride) * stride, window // 2 // stride * stride)
    integers = dtype.startswith(("uint", "int"))  # the model takes 0-255 itself
    return InputSpec(
        bands=[Band(name=name) for name in bands],
        mean=_per_band(path, "standardization_mean", said.mean, shape.bands, 0.0),
        std=_per_band(path, "standardization_std", said.std, shape.bands, 1 / 255 if integers else 1.0),
        gsd_m=said.gsd_m,
        window_px=window,
        window_fixed=shape.side is not None,
        batch_fixed=shape.batch,
        stride_px=stride,
        overlap_px=overlap,
        receptive_radius_px=radius,
    )


def _per_band(path: Path, key: str, said: Optional[List[float]], bands: int, default: float) -> List[float]:
    if said is None:
        return [default] * bands
    if len(said) not in (1, bands):
        raise UserError("onnx-metadata", path=str(path), key=key, value=str(said))
    return said if len(said) == bands else said * bands


def _class_output(said: Metadata, found: Measured) -> OutputSpec:
    names = said.class_names
    channels = len(names or []) if found.labels else found.shape.channels
    binary = channels == 1 and not found.labels
    count = 2 if binary else channels
    if names is not None and binary and len(names) == 1:
        names = ["background", names[0]]
    names = (names or [])[:count] + [f"class {i}" for i in range(len(names or []), count)]
    classes = [ClassInfo(id=i, name=name, color=class_color(i)) for i, name in enumerate(names)]
    return OutputSpec(
        kind="classes",
        class_map=ClassMap(classes=classes),
        # a single channel is always spoken of as sigmoid, whether or not the file applies it itself
        activation="none" if found.probabilities else "sigmoid" if binary else "softmax",
        threshold=said.threshold if binary and said.threshold is not None and said.threshold <= 1 else 0.5,
        cell_px=found.shape.cell_px,
        channels=channels,
    )


def _value_output(said: Metadata, found: Measured) -> OutputSpec:
    return OutputSpec(
        kind="value",
        activation="none",
        blend_on="value",
        cell_px=found.shape.cell_px,
        channels=found.shape.channels,
        quantity=said.class_names[0] if said.class_names else None,
    )


def _notes(path: Path, file: OnnxFile, said: Metadata, shape: InputShape, found: Measured) -> List[Message]:
    """What the file does not say, in one sentence, and which of several outputs is used."""
    missing, assumed = [], []
    if said.class_names is None and said.model_type != "Regressor":
        missing.append("what its classes are called")
        assumed.append(f"class 0 to class {max(1, found.shape.channels - 1)}")
    if said.mean is None and said.std is None:
        missing.append("how its input is scaled")
        assumed.append("0-255" if file.inputs[0].dtype in ("uint8", "int8") else "0-1")
    if said.gsd_m is None:
        missing.append("its GSD")
        assumed.append("the raster's")
    bands = _BAND_NAMES.get(shape.bands) or [f"band {n}" for n in (1, shape.bands)]
    missing.append("its bands")
    assumed.append(" ".join(bands) if shape.bands in _BAND_NAMES else f"{bands[0]} to {bands[1]} in the raster's order")
    notes = []
    if said.class_names is None or said.gsd_m is None or (said.mean is None and said.std is None):
        notes.append(message("onnx-assumed", path=str(path), missing=", ".join(missing), assumed=", ".join(assumed)))
    if found.several_outputs:
        notes.append(message("onnx-output-chosen", path=str(path), name=found.output))
    return notes
