"""Makes small real ONNX models with the ``onnx`` package: random weights, shapes and layouts of all kinds.

``RADIUS`` is how far an output pixel of :func:`conv_model` sees (three 3 x 3 convolutions).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

RADIUS = 3


def conv_model(
    path: Path,
    bands: int = 3,
    classes: int = 4,
    side: Optional[int] = None,
    batch: Optional[int] = None,
    padding: int = 1,
    stride: int = 1,
    input_layout: str = "nchw",
    output_layout: str = "nchw",
    dtype: str = "float32",
    end: str = "logits",
    upsample: bool = False,
    metadata: Optional[Dict[str, Any]] = None,
    second_output: bool = False,
    scale: float = 1.0,
    seed: int = 0,
) -> Path:
    """Write a model of three 3 x 3 convolutions and return its path.

    ``side`` and ``batch`` None leave the shape free; ``padding`` 0 gives an output smaller by ``RADIUS`` on each
    side; ``stride`` 2 in the first convolution gives cells, with ``upsample`` back to the input's size;
    ``dtype`` is the input's (uint8: divided by 255 inside); ``end`` is logits, softmax, sigmoid or labels.
    """
    random = np.random.RandomState(seed)
    work = TensorProto.FLOAT16 if dtype == "float16" else TensorProto.FLOAT
    maker = _Maker(np.float16 if dtype == "float16" else np.float32)
    name = maker.start(dtype, input_layout)
    widths = [bands, 8, 8, classes]
    for index in range(3):
        weight = random.randn(widths[index + 1], widths[index], 3, 3) * (0.35 if index else 0.5)
        bias = random.randn(widths[index + 1]) * 0.1
        step = stride if index == 0 else 1
        name = maker.conv(name, weight * (scale if index == 2 else 1.0), bias, padding, step, relu=index < 2)
    if upsample:
        name = maker.upsample(name, stride)
    name = maker.finish(name, end, output_layout)
    free = {"batch": batch or "batch", "height": side or "height", "width": side or "width"}
    given = [free["batch"], bands, free["height"], free["width"]]
    if input_layout == "nhwc":
        given = [given[0], given[2], given[3], given[1]]
    element = {"float32": TensorProto.FLOAT, "float16": TensorProto.FLOAT16, "uint8": TensorProto.UINT8}[dtype]
    cells = side // stride if side and padding and not upsample else side if padding else None
    sides = [cells or "rows", cells or "columns"]
    channels = 1 if end == "labels" else classes
    shape = {"nchw": [free["batch"], channels, *sides], "nhwc": [free["batch"], *sides, channels],
             "nhw": [free["batch"], *sides]}[output_layout]  # fmt: skip
    outputs = [helper.make_tensor_value_info("map", TensorProto.INT64 if end == "labels" else work, shape)]
    if second_output:
        maker.nodes.append(helper.make_node("GlobalAveragePool", [name], ["pooled"]))
        outputs.insert(0, helper.make_tensor_value_info("pooled", work, [free["batch"], classes, 1, 1]))
    maker.nodes.append(helper.make_node("Identity", [name], ["map"]))
    graph = helper.make_graph(
        maker.nodes, "tiny", [helper.make_tensor_value_info("image", element, given)], outputs, maker.weights
    )
    return save(path, graph, metadata)


def save(path: Path, graph: onnx.GraphProto, metadata: Optional[Dict[str, Any]] = None) -> Path:
    """Write a graph as a model; metadata values become JSON texts, as Deepness writes them."""
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    for key, value in (metadata or {}).items():
        model.metadata_props.add(key=key, value=json.dumps(value))
    path.write_bytes(model.SerializeToString())
    return path


class _Maker:
    """Collects nodes and weights."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        self.nodes: List[onnx.NodeProto] = []
        self.weights: List[onnx.TensorProto] = []

    def _add(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def _weight(self, values: Any, dtype: Any = None) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(values, dtype=dtype or self.dtype), name))
        return name

    def start(self, dtype: str, layout: str) -> str:
        name = "image"
        if dtype == "uint8":
            name = self._add("Div", [self._add("Cast", [name], to=TensorProto.FLOAT), self._weight(255.0)])
        return self._add("Transpose", [name], perm=[0, 3, 1, 2]) if layout == "nhwc" else name

    def conv(self, name: str, weight: Any, bias: Any, padding: int, stride: int, relu: bool) -> str:
        name = self._add(
            "Conv", [name, self._weight(weight), self._weight(bias)], pads=[padding] * 4, strides=[stride] * 2
        )
        return self._add("Relu", [name]) if relu else name

    def upsample(self, name: str, factor: int) -> str:
        scales = self._weight([1.0, 1.0, factor, factor], np.float32)
        return self._add("Resize", [name, "", scales], mode="linear", coordinate_transformation_mode="half_pixel")

    def finish(self, name: str, end: str, layout: str) -> str:
        if end == "softmax":
            name = self._add("Softmax", [name], axis=1)
        elif end == "sigmoid":
            name = self._add("Sigmoid", [name])
        elif end == "labels":
            name = self._add("ArgMax", [name], axis=1, keepdims=int(layout != "nhw"))
        if layout == "nhw" and end != "labels":
            axes = self._weight([1], np.int64)
            return self._add("Squeeze", [name, axes])
        return self._add("Transpose", [name], perm=[0, 2, 3, 1]) if layout == "nhwc" else name
