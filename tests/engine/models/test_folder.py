"""The model folder: written whole or not at all, read strictly, never a way out of itself."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import torch
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.folder import check_sha256, sha256_of, write_torch_folder
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.weights import SafetensorsFile, write_safetensors
from tiny_torch import tiny_network, tiny_spec


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    target = tmp_path / "我的 模型"
    spec = tiny_spec()
    write_torch_folder(target, spec, tiny_network(spec).state_dict())
    return target


def change(folder: Path, **values: object) -> None:
    document = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    document.update(values)
    (folder / "model.json").write_text(json.dumps(document), encoding="utf-8")


def test_what_is_written_is_read(folder: Path) -> None:
    found = find_model(str(folder))
    windows = torch.rand(2, 3, 32, 32)
    # another memory layout sums in another order
    assert torch.allclose(load_model(found)(windows), tiny_network(found.spec)(windows).detach(), atol=1e-6)
    assert found.spec.output.class_map is not None and found.spec.output.class_map.classes[1].name == "类 1"
    assert found.sha256() == sha256_of(folder / "model.safetensors")
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]


def test_half_precision_is_storage_only(tmp_path: Path) -> None:
    spec = tiny_spec()
    network = tiny_network(spec)
    write_torch_folder(tmp_path / "half", spec, network.state_dict(), half=True)
    stored = SafetensorsFile(tmp_path / "half" / "model.safetensors").state
    assert {t.dtype for t in stored.values()} == {"float16"}
    windows = torch.rand(1, 3, 32, 32)
    out = load_model(find_model(str(tmp_path / "half")))(windows)
    assert out.dtype == torch.float32
    assert torch.allclose(out, network(windows), atol=2e-3) and not torch.equal(out, network(windows))


def test_tensors_survive_the_writer(tmp_path: Path) -> None:
    base = torch.randn(4, 6)
    state = {
        "z": base, "transposed": base.t(), "shared": base, "half": base.half(), "bfloat": base.bfloat16(),
        "number": torch.tensor(3), "flags": torch.tensor([True, False, True]), "empty": torch.zeros(0, 2),
        "名": torch.ones(1, dtype=torch.uint8), "parameter": torch.nn.Parameter(base.clone()),
    }  # fmt: skip
    write_safetensors(tmp_path / "a.safetensors", state, {"note": "é"})
    file = SafetensorsFile(tmp_path / "a.safetensors")
    assert file.metadata == {"note": "é"}
    for name, tensor in state.items():
        loaded = file.state[name].load()
        assert loaded.dtype == tensor.dtype and torch.equal(loaded, tensor.detach()), name


def test_a_weights_file_works_without_its_folder(folder: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.pt"
    (folder / "model.safetensors").rename(alone)
    found = find_model(str(alone))
    assert found.spec.title == "Tiny" and load_model(found)(torch.rand(1, 3, 16, 16)).shape == (1, 4, 16, 16)


def test_replacing_a_model_leaves_no_mixture(folder: Path) -> None:
    spec = tiny_spec(classes=2)
    write_torch_folder(folder, spec, tiny_network(spec, seed=1).state_dict())
    assert load_model(find_model(str(folder)))(torch.rand(1, 3, 16, 16)).shape[1] == 2
    assert sorted(p.name for p in folder.iterdir()) == ["model.json", "model.safetensors"]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    spec = tiny_spec()
    with pytest.raises(KeyError):
        write_torch_folder(tmp_path / "a", spec, {"x": torch.zeros(1, dtype=torch.complex64)})
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(UserError, match="cannot be written"):
        write_torch_folder(tmp_path / "file" / "a", spec, tiny_network(spec).state_dict())


def test_altered_weights_are_noticed(folder: Path) -> None:
    content = bytearray((folder / "model.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "model.safetensors").write_bytes(bytes(content))
    with pytest.raises(UserError, match="sha256"):
        load_model(find_model(str(folder)))
    check_sha256(folder / "model.safetensors", None)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "cannot be read"),
        ("[]", "does not describe a model"),
        ("[" * 100_000, "cannot be read"),
        ('{"format_version": 99}', "name"),
        ("é".encode("latin-1"), "cannot be read"),
    ],
)
def test_a_model_json_that_makes_no_sense(folder: Path, text: object, says: str) -> None:
    content = text if isinstance(text, bytes) else str(text).encode("utf-8")
    (folder / "model.json").write_bytes(content)
    with pytest.raises(UserError, match=says):
        find_model(str(folder))


def test_a_newer_format_says_so(folder: Path) -> None:
    change(folder, format_version=99)
    with pytest.raises(UserError, match="format 99; this engine reads up to"):
        find_model(str(folder))


def test_no_name_in_a_model_json_is_a_path(folder: Path, tmp_path: Path) -> None:
    for values in ({"name": "../../x"}, {"weights": "/etc/passwd"}, {"file": "../other.safetensors"}):
        before = (folder / "model.json").read_text(encoding="utf-8")
        change(folder, **values)
        with pytest.raises(UserError, match="does not describe a model"):
            find_model(str(folder))
        (folder / "model.json").write_text(before, encoding="utf-8")


@pytest.mark.skipif(not hasattr(os, "symlink") or os.name == "nt", reason="links need rights on this system")
@pytest.mark.parametrize("name", ["model.safetensors", "model.json"])
def test_links_that_lead_out_are_not_followed(folder: Path, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    (folder / name).rename(outside)
    (folder / name).symlink_to(outside)
    with pytest.raises(UserError, match="leads out of its model folder"):
        find_model(str(folder))


@pytest.mark.skipif(os.name == "nt", reason="links need rights on this system")
def test_a_link_to_a_model_folder_is_fine(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    assert find_model(str(tmp_path / "link")).spec.name == "tiny"


@pytest.mark.parametrize("name", ["model.safetensors", "model.json"])
def test_what_is_missing_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(UserError, match=f"has no {name}"):
        find_model(str(folder))


@pytest.mark.parametrize(
    ("network", "says"),
    [
        ({"kind": "no-such"}, "no network called no-such"),
        ({"kind": "os:system"}, "no network called os:system"),
        ({}, "no network called None"),
        ({"kind": "conv-small", "wings": 2}, "unknown way"),
        ({"kind": "conv-small", "bands": 5}, "bands is 5 there and 3"),
        ({"kind": "conv-small", "width": 5}, "instead of"),
        ({"kind": "conv-small", "width": 4, "dilations": [1]}, "not part of the network"),
        ({"kind": "conv-small", "width": 4, "dilations": [1, 2, 4, 8, 16, 1]}, "is missing"),
    ],
)
def test_weights_must_fit_their_network_exactly(folder: Path, network: object, says: str) -> None:
    change(folder, network=network)
    with pytest.raises(UserError, match=says):
        load_model(find_model(str(folder)))
