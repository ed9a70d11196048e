"""DINOv2 files of every origin run through timm, and give the same features. Against transformers' own network they
are compared by ``tests/bench/reference/dinov3.py``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from dinov2_files import dinov2_as_timm, dinov2_as_transformers, dinov2_shapes
from dinov3_files import State, picture, telling
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.weights import write_safetensors
from timm_files import needs_timm

SIDE = 4
DEPTH = 12


def files(registers: bool) -> State:
    return telling(dinov2_shapes(384, DEPTH, SIDE, registers))


def features(path: Path) -> torch.Tensor:
    return load_model(find_model(str(path)))(picture(14 * SIDE, 14 * SIDE))


@needs_timm
@pytest.mark.parametrize("registers", [False, True], ids=["plain", "registers"])
def test_every_layout_gives_the_same_features(tmp_path: Path, registers: bool) -> None:
    state = files(registers)
    torch.save(state, str(tmp_path / "meta.pth"))
    write_safetensors(tmp_path / "timm.safetensors", dinov2_as_timm(state))
    write_safetensors(tmp_path / "hf.safetensors", dinov2_as_transformers(state))
    wanted = features(tmp_path / "meta.pth")
    assert wanted.shape == (1, 384, SIDE, SIDE) and wanted.std() > 0.1
    write_safetensors(tmp_path / "newer.safetensors", dinov2_as_transformers(state, True))
    for other in ("timm", "hf", "newer"):
        assert torch.allclose(features(tmp_path / f"{other}.safetensors"), wanted, atol=1e-5)


@needs_timm
def test_it_says_what_it_is(tmp_path: Path) -> None:
    torch.save(files(True), str(tmp_path / "a.pth"))
    spec = find_model(str(tmp_path / "a.pth")).spec
    assert spec.title == "vit_small_patch14_reg4_dinov2.lvd142m (timm)" and spec.licence == "apache-2.0"
    assert (spec.input.window_px, spec.input.stride_px, spec.output.cell_px) == (14 * SIDE, 14, 14)


def test_without_timm_it_is_named_and_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    torch.save(files(False), str(tmp_path / "a.pth"))
    with pytest.raises(UserError, match="is a DINOv2 ViT backbone .*: run pip install timm"):
        find_model(str(tmp_path / "a.pth"))


@needs_timm
def test_a_size_of_somebodys_own_is_refused(tmp_path: Path) -> None:
    torch.save(telling(dinov2_shapes(64, 2, SIDE, False)), str(tmp_path / "a.pth"))
    with pytest.raises(UserError, match="unknown size"):
        find_model(str(tmp_path / "a.pth"))


@needs_timm
def test_a_missing_tensor_is_named(tmp_path: Path) -> None:
    state = dinov2_as_transformers(files(False))
    del state["encoder.layer.3.attention.attention.key.bias"]
    write_safetensors(tmp_path / "a.safetensors", state)
    with pytest.raises(UserError, match=r"encoder\.layer\.3\.attention\.attention\.key\.bias is missing"):
        find_model(str(tmp_path / "a.safetensors"))
