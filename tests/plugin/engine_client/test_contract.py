"""The golden documents of ``tests/contract``: this side reads them, and writes the same."""

import json
from pathlib import Path

import pytest

from rs_dino_plugin.engine_client.documents import (
    DocumentError,
    Request,
    Results,
    Status,
    parse_document,
    read_document,
)

CONTRACT = Path(__file__).resolve().parents[2] / "contract"


@pytest.mark.parametrize("name", ["request.json", "request-plain.json"])
def test_request_is_read_and_written_alike(name):
    document = read_document(CONTRACT / name)
    request = Request.from_document(document)
    assert request.process_id == "segment"
    assert request.document() == document


@pytest.mark.parametrize("end", ["successful", "failed", "dismissed"])
def test_status_lines_are_read_and_written_alike(end):
    name = "status.ndjson" if end == "successful" else f"status-{end}.ndjson"
    lines = (CONTRACT / name).read_bytes().splitlines()
    read = [Status.from_document(parse_document(line)) for line in lines]
    assert [status.document() for status in read] == [json.loads(line) for line in lines]
    assert read[0].state == "accepted"
    assert read[-1].state == end
    assert [status.is_final for status in read] == [False] * (len(read) - 1) + [True]


@pytest.mark.parametrize("name", ["results.json", "results-relocated.json"])
def test_results_are_read(name):
    document = read_document(CONTRACT / name)
    results = Results.from_document(document)
    assert set(results.links) | set(results.values) == set(document)
    for key, link in results.links.items():
        assert link.path(Path("/job")) == Path(document[key]["href"])
        assert link.type == document[key]["type"]
    for message, written in zip(results.messages, document["messages"]["value"]):
        assert message.document() == written
    for entry in results.values.get("classes", []):
        assert {"id", "name", "color", "area_m2", "share"} <= set(entry)


def test_relative_and_file_hrefs_become_paths(tmp_path):
    document = {"a": {"href": "outputs/a b.tif"}, "b": {"href": (tmp_path / "图 1.tif").as_uri()}}
    links = Results.from_document(document).links
    assert links["a"].path(tmp_path) == tmp_path / "outputs" / "a b.tif"
    assert links["b"].path(tmp_path) == tmp_path / "图 1.tif"


@pytest.mark.parametrize(
    "read, document",
    [
        (Request.from_document, {"inputs": {}}),
        (Request.from_document, {"processID": "segment"}),
        (Status.from_document, {"jobID": "1", "status": "sleeping"}),
        (Status.from_document, {"status": "running"}),
        (Results.from_document, {"labels": {"path": "a.tif"}}),
        (Results.from_document, {"labels": "a.tif"}),
        (parse_document, b"[]"),
        (parse_document, b'{"a": '),
        (parse_document, b"\xff"),
    ],
)
def test_what_is_no_document_is_an_error(read, document):
    with pytest.raises(DocumentError):
        read(document)
