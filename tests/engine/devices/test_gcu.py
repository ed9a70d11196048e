"""Enflame cards through modules that have the vendor's functions (FACTS of both generations; no card here)."""

import contextlib
import importlib.machinery
import sys
import types

import pytest
import torch
from rs_dino_engine.devices import choose
from rs_dino_engine.devices.gcu import find
from rs_dino_engine.errors import UserError


def install(monkeypatch, module):
    module.__spec__ = importlib.machinery.ModuleSpec("torch_gcu", None)
    monkeypatch.setitem(sys.modules, "torch_gcu", module)


@pytest.fixture
def lazy(monkeypatch):
    """T20 generation: module functions only, there is no ``torch.gcu``; devices are called ``xla:N``."""
    module = types.ModuleType("torch_gcu")
    module.calls = []
    module.is_available = lambda: True
    module.device_count = lambda: 8
    module.get_device_name = lambda index: f"T20 {index}"
    module.gcu_device = lambda index=None: torch.device("xla", index)
    module.sync_lived_tensor = lambda: module.calls.append("sync_lived_tensor")
    module.synchronize = lambda: module.calls.append("synchronize")
    module.clear_graph_caches = lambda: module.calls.append("clear_graph_caches")

    @contextlib.contextmanager
    def autocast(enabled=True, dtype=torch.float16, cache_enabled=True):
        module.calls.append(("autocast", enabled, dtype))
        yield

    module.amp = types.SimpleNamespace(autocast=autocast)
    install(monkeypatch, module)
    return module


@pytest.fixture
def eager(monkeypatch):
    """S60 generation: importing ``torch_gcu`` gives torch a device type ``gcu``."""
    calls = []
    monkeypatch.setattr(
        torch,
        "gcu",
        types.SimpleNamespace(
            calls=calls,
            is_available=lambda: True,
            device_count=lambda: 2,
            get_device_name=lambda index: f"S60 {index}",
            synchronize=lambda: calls.append("synchronize"),
            empty_cache=lambda: calls.append("empty_cache"),
            mem_get_info=lambda: (3 * 2**30, 4 * 2**30),
        ),
        raising=False,
    )
    install(monkeypatch, types.ModuleType("torch_gcu"))
    return calls


def test_lazy_generation(lazy):
    device = choose("auto")
    assert (device.name, device.torch_device, device.title) == ("gcu:0", "xla:0", "T20 0")
    assert device.constant_shapes and device.dtype == "fp32" and device.memory() is None
    with device.autocast("fp16"), device.full_precision():
        pass
    device.synchronize()
    device.empty_cache()
    casts = [("autocast", True, torch.float16), ("autocast", False, torch.float16)]
    assert lazy.calls == [*casts, "sync_lived_tensor", "synchronize", "clear_graph_caches"]
    assert choose("xla:7").torch_device == "xla:7"
    with pytest.raises(UserError) as raised:
        choose("gcu:8")
    assert "8 found" in str(raised.value)


def test_lazy_generation_without_a_card(lazy):
    def count():
        raise RuntimeError("GCU not available")

    lazy.is_available, lazy.device_count = (lambda: False), count
    assert find().reason.code == "device-gcu-none"
    assert choose("auto").name == "cpu"


def test_eager_generation(eager):
    device = choose("gcu:1")
    assert (device.name, device.torch_device, device.constant_shapes) == ("gcu:1", "gcu:1", False)
    assert device.memory() == (3072, 4096)
    device.synchronize()
    device.empty_cache()
    assert eager == ["synchronize", "empty_cache"]


def test_a_module_that_does_not_load_is_a_reason(tmp_path, monkeypatch):
    (tmp_path / "torch_gcu.py").write_text("raise OSError('libtops.so: cannot open shared object file')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "torch_gcu", raising=False)
    found = find()
    assert found.reason.code == "device-gcu-broken" and "libtops.so" in found.reason.text
    assert choose("auto").name == "cpu"


def test_no_module():
    assert find().reason.code == "device-gcu-no-module"
