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
        self.network = fold(network.eval())
        for parameter in self.network.parameters():
            parameter.requires_grad_(False)

    def to(self, device: str) -> None:
        """Move the weights to a torch device string."""
        self.network.to(torch.device(device))

    def __call__(self, windows: torch.Tensor) -> torch.Tensor:
        """Windows -> raw channels; see :class:`.runtime.LoadedModel`."""
        if prefers_channels_last(windows.device.type):  # a third of the time of a convolution on a processor
            windows = windows.contiguous(memory_format=torch.channels_last)
        with torch.no_grad():
            out: torch.Tensor = self.network(windows).float()
            return out if self.spec.output.scale == 1.0 else out * self.spec.output.scale
