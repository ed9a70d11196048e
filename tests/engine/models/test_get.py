"""Published weights from a hub, a link or a file: against a real server on this machine."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import torch
from dinov3_files import SMALL_SIZES, as_timm, meta_shapes, telling
from hub_server import Hub, way
from rs_dino_engine.errors import UserError
from rs_dino_engine.models import official as published
from rs_dino_engine.models.get import get
from rs_dino_engine.models.library import find_model, list_models
from rs_dino_engine.models.networks.dinov3.sizes import VitSize
from rs_dino_engine.models.official import OFFICIAL, official, recognised
from rs_dino_engine.models.weights import write_safetensors

SMALL = SMALL_SIZES["ViT-S/16"]
TOKEN = "hf_secret"
pytestmark = pytest.mark.usefixtures("small_sizes")


def weights(tmp_path: Path, size: VitSize = SMALL) -> bytes:
    path = tmp_path / "timm.safetensors"
    write_safetensors(path, as_timm(telling(meta_shapes(size))))
    return path.read_bytes()


CONFIG = json.dumps({"pretrained_cfg": {"mean": [0.43, 0.411, 0.296]}}).encode()


def test_timms_copy_comes_without_a_token_and_with_its_statistics(hub: Hub, tmp_path: Path) -> None:
    at = "/timm/vit_large_patch16_dinov3.sat493m/resolve/main"
    content = weights(tmp_path, SMALL_SIZES["ViT-L/16"])
    hub.files = {f"{at}/model.safetensors": content, f"{at}/config.json": CONFIG}
    found = get("dinov3-vitl16-sat493m", None, True, way())
    assert found.spec.input.mean == [0.43, 0.411, 0.296]
    assert found.spec.name == "dinov3-vitl16-sat493m" and found.origin == "library"
    assert "dinov3-vitl16-sat493m" in [m.spec.name for m in list_models()]
    assert not list((tmp_path / "library" / ".downloads").glob("*"))


def test_nothing_is_fetched_before_the_licence_is_accepted(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--accept-licence"):
        get("dinov3-vits16-lvd1689m", None, False, way())
    assert hub.asked == []
    hub.files = {"/timm/vit_small_patch16_dinov3.lvd1689m/resolve/main/model.safetensors": weights(tmp_path)}
    get("dinov3-vits16-lvd1689m", None, True, way())
    accepted = json.loads((tmp_path / "library" / "accepted-licences.json").read_text())
    assert accepted["DINOv3 License"]["page"].startswith("https://")
    content = weights(tmp_path, SMALL_SIZES["ViT-B/16"])
    hub.files = {"/timm/vit_base_patch16_dinov3.lvd1689m/resolve/main/model.safetensors": content}
    get("dinov3-vitb16-lvd1689m", None, False, way())  # accepted once


@pytest.mark.parametrize(("source", "at"), [("huggingface", "/facebook/{}/resolve/main"),
                                            ("modelscope", "/models/facebook/{}/resolve/master")])  # fmt: skip
def test_other_hubs_and_several_files(hub: Hub, tmp_path: Path, source: str, at: str) -> None:
    base = at.format("dinov3-vits16-pretrain-lvd1689m")
    state = as_timm(telling(meta_shapes(SMALL)))
    names = sorted(state)
    parts = {"a.safetensors": names[::2], "b.safetensors": names[1::2]}
    for file, chosen in parts.items():
        write_safetensors(tmp_path / file, {n: state[n] for n in chosen})
        hub.files[f"{base}/{file}"] = (tmp_path / file).read_bytes()
    index = {"weight_map": {n: f for f, chosen in parts.items() for n in chosen}}
    hub.files[f"{base}/model.safetensors.index.json"] = json.dumps(index).encode()
    assert get("dinov3-vits16-lvd1689m", source, True, way()).spec.output.channels == 128


def test_a_gated_model_says_what_to_do_and_never_shows_the_token(hub: Hub, tmp_path: Path) -> None:
    hub.locked = TOKEN
    at = "/facebook/dinov3-vits16-pretrain-lvd1689m/resolve/main/model.safetensors"
    hub.files = {at: weights(tmp_path)}
    for token in (None, "wrong-token"):
        with pytest.raises(UserError, match="HF_TOKEN") as raised:
            get("dinov3-vits16-lvd1689m", "huggingface", True, way(token))
        assert "wrong-token" not in str(raised.value)
    get("dinov3-vits16-lvd1689m", "huggingface", True, way(TOKEN))


@pytest.mark.parametrize("source", ["link", "modelscope"])
def test_the_token_of_hugging_face_is_told_to_nobody_else(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "https://huggingface.invalid")
    with pytest.raises(UserError):  # nothing is there, but it was asked for
        get("dinov3-vits16-lvd1689m", f"{hub.url}/f.pth" if source == "link" else source, True, way(TOKEN))
    assert hub.asked and not any("authorization" in asked for asked in hub.asked)


def test_a_signed_link_and_a_file_are_checked_by_their_hash(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.pth"
    torch.save(telling(meta_shapes(SMALL)), str(path))
    entry = official("dinov3-vits16-lvd1689m")
    with pytest.raises(UserError, match="sha256"):
        get(entry.name, str(path), True, way())
    real = entry._replace(hash8=hashlib.sha256(path.read_bytes()).hexdigest()[:8])
    monkeypatch.setitem(published._BY_NAME, entry.name, real)
    assert get(entry.name, str(path), True, way()).spec.output.channels == 128
    hub.files = {"/signed": path.read_bytes()}
    monkeypatch.setenv("RS_DINO_MODELS", str(tmp_path / "other"))
    assert get(entry.name, f"{hub.url}/signed?Policy=x", True, way()).origin == "library"


def test_no_network_is_one_sentence(tmp_path: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.close()
    with pytest.raises(UserError, match="fetch the file with a browser"):
        get("dinov3-vits16-lvd1689m", None, True, way())
    with pytest.raises(UserError, match="neither a file"):
        get("dinov3-vits16-lvd1689m", "nowhere.pth", True, way())
    with pytest.raises(UserError, match="there are dinov3-vits16"):
        get("dinov3-giant", None, True, way())


def test_the_published_files_have_their_names() -> None:
    assert official("dinov3-vitl16-sat493m").file == "dinov3_vitl16_pretrain_sat493m-eadcf0ff.pth"
    assert official("chmv2-head").file == "dinov3_vitl16_chmv2_dpt_head-3703d643.pth"
    assert len({e.hash8 for e in OFFICIAL}) == len(OFFICIAL)
    found = recognised("eadcf0ffc02418b6c22a885ea1a7aaeeef84fbf0f5bb4d0b7d1d36e68a964f48")
    assert found is not None and found.name == "dinov3-vitl16-sat493m"
    assert recognised("0" * 64) is None
    assert find_model("starter-landcover").origin == "embedded"
