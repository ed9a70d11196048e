"""Our ConvNeXt gives what DINOv3's gives. The values held fast here were taken from facebookresearch/dinov3 by
``tests/bench/reference/dinov3.py --pins``, on weights made by :mod:`convnext_files`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

import pytest
import torch
from convnext_files import convnext_as_timm, convnext_as_transformers, convnext_shapes, one_norm
from dinov3_files import State, picture, telling
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.checkpoints import convert_file
from rs_dino_engine.models.load import build_network, fill
from rs_dino_engine.models.networks import build
from rs_dino_engine.models.networks.convnext import SIZES, Block, ConvNextSize
from rs_dino_engine.models.networks.layers import fold
from rs_dino_engine.models.weights import write_safetensors

PINS: Dict[str, List[List[float]]] = json.loads(Path(__file__).with_name("convnext_pins.json").read_text())
SMALL = ConvNextSize((2, 1, 3, 1), (16, 24, 32, 48))
TOLERANCE = 1e-4
STAGES = [0, 1, 2, 3]


def load(path: Path) -> torch.nn.Module:
    converted = convert_file(path)
    network = build_network(converted.spec)
    fill(network, converted.state, path, "convnext")
    return network.eval()


def levels(network: torch.nn.Module, x: torch.Tensor) -> List[torch.Tensor]:
    with torch.no_grad():
        return [part for level in network.backbone(x, STAGES) for part in (level.patches, level.whole)]


def sampled(part: torch.Tensor) -> torch.Tensor:
    """Eight values, as the reference script takes them."""
    return part.reshape(-1)[:: max(1, part.numel() // 8)][:8]


def distance(parts: List[torch.Tensor], name: str) -> float:
    return max(float((sampled(p) - torch.tensor(v)).abs().max()) for p, v in zip(parts, PINS[name]))


def files(size: ConvNextSize) -> State:
    return one_norm(telling(convnext_shapes(size)))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("convnext") / "anything.pth"
    torch.save(files(SIZES["Tiny"]), str(path))
    return path


def test_features_are_those_of_the_original(tiny: Path) -> None:
    assert distance(levels(load(tiny), picture(64, 96)), "ConvNeXt Tiny") < TOLERANCE


def _no_scale(network: Any) -> None:
    network.backbone.stages[2][4].scale.fill_(1.0)


def _no_last_norm(network: Any) -> None:
    network.backbone.norm = torch.nn.Identity()


def _kernel_turned(network: Any) -> None:
    kernel = network.backbone.stages[0][0].depthwise.weight
    kernel.copy_(kernel.transpose(2, 3).clone())


def _two_blocks_swapped(network: Any) -> None:
    stage = network.backbone.stages[1]
    first, second = (dict(stage[i].state_dict()) for i in (0, 1))
    first = {k: v.clone() for k, v in first.items()}
    stage[0].load_state_dict(second)
    stage[1].load_state_dict(first)


@pytest.mark.parametrize(
    "broken", [_no_scale, _no_last_norm, _kernel_turned, _two_blocks_swapped], ids=lambda f: f.__name__[1:]
)
def test_what_is_broken_is_seen(tiny: Path, broken: Any) -> None:
    network = load(tiny)
    with torch.no_grad():
        broken(network)
    assert distance(levels(network, picture(64, 96)), "ConvNeXt Tiny") > 10 * TOLERANCE


@pytest.mark.parametrize("layout", ["timm", "transformers", "newer transformers"])
def test_every_layout_gives_the_same_features(tmp_path: Path, layout: str) -> None:
    state = files(SMALL)
    torch.save(state, str(tmp_path / "meta.pth"))
    other = convnext_as_timm(state) if layout == "timm" else convnext_as_transformers(
        state, "model." if layout.startswith("newer") else "")  # fmt: skip
    write_safetensors(tmp_path / "other.safetensors", other)
    x = picture(96, 64)
    for a, b in zip(levels(load(tmp_path / "meta.pth"), x), levels(load(tmp_path / "other.safetensors"), x)):
        assert torch.equal(a, b)


def test_it_says_what_it_is(tiny: Path) -> None:
    spec = convert_file(tiny).spec
    assert (spec.title, spec.name) == ("DINOv3 ConvNeXt Tiny", "dinov3-convnext-tiny")
    assert (spec.output.cell_px, spec.output.channels, spec.input.stride_px) == (32, 768, 32)
    assert spec.input.mean == [0.485, 0.456, 0.406] and spec.licence.startswith("DINOv3")


def test_other_convnexts_are_not_taken_for_it(tmp_path: Path) -> None:
    """One with a classifier, and one of the second version."""
    for more in ("head.fc.weight", "stages.0.blocks.0.mlp.grn.weight"):
        write_safetensors(tmp_path / "a.safetensors", {**convnext_as_timm(files(SMALL)), more: torch.zeros(2)})
        with pytest.raises(UserError, match="not known here"):
            convert_file(tmp_path / "a.safetensors")


def test_a_missing_tensor_is_named(tmp_path: Path) -> None:
    state = files(SMALL)
    del state["stages.2.1.pwconv2.bias"]
    torch.save(state, str(tmp_path / "a.pth"))
    with pytest.raises(UserError, match=r"stages\.2\.1\.pwconv2\.bias is missing"):
        convert_file(tmp_path / "a.pth")


def test_folding_changes_nothing(tmp_path: Path) -> None:
    torch.save(files(SMALL), str(tmp_path / "a.pth"))
    network = load(tmp_path / "a.pth")
    x = picture(64, 64)
    before = levels(network, x)
    fold(network)
    assert all(part._folded for part in network.modules() if isinstance(part, Block))
    for a, b in zip(before, levels(network, x)):
        assert torch.allclose(a, b, atol=1e-4)


@pytest.mark.parametrize("head", ["linear", "multilevel"])
def test_a_head_sees_the_stages_on_the_finest_grid(head: str) -> None:
    """A change of four pixels reaches the output through the first stage, at its own place."""
    torch.manual_seed(0)
    settings = {"kind": "convnext", "backbone": SMALL._asdict(), "head": {"kind": head}}
    network = build({**settings, "layers": STAGES, "classes": 5}).eval()
    assert network.stride_px == 32
    x = picture(128, 96)
    with torch.no_grad():
        out = network(x)
        assert out.shape == (1, 5, 128, 96)
        levels_of = network.backbone(x, STAGES)
    assert [tuple(level.patches.shape[2:]) for level in levels_of] == [(32, 24), (16, 12), (8, 6), (4, 3)]
    if head == "linear":
        assert network.head.classify.in_channels == sum(SMALL.dims)
        seen: List[torch.Tensor] = []
        network.head.norm.register_forward_pre_hook(lambda module, given: seen.append(given[0]))
        with torch.no_grad():
            network(x)
        assert torch.equal(seen[0][:, : SMALL.dims[0]], levels_of[0].patches)


def test_levels_that_do_not_exist_are_refused() -> None:
    settings = {"kind": "convnext", "backbone": SMALL._asdict(), "classes": 48}
    for layers in ([4], [1, 0], [-1]):
        with pytest.raises(ValueError, match="ascending levels of 4"):
            build({**settings, "layers": layers})
    with pytest.raises(ValueError, match="gives 48 channels, not 5"):
        build({**settings, "classes": 5})
    with pytest.raises(ValueError, match="DPT head takes 4 levels"):
        build({**settings, "layers": STAGES, "head": {"kind": "dpt"}})
