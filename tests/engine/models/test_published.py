"""A published name says what a file has to be, and on which pictures it was trained."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, Callable

import pytest
import torch
from convnext_files import convnext_as_timm, convnext_shapes, one_norm
from dinov3_files import (
    SMALL_SIZES,
    as_timm,
    as_transformers,
    chmv2_as_transformers,
    chmv2_shapes,
    meta_shapes,
    telling,
)
from hub_server import Hub, way
from rs_dino_engine.errors import UserError
from rs_dino_engine.models import official as published
from rs_dino_engine.models.get import get
from rs_dino_engine.models.library import find_model, import_model, list_models
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.networks.convnext import SIZES as CONVNEXT_SIZES
from rs_dino_engine.models.networks.convnext import ConvNextSize
from rs_dino_engine.models.networks.dinov3.sizes import SIZES, VitSize, name_of
from rs_dino_engine.models.official import OFFICIAL, official
from rs_dino_engine.models.published import network_name
from rs_dino_engine.models.weights import write_safetensors

LARGE = SMALL_SIZES["ViT-L/16"]
SATELLITE, WEB = "dinov3-vitl16-sat493m", "dinov3-vitl16-lvd1689m"
STATISTICS = {
    SATELLITE: ([0.430, 0.411, 0.296], [0.213, 0.156, 0.143], 0.6),
    WEB: ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225], None),
}


@pytest.fixture(autouse=True)
def own_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, small_sizes: None) -> None:
    monkeypatch.setenv("RS_DINO_MODELS", str(tmp_path / "库 library"))


def bare(folder: Path, size: VitSize = LARGE, layout: Callable[..., Any] = as_timm) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    write_safetensors(folder / "model.safetensors", layout(telling(meta_shapes(size))))
    return folder / "model.safetensors"


@pytest.mark.parametrize("layout", [as_timm, as_transformers])
@pytest.mark.parametrize("name", [SATELLITE, WEB])
def test_a_bare_file_is_normalised_as_its_name_says(tmp_path: Path, name: str, layout: Callable[..., Any]) -> None:
    found = get(name, str(bare(tmp_path / "a", layout=layout)), True, way())
    seen = found.spec.input
    assert (seen.mean, seen.std, seen.gsd_m) == STATISTICS[name] and found.notes == ()
    assert ("satellite" in found.spec.title) == (name == SATELLITE) and found.spec.name == name
    assert find_model(name).spec == found.spec


@pytest.mark.parametrize("name", [SATELLITE, WEB])
def test_so_is_a_hubs_copy_without_a_config(hub: Hub, tmp_path: Path, name: str) -> None:
    at = f"/timm/vit_large_patch16_dinov3.{name.rsplit('-', 1)[1]}/resolve/main"
    hub.files = {f"{at}/model.safetensors": bare(tmp_path / "a").read_bytes()}
    assert get(name, None, True, way()).spec.input.mean == STATISTICS[name][0]


def test_a_file_that_tells_of_other_pictures_is_refused(tmp_path: Path) -> None:
    path = bare(tmp_path / "a")
    (path.parent / "config.json").write_text(json.dumps({"pretrained_cfg": {"mean": STATISTICS[WEB][0]}}))
    for given in (path, path.parent):
        with pytest.raises(UserError, match=r"is not dinov3-vitl16-sat493m: it holds DINOv3 ViT-L/16 \(web\), not"):
            get(SATELLITE, str(given), True, way())
    assert get(WEB, str(path), True, way()).spec.name == WEB


def test_another_network_is_refused(tmp_path: Path) -> None:
    small = bare(tmp_path / "a", SMALL_SIZES["ViT-S/16"])
    with pytest.raises(UserError, match=r"is not dinov3-vitb16-lvd1689m: it holds DINOv3 ViT-S/16 \(web\), not DINOv3"):
        get("dinov3-vitb16-lvd1689m", str(small), True, way())
    with pytest.raises(UserError, match="is not dinov3-convnext-tiny-lvd1689m"):
        get("dinov3-convnext-tiny-lvd1689m", str(small), True, way())
    import_model(str(small), "mine")
    with pytest.raises(UserError, match="is not dinov3-vitb16-lvd1689m"):
        get("dinov3-vitb16-lvd1689m", str(find_model("mine").path), True, way())
    assert [m.spec.name for m in list_models() if m.origin == "library"] == ["mine"]
    assert get("dinov3-vits16-lvd1689m", str(small), True, way()).origin == "library"


def test_another_convnext_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tiny, other = ConvNextSize((1, 1, 1, 1), (8, 8, 16, 16)), ConvNextSize((1, 1, 2, 1), (8, 8, 16, 16))
    monkeypatch.setitem(CONVNEXT_SIZES, "Tiny", tiny)
    for size, file in ((tiny, "tiny"), (other, "other")):
        write_safetensors(tmp_path / f"{file}.safetensors", convnext_as_timm(one_norm(telling(convnext_shapes(size)))))
    with pytest.raises(UserError, match="it holds DINOv3 ConvNeXt of 16 channels"):
        get("dinov3-convnext-tiny-lvd1689m", str(tmp_path / "other.safetensors"), True, way())
    assert get("dinov3-convnext-tiny-lvd1689m", str(tmp_path / "tiny.safetensors"), True, way()).origin == "library"


def test_a_hub_that_had_another_one_is_asked_again(hub: Hub, tmp_path: Path) -> None:
    at = "/timm/vit_small_patch16_dinov3.lvd1689m/resolve/main/model.safetensors"
    hub.files = {at: bare(tmp_path / "a").read_bytes()}
    with pytest.raises(UserError, match="is not dinov3-vits16"):
        get("dinov3-vits16-lvd1689m", None, True, way())
    hub.files = {at: bare(tmp_path / "b", SMALL_SIZES["ViT-S/16"]).read_bytes()}
    assert get("dinov3-vits16-lvd1689m", None, True, way()).spec.output.channels == 128


def test_sizes_are_told_without_biases_that_timm_leaves_out(tmp_path: Path) -> None:
    """timm's copies of the published files hold none of the biases that are 0."""
    state = as_timm(telling(meta_shapes(SMALL_SIZES["ViT-S/16"])))
    path = tmp_path / "model.safetensors"
    write_safetensors(path, {k: v for k, v in state.items() if not k.endswith(("q_bias", "v_bias"))})
    assert get("dinov3-vits16-lvd1689m", str(path), True, way()).spec.title == "DINOv3 ViT-S/16 (web)"
    assert name_of(SIZES["ViT-7B/16"]._replace(qkv_bias=True)) == "ViT-7B/16"


def test_every_published_network_is_known() -> None:
    known = {*SIZES, *(f"ConvNeXt {family}" for family in CONVNEXT_SIZES)}
    assert {entry.network for entry in OFFICIAL} <= known
    spec = find_model("starter-landcover").spec
    assert network_name(spec) is None
    odd = spec.model_copy(update={"network": {"kind": "dinov3", "backbone": {"depth": 3}}})
    assert network_name(odd) is None


@pytest.fixture
def canopy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A satellite backbone (as deep as the real one, and thin) and the head for it, and their published hashes."""
    size = VitSize(128, 24, 2, 64)
    monkeypatch.setitem(SIZES, "ViT-L/16", size)
    torch.save(telling(meta_shapes(size, True)), str(tmp_path / "sat.pth"))
    torch.save(telling(chmv2_shapes(128)), str(tmp_path / "head.pth"))
    entry = official("chmv2-head")
    hash8 = hashlib.sha256((tmp_path / "head.pth").read_bytes()).hexdigest()[:8]
    monkeypatch.setitem(published._BY_NAME, entry.name, entry._replace(hash8=hash8))
    return tmp_path


def import_backbone(folder: Path, name: str = SATELLITE) -> None:
    """Its width does not tell of satellite images as the real one's does; what lies beside it does."""
    (folder / "config.json").write_text(json.dumps({"pretrained_cfg": {"mean": STATISTICS[SATELLITE][0]}}))
    import_model(str(folder / "sat.pth"), name)
    (folder / "config.json").unlink()


def heights(model: str, head: "Path | None" = None) -> torch.Tensor:
    x = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    return load_model(find_model(model, None if head is None else str(head)))(x)


@pytest.mark.parametrize("by", ["link", "file", "folder"])
def test_a_head_and_the_backbone_of_the_library_become_a_model(hub: Hub, canopy: Path, by: str) -> None:
    import_backbone(canopy)
    hub.files = {"/signed": (canopy / "head.pth").read_bytes()}
    (canopy / "only").mkdir()
    (canopy / "only" / "head.pth").write_bytes((canopy / "head.pth").read_bytes())
    sources = {"link": f"{hub.url}/signed?Policy=x", "file": canopy / "head.pth", "folder": canopy / "only"}
    found = get("chmv2-head", str(sources[by]), True, way())
    assert (found.spec.name, found.spec.task, found.spec.output.unit) == ("chmv2-head", "canopy-height", "m")
    assert torch.equal(heights("chmv2-head"), heights(str(canopy / "sat.pth"), canopy / "head.pth"))
    assert not list((found.path.parent / ".downloads").glob("*"))


@pytest.mark.parametrize("by", ["link", "file"])
def test_a_head_that_comes_first_is_kept(hub: Hub, canopy: Path, by: str) -> None:
    link = f"{hub.url}/signed?Policy=x"
    hub.files = {"/signed": (canopy / "head.pth").read_bytes()}
    source = link if by == "link" else str(canopy / "head.pth")
    for given in (source, None, link):
        with pytest.raises(UserError, match="it was kept; get dinov3-vitl16-sat493m, then chmv2-head again"):
            get("chmv2-head", given, True, way())
    import_backbone(canopy)
    (canopy / "head.pth").unlink()
    hub.files = {}
    assert get("chmv2-head", None, True, way()).spec.task == "canopy-height"
    assert len(hub.asked) == (by == "link")


def test_the_backbone_may_have_another_name(canopy: Path) -> None:
    import_backbone(canopy, "mine")
    assert get("chmv2-head", str(canopy / "head.pth"), True, way()).spec.task == "canopy-height"


def test_what_is_no_head_or_another_one_is_refused(canopy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_backbone(canopy)
    with pytest.raises(UserError, match="sha256"):
        get("chmv2-head", str(canopy / "sat.pth"), True, way())
    (canopy / "only").mkdir()
    torch.save(telling(chmv2_shapes(64)), str(canopy / "only" / "head.pth"))
    with pytest.raises(UserError, match="sha256"):
        get("chmv2-head", str(canopy / "only"), True, way())
    monkeypatch.setitem(published._BY_NAME, "chmv2-head", official("chmv2-head")._replace(hash8=""))
    with pytest.raises(UserError, match="belongs to another backbone"):
        get("chmv2-head", str(canopy / "only" / "head.pth"), True, way())
    with pytest.raises(UserError, match="is not chmv2-head: it holds DINOv3 ViT-L/16"):
        get("chmv2-head", str(canopy / "sat.pth"), True, way())


def test_the_hubs_canopy_model_is_whole(hub: Hub, canopy: Path) -> None:
    whole = {f"backbone.{k}": v for k, v in as_transformers(torch.load(str(canopy / "sat.pth"))).items()}
    whole.update(chmv2_as_transformers(torch.load(str(canopy / "head.pth"))))
    write_safetensors(canopy / "whole.safetensors", whole)
    at = "/facebook/dinov3-vitl16-chmv2-dpt-head/resolve/main/model.safetensors"
    hub.files = {at: (canopy / "whole.safetensors").read_bytes()}
    assert get("chmv2-head", None, True, way()).spec.task == "canopy-height"
    with pytest.raises(UserError, match="is not dinov3-vitl16-sat493m: it holds CHMv2"):
        get(SATELLITE, str(canopy / "whole.safetensors"), True, way())


def test_a_backbone_of_the_library_takes_a_head_of_its_own(canopy: Path) -> None:
    import_backbone(canopy)
    found = find_model(SATELLITE, str(canopy / "head.pth"))
    assert found.spec.task == "canopy-height" and found.spec.sha256 == find_model(SATELLITE).spec.sha256
    assert torch.equal(heights(SATELLITE, canopy / "head.pth"), heights(str(canopy / "sat.pth"), canopy / "head.pth"))
    with pytest.raises(UserError, match="not a head"):
        find_model(SATELLITE, str(canopy / "sat.pth"))
    with pytest.raises(UserError, match="belongs to another backbone"):
        find_model("starter-features", str(canopy / "head.pth"))
