"""The check of the arithmetic passes here, and sees what is broken: in the network, and in a device."""

from __future__ import annotations

import math
from contextlib import contextmanager

import pytest
import torch
from rs_dino_engine.devices import choose
from rs_dino_engine.devices.cpu import Cpu
from rs_dino_engine.models.networks.dinov3 import vit
from rs_dino_engine.models.networks.heads import dpt
from rs_dino_engine.verify import arithmetic


def states(device):
    return {c.name.split(" of ")[1]: c.state for c in arithmetic.self_check(device)}


def test_this_machine_computes_as_the_original_does():
    found = states(choose("cpu"))
    assert set(found.values()) == {"passed"}
    assert "ViT-S/16, cpu fp32" in found and "CHMv2, thin, cpu bf16" in found and "multilevel, cpu fp32" in found


def test_networks_without_positions_are_seen(monkeypatch):
    monkeypatch.setattr(vit, "rotate", lambda x, angles: x)
    found = states(choose("cpu"))
    assert {found[name] for name in ("ViT-S/16, cpu fp32", "ViT-S/16, cpu bf16", "ViT-S+/16, cpu fp32")} == {"failed"}


def test_a_head_that_samples_otherwise_is_seen(monkeypatch):
    monkeypatch.setattr(
        dpt, "_twice",
        lambda x: torch.nn.functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False),
    )  # fmt: skip
    found = states(choose("cpu"))
    assert found["CHMv2, thin, cpu fp32"] == "failed" and found["ViT-S/16, cpu fp32"] == "passed"


def test_gelu_by_its_tanh_passes_on_a_card_but_is_said(monkeypatch):
    def by_tanh(x):  # torch 1.10 has no argument for it
        return 0.5 * x * (1 + torch.tanh((2 / math.pi) ** 0.5 * (x + 0.044715 * x**3)))

    monkeypatch.setattr(vit.functional, "gelu", by_tanh)
    device = Cpu()
    device.name, device.dtypes = "gcu:0", ("fp32",)
    said = {c.name: c for c in arithmetic.self_check(device)}["arithmetic of ViT-S/16, gcu:0 fp32"]
    assert said.state == "passed" and "tanh" in said.said
    assert states(choose("cpu"))["ViT-S/16, cpu fp32"] == "failed"


class Broken(Cpu):
    """A device without an operator."""

    def autocast(self, dtype=None):
        @contextmanager
        def fails():
            raise RuntimeError("aten::gelu is not implemented")
            yield

        return fails()


def test_an_operator_that_a_device_lacks_is_a_check_that_failed():
    found = list(arithmetic.self_check(Broken()))
    assert {c.state for c in found} == {"failed"} and "aten::gelu is not implemented." in found[0].said


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_values_that_are_no_numbers_are_infinitely_off(bad):
    assert arithmetic.difference([torch.full((8,), bad)], [[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]]) == float("inf")
