"""Checkpoints are recognised by their keys, whatever the file is called and whatever is wrapped around them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List

import pytest
import torch
from dinov3_files import SMALL_SIZES, meta_shapes, telling
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.checkpoints import convert_file, formats, open_checkpoint, recognize
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.weights import write_safetensors

KEYS: Dict[str, List[str]] = {
    "DINOv3 ViT backbone (Meta": ["cls_token", "storage_tokens", "blocks.0.attn.qkv.weight", "blocks.0.ls1.gamma"],
    "DINOv3 ViT backbone (timm": ["cls_token", "reg_token", "blocks.0.gamma_1", "blocks.0.attn.qkv.weight"],
    "DINOv3 ViT backbone (transformers": ["embeddings.cls_token", "embeddings.register_tokens", "layer.0.norm1.weight"],
    "DINOv3 ConvNeXt backbone (Meta": [
        "downsample_layers.0.0.weight",
        "stages.0.0.dwconv.weight",
        "stages.0.0.gamma",
        "norms.3.weight",
    ],
    "DINOv3 ConvNeXt backbone (timm": [
        "stem.0.weight",
        "stages.0.blocks.0.conv_dw.weight",
        "stages.0.blocks.0.gamma",
        "head.norm.weight",
    ],
    "DINOv3 ConvNeXt backbone (transformers": [
        "stages.0.downsample_layers.0.weight",
        "stages.0.layers.0.depthwise_conv.weight",
        "stages.0.layers.0.gamma",
    ],
    "CHMv2 canopy-height head": ["reassemble_blocks.projects.0.conv.weight", "conv_depth.head.4.weight"],
    "complete CHMv2": ["head.conv_depth.head.4.weight", "backbone.embeddings.cls_token"],
    "DINOv2 ViT backbone (Meta": ["cls_token", "pos_embed", "mask_token", "blocks.0.ls1.gamma"],
    "DINOv2 ViT backbone (timm": ["cls_token", "pos_embed", "blocks.0.ls1.gamma"],
    "DINOv2 ViT backbone (transformers": [
        "embeddings.cls_token",
        "embeddings.position_embeddings",
        "embeddings.register_tokens",
        "encoder.layer.0.layer_scale1.lambda1",
    ],
    "HighResCanopyHeight": ["chm_module_.backbone.pos_embed", "chm_module_.decode_head.conv.weight"],
    "SegFormer of MMSegmentation": ["backbone.layers.0.0.projection.weight", "decode_head.conv_seg.weight"],
    "SegFormer of NVIDIA": ["backbone.patch_embed1.proj.weight", "decode_head.linear_pred.weight"],
    "SegFormer of transformers": ["segformer.stages.0.layer_norm.weight", "decode_head.classifier.weight"],
    "EarthVQA's segmentation": ["en.conv1.weight", "fpn.fpn_inner1.0.weight", "cls_pred_conv.weight"],
    "question-answering": ["embedding.weight", "coformer.pre_proj.weight"],
}


def state(keys: List[str]) -> Dict[str, torch.Tensor]:
    return {key: torch.zeros(2) for key in keys}


def title(path: Path) -> str:
    found = recognize(open_checkpoint(path))
    return found.title if found else "unknown"


def test_every_known_format_has_keys_in_this_test() -> None:
    assert all(any(name in found.title for name in KEYS) for found in formats())


@pytest.mark.parametrize("name", sorted(KEYS))
@pytest.mark.parametrize("suffix", [".pth", ".pt", ".bin", ".safetensors"])
def test_the_file_name_does_not_matter(tmp_path: Path, name: str, suffix: str) -> None:
    path = tmp_path / f"best_mIoU_iter_6000{suffix}"
    if suffix == ".safetensors":
        write_safetensors(path, state(KEYS[name]))
    else:
        torch.save(state(KEYS[name]), str(path))
    assert name in title(path)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_what_cannot_be_run_yet_is_named_in_one_sentence(tmp_path: Path, name: str) -> None:
    found = next(f for f in formats() if name in f.title)
    if found.convert is not None:
        pytest.skip("this format can be run")
    torch.save(state(KEYS[name]), str(tmp_path / "a.pth"))
    with pytest.raises(UserError, match="this version cannot run it") as caught:
        convert_file(tmp_path / "a.pth")
    assert name in str(caught.value)


META = KEYS["DINOv3 ViT backbone (Meta"]
ZEROS = torch.zeros(2)


def under(prefix: str) -> Dict[str, torch.Tensor]:
    return {f"{prefix}{key}": ZEROS for key in META}


WRAPPED: Dict[str, Any] = {
    "state_dict": {"state_dict": state(META), "meta": {"epoch": 1}, "optimizer": {"state": {}}},
    "model": {"model": state(META), "epoch": 3},
    "model and state_dict": {"model": {"state_dict": state(META)}},
    "teacher": {"teacher": {f"backbone.{k}": v for k, v in state(META).items()}, "student": {}},
    "teacher and the heads of its losses": {"teacher": {**under("backbone."), "dino_head.last_layer.weight": ZEROS}},
    "the same of several processes": {"teacher": {**under("module.backbone."), "module.ibot_head.mlp.0.bias": ZEROS}},
    "all of a training": {"model": {**under("student.backbone."), **under("teacher.backbone."), "teacher.x": ZEROS}},
    "all of a distillation": {**under("model_ema.backbone."), "student.backbone.norm.weight": ZEROS},
    "the same flat, of several processes": {**under("teacher.module.backbone."), **under("student.module.backbone.")},
    "MMSegmentation or Lightning": {"state_dict": {**under("backbone."), "decode_head.conv_seg.weight": ZEROS}},
    "flat backbone": under("backbone."),
    "a backbone further down": {"state_dict": {**under("model.backbone.vit."), "model.head.weight": ZEROS}},
    "torch.compile": under("_orig_mod."),
    "torch.compile, wrapped": {"state_dict": {**under("module._orig_mod.backbone."), "module._orig_mod.x": ZEROS}},
    "torch.compile of a part": {"model": {**under("backbone._orig_mod."), "decode_head.x": ZEROS}},
    "module prefix": {f"module.{k}": v for k, v in state(META).items()},
    "both": {"state_dict": {f"module.{k}": v for k, v in state(META).items()}},
    "numbers between the tensors": {**state(META), "epoch": 3, "name": "x"},
}


@pytest.mark.parametrize("name", sorted(WRAPPED))
def test_wrappers_are_taken_off(tmp_path: Path, name: str) -> None:
    torch.save(WRAPPED[name], str(tmp_path / "a.pth"))
    assert "DINOv3 ViT backbone (Meta" in title(tmp_path / "a.pth")


BACKBONES = [name for name in sorted(KEYS) if name.startswith("DINOv3")]


@pytest.mark.parametrize("name", BACKBONES)
@pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
def test_the_backbone_of_somebodys_model_is_taken(tmp_path: Path, name: str, suffix: str) -> None:
    ends = {"ConvNeXt backbone (transformers": ["layer_norm.weight"]}
    keys = KEYS[name] + next((more for part, more in ends.items() if part in name), [])
    table = {**{f"backbone.{key}": ZEROS for key in keys}, "decode_head.conv_seg.weight": ZEROS, "aux.bias": ZEROS}
    path = tmp_path / f"best{suffix}"
    if suffix == ".pth":
        torch.save({"state_dict": table, "meta": {}}, str(path))
    else:
        write_safetensors(path, table)
    opened = open_checkpoint(path)
    assert name in title(path) and set(opened.state) == set(keys)
    assert set(opened.left) == {"decode_head.conv_seg.weight", "aux.bias"}


@pytest.mark.parametrize("name", sorted(set(KEYS) - set(BACKBONES)))
def test_what_is_known_as_a_whole_stays_whole(tmp_path: Path, name: str) -> None:
    torch.save({"state_dict": {**state(KEYS[name]), "x": ZEROS}}, str(tmp_path / "a.pth"))
    opened = open_checkpoint(tmp_path / "a.pth")
    assert name in title(tmp_path / "a.pth") and opened.left == () and "x" in opened.state


def test_the_head_that_was_left_is_told(tmp_path: Path) -> None:
    backbone = {f"backbone.{k}": v for k, v in telling(meta_shapes(SMALL_SIZES["ViT-S/16"])).items()}
    torch.save({"state_dict": {**backbone, "decode_head.conv_seg.weight": ZEROS}}, str(tmp_path / "a.pth"))
    torch.save({"state_dict": backbone}, str(tmp_path / "b.pth"))
    found = find_model(str(tmp_path / "a.pth"))
    assert [note.code for note in found.notes] == ["checkpoint-left"]
    assert found.notes[0].params["name"] == "decode_head.conv_seg.weight" and found.notes[0].params["count"] == 1
    assert find_model(str(tmp_path / "b.pth")).notes == ()
    x = torch.rand(1, 3, 32, 32)
    assert torch.equal(load_model(found)(x), load_model(find_model(str(tmp_path / "b.pth")))(x))


def test_two_backbones_are_not_chosen_between(tmp_path: Path) -> None:
    torch.save({**under("first."), **under("second.")}, str(tmp_path / "a.pth"))
    with pytest.raises(UserError, match="not known here"):
        convert_file(tmp_path / "a.pth")


def test_another_convnext_under_a_head_is_not_taken_for_dinov3s(tmp_path: Path) -> None:
    """UperNet on a ConvNeXt of ImageNet: norms of the stages instead of a last one."""
    keys = ["downsample_layers.0.0.weight", "stages.0.0.dwconv.weight", "stages.0.0.gamma", "norm3.weight"]
    torch.save({"state_dict": {f"backbone.{key}": ZEROS for key in keys}}, str(tmp_path / "a.pth"))
    assert title(tmp_path / "a.pth") == "unknown"


def test_a_backbone_prefix_stays_where_it_belongs_to_the_names(tmp_path: Path) -> None:
    torch.save({"state_dict": state(KEYS["SegFormer of MMSegmentation"])}, str(tmp_path / "a.pth"))
    assert "backbone.layers.0.0.projection.weight" in open_checkpoint(tmp_path / "a.pth").state


def test_unknown_weights_show_their_keys(tmp_path: Path) -> None:
    torch.save({"conv.weight": torch.zeros(1)}, str(tmp_path / "dinov3_vitl16.pth"))
    with pytest.raises(UserError, match=r"first keys are conv\.weight\)"):
        convert_file(tmp_path / "dinov3_vitl16.pth")


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xff\xff\xff\xff\xff\xff\x7f{",  # a header longer than any file
        b"\x10\x00\x00\x00\x00\x00\x00\x00{not json      ",
        b"\x02\x00\x00\x00\x00\x00\x00\x00{}",
        b'\x40\x00\x00\x00\x00\x00\x00\x00{"a":{"dtype":"F32","shape":[1000000],"data_offsets":[0,4000000]}}',
        b"",
        b"\x00" * 64,
    ],
)
def test_safetensors_with_a_bad_header_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.safetensors").write_bytes(content)
    with pytest.raises(UserError) as caught:
        convert_file(tmp_path / "a.safetensors")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["a.pth", "a.safetensors", "a.onnx"])
def test_pointers_of_git_lfs_are_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 3\n", encoding="utf-8")
    with pytest.raises(UserError, match="Git LFS pointer"):
        find_model(str(tmp_path / name))


def test_a_spec_in_a_header_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    for text in ("{", "[]", '{"name": "../../etc"}', "[" * 100_000):
        write_safetensors(tmp_path / "a.safetensors", {"w": torch.zeros(1)}, {"rs_dino_model": text})
        with pytest.raises(UserError):
            convert_file(tmp_path / "a.safetensors")
