"""A network of :mod:`.networks` behind the LoadedModel interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from ..devices import prefers_channels_last
from .networks.layers import fold
from .spec import ModelSpec

if TYPE_CHECKING:
    from torch import nn


class TorchModel:
    """A torch network in evaluation mode, without gradients."""

    def __init__(self, spec: ModelSpec, network: "nn.Module") -> None:
        self.spec = spec
        self.network = for_inference(network)

    def to(self, device: str) -> None:
        """Move the weights to a torch device string."""
        self.network.to(torch.device(device))

    def __call__(self, windows: torch.Tensor) -> torch.Tensor:
        """Windows -> raw channels; see :class:`.runtime.LoadedModel`."""
        with torch.no_grad():
            return in_its_unit(self.network(laid_out(windows)), self.spec)


def for_inference(network: "nn.Module") -> "nn.Module":
    """``network`` folded, in evaluation mode, without gradients."""
    folded = fold(network.eval())
    for parameter in folded.parameters():
        parameter.requires_grad_(False)
    return folded


def laid_out(windows: torch.Tensor) -> torch.Tensor:
    """Windows in the memory order that the device likes: a third of the time of a convolution on a processor."""
    if prefers_channels_last(windows.device.type):
        return windows.contiguous(memory_format=torch.channels_last)
    return windows


def in_its_unit(raw: torch.Tensor, spec: ModelSpec) -> torch.Tensor:
    """A network's output as float32, values in the unit that ``spec`` names."""
    out = raw.float()
    return out if spec.output.scale == 1.0 else out * spec.output.scale
