"""Networks of timm: files as timm publishes them run and give timm's own features; timm, or its torchvision, may be
missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from hub_server import Hub, way
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.checkpoints import Checkpoint, recognize
from rs_dino_engine.models.get import get
from rs_dino_engine.models.library import find_model, import_model
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.networks import build
from rs_dino_engine.models.official import OFFICIAL, Official
from rs_dino_engine.models.published import network_name
from rs_dino_engine.models.timm_import import timm_module
from timm_files import needs_timm, network, publish

VIT, CONVNET = "test_vit.r160_in1k", "test_convnext.r160_in1k"


def features(folder: Path, x: torch.Tensor) -> torch.Tensor:
    return load_model(find_model(str(folder)))(x)


def python(code: str, path: Path) -> subprocess.CompletedProcess:
    """Another Python, with ``path`` before everything else."""
    places = [str(path), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    settings = {**os.environ, "PYTHONPATH": os.pathsep.join(places), "OMP_NUM_THREADS": "1"}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=settings, timeout=120)


@needs_timm
@pytest.mark.parametrize(
    ("name", "side", "stride"),
    [(VIT, 160, 16), (CONVNET, 512, 32), ("test_resnet.r160_in1k", 512, 32), ("test_efficientnet.r160_in1k", 512, 32)],
)
def test_a_published_folder_gives_timms_own_features(tmp_path: Path, name: str, side: int, stride: int) -> None:
    net: Any = network(name)
    found = find_model(str(publish(net, tmp_path / "a")))
    spec = found.spec
    assert (spec.title, spec.name) == (f"{name} (timm)", name)
    assert (spec.input.window_px, spec.input.stride_px, spec.output.cell_px) == (side, stride, stride)
    assert not spec.input.window_fixed and spec.licence == "apache-2.0"
    assert spec.input.mean == list(net.pretrained_cfg["mean"]) and spec.input.std == list(net.pretrained_cfg["std"])
    x = torch.randn(1, 3, 160, 160, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        wanted = net.forward_intermediates(x, indices=1, norm=True, intermediates_only=True)[-1]
        assert torch.allclose(load_model(found)(x), wanted, atol=1e-4)


@needs_timm
def test_a_transformer_takes_other_sizes_than_its_own(tmp_path: Path) -> None:
    folder = publish(network(VIT), tmp_path / "a")
    assert features(folder, torch.zeros(1, 3, 96, 224)).shape == (1, 64, 6, 14)


@needs_timm
def test_what_takes_its_own_size_only_says_so(tmp_path: Path) -> None:
    spec = find_model(str(publish(network("test_vit_relpos"), tmp_path / "a"))).spec
    assert spec.input.window_fixed and spec.input.window_px == 160


@needs_timm
def test_the_files_own_statistics_and_licence_count(tmp_path: Path) -> None:
    folder = publish(network(VIT), tmp_path / "a", mean=[0.1, 0.2, 0.3], license="cc-by-nc-4.0")
    spec = find_model(str(folder)).spec
    assert spec.input.mean == [0.1, 0.2, 0.3] and spec.licence == "cc-by-nc-4.0"


@needs_timm
@pytest.mark.parametrize("head", ["linear", "multilevel"])
def test_it_is_the_backbone_of_a_model_with_a_head(head: str) -> None:
    settings = {"kind": "timm", "head": {"kind": head}, "layers": [0, 1, 2, 3], "bands": 4, "classes": 5}
    convnet = build({**settings, "backbone": {"name": "test_convnext", "side_px": 160}}).eval()
    with torch.no_grad():
        assert convnet(torch.zeros(1, 4, 96, 64)).shape == (1, 5, 96, 64)
    assert convnet.stride_px == 32
    vit = {"name": "vit_small_patch14_dinov2", "side_px": 28, "options": {"depth": 2, "img_size": 28}}
    network_of_14 = build({**settings, "backbone": vit, "layers": [0, 1]}).eval()
    assert network_of_14.stride_px == 112  # patches of 14 px, a head of 16
    assert not any("head.weight" in name for name in convnet.backbone.state_dict())


@needs_timm
@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("no_such_net", {}, "no network called no_such_net"),
        ("hf-hub:timm/resnet18", {}, "no network called"),
        ("local-dir:/etc", {}, "no network called"),
        ("test_vit", {"pretrained": True}, "pretrained is not an option"),
        ("test_vit", {"checkpoint_path": "/etc/passwd"}, "checkpoint_path is not an option"),
        ("inception_v3", {}, "147 x 147 cells of 299 x 299 pixels"),
    ],
)
def test_a_description_fetches_and_opens_nothing(name: str, options: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        build({"kind": "timm", "backbone": {"name": name, "side_px": 299, "options": options}})


@needs_timm
def test_what_is_missing_in_a_file_is_named(tmp_path: Path) -> None:
    net = network(VIT)
    state = net.state_dict()
    folder = publish(net, tmp_path / "a")
    from rs_dino_engine.models.weights import write_safetensors

    write_safetensors(folder / "model.safetensors", {k: v for k, v in state.items() if k != "blocks.1.norm1.weight"})
    with pytest.raises(UserError, match=r"blocks\.1\.norm1\.weight is missing"):
        find_model(str(folder))


@needs_timm
def test_it_is_fetched_when_asked_and_then_known_by_its_name(hub: Hub, tmp_path: Path) -> None:
    folder = publish(network(VIT), tmp_path / "a")
    with pytest.raises(UserError, match="rs-dino models get timm:test_vit.r160_in1k"):
        find_model(f"timm:{VIT}")
    assert hub.asked == []
    at = f"/timm/{VIT}/resolve/main"
    hub.files = {f"{at}/{name}": (folder / name).read_bytes() for name in ("model.safetensors", "config.json")}
    found = get("timm:test_vit", None, False, way())  # without a tag: the weights that timm prefers
    assert found.spec.name == VIT and found.origin == "library"
    assert find_model(f"timm:{VIT}").spec == found.spec
    x = torch.randn(1, 3, 160, 160)
    assert torch.equal(features(folder, x), load_model(found)(x))


@needs_timm
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("timm:hiera_tiny_224.mae", "cc-by-nc-4.0.*--accept-licence"),
        ("timm:vit_small_patch16_dinov3_qkvb.lvd1689m", "DINOv3 License.*--accept-licence"),
        ("timm:resnet5", "no network called resnet5. Did you mean resnet50"),
        ("timm:resnet50.nonsense", r"no network called resnet50\.nonsense\. Did you mean resnet50\."),
    ],
)
def test_nothing_is_fetched_before_the_licence_is_accepted(hub: Hub, name: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        get(name, None, False, way())
    assert hub.asked == []


def test_dinov3_under_timms_name_needs_no_timm(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from convnext_files import convnext_as_timm, convnext_shapes, one_norm
    from dinov3_files import telling
    from rs_dino_engine.models.networks.convnext import SIZES, ConvNextSize
    from rs_dino_engine.models.weights import write_safetensors

    monkeypatch.setitem(sys.modules, "timm", None)
    name = "convnext_tiny.dinov3_lvd1689m"
    small = ConvNextSize((1, 1, 1, 1), (8, 8, 16, 16))
    monkeypatch.setitem(SIZES, "Tiny", small)
    write_safetensors(tmp_path / "a.safetensors", convnext_as_timm(one_norm(telling(convnext_shapes(small)))))
    with pytest.raises(UserError, match="rs-dino models get timm:convnext"):
        find_model(f"timm:{name}")
    hub.files = {f"/timm/{name}/resolve/main/model.safetensors": (tmp_path / "a.safetensors").read_bytes()}
    with pytest.raises(UserError, match="--accept-licence"):
        get(f"timm:{name}", None, False, way())
    get(f"timm:{name}", None, True, way())
    assert find_model(f"timm:{name}").spec.network["kind"] == "convnext"
    assert find_model("dinov3-convnext-tiny-lvd1689m").spec.output.channels == 16


def test_without_timm_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    """Blocked in another Python, as where it was never installed."""
    (tmp_path / "model.safetensors").write_bytes(b"")
    code = (
        "import sys\n"
        "class No:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'timm': raise ModuleNotFoundError(\"No module named 'timm'\", name='timm')\n"
        "sys.meta_path.insert(0, No())\n"
        "from rs_dino_engine.cli import main\n"
        "sys.exit(main(['models', 'show', 'timm:resnet50']))\n"
    )
    done = python(code, tmp_path)
    assert done.returncode == 2
    torch_here = str(torch.__version__).partition("+")[0]
    assert f'Networks of timm need timm: run pip install timm "torch=={torch_here}".' in done.stderr


BROKEN = {
    "an operator is missing": "raise RuntimeError('operator torchvision::nms does not exist')",
    "a library is missing": "raise OSError('libcudart.so.13: cannot open shared object file')",
    "half of it loads": "import torchvision.ops.misc\nimport torchvision.nonsense",
}


@needs_timm
@pytest.mark.parametrize("how", sorted(BROKEN))
def test_a_torchvision_that_does_not_fit_does_not_stop_it(tmp_path: Path, how: str) -> None:
    vision = tmp_path / "torchvision"
    (vision / "ops").mkdir(parents=True)
    (vision / "__init__.py").write_text(BROKEN[how])
    (vision / "ops" / "__init__.py").write_text("")
    (vision / "ops" / "misc.py").write_text("")
    code = (
        "import sys, torch\n"
        "from rs_dino_engine.models.networks import build\n"
        "net = build({'kind': 'timm', 'backbone': {'name': 'test_resnet', 'side_px': 160}, 'classes': 96})\n"
        "print(tuple(net(torch.zeros(1, 3, 64, 96)).shape), [n for n in sys.modules if n.startswith('torchvision')])\n"
        "import torchvision\n"
    )
    done = python(code, tmp_path)
    assert done.stdout.strip() == "(1, 96, 2, 3) []", done.stderr
    assert done.returncode == 1  # who needs torchvision hears what is wrong with it


@needs_timm
def test_an_imported_model_stands_alone(hub: Hub, tmp_path: Path) -> None:
    folder = publish(network(CONVNET), tmp_path / "a")
    imported = import_model(str(folder), "mine")
    spec = json.loads((imported.path / "model.json").read_text())
    assert spec["network"]["backbone"]["name"] == "test_convnext"
    x = torch.randn(1, 3, 64, 64)
    assert torch.equal(features(folder, x), load_model(find_model("mine"))(x))


class _Shaped:
    """A tensor without values."""

    def __init__(self, tensor: torch.Tensor) -> None:
        self.shape, self.dtype = tuple(tensor.shape), str(tensor.dtype).split(".")[-1]


@needs_timm
@pytest.mark.parametrize("entry", [e for e in OFFICIAL if e.timm], ids=lambda entry: entry.name)
def test_timms_copies_have_the_sizes_that_published_names_say(entry: Official, tmp_path: Path) -> None:
    """All of them, up to 7 billion parameters: shapes alone."""
    with torch.device("meta"):
        net = timm_module().create_model(str(entry.timm)[len("timm/") :].split(".")[0], pretrained=False, num_classes=0)
    path = tmp_path / "model.safetensors"
    checkpoint = Checkpoint(path, {name: _Shaped(tensor) for name, tensor in net.state_dict().items()})
    found = recognize(checkpoint)
    assert found is not None and found.convert is not None
    spec = found.convert(checkpoint, None).spec
    assert network_name(spec) == entry.network
