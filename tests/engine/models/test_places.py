"""Folders of the person's own, and what programs read of the verb models."""

from __future__ import annotations

import io
import json
import shutil
import sys
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
import torch
from dinov3_files import SMALL_SIZES, as_timm, meta_shapes, telling
from hub_server import Hub
from rs_dino_engine import cli
from rs_dino_engine.models.library import EMBEDDED
from rs_dino_engine.models.places import look_in
from rs_dino_engine.models.weights import write_safetensors

SMALL = SMALL_SIZES["ViT-S/16"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model folder, a recognised file, a file that is none, and what is no model at all."""
    made = tmp_path / "模型 m"
    shutil.copytree(str(EMBEDDED / "starter-features"), str(made / "mine"))
    torch.save(telling(meta_shapes(SMALL)), str(made / "vit.pth"))
    (made / "broken.safetensors").write_bytes(b"nothing")
    (made / "notes.txt").write_text("text")
    (made / "photos").mkdir()
    return made


def test_a_folder_tells_what_lies_in_it(folder: Path) -> None:
    seen = look_in(folder)
    assert {model.path.name: model.origin for model in seen.models} == {"mine": "folder", "vit.pth": "file"}
    assert [problem.path.name for problem in seen.problems] == ["broken.safetensors"]
    assert [model.path for model in look_in(folder / "mine").models] == [folder / "mine"]
    missing = look_in(folder / "nowhere")
    assert not missing.models and missing.problems[0].message.code == "models-folder-unreadable"


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The JSON on the wire, and the exit code."""

    def ask(*arguments: str) -> Any:
        wire = io.StringIO()
        monkeypatch.setattr(cli, "take_wire", lambda: wire)
        code = cli.main(["models", *arguments, "--json"])
        return Namespace(code=code, document=json.loads(wire.getvalue()))

    return ask


def test_the_list_holds_folders_and_their_problems(folder: Path, answer: Any) -> None:
    listed = answer("list", "--in", str(folder)).document
    by_name = {Path(entry["path"]).name: entry for entry in listed}
    assert by_name["mine"]["origin"] == "folder" and by_name["mine"]["size_bytes"] > 100_000
    assert by_name["broken.safetensors"]["problem"]["code"] == "weights-unreadable"
    assert by_name["starter-landcover"]["origin"] == "embedded"


def test_a_refusal_is_a_document(answer: Any, capsys: pytest.CaptureFixture) -> None:
    refused = answer("show", "nobody")
    assert refused.code == 2 and refused.document["error"]["code"] == "model-unknown"
    assert "nobody" in capsys.readouterr().err


def test_a_link_comes_from_stdin_and_progress_as_documents(
    hub: Hub,
    tmp_path: Path,
    answer: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    small_sizes: None,
) -> None:
    weights = tmp_path / "timm.safetensors"
    write_safetensors(weights, as_timm(telling(meta_shapes(SMALL))))
    at = "/timm/vit_small_patch16_dinov3.lvd1689m/resolve/main/model.safetensors"
    hub.files = {at: weights.read_bytes()}
    before = {entry["name"]: entry["accepted"] for entry in answer("get").document}
    assert set(before.values()) == {False}
    got = answer("get", "dinov3-vits16-lvd1689m", "--accept-licence")
    assert got.code == 0 and got.document["origin"] == "library"
    said = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert said[-1] == {"done": weights.stat().st_size, "total": weights.stat().st_size}
    assert all(entry["accepted"] for entry in answer("get").document)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{hub.url}/signed?Policy=secret\n"))
    refused = answer("get", "dinov3-vitb16-lvd1689m", "--from", "-").document["error"]
    assert refused["code"] == "download-missing" and refused["params"]["url"] == f"{hub.url}/signed"
