"""ONNX models of all shapes and layouts, described and run; the reference is onnxruntime on the plain graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pytest
import torch

pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from rs_dino_engine.errors import EngineError, UserError  # noqa: E402
from rs_dino_engine.models import onnx_session  # noqa: E402
from rs_dino_engine.models.library import find_model, import_model, list_models  # noqa: E402
from rs_dino_engine.models.load import device_problem, load_model  # noqa: E402
from rs_dino_engine.models.onnx_file import read_onnx  # noqa: E402
from rs_dino_engine.models.onnx_metadata import write_metadata  # noqa: E402
from tiny_onnx import RADIUS, conv_model  # noqa: E402

DEEPNESS: Dict[str, Any] = {
    "model_type": "Segmentor", "class_names": {"0": "background", "1": "road", "2": "水", "3": "tree"},
    "resolution": 30, "tile_size": 256, "tiles_overlap": 15, "seg_thresh": 0.5, "seg_small_segment": 11,
    "standardization_mean": [0.4, 0.5, 0.3], "standardization_std": [0.2, 0.1, 0.3],
}  # fmt: skip


def plain(path: Path, values: np.ndarray, output: str = "map") -> np.ndarray:
    """The graph as it is."""
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    result: np.ndarray = session.run([output], {"image": values})[0]
    return result


def windows(n: int = 2, bands: int = 3, side: int = 96, seed: int = 0) -> torch.Tensor:
    return torch.rand(n, bands, side, side, generator=torch.Generator().manual_seed(seed))


def test_deepness_metadata_is_read(tmp_path: Path) -> None:
    found = find_model(str(conv_model(tmp_path / "我的 道路.onnx", metadata=DEEPNESS)))
    spec = found.spec
    assert [c.name for c in spec.output.class_map.classes] == ["background", "road", "水", "tree"]  # type: ignore[union-attr]
    assert (spec.task, spec.runtime, spec.name) == ("segment", "onnx", "model")
    assert spec.input.gsd_m == pytest.approx(0.3) and spec.input.window_px == 256
    assert spec.input.overlap_px == round(0.15 * 256)
    assert spec.input.mean == [0.4, 0.5, 0.3] and spec.input.std == [0.2, 0.1, 0.3]
    assert spec.output.activation == "softmax" and found.notes == ()


@pytest.mark.parametrize("names", ["{0: 'a', 1: 'b', 2: 'c', 3: 'd'}", '{"0": "a", "1": "b", "2": "c", "3": "d"}',
                                   '[{"0": "a", "1": "b", "2": "c", "3": "d"}]', '["a", "b", "c", "d"]'])  # fmt: skip
def test_class_names_in_every_form_that_is_about(tmp_path: Path, names: str) -> None:
    import onnx

    path = conv_model(tmp_path / "a.onnx")
    model = onnx.load(str(path))
    model.metadata_props.add(key="class_names", value=names)
    path.write_bytes(model.SerializeToString())
    class_map = find_model(str(path)).spec.output.class_map
    assert class_map is not None and [c.name for c in class_map.classes] == ["a", "b", "c", "d"]


def test_gaps_and_missing_names_are_filled(tmp_path: Path) -> None:
    path = conv_model(tmp_path / "a.onnx", metadata={"class_names": {"0": "a", "2": "c"}})
    class_map = find_model(str(path)).spec.output.class_map
    assert class_map is not None
    assert [c.name for c in class_map.classes] == ["a", "class 1", "c", "class 3"]
    assert len({c.color for c in class_map.classes}) == 4


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, {"window_fixed": False, "batch_fixed": None, "receptive_radius_px": RADIUS, "stride_px": 1}),
        ({"side": 128}, {"window_fixed": True, "window_px": 128, "batch_fixed": None}),
        ({"side": 128, "batch": 1}, {"window_fixed": True, "batch_fixed": 1}),
        ({"side": 64, "batch": 3, "input_layout": "nhwc"}, {"window_px": 64, "batch_fixed": 3}),
        ({"stride": 2, "upsample": True}, {"stride_px": 2}),
        ({"stride": 4, "upsample": True}, {"stride_px": 4}),
    ],
)
def test_shapes_and_reach_are_measured(tmp_path: Path, settings: Dict[str, Any], expected: Dict[str, Any]) -> None:
    spec = find_model(str(conv_model(tmp_path / "a.onnx", **settings))).spec
    assert {key: getattr(spec.input, key) for key in expected} == expected


@pytest.mark.parametrize("settings", [
    {}, {"stride": 2}, {"stride": 2, "upsample": True}, {"stride": 4, "upsample": True}, {"padding": 0},
])  # fmt: skip
def test_the_measured_reach_is_a_true_bound(tmp_path: Path, settings: Dict[str, Any]) -> None:
    """Whatever lies further away than the stated radius, and only that, may be anything."""
    found = find_model(str(conv_model(tmp_path / "a.onnx", **settings)))
    model, radius = load_model(found), found.spec.input.receptive_radius_px
    assert radius is not None and radius >= 3
    cell = found.spec.output.cell_px
    for at in range(40, 48):  # every place within a block
        first, second = windows(1, side=96), windows(1, side=96, seed=9)
        second[..., max(0, at - radius) : at + radius + 1] = first[..., max(0, at - radius) : at + radius + 1]
        assert torch.equal(model(first)[..., at // cell], model(second)[..., at // cell])


def test_a_model_that_sees_everything_has_no_radius(tmp_path: Path) -> None:
    from onnx import helper
    from tiny_onnx import save

    nodes = [helper.make_node("GlobalAveragePool", ["image"], ["mean"])]
    nodes.append(helper.make_node("Sub", ["image", "mean"], ["map"]))
    value = [helper.make_tensor_value_info(n, 1, ["n", 3, "h", "w"]) for n in ("image", "map")]
    path = save(tmp_path / "a.onnx", helper.make_graph(nodes, "g", value[:1], value[1:]))
    assert find_model(str(path)).spec.input.receptive_radius_px is None


@pytest.mark.parametrize("settings", [
    {}, {"side": 96}, {"side": 96, "batch": 2}, {"bands": 6}, {"bands": 1}, {"classes": 1},
    {"classes": 1, "end": "sigmoid"}, {"end": "softmax"}, {"stride": 2}, {"stride": 2, "upsample": True},
    {"second_output": True}, {"dtype": "float16"},
    {"input_layout": "nhwc"}, {"output_layout": "nhwc"}, {"input_layout": "nhwc", "output_layout": "nhwc"},
    {"classes": 1, "output_layout": "nhw"}, {"classes": 2, "output_layout": "nhwc", "side": 96},
])  # fmt: skip
def test_outputs_are_those_of_the_graph(tmp_path: Path, settings: Dict[str, Any]) -> None:
    path = conv_model(tmp_path / "a.onnx", **settings)
    found = find_model(str(path))
    batch = windows(bands=settings.get("bands", 3))
    given = batch.numpy().astype(settings.get("dtype", "float32"))
    if settings.get("input_layout") == "nhwc":
        given = given.transpose(0, 2, 3, 1)
    wanted = plain(path, np.ascontiguousarray(given))
    if settings.get("output_layout") == "nhwc":
        wanted = wanted.transpose(0, 3, 1, 2)
    wanted = wanted[:, None] if wanted.ndim == 3 else wanted
    out = load_model(found)(batch)
    side = 96 // found.spec.output.cell_px
    assert out.dtype == torch.float32 and out.shape == (2, found.spec.output.channels, side, side)
    # another arrangement of a batch may be computed in another order; half precision says so louder
    assert np.abs(out.numpy() - wanted).max() < (0.02 if settings.get("dtype") == "float16" else 1e-5)


@pytest.mark.parametrize(("settings", "activation", "channels", "classes"), [
    ({}, "softmax", 4, 4), ({"end": "softmax"}, "none", 4, 4), ({"classes": 1}, "sigmoid", 1, 2),
    ({"classes": 1, "end": "sigmoid"}, "none", 1, 2), ({"classes": 2}, "softmax", 2, 2),
])  # fmt: skip
def test_logits_and_probabilities_are_told_apart(
    tmp_path: Path, settings: Dict[str, Any], activation: str, channels: int, classes: int
) -> None:
    output = find_model(str(conv_model(tmp_path / "a.onnx", scale=0.05, **settings))).spec.output
    assert (output.activation, output.channels) == (activation, channels)
    assert output.class_map is not None and len(output.class_map) == classes


def test_a_binary_model_with_one_name_gets_a_background(tmp_path: Path) -> None:
    metadata = {"model_type": "Segmentor", "class_names": {"0": "road"}, "seg_thresh": 0.3}
    output = find_model(str(conv_model(tmp_path / "a.onnx", classes=1, end="sigmoid", metadata=metadata))).spec.output
    assert output.class_map is not None and [c.name for c in output.class_map.classes] == ["background", "road"]
    assert output.threshold == 0.3


def test_integer_inputs_get_their_own_scale(tmp_path: Path) -> None:
    path = conv_model(tmp_path / "a.onnx", dtype="uint8")
    found = find_model(str(path))
    pixels = np.random.RandomState(0).randint(0, 256, (2, 3, 96, 96)).astype(np.uint8)
    mean, std = found.spec.input.mean[0], found.spec.input.std[0]
    normalised = torch.from_numpy((pixels.astype(np.float32) / 255 - mean) / std)
    assert np.array_equal(load_model(found)(normalised).numpy(), plain(path, pixels))


@pytest.mark.parametrize("layout", ["nchw", "nhw"])
def test_finished_labels_become_channels(tmp_path: Path, layout: str) -> None:
    path = conv_model(tmp_path / "a.onnx", end="labels", output_layout=layout, metadata=DEEPNESS)
    out = load_model(find_model(str(path)))(windows())
    labels = plain(path, windows().numpy()).reshape(2, 96, 96)
    assert out.shape == (2, 4, 96, 96) and np.array_equal(out.argmax(1).numpy(), labels)
    assert torch.equal(out.sum(1), torch.ones(2, 96, 96))
    with pytest.raises(UserError, match="how many classes there are"):
        find_model(str(conv_model(tmp_path / "b.onnx", end="labels", output_layout=layout)))


def test_an_output_smaller_than_its_input_is_put_in_its_place(tmp_path: Path) -> None:
    free = conv_model(tmp_path / "free.onnx", padding=0)
    fixed = conv_model(tmp_path / "fixed.onnx", padding=0, side=96)
    inner = plain(free, windows().numpy())
    for path in (free, fixed):
        found = find_model(str(path))
        out = load_model(found)(windows()).numpy()
        assert found.spec.network["border_px"] == RADIUS and found.spec.input.receptive_radius_px == RADIUS
        assert out.shape == (2, 4, 96, 96)
        assert np.abs(out[..., RADIUS:-RADIUS, RADIUS:-RADIUS] - inner).max() < 1e-5


def test_regressors_are_scaled(tmp_path: Path) -> None:
    metadata = {"model_type": "Regressor", "reg_output_scaling": 2.5, "class_names": {"0": "height"}, "resolution": 50}
    path = conv_model(tmp_path / "a.onnx", classes=1, metadata=metadata)
    found = find_model(str(path))
    output = found.spec.output
    assert (output.kind, output.blend_on, output.quantity) == ("value", "value", "height")
    assert np.allclose(load_model(found)(windows()).numpy(), plain(path, windows().numpy()) * 2.5, atol=1e-5)


@pytest.mark.parametrize("kind", ["Detector", "Superresolution", "Recognition"])
def test_other_kinds_of_model_are_refused(tmp_path: Path, kind: str) -> None:
    with pytest.raises(UserError, match=f"of type {kind}"):
        find_model(str(conv_model(tmp_path / "a.onnx", metadata={"model_type": kind})))


@pytest.mark.parametrize(("key", "value"), [
    ("resolution", "wide"), ("resolution", -1), ("resolution", 1e30), ("tile_size", [1]), ("class_names", 3),
    ("class_names", {"a": "b"}), ("class_names", {"999": "b"}), ("class_names", {"-1": "b"}),
    ("standardization_mean", "x"), ("standardization_mean", [1, 2]), ("standardization_std", [0, 0, 0]),
])  # fmt: skip
def test_metadata_that_makes_no_sense_is_refused(tmp_path: Path, key: str, value: Any) -> None:
    with pytest.raises(UserError):
        find_model(str(conv_model(tmp_path / "a.onnx", metadata={key: value})))


def test_what_is_assumed_is_said(tmp_path: Path) -> None:
    texts = [note.text for note in find_model(str(conv_model(tmp_path / "a.onnx", second_output=True))).notes]
    assert "what its classes are called" in texts[0] and "red green blue" in texts[0] and "map is used" in texts[1]


def test_a_model_json_beside_the_file_counts_first(tmp_path: Path) -> None:
    path = conv_model(tmp_path / "a.onnx", metadata=DEEPNESS)
    spec = find_model(str(path)).spec.model_copy(update={"title": "Described by hand"})
    (tmp_path / "a.model.json").write_text(spec.model_dump_json(), encoding="utf-8")
    found = find_model(str(path))
    assert found.spec.title == "Described by hand" and load_model(found)(windows()).shape == (2, 4, 96, 96)


def test_windows_of_another_size_are_refused(tmp_path: Path) -> None:
    model = load_model(find_model(str(conv_model(tmp_path / "a.onnx", side=64))))
    with pytest.raises(EngineError, match="takes windows of 64 px, not 96 x 96 px"):
        model(windows())


def test_importing_keeps_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RS_DINO_MODELS", str(tmp_path / "library"))
    path = conv_model(tmp_path / "roads v2.onnx", metadata=DEEPNESS)
    before = find_model(str(path))
    found = import_model(str(path))
    assert [m.spec.name for m in list_models() if m.origin == "library"] == ["roads-v2"]
    assert found.spec == before.spec
    path.unlink()
    assert load_model(find_model("roads-v2"))(windows()).shape == (2, 4, 96, 96)
    (found.path / "model.onnx").write_bytes(conv_model(tmp_path / "other.onnx", seed=3).read_bytes())
    with pytest.raises(UserError, match="sha256"):
        load_model(find_model("roads-v2"))


def test_metadata_is_written_for_other_tools_and_for_us(tmp_path: Path) -> None:
    import onnx

    path = conv_model(tmp_path / "a.onnx", metadata={"resolution": 1, "producer": "keep me"})
    spec = find_model(str(conv_model(tmp_path / "b.onnx", metadata=DEEPNESS))).spec
    for _ in range(2):  # a second time replaces the first
        write_metadata(path, spec)
    onnx.checker.check_model(str(path))
    props: List[Any] = [(p.key, p.value) for p in onnx.load(str(path)).metadata_props]
    texts = dict(props)
    assert len(texts) == len(props) and json.loads(texts["producer"]) == "keep me"
    assert json.loads(texts["class_names"])["2"] == "水" and json.loads(texts["resolution"]) == 30
    assert json.loads(texts["tiles_overlap"]) == 15 and json.loads(texts["model_type"]) == "Segmentor"
    assert json.loads(texts["standardization_mean"]) == [0.4, 0.5, 0.3]
    again = find_model(str(path)).spec
    assert again == spec.model_copy(update={"sha256": None})
    assert np.array_equal(plain(path, windows().numpy()), plain(conv_model(tmp_path / "c.onnx"), windows().numpy()))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.onnx", "b.onnx", "c.onnx"]


def test_long_metadata_is_written_whole(tmp_path: Path) -> None:
    path = conv_model(tmp_path / "a.onnx")
    spec = find_model(str(path)).spec.model_copy(update={"description": "长" * 40_000})
    write_metadata(path, spec)
    assert find_model(str(path)).spec.description == spec.description
    assert read_onnx(path).outputs[0].name == "map"


def test_a_device_that_onnxruntime_lacks_is_said_and_not_replaced(tmp_path: Path) -> None:
    found = find_model(str(conv_model(tmp_path / "a.onnx")))
    assert device_problem(found, "cpu") is None
    for device in ("cuda:0", "mps", "gcu:0"):
        if device == "cuda:0" and "CUDAExecutionProvider" in onnxruntime.get_available_providers():
            continue
        problem = device_problem(found, device)
        assert problem is not None and device in problem.text
        with pytest.raises(UserError, match=f"cannot use {device}"):
            load_model(found).to(device)


def test_a_missing_onnxruntime_gives_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    path = conv_model(tmp_path / "a.onnx", seed=12)  # never measured before
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UserError, match="-m pip install onnxruntime"):
        find_model(str(path))


def test_failures_inside_the_graph_are_one_sentence(tmp_path: Path) -> None:
    model = load_model(find_model(str(conv_model(tmp_path / "a.onnx"))))
    with pytest.raises(EngineError, match="The ONNX model a failed") as caught:
        model(torch.rand(1, 5, 32, 32))
    assert "\n" not in str(caught.value)


def test_memory_that_runs_out_can_be_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = onnx_session.Session(conv_model(tmp_path / "a.onnx"))

    class Full:
        def run(self, *arguments: object) -> None:
            raise session._runtime.errors[0]("Failed to allocate memory for requested buffer of size 1")

    monkeypatch.setattr(session, "_session", Full())
    with pytest.raises(MemoryError):
        session.run(np.zeros((1, 3, 8, 8), np.float32))


def test_slow_measurements_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rs_dino_engine.models import onnx_memory

    monkeypatch.setenv("RS_DINO_MODELS", str(tmp_path / "library"))
    monkeypatch.setattr(onnx_memory, "KEEP_FROM_S", 0.0)
    path = conv_model(tmp_path / "a.onnx", seed=11)
    first = find_model(str(path))
    (record,) = (tmp_path / "library" / ".measured").iterdir()
    monkeypatch.setattr(onnx_memory, "measure", lambda *arguments: pytest.fail("it was measured again"))
    assert find_model(str(path)) == first
    onnx_memory._known.clear()
    assert find_model(str(path)) == first
    assert all(model.origin == "embedded" for model in list_models())
    monkeypatch.undo()
    monkeypatch.setenv("RS_DINO_MODELS", str(tmp_path / "library"))
    onnx_memory._known.clear()
    record.write_text('{"shape": 3}', encoding="utf-8")
    assert find_model(str(path)) == first
