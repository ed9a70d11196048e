"""Hostile and damaged ONNX files: looked at before onnxruntime sees them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from rs_dino_engine.errors import UserError  # noqa: E402
from rs_dino_engine.models.library import find_model, import_model  # noqa: E402
from rs_dino_engine.models.load import load_model  # noqa: E402
from rs_dino_engine.models.onnx_file import external_files, read_onnx  # noqa: E402
from tiny_onnx import conv_model, save  # noqa: E402


def refusal(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        find_model(str(path))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def external_tensor(location: str, name: str = "weight") -> Any:
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[4, 3, 1, 1])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=location)
    tensor.external_data.add(key="length", value="48")
    return tensor


def port(name: str, channels: int) -> Any:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", channels, "h", "w"])


def external_model(path: Path, location: str) -> Path:
    node = helper.make_node("Conv", ["image", "weight"], ["map"])
    return save(path, helper.make_graph([node], "g", [port("image", 3)], [port("map", 4)], [external_tensor(location)]))


LOCATIONS = ["../secret", "/etc/passwd", "sub/file", "..", ".", "", "..\\secret", "C:\\secret", "c:secret", "a\0b",
             "\\\\host\\x"]  # fmt: skip


@pytest.mark.parametrize("location", LOCATIONS)
def test_weights_outside_the_folder_are_refused(tmp_path: Path, location: str) -> None:
    (tmp_path / "secret").write_bytes(b"\0" * 48)
    (tmp_path / "models").mkdir()
    assert "not a file beside it" in refusal(external_model(tmp_path / "models" / "a.onnx", location))


@pytest.mark.skipif(os.name == "nt", reason="links need rights on this system")
def test_a_link_beside_the_model_that_leads_away_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"\0" * 48)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "data").symlink_to(tmp_path / "secret")
    assert "not a file beside it" in refusal(external_model(tmp_path / "models" / "a.onnx", "data"))


def test_paths_hidden_in_nodes_and_subgraphs_are_found(tmp_path: Path) -> None:
    constant = helper.make_node("Constant", [], ["weight"])
    constant.attribute.add(name="value", type=onnx.AttributeProto.TENSOR).t.CopyFrom(external_tensor("../x"))
    branch = helper.make_graph([constant], "b", [], [port("weight", 4)])
    condition = helper.make_node("If", ["c"], ["map"], then_branch=branch, else_branch=branch)
    path = save(tmp_path / "a.onnx", helper.make_graph([condition], "g", [port("image", 3)], [port("map", 4)]))
    assert "../x" in refusal(path)
    sparse = onnx.SparseTensorProto(values=external_tensor("../y", "s"))
    graph = helper.make_graph([condition], "g", [port("image", 3)], [port("map", 4)], sparse_initializer=[sparse])
    del graph.node[:]
    assert "../y" in refusal(save(tmp_path / "b.onnx", graph))


def test_weights_beside_the_model_are_read_and_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RS_DINO_MODELS", str(tmp_path / "library"))
    path = external_model(tmp_path / "a.onnx", "a.onnx.data")
    assert "which is missing" in refusal(path)
    (tmp_path / "a.onnx.data").write_bytes(np.arange(12, dtype=np.float32).tobytes())
    assert external_files(path) == {"a.onnx.data": tmp_path / "a.onnx.data"}
    found = import_model(str(path))
    assert sorted(p.name for p in found.path.iterdir()) == ["a.onnx.data", "model.json", "model.onnx"]
    import torch

    assert load_model(found)(torch.ones(1, 3, 8, 8))[0, :, 0, 0].tolist() == [3.0, 12.0, 21.0, 30.0]
    (found.path / "a.onnx.data").write_bytes(b"\0" * 48)
    with pytest.raises(UserError, match="sha256"):
        load_model(found)


def test_operators_of_others_are_refused(tmp_path: Path) -> None:
    node = helper.make_node("RunShell", ["image"], ["map"], domain="com.evil")
    graph = helper.make_graph([node], "g", [port("image", 3)], [port("map", 3)])
    assert "com.evil:RunShell" in refusal(save(tmp_path / "a.onnx", graph))
    node = helper.make_node("NoSuchOperator", ["image"], ["map"])
    graph = helper.make_graph([node], "g", [port("image", 3)], [port("map", 3)])
    assert "cannot be used" in refusal(save(tmp_path / "b.onnx", graph))


def test_functions_that_the_file_brings_along_are_fine(tmp_path: Path) -> None:
    double = helper.make_function(
        "local.functions", "Double", ["x"], ["y"], [helper.make_node("Add", ["x", "x"], ["y"])],
        [helper.make_opsetid("", 13)],
    )  # fmt: skip
    node = helper.make_node("Double", ["image"], ["map"], domain="local.functions")
    graph = helper.make_graph([node], "g", [port("image", 3)], [port("map", 3)])
    imports = [helper.make_opsetid("", 13), helper.make_opsetid("local.functions", 1)]
    model = helper.make_model(graph, opset_imports=imports, functions=[double], ir_version=8)
    (tmp_path / "a.onnx").write_bytes(model.SerializeToString())
    assert find_model(str(tmp_path / "a.onnx")).spec.output.channels == 3


def test_inputs_that_are_no_image_are_refused(tmp_path: Path) -> None:
    add = helper.make_node("Add", ["image", "other"], ["map"])
    ports = [port("image", 3), port("other", 3)]
    two = helper.make_graph([add], "g", ports, [port("map", 3)])
    assert "has 2 inputs (image, other)" in refusal(save(tmp_path / "a.onnx", two))
    flat = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 10])
    same = helper.make_node("Identity", ["image"], ["map"])
    vector = helper.make_graph([same], "g", [flat], [port("map", 3)])
    assert "has the shape n x 10" in refusal(save(tmp_path / "b.onnx", vector))
    oblong = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 64, 128])
    assert "an image" in refusal(save(tmp_path / "c.onnx", helper.make_graph([same], "g", [oblong], [port("map", 3)])))
    pool = helper.make_node("GlobalAveragePool", ["image"], ["map"])
    values = helper.make_tensor_value_info("map", TensorProto.FLOAT, None)
    flatten = helper.make_node("Flatten", ["pooled"], ["map"])
    pool.output[0] = "pooled"
    graph = helper.make_graph([pool, flatten], "g", [port("image", 3)], [values])
    assert "an output per pixel is needed" in refusal(save(tmp_path / "d.onnx", graph))


def test_weights_listed_as_inputs_are_not_inputs(tmp_path: Path) -> None:
    weight = numpy_helper.from_array(np.ones((4, 3, 1, 1), np.float32), "weight")
    listed = helper.make_tensor_value_info("weight", TensorProto.FLOAT, [4, 3, 1, 1])
    node = helper.make_node("Conv", ["image", "weight"], ["map"])
    graph = helper.make_graph([node], "g", [port("image", 3), listed], [port("map", 4)], [weight])
    assert find_model(str(save(tmp_path / "a.onnx", graph))).spec.output.channels == 4


def test_the_face_agrees_with_the_onnx_package(tmp_path: Path) -> None:
    path = conv_model(tmp_path / "a.onnx", side=64, batch=2, metadata={"resolution": 3}, second_output=True)
    found, reference = read_onnx(path), onnx.load(str(path))
    assert [p.name for p in found.inputs] == ["image"] and found.inputs[0].shape == (2, 3, 64, 64)
    assert found.inputs[0].dtype == "float32"
    assert [p.name for p in found.outputs] == [o.name for o in reference.graph.output]
    assert found.metadata == {p.key: p.value for p in reference.metadata_props}
    assert found.initializers == {t.name for t in reference.graph.initializer}


def test_damage_never_escapes_as_another_error(tmp_path: Path) -> None:
    whole = conv_model(tmp_path / "a.onnx", metadata={"resolution": 3}).read_bytes()
    random = np.random.RandomState(0)
    path = tmp_path / "damaged.onnx"
    for round_ in range(400):
        content = bytearray(whole)
        for _ in range(2):
            content[random.randint(len(content) if round_ % 2 else 300)] = random.randint(256)
        path.write_bytes(bytes(content[: random.randint(1, len(content))] if round_ % 5 == 0 else content))
        try:
            read_onnx(path)
        except UserError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("content", [b"", b"\x00", b"<html></html>", b"PK\x03\x04", b"\x3a\x02\x0a\x00", b"\xff" * 100])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.onnx").write_bytes(content)
    assert "cannot be used" in refusal(tmp_path / "a.onnx")


def test_graphs_nested_without_end_are_refused(tmp_path: Path) -> None:
    def field(number: int, content: bytes) -> bytes:
        size, prefix = len(content), bytearray([number << 3 | 2])
        while size > 0x7F:
            prefix.append(size & 0x7F | 0x80)
            size >>= 7
        return bytes(prefix) + bytes([size]) + content

    graph = field(12, b"")
    for _ in range(300):
        graph = field(1, field(5, field(6, graph)))
    (tmp_path / "a.onnx").write_bytes(field(7, graph))
    assert "nested too deeply" in refusal(tmp_path / "a.onnx")
