"""Convolution blocks that networks share, and the folding of their normalisation for inference."""

from __future__ import annotations

from typing import Optional

import torch
from torch import nn

_EPS, _MOMENTUM = 1e-3, 0.05


class ConvNorm(nn.Module):
    """Convolution without bias, batch normalisation, activation. ``fold`` makes one convolution of the first two."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 1,
        stride: int = 1,
        groups: int = 1,
        act: bool = True,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.norm: Optional[nn.BatchNorm2d] = nn.BatchNorm2d(outputs, eps=_EPS, momentum=_MOMENTUM)
        self.act = nn.ReLU6(inplace=True) if act else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.conv(x)
        if self.norm is not None:
            x = self.norm(x)
        out: torch.Tensor = self.act(x)
        return out

    def fold(self) -> None:
        """Put the running statistics into the convolution: w' = w·g/sqrt(v+e), b' = b − m·g/sqrt(v+e)."""
        norm, conv = self.norm, self.conv
        if norm is None:
            return
        with torch.no_grad():
            gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            folded = nn.Conv2d(
                conv.in_channels,
                conv.out_channels,
                conv.kernel_size,
                conv.stride,
                conv.padding,
                groups=conv.groups,
                bias=True,
            )
            folded.weight.copy_(conv.weight * gain.reshape(-1, 1, 1, 1))
            folded.bias.copy_(norm.bias - norm.running_mean * gain)
        self.conv, self.norm = folded.to(conv.weight.device), None


def fold(network: nn.Module) -> nn.Module:
    """Let every part that can fold itself do so, in place: faster, for inference only. Returns the network."""
    for part in network.modules():
        if hasattr(part, "fold"):
            part.fold()
    return network


class Separable(nn.Module):
    """Depthwise 3 x 3 convolution, then a 1 x 1 convolution, each normalised."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.depthwise = ConvNorm(inputs, inputs, 3, groups=inputs, act=False)
        self.pointwise = ConvNorm(inputs, outputs)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.pointwise(self.depthwise(x))
        return out
