"""Our DINOv3 gives what the original gives. The values held fast here were taken from facebookresearch/dinov3 by
``tests/bench/reference/dinov3.py --pins``, on weights made by :mod:`dinov3_files`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Dict, Iterator, List

import pytest
import torch
from dinov3_files import (
    as_timm,
    as_transformers,
    chmv2_as_transformers,
    chmv2_shapes,
    meta_shapes,
    picture,
    telling,
)
from rs_dino_engine.models.checkpoints import convert_file
from rs_dino_engine.models.load import build_network, fill
from rs_dino_engine.models.networks.dinov3 import rope, vit
from rs_dino_engine.models.networks.dinov3.sizes import SIZES, VitSize, four_levels
from rs_dino_engine.models.networks.layers import fold
from rs_dino_engine.models.weights import write_safetensors
from rs_dino_engine.verify import seeded

PINS: Dict[str, List[List[float]]] = json.loads(Path(seeded.__file__).with_name("pins.json").read_text())
PINS.update(json.loads(Path(__file__).with_name("large_pins.json").read_text()))
SMALL = VitSize(128, 4, 2, 256)
SMALL_GATED = VitSize(128, 4, 2, 192, gated=True)
THIN_7B = VitSize(512, 4, 4, 1024, gated=True, qkv_bias=False)
"""Built as the 7B is: no biases of queries, keys and values, 128 channels a head, a second norm."""
TOLERANCE = 1e-4


def load(path: Path, head: "Path | None" = None) -> torch.nn.Module:
    converted = convert_file(path, head)
    network = build_network(converted.spec)
    fill(network, converted.state, path, "dinov3")
    return network.eval()


def levels(network: torch.nn.Module, x: torch.Tensor, depth: int) -> List[torch.Tensor]:
    with torch.no_grad():
        found = network.backbone(x, list(four_levels(depth)))
    return [part for level in found for part in (level.patches, level.whole)]


def sampled(part: torch.Tensor) -> torch.Tensor:
    """Eight values, as the reference script takes them."""
    return part.reshape(-1)[:: max(1, part.numel() // 8)][:8]


def distance(parts: List[torch.Tensor], name: str) -> float:
    return max(float((sampled(p) - torch.tensor(v)).abs().max()) for p, v in zip(parts, PINS[name]))


@pytest.fixture(scope="module")
def vit_s(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("vit-s") / "anything.pth"
    torch.save(telling(meta_shapes(SIZES["ViT-S/16"])), str(path))
    return path


@pytest.mark.parametrize("name", ["ViT-S/16", "ViT-S+/16", "ViT-B/16"])
def test_features_are_those_of_the_original(tmp_path: Path, name: str) -> None:
    path = tmp_path / "weights.pth"
    torch.save(telling(meta_shapes(SIZES[name])), str(path))
    assert distance(levels(load(path), picture(48, 80), SIZES[name].depth), name) < TOLERANCE


def test_features_of_the_largest_form_are_those_of_the_original(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    torch.save(telling(meta_shapes(THIN_7B, True)), str(path))
    network = load(path)
    assert network.backbone.size == THIN_7B
    assert distance(levels(network, picture(48, 80), THIN_7B.depth), "ViT-7B/16, thin") < TOLERANCE


@pytest.fixture(scope="module")
def satellite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A ViT-L as its satellite file is, with a norm more, and CHMv2's head; 1.2 GB."""
    folder = tmp_path_factory.mktemp("vit-l")
    torch.save(telling(meta_shapes(SIZES["ViT-L/16"], True)), str(folder / "backbone.pth"))
    torch.save(telling(chmv2_shapes()), str(folder / "head.pth"))
    yield folder
    shutil.rmtree(str(folder))  # pytest would keep it


def test_features_of_the_satellite_weights_are_those_of_the_original(satellite: Path) -> None:
    network = load(satellite / "backbone.pth")
    assert distance(levels(network, picture(48, 80), SIZES["ViT-L/16"].depth), "ViT-L/16 SAT") < TOLERANCE


def test_heights_of_chmv2_are_those_of_the_original(satellite: Path) -> None:
    """Metres, to a millimetre; the original without its autocast."""
    network = load(satellite / "backbone.pth", satellite / "head.pth")
    with torch.no_grad():
        assert distance([network(picture(64, 96))], "CHMv2") < 1e-3
        network.backbone.norm.weight.mul_(1.01)
        assert distance([network(picture(64, 96))], "CHMv2") > 1e-2


def _without_turning(monkeypatch: pytest.MonkeyPatch, network: torch.nn.Module) -> None:
    monkeypatch.setattr(vit, "rotate", lambda x, angles: x)


def _axes_swapped(monkeypatch: pytest.MonkeyPatch, network: torch.nn.Module) -> None:
    forward = rope.RotaryPositions.forward

    def swapped(self, rows, cols):
        found = forward(self, cols, rows)
        order = torch.arange(rows * cols).reshape(cols, rows).t().reshape(-1) + vit.PREFIX
        order = torch.cat([torch.arange(vit.PREFIX), order])
        return rope.Angles(found.sin[order], found.cos[order])

    monkeypatch.setattr(rope.RotaryPositions, "forward", swapped)


def _a_register_less(monkeypatch: pytest.MonkeyPatch, network: torch.nn.Module) -> None:
    with torch.no_grad():
        network.backbone.registers[:, 2] = 0


def _two_heads_swapped(monkeypatch: pytest.MonkeyPatch, network: torch.nn.Module) -> None:
    weight = network.backbone.blocks[3].attn.qkv.weight
    with torch.no_grad():
        weight[:128] = weight[:128].reshape(2, 64, -1).flip(0).reshape(128, -1)


def _key_bias_kept(monkeypatch: pytest.MonkeyPatch, network: torch.nn.Module) -> None:
    with torch.no_grad():
        network.backbone.blocks[0].attn.qkv.bias[384:768] += 0.2


def _no_layer_scale(monkeypatch: pytest.MonkeyPatch, network: torch.nn.Module) -> None:
    with torch.no_grad():
        network.backbone.blocks[5].scale1.fill_(1.0)


@pytest.mark.parametrize(
    "broken",
    [_without_turning, _axes_swapped, _a_register_less, _two_heads_swapped, _key_bias_kept, _no_layer_scale],
    ids=lambda f: f.__name__[1:],
)
def test_what_is_broken_is_seen(vit_s: Path, monkeypatch: pytest.MonkeyPatch, broken) -> None:
    network = load(vit_s)
    broken(monkeypatch, network)
    assert distance(levels(network, picture(48, 80), 12), "ViT-S/16") > 10 * TOLERANCE


@pytest.mark.parametrize("size", [SMALL, SMALL_GATED], ids=["plain", "gated"])
@pytest.mark.parametrize("layout", ["timm", "transformers", "newer transformers", "training checkpoint"])
def test_every_layout_gives_the_same_features(tmp_path: Path, size: VitSize, layout: str) -> None:
    state = telling(meta_shapes(size))
    meta = tmp_path / "meta.pth"
    torch.save(state, str(meta))
    other = tmp_path / "other.safetensors"
    if layout == "timm":
        write_safetensors(other, as_timm(state))
    elif layout == "training checkpoint":
        other = tmp_path / "other.pth"
        wrapped = {"teacher": {f"backbone.{k}": v for k, v in state.items()}, "iteration": 7}
        torch.save(wrapped, str(other))
    else:
        write_safetensors(other, as_transformers(state, "model." if layout.startswith("newer") else ""))
    # timm and transformers do not keep the periods, which are rounded in Meta's files
    first, second = load(meta), load(other)
    with torch.no_grad():
        first.backbone.rope.periods.copy_(second.backbone.rope.periods)
    first.backbone.rope._kept.clear()
    x = picture(80, 48)
    for a, b in zip(levels(first, x, 4), levels(second, x, 4)):
        assert torch.allclose(a, b, atol=1e-5)


def test_periods_are_those_of_the_file(vit_s: Path) -> None:
    network = load(vit_s)
    assert torch.equal(network.backbone.rope.periods, rope.make_periods(64).to(torch.bfloat16).float())
    assert network.backbone.rope.periods[-1] != rope.make_periods(64)[-1]


def test_satellite_weights_are_told_by_their_second_norm(tmp_path: Path) -> None:
    size = VitSize(1024, 1, 16, 64)
    for satellite, mean in ((True, [0.430, 0.411, 0.296]), (False, [0.485, 0.456, 0.406])):
        path = tmp_path / f"{satellite}.pth"
        torch.save(telling(meta_shapes(size, satellite)), str(path))
        assert convert_file(path).spec.input.mean == mean


def test_statistics_beside_a_file_count(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    write_safetensors(path, as_transformers(telling(meta_shapes(VitSize(1024, 1, 16, 64)))))
    assumed = convert_file(path)
    assert [note.code for note in assumed.notes] == ["dinov3-statistics-assumed"]
    (tmp_path / "preprocessor_config.json").write_text('{"image_mean": [0.43, 0.411, 0.296]}')
    told = convert_file(path)
    assert told.notes == () and told.spec.input.gsd_m == 0.6 and "satellite" in told.spec.title


def test_folding_changes_nothing(vit_s: Path) -> None:
    network = load(vit_s)
    x = picture(64, 64)
    before = levels(network, x, 12)
    for a, b in zip(before, levels(fold(network), x, 12)):
        assert torch.allclose(a, b, atol=2e-5)


def test_a_missing_tensor_is_named(tmp_path: Path) -> None:
    from rs_dino_engine.errors import UserError

    state = telling(meta_shapes(SMALL))
    del state["blocks.2.mlp.fc1.bias"]
    torch.save(state, str(tmp_path / "cut.pth"))
    with pytest.raises(UserError, match=r"blocks\.2\.mlp\.fc1\.bias is missing"):
        convert_file(tmp_path / "cut.pth")


def _chmv2(tmp_path: Path) -> "tuple[Path, Path]":
    size = VitSize(128, 24, 2, 64)  # as deep as the real one, and thin
    backbone, head = tmp_path / "backbone.pth", tmp_path / "head.pth"
    torch.save(telling(meta_shapes(size, True)), str(backbone))
    torch.save(telling(chmv2_shapes(128)), str(head))
    return backbone, head


def test_canopy_height_is_in_metres_at_the_image_size(tmp_path: Path) -> None:
    network = load(*_chmv2(tmp_path))
    with torch.no_grad():
        heights = network(picture(64, 96))
    assert heights.shape == (1, 1, 64, 96)
    assert 0 < float(heights.min()) < float(heights.max()) < 96


def test_canopy_height_of_transformers_is_the_same(tmp_path: Path) -> None:
    backbone, head = _chmv2(tmp_path)
    whole = {f"backbone.{k}": v for k, v in as_transformers(torch.load(str(backbone))).items()}
    whole.update(chmv2_as_transformers(torch.load(str(head))))
    path = tmp_path / "model.safetensors"
    write_safetensors(path, whole)
    first, second = load(backbone, head), load(path)
    with torch.no_grad():
        first.backbone.rope.periods.copy_(second.backbone.rope.periods)
        first.backbone.rope._kept.clear()
        x = picture(64, 64)
        assert torch.allclose(first(x), second(x), atol=1e-4)
    assert convert_file(path).spec.output.unit == "m"


def test_a_head_alone_asks_for_its_backbone(tmp_path: Path) -> None:
    from rs_dino_engine.errors import UserError

    with pytest.raises(UserError, match="backbone as the model"):
        convert_file(_chmv2(tmp_path)[1])


@pytest.mark.parametrize("given", ["folder", "index"])
def test_a_model_in_several_files(tmp_path: Path, given: str) -> None:
    from rs_dino_engine.errors import UserError
    from rs_dino_engine.models.library import find_model
    from rs_dino_engine.models.load import load_model

    state = as_transformers(telling(meta_shapes(SMALL)))
    folder, names = tmp_path / "hub", sorted(as_transformers(telling(meta_shapes(SMALL))))
    folder.mkdir()
    parts = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for file, chosen in parts.items():
        write_safetensors(folder / file, {name: state[name] for name in chosen})
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {n: f for f, chosen in parts.items() for n in chosen}}))
    whole = tmp_path / "whole.safetensors"
    write_safetensors(whole, state)
    found = find_model(str(folder if given == "folder" else index))
    x = picture(48, 64)
    assert torch.equal(load_model(found)(x), load_model(find_model(str(whole)))(x))
    before = found.sha256()
    (folder / "model-00002-of-00002.safetensors").unlink()
    assert found.sha256() != before
    with pytest.raises(UserError, match="is incomplete"):
        find_model(str(folder))
