"""Models joined on one backbone: from published files, and what they share."""

from __future__ import annotations

import pytest
import torch
from dinov3_files import chmv2_shapes, meta_shapes, picture, telling
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.cache import ModelCache
from rs_dino_engine.models.joined import fitting_specs, load_joined
from rs_dino_engine.models.library import FoundModel, find_model
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.networks.dinov3 import head_of
from rs_dino_engine.models.networks.dinov3.joined import Joined
from rs_dino_engine.models.networks.dinov3.sizes import VitSize
from rs_dino_engine.models.networks.dinov3.vit import Vit

DEEP = VitSize(64, 24, 1, 64)
"""CHMv2's head takes levels up to the 24th."""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> "tuple[str, str]":
    folder = tmp_path_factory.mktemp("published")
    torch.save(telling(meta_shapes(DEEP)), str(folder / "backbone.pth"))
    torch.save(telling(chmv2_shapes(DEEP.dim)), str(folder / "head.pth"))
    return str(folder / "backbone.pth"), str(folder / "head.pth")


def plain_with(found: FoundModel, like: FoundModel) -> FoundModel:
    """A backbone that is given pixels as another model is."""
    return FoundModel(found.spec.model_copy(update={"input": like.spec.input}), found.path, found.weights, found.origin)


def test_a_head_in_a_file_of_its_own_and_the_backbone_itself(files: "tuple[str, str]") -> None:
    heights = find_model(files[0], files[1])
    plain = plain_with(find_model(files[0]), heights)
    specs = fitting_specs([heights.spec, plain.spec], False, False)
    joined = load_joined([heights, plain], specs)
    windows = picture(64, 96)
    with joined.sharing():
        got = [face(windows) for face in joined.models]
    for one, values in zip((heights, plain), got):
        assert torch.equal(values, load_model(one)(windows))
        assert torch.equal(values, joined.models[one is plain](windows)), "a face alone gives the same"


def test_other_windows_never_get_kept_levels(files: "tuple[str, str]") -> None:
    heights = find_model(files[0], files[1])
    plain = plain_with(find_model(files[0]), heights)
    joined = load_joined([heights, plain], fitting_specs([heights.spec, plain.spec], False, False))
    first, second = picture(64, 64), picture(64, 96)
    with joined.sharing():
        joined.models[0](first)
        other = joined.models[1](second)
    assert torch.equal(other, joined.models[1](second)) and other.shape[-1] == 6


def test_a_backbone_alone_normalises_otherwise_than_chmv2(files: "tuple[str, str]") -> None:
    specs = [find_model(files[0], files[1]).spec, find_model(files[0]).spec]
    with pytest.raises(UserError, match="--features") as raised:
        fitting_specs(specs, False, False)
    assert raised.value.message.code == "maps-normalisation-features"


def test_a_joined_model_is_kept_in_memory(files: "tuple[str, str]") -> None:
    heights = find_model(files[0], files[1])
    found = [heights, plain_with(find_model(files[0]), heights)]
    specs = fitting_specs([one.spec for one in found], False, False)
    cache = ModelCache()
    first = cache.get_joined(found, specs, "cpu")
    assert cache.get_joined(found, specs, "cpu") is first
    assert cache.get_joined(found[:1], specs[:1], "cpu") is not first and len(cache) == 2


def test_the_backbone_gives_the_levels_of_all_heads_in_one_pass() -> None:
    size = VitSize(64, 4, 1, 64)
    network = {"backbone": size.as_dict(), "bands": 3}
    linear = head_of({**network, "classes": 3, "head": {"kind": "linear"}, "layers": [0, 2]})
    plain = head_of({**network, "classes": 64})
    joined = Joined(Vit(size), [linear, plain]).eval()
    assert joined.layers == [0, 2, 3]
    with torch.no_grad():
        shapes = [tuple(part.shape) for part in joined(picture(32, 48))]
    assert shapes == [(1, 3, 32, 48), (1, 64, 2, 3)]
    assert "backbone.norm.weight" in joined.state_dict() and "heads.0.classify.weight" in joined.state_dict()


def test_values_come_in_their_unit_alone_and_joined(files: "tuple[str, str]") -> None:
    found = find_model(files[0], files[1])
    output = found.spec.output.model_copy(update={"scale": 10.0})
    scaled = FoundModel(
        found.spec.model_copy(update={"output": output}), found.path, found.weights, found.origin, found.head
    )
    joined = load_joined([scaled], fitting_specs([scaled.spec], False, False))
    windows = picture(64, 64)
    with joined.sharing():
        shared = joined.models[0](windows)
    wanted = load_model(found)(windows) * 10.0
    assert torch.equal(load_model(scaled)(windows), wanted)
    assert torch.equal(joined.models[0](windows), wanted) and torch.equal(shared, wanted)
