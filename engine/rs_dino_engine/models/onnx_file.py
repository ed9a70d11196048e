"""What an ONNX file says about itself, read from the file without running or loading it.

A minimal reader of the protobuf wire format (https://protobuf.dev/programming-guides/encoding) for the few
fields of ``onnx.proto`` that are needed: the ``onnx`` package is not one of the engine's dependencies, and the
paths of external weights must be looked at before onnxruntime follows them.
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Set, Tuple, Union

from ..errors import UserError
from .weights import one_line, refuse_pointer

ELEMENT_TYPES = {1: "float32", 2: "uint8", 3: "int8", 4: "uint16", 5: "int16", 6: "int32", 7: "int64", 9: "bool",
                 10: "float16", 11: "float64", 12: "uint32", 13: "uint64", 16: "bfloat16"}  # fmt: skip
STANDARD_DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "ai.onnx.preview", "com.microsoft", "com.microsoft.nchwc")
_MAX_DEPTH = 64

Side = Union[int, str]
"""A side of a tensor: a number, or the name of a free one (may be empty)."""


class Port(NamedTuple):
    """An input or output of the graph."""

    name: str
    dtype: str
    shape: Tuple[Side, ...]


@dataclass
class OnnxFile:
    """The face of a model: ports, metadata, files it keeps weights in, operators that are not ONNX's."""

    inputs: List[Port] = field(default_factory=list)
    outputs: List[Port] = field(default_factory=list)
    metadata: Dict[str, str] = field(default_factory=dict)
    external: Set[str] = field(default_factory=set)
    operators: Set[Tuple[str, str]] = field(default_factory=set)
    """(domain, operator)"""
    functions: Set[str] = field(default_factory=set)
    """Domains of functions that the file defines itself."""
    initializers: Set[str] = field(default_factory=set)


def read_onnx(path: Path) -> OnnxFile:
    """Read the face of a model; raises ``UserError`` when the file is not ONNX or reaches outside its folder."""
    found = OnnxFile()
    refuse_pointer(path)
    try:
        with path.open("rb") as file:
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        _model(memoryview(mapped), found)  # closed with the last view of it
    except (OSError, ValueError, IndexError, RecursionError) as error:
        raise UserError("onnx-unreadable", path=str(path), reason=one_line(error)) from error
    if not found.outputs:
        raise UserError("onnx-unreadable", path=str(path), reason="it holds no graph")
    found.inputs = [port for port in found.inputs if port.name not in found.initializers]
    foreign = {f"{domain}:{name}" for domain, name in found.operators if domain not in found.functions}
    if foreign:
        raise UserError("onnx-operators", path=str(path), names=", ".join(sorted(foreign)[:5]))
    for location in sorted(found.external):
        _external(path, location)
    return found


def external_files(path: Path) -> Dict[str, Path]:
    """The files beside an ONNX file in which it keeps weights, by name; all inside its folder."""
    return {name: _external(path, name) for name in sorted(read_onnx(path).external)}


def _external(path: Path, location: str) -> Path:
    """A file of external weights; only a plain name beside the model is accepted, and no link that leads away."""
    plain = location not in ("", ".", "..") and not any(c in location for c in "/\\:\0")
    if not plain or (path.parent / location).resolve().parent != path.parent.resolve():
        raise UserError("onnx-outside", path=str(path), location=location)
    if not (path.parent / location).is_file():
        raise UserError("onnx-external-missing", path=str(path), location=location)
    return path.parent / location


Value = Union[int, memoryview]


def _varint(data: memoryview, at: int) -> Tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number is damaged")


class Span(NamedTuple):
    """A field of a message: it lies in ``start:end``; ``value`` is a number or bytes."""

    number: int
    start: int
    end: int
    value: Value


def spans(data: memoryview) -> Iterator[Span]:
    """The fields of one message, in the order of the file; raises ``ValueError`` or ``IndexError`` when damaged."""
    at, end = 0, len(data)
    while at < end:
        start = at
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield Span(number, start, at, value)
            continue
        if kind == 2:
            size, at = _varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
        else:
            raise ValueError("it is not an ONNX file")
        if at + size > end:
            raise ValueError("it is cut off")
        yield Span(number, start, at + size, data[at : at + size])
        at += size


def _fields(data: memoryview) -> Iterator[Tuple[int, Value]]:
    return ((span.number, span.value) for span in spans(data))


def metadata_key(span: Span) -> Optional[str]:
    """The key of a field of ModelProto that is a metadata pair, else None."""
    if span.number != 14 or not isinstance(span.value, memoryview):
        return None
    return {number: _text(value) for number, value in _fields(span.value)}.get(1, "")


def _text(value: Value) -> str:
    return bytes(value).decode("utf-8", errors="replace") if isinstance(value, memoryview) else ""


def _each(data: memoryview, wanted: Dict[int, Callable[[memoryview], None]]) -> None:
    for number, value in _fields(data):
        if number in wanted and isinstance(value, memoryview):
            wanted[number](value)


def _model(data: memoryview, found: OnnxFile) -> None:
    """ModelProto: graph 7, metadata_props 14, training_info 20, functions 25."""

    def metadata(part: memoryview) -> None:
        pair = {number: _text(value) for number, value in _fields(part)}
        found.metadata[pair.get(1, "")] = pair.get(2, "")

    def function(part: memoryview) -> None:
        """FunctionProto: node 7, domain 10."""
        names = [_text(value) for number, value in _fields(part) if number == 10]
        found.functions.update(names[-1:] or [""])
        _each(part, {7: lambda node: _node(node, found, 0)})

    def training(part: memoryview) -> None:
        _each(part, {1: lambda graph: _graph(graph, found, 1), 2: lambda graph: _graph(graph, found, 1)})

    _each(data, {7: lambda graph: _graph(graph, found, 0), 14: metadata, 20: training, 25: function})


def _graph(data: memoryview, found: OnnxFile, depth: int) -> None:
    """GraphProto: node 1, initializer 5, input 11, output 12, sparse_initializer 15."""
    if depth > _MAX_DEPTH:
        raise ValueError("its graphs are nested too deeply")
    wanted: Dict[int, Callable[[memoryview], None]] = {
        1: lambda node: _node(node, found, depth),
        5: lambda tensor: _tensor(tensor, found, depth == 0),
        15: lambda sparse: _sparse(sparse, found),
    }
    if depth == 0:
        wanted[11] = lambda port: found.inputs.append(_port(port))
        wanted[12] = lambda port: found.outputs.append(_port(port))
    _each(data, wanted)


def _node(data: memoryview, found: OnnxFile, depth: int) -> None:
    """NodeProto: op_type 4, attribute 5, domain 7. AttributeProto: t 5, g 6, tensors 10, graphs 11, sparse 22, 23."""
    operator, domain = "", ""
    for number, value in _fields(data):
        if number == 4:
            operator = _text(value)
        elif number == 7:
            domain = _text(value)
        elif number == 5 and isinstance(value, memoryview):
            tensor: Callable[[memoryview], None] = lambda part: _tensor(part, found, False)  # noqa: E731
            graph: Callable[[memoryview], None] = lambda part: _graph(part, found, depth + 1)  # noqa: E731
            sparse: Callable[[memoryview], None] = lambda part: _sparse(part, found)  # noqa: E731
            _each(value, {5: tensor, 6: graph, 10: tensor, 11: graph, 22: sparse, 23: sparse})
    if domain not in STANDARD_DOMAINS:
        found.operators.add((domain, operator))


def _sparse(data: memoryview, found: OnnxFile) -> None:
    """SparseTensorProto: values 1, indices 2."""
    _each(data, {1: lambda part: _tensor(part, found, False), 2: lambda part: _tensor(part, found, False)})


def _tensor(data: memoryview, found: OnnxFile, named: bool) -> None:
    """TensorProto: name 8, external_data 13 (pairs of key 1 and value 2; the key ``location`` is the file)."""
    for number, value in _fields(data):
        if number == 8 and named:
            found.initializers.add(_text(value))
        elif number == 13 and isinstance(value, memoryview):
            pair = {key: _text(part) for key, part in _fields(value)}
            if pair.get(1) == "location":
                found.external.add(pair.get(2, ""))


def _port(data: memoryview) -> Port:
    """ValueInfoProto: name 1, type 2 -> tensor_type 1 -> elem_type 1, shape 2 -> dim 1 -> dim_value 1, dim_param 2."""
    name, dtype, shape = "", "", []
    for number, value in _fields(data):
        if number == 1:
            name = _text(value)
        elif number == 2 and isinstance(value, memoryview):
            for part in (part for key, part in _fields(value) if key == 1 and isinstance(part, memoryview)):
                for key, entry in _fields(part):
                    if key == 1 and isinstance(entry, int):
                        dtype = ELEMENT_TYPES.get(entry, "")
                    elif key == 2 and isinstance(entry, memoryview):
                        shape = [_side(dim) for at, dim in _fields(entry) if at == 1 and isinstance(dim, memoryview)]
    return Port(name, dtype, tuple(shape))


def _side(data: memoryview) -> Side:
    """A dimension; a value of 0 or below means a free one, as some exporters write it."""
    for number, value in _fields(data):
        if number == 1 and isinstance(value, int):
            return value if 0 < value < 2**31 else ""
        if number == 2:
            return _text(value)
    return ""
