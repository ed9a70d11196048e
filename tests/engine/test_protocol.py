"""The documents: the golden ones are read and written byte for byte, and hrefs move in one way."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rs_dino_engine.errors import UserError
from rs_dino_engine.messages import message
from rs_dino_engine.protocol import (
    Request,
    StatusLine,
    plain,
    read_status,
    relocate,
    results_document,
    write_document,
)  # fmt: skip

CONTRACT = Path(__file__).resolve().parents[1] / "contract"


@pytest.mark.parametrize("name", ["request.json", "request-plain.json"])
def test_golden_requests(name, tmp_path):
    request = Request.read(CONTRACT / name)
    assert request.process_id == "segment" and request.inputs["tile_size"] == 512
    request.write(tmp_path / name)
    assert (tmp_path / name).read_bytes() == (CONTRACT / name).read_bytes()


@pytest.mark.parametrize("name", ["status.ndjson", "status-failed.ndjson", "status-dismissed.ndjson"])
def test_golden_status_lines(name):
    lines = read_status(CONTRACT / name)
    assert "".join(line.as_line() for line in lines).encode("utf-8") == (CONTRACT / name).read_bytes()
    assert lines[0].status == "accepted" and lines[-1].status in ("successful", "failed", "dismissed")


def test_golden_messages_are_those_of_the_engine():
    """Text and parameters of the engine's own codes have not drifted from what clients were tested with."""
    from rs_dino_engine.messages import TEXTS

    for path in CONTRACT.glob("status*.ndjson"):
        for said in (line.message for line in read_status(path) if line.message):
            if said["code"] in TEXTS and said["code"].startswith(("job-", "device-", "cancelled")):
                assert message(said["code"], **said["params"]).as_dict() == said


def test_golden_results(tmp_path):
    document = json.loads((CONTRACT / "results.json").read_bytes())
    write_document(tmp_path / "r.json", document)
    assert (tmp_path / "r.json").read_bytes() == (CONTRACT / "results.json").read_bytes()
    write_document(tmp_path / "m.json", relocate(document, {"/data/out": "/home/me/maps"}))
    assert (tmp_path / "m.json").read_bytes() == (CONTRACT / "results-relocated.json").read_bytes()


def test_relocate_moves_only_hrefs_below_a_key():
    document = {
        "a": {"href": "/out/x.tif", "title": "/out/x.tif"},
        "b": {"href": "/out2/x.tif"},
        "c": [{"href": "/out"}, {"href": "/out/deep/er.tif"}],
        "d": {"href": {"href": "/out/x.tif"}},
    }
    moved = relocate(document, {"/out": "/new", "/out/deep": "https://h/d/"})
    assert moved == {
        "a": {"href": "/new/x.tif", "title": "/out/x.tif"},
        "b": {"href": "/out2/x.tif"},
        "c": [{"href": "/new"}, {"href": "https://h/d/er.tif"}],
        "d": {"href": {"href": "/new/x.tif"}},
    }
    assert document["a"]["href"] == "/out/x.tif", "the original is left alone"
    assert relocate(document, {}) == document


def test_relocate_reads_windows_paths_and_makes_hrefs_relative():
    document = {"a": {"href": "C:\\out\\森 林.tif"}, "b": {"href": "C:\\outside.tif"}}
    moved = relocate(document, {"C:\\out": "/job"})
    assert moved == {"a": {"href": "/job/森 林.tif"}, "b": {"href": "C:\\outside.tif"}}
    assert relocate(document, {"C:\\out": ""})["a"]["href"] == "森 林.tif"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, max_size=4), st.text())
def test_any_status_line_is_one_line_and_comes_back(metrics, text):
    line = StatusLine("j", "p", "running", 12.345, {"code": "c", "params": {}, "text": text}, metrics)
    written = line.as_line()
    assert written.count("\n") == 1
    again = StatusLine.from_line(written)
    assert again.message["text"] == text and again.metrics == plain(metrics) and again.progress == 12.35


def test_values_of_other_libraries_become_json():
    value = {"a": np.float32(0.5), "b": np.arange(3), "c": Path("/x"), "d": (1, 2), 3: {4}, "e": np.float64("nan")}
    assert plain(value) == {"a": 0.5, "b": [0, 1, 2], "c": str(Path("/x")), "d": [1, 2], "3": [4], "e": None}


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"inputs": {}}', '{"processID": 3}', '{"processID": "a", "inputs": []}', "\x00"]
)
def test_a_broken_request_is_a_sentence(tmp_path, text):
    path = tmp_path / "请 求.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as raised:
        Request.read(path)
    assert raised.value.message.code == "request-invalid" and str(path) in str(raised.value)


def test_a_request_that_is_not_there_is_a_sentence(tmp_path):
    with pytest.raises(UserError) as raised:
        Request.read(tmp_path / "none.json")
    assert raised.value.message.code == "request-missing"


def test_a_request_written_by_a_windows_editor_is_read(tmp_path):
    (tmp_path / "r.json").write_bytes(b'\xef\xbb\xbf{\r\n"processID": "segment", "inputs": {}}')
    assert Request.read(tmp_path / "r.json") == Request("segment", {})


def test_results_keep_what_the_task_said_and_add_warnings():
    warning = message("output-locked", path="a", renamed="b")
    own = message("cancelled").as_dict()
    document = results_document({"a": {"href": "x"}, "messages": {"value": [own]}}, [warning, warning])
    assert document["messages"]["value"] == [own, warning.as_dict()]
    with pytest.raises(TypeError):
        results_document({"a": {"title": "neither"}}, [])


def test_a_document_that_cannot_be_written_leaves_the_old_one(tmp_path):
    write_document(tmp_path / "a.json", {"old": 1})
    with pytest.raises(TypeError):
        write_document(tmp_path / "a.json", Unwritable())
    assert json.loads((tmp_path / "a.json").read_bytes()) == {"old": 1}
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


class Unwritable:
    def __str__(self):
        raise TypeError
