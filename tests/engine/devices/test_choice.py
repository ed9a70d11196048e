"""The choice of a device: what is asked for or a reason; nothing falls back in silence."""

import sys

import pytest
import torch
from rs_dino_engine import devices
from rs_dino_engine.devices import choice, choose, cuda, findings
from rs_dino_engine.devices.cpu import system_memory
from rs_dino_engine.errors import UserError

no_card = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a card")


def test_cpu_computes():
    device = choose("cpu")
    assert (device.name, device.torch_device, device.dtype, device.constant_shapes) == ("cpu", "cpu", "fp32", False)
    assert device.reason.code == "device-asked" and device.reason.text
    layer, batch = torch.nn.Linear(4, 4), torch.ones(2, 4)
    with device.autocast("fp32"):
        assert layer(batch).dtype == torch.float32
    with device.autocast():
        assert layer(batch).dtype == torch.float32
    with device.autocast("bf16"):
        assert layer(batch).dtype == torch.bfloat16
        with device.full_precision():
            assert layer(batch).dtype == torch.float32
        assert layer(batch).dtype == torch.bfloat16
    device.synchronize()
    device.empty_cache()
    devices.empty_caches()


def test_a_precision_that_a_device_lacks_is_refused():
    with pytest.raises(UserError) as raised:
        choose("cpu").autocast("fp16")
    assert raised.value.message.code == "dtype-unavailable" and "bf16" in str(raised.value)


def test_memory_is_what_the_system_tells():
    memory = system_memory()
    assert memory is not None and 0 < memory.free_mb <= memory.total_mb
    assert choose("cpu").memory().free_mb > 0


def test_memory_limit_of_a_container_counts(monkeypatch):
    from rs_dino_engine.devices import Memory, cpu

    monkeypatch.setattr(cpu, "_container_memory", lambda: Memory(100.0, 512.0))
    assert system_memory() == Memory(100.0, 512.0)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried"), True),
        (RuntimeError("DefaultCPUAllocator: not enough memory: you tried to allocate"), True),
        (RuntimeError("shape mismatch"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_out_of_memory_is_recognised(error, expected):
    assert choose("cpu").is_out_of_memory(error) is expected


def test_torch_really_says_it_like_this():
    with pytest.raises(RuntimeError) as raised:
        torch.empty(2**46)
    assert choose("cpu").is_out_of_memory(raised.value)


@no_card
@pytest.mark.parametrize("name", ["cuda", "cuda:0", "CUDA:3", "gpu", "mps", "gcu", "gcu:1", "xla:0"])
def test_what_is_not_there_is_refused_with_the_reason(name):
    with pytest.raises(UserError) as raised:
        choose(name)
    assert raised.value.message.code == "device-unavailable"
    assert len(raised.value.message.params["reason"]) > 10


@pytest.mark.parametrize("name", ["tpu", "cuda:x", "cuda:-1", "cpu:0:1", "中文"])
def test_a_name_that_means_nothing_is_refused(name):
    with pytest.raises(UserError) as raised:
        choose(name)
    assert raised.value.message.code == "device-unknown"


def test_a_processor_has_no_number_but_0():
    assert choose("cpu:0").name == "cpu"
    with pytest.raises(UserError) as raised:
        choose("cpu:1")
    assert "no card number 1" in str(raised.value)


@no_card
def test_auto_says_what_it_chose():
    device = choose("auto")
    assert (device.name, device.reason.code) == ("cpu", "device-auto-cpu")


def test_every_kind_has_a_reason():
    assert [f.kind for f in findings()] == list(choice.KINDS)
    assert all(f.reason.text for f in findings())


class FakeCards:
    """The calls of ``torch.cuda`` that we make, for two cards of a given capability."""

    def __init__(self, capability):
        self._capability = capability
        self.waited = []

    def is_available(self):
        return True

    def device_count(self):
        return 2

    def get_device_name(self, index):
        return f"Card {index}"

    def get_device_capability(self, index):
        return self._capability

    def synchronize(self, index):
        self.waited.append(index)

    def empty_cache(self):
        pass

    def mem_get_info(self, index):
        return 2 * 2**30, 8 * 2**30

    def memory_reserved(self, index):
        return 2**30

    def memory_allocated(self, index):
        return 2**29

    def get_device_properties(self, index):
        return type("Properties", (), {"total_memory": 8 * 2**30})


@pytest.fixture
def cards(monkeypatch):
    def install(capability=(8, 0)):
        fake = FakeCards(capability)
        monkeypatch.setattr(torch, "cuda", fake)
        monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: True)
        return fake

    return install


def test_a_card_is_taken_by_auto_and_by_number(cards):
    fake = cards()
    assert choose("auto").name == "cuda:0" and choose("auto").reason.code == "device-auto"
    device = choose("cuda:1")
    assert (device.torch_device, device.title, device.dtype) == ("cuda:1", "Card 1", "bf16")
    device.synchronize()
    assert fake.waited == [1]
    with pytest.raises(UserError) as raised:
        choose("cuda:2")
    assert "2 found" in str(raised.value)


@pytest.mark.parametrize(
    ("capability", "dtype"), [((9, 0), "bf16"), ((8, 6), "bf16"), ((7, 5), "fp16"), ((6, 1), "fp32")]
)
def test_precision_follows_the_card(cards, capability, dtype):
    cards(capability)
    assert choose("cuda:0").dtype == dtype


def test_memory_of_a_card_counts_what_torch_keeps_for_later(cards):
    cards()
    assert choose("cuda:0").memory() == (2048 + 512, 8192)


def test_memory_of_a_card_under_an_old_torch(cards, monkeypatch):
    cards()
    monkeypatch.delattr(FakeCards, "mem_get_info")
    assert choose("cuda:0").memory() == (8192 - 512, 8192)


def test_out_of_memory_of_a_card(cards):
    cards()
    device = choose("cuda:0")
    assert device.is_out_of_memory(RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"))
    assert device.is_out_of_memory(RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling"))
    assert not device.is_out_of_memory(RuntimeError("CUDA error: an illegal memory access was encountered"))


def test_a_torch_that_does_not_load_is_a_reason(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert cuda.find().reason.code == "device-no-torch"
