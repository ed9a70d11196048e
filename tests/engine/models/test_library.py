"""Finding, listing and importing models."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch
from dinov3_files import SMALL_SIZES, as_timm, chmv2_shapes, meta_shapes, telling
from rs_dino_engine.errors import UserError
from rs_dino_engine.models import library
from rs_dino_engine.models.cache import ModelCache
from rs_dino_engine.models.folder import write_torch_folder
from rs_dino_engine.models.library import find_model, import_model, library_folder, list_models, name_from_path
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.weights import write_safetensors
from tiny_torch import tiny_network, tiny_spec


@pytest.fixture(autouse=True)
def own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RS_DINO_MODELS", str(tmp_path / "库 models"))
    monkeypatch.setattr(library, "EMBEDDED", tmp_path / "embedded")
    return tmp_path / "库 models"


def make(folder: Path, name: str, seed: int = 0) -> Path:
    spec = tiny_spec(name)
    write_torch_folder(folder / name, spec, tiny_network(spec, seed).state_dict())
    return folder / name


def test_embedded_and_imported_models_are_listed(tmp_path: Path, own_library: Path) -> None:
    assert list_models() == []
    make(tmp_path / "embedded", "starter-landcover")
    make(own_library, "mine")
    (own_library / "broken").mkdir()
    (own_library / "broken" / "model.json").write_text("{", encoding="utf-8")
    assert [(m.spec.name, m.origin) for m in list_models()] == [("mine", "library"), ("starter-landcover", "embedded")]
    assert find_model("starter-landcover").origin == "embedded"
    with pytest.raises(UserError, match="broken"):
        find_model("broken")


def test_an_imported_model_counts_before_an_embedded_one(tmp_path: Path, own_library: Path) -> None:
    make(tmp_path / "embedded", "a")
    make(own_library, "a", seed=1)
    assert find_model("a").origin == "library" and len(list_models()) == 1


def test_a_mistyped_name_gets_a_hint(tmp_path: Path) -> None:
    make(tmp_path / "embedded", "starter-landcover")
    with pytest.raises(UserError, match=r"Did you mean starter-landcover\? Known are: starter-landcover\."):
        find_model("Starter-Landcovr")
    with pytest.raises(UserError, match=r"called xyz\. Known are"):
        find_model("xyz")


def test_a_mistyped_file_gets_a_hint(tmp_path: Path) -> None:
    (tmp_path / "weights_v2.pth").write_bytes(b"x")
    with pytest.raises(UserError, match=r"weights_v3\.pth does not exist\. Did you mean weights_v2\.pth\?"):
        find_model(str(tmp_path / "weights_v3.pth"))
    with pytest.raises(UserError, match="is not a model"):
        (tmp_path / "a.tif").write_bytes(b"x")
        find_model(str(tmp_path / "a.tif"))


def test_a_folder_or_a_file_in_it_can_be_given(tmp_path: Path) -> None:
    folder = make(tmp_path / "elsewhere", "m")
    for path in (folder, folder / "model.json", folder / "model.safetensors"):
        assert find_model(str(path)).path == folder


@pytest.fixture
def vit(tmp_path: Path) -> Path:
    """Meta's file alone in a folder, beside what is no model."""
    folder = tmp_path / "下载 1"
    folder.mkdir()
    torch.save(telling(meta_shapes(SMALL_SIZES["ViT-S/16"])), str(folder / "dinov3.pth"))
    (folder / "notes.txt").write_text("text")
    return folder


def test_a_folder_with_one_file_of_weights_is_that_file(vit: Path, tmp_path: Path) -> None:
    found = find_model(str(vit))
    assert (found.path, found.origin) == (vit / "dinov3.pth", "file")
    (vit / "optimizer.pt").write_bytes(b"nothing")
    (vit / "._dinov3.pth").write_bytes(b"nothing")
    torch.save({"state_dict": {"x.weight": torch.zeros(1)}}, str(vit / "other.ckpt"))
    torch.save(telling(chmv2_shapes(64)), str(vit / "head.pth"))
    assert find_model(str(vit)).path == vit / "dinov3.pth"
    assert import_model(str(vit), "mine").origin == "library"
    ours = make(tmp_path / "elsewhere", "m") / "model.safetensors"
    (tmp_path / "ours").mkdir()
    ours.replace(tmp_path / "ours" / "of mine.safetensors")
    assert find_model(str(tmp_path / "ours")).spec.name == "m"
    alone = tmp_path / "alone"
    alone.mkdir()
    write_safetensors(alone / "a.safetensors", as_timm(telling(meta_shapes(SMALL_SIZES["ViT-S/16"]))))
    assert find_model(str(alone)).path == alone / "a.safetensors"


def test_a_folder_with_several_says_so(vit: Path) -> None:
    torch.save(telling(meta_shapes(SMALL_SIZES["ViT-S/16"])), str(vit / "another.pth"))
    with pytest.raises(UserError, match=r"holds several models \(another\.pth, dinov3\.pth\)"):
        find_model(str(vit))


def test_a_folder_with_nothing_recognised_says_what_is_wrong(tmp_path: Path) -> None:
    torch.save({"x.weight": torch.zeros(1)}, str(tmp_path / "a.pth"))
    with pytest.raises(UserError, match=r"not known here .its first keys are x\.weight"):
        find_model(str(tmp_path))
    torch.save({"x.weight": torch.zeros(1)}, str(tmp_path / "b.pth"))
    with pytest.raises(UserError, match=r"has no model\.json"):
        find_model(str(tmp_path))


def test_importing_makes_a_model_folder(tmp_path: Path, own_library: Path) -> None:
    folder = make(tmp_path / "elsewhere", "m")
    found = import_model(str(folder), name="renamed")
    assert found.path == own_library / "renamed" and find_model("renamed").spec.name == "renamed"
    windows = torch.rand(1, 3, 16, 16)
    assert torch.equal(load_model(found)(windows), load_model(find_model(str(folder)))(windows))
    with pytest.raises(UserError, match="already has a model called renamed"):
        import_model(str(folder), name="renamed")
    for name in ("../up", "a/b", "", ".hidden", "a."):
        with pytest.raises(UserError, match="cannot be a model's name"):
            import_model(str(folder), name=name)


def test_a_head_is_refused_where_the_model_is_complete(tmp_path: Path) -> None:
    folder = make(tmp_path / "elsewhere", "m")
    with pytest.raises(UserError, match="takes no separate head"):
        find_model(str(folder), head=str(folder / "model.safetensors"))


def test_names_out_of_file_names() -> None:
    assert name_from_path(Path("我的 model v1.2.onnx")) == "model-v1.2"
    assert name_from_path(Path("水体.onnx")) == "model"
    assert name_from_path(Path(".-x.onnx")) == "x"


@pytest.mark.parametrize(
    ("platform", "variable", "ends"),
    [
        ("linux", "XDG_DATA_HOME", ("rs-dino", "models")),
        ("win32", "LOCALAPPDATA", ("RS-DINO", "models")),
        ("darwin", "", ("Application Support", "RS-DINO", "models")),
    ],
)
def test_the_library_lies_where_the_platform_keeps_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, platform: str, variable: str, ends: "tuple[str, ...]"
) -> None:
    monkeypatch.delenv("RS_DINO_MODELS")
    monkeypatch.setattr(sys, "platform", platform)
    if variable:
        monkeypatch.setenv(variable, str(tmp_path / "data"))
        assert library_folder() == (tmp_path / "data").joinpath(*ends)
    assert library_folder().parts[-len(ends) :] == ends


def test_the_cache_keeps_the_models_used_last(tmp_path: Path) -> None:
    found = [find_model(str(make(tmp_path / "elsewhere", name, seed))) for seed, name in enumerate("abc")]
    cache = ModelCache(keep=2)
    first = cache.get(found[0], "cpu")
    assert cache.get(found[0], "cpu") is first and len(cache) == 1
    cache.get(found[1], "cpu")
    cache.get(found[0], "cpu")
    cache.get(found[2], "cpu")  # b goes
    assert cache.get(found[0], "cpu") is first and len(cache) == 2
    other = found[0].spec.model_copy(update={"title": "Described anew"})
    again = cache.get(type(found[0])(other, found[0].path, found[0].weights, "folder"), "cpu")
    assert again is not first and again.spec.title == "Described anew"
    cache.clear()
    assert len(cache) == 0 and cache.get(found[0], "cpu") is not first
