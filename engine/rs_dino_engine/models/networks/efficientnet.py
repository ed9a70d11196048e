"""EfficientNet-Lite0 features (Tan & Le 2019, arXiv:1905.11946; the Lite variant has no squeeze-excitation and
ReLU6 throughout), and the names that published ImageNet weights use for the same parameters."""

from __future__ import annotations

import re
from typing import Dict, List, NamedTuple

import torch
from torch import nn

from .layers import ConvNorm


class Stage(NamedTuple):
    """``repeats`` inverted-residual blocks; the first has the stride."""

    repeats: int
    kernel: int
    stride: int
    expand: int
    channels: int


STEM_CHANNELS = 32
LITE0 = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
)
"""The published network has a further stage of 320 channels for its classifier, which a decoder does not need."""

LEVELS = {2: 16, 4: 24, 8: 40, 16: 112, 32: 192}
"""Stride -> channels of the features that :class:`Lite0Features` returns."""


class InvertedResidual(nn.Module):
    """Expand (1 x 1), depthwise, project (1 x 1, linear), with a shortcut where the shape allows it."""

    def __init__(self, inputs: int, stage: Stage, stride: int) -> None:
        super().__init__()
        inner = inputs * stage.expand
        self.expand = ConvNorm(inputs, inner) if stage.expand > 1 else nn.Identity()
        self.depthwise = ConvNorm(inner, inner, stage.kernel, stride, groups=inner)
        self.project = ConvNorm(inner, stage.channels, act=False)
        self.shortcut = stride == 1 and inputs == stage.channels

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.project(self.depthwise(self.expand(x)))
        return x + out if self.shortcut else out


class Lite0Features(nn.Module):
    """Images -> features at strides 2, 4, 8, 16 and 32 (see ``LEVELS``)."""

    def __init__(self, bands: int = 3) -> None:
        super().__init__()
        self.stem = ConvNorm(bands, STEM_CHANNELS, 3, 2)
        stages: List[nn.Module] = []
        inputs = STEM_CHANNELS
        for stage in LITE0:
            blocks = []
            for i in range(stage.repeats):
                blocks.append(InvertedResidual(inputs, stage, stage.stride if i == 0 else 1))
                inputs = stage.channels
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.ModuleList(stages)

    def forward(self, x: torch.Tensor) -> Dict[int, torch.Tensor]:
        x = self.stem(x)
        levels: Dict[int, torch.Tensor] = {}
        stride = 2
        for stage, described in zip(self.stages, LITE0):
            x = stage(x)
            stride *= described.stride
            levels[stride] = x
        return levels


def convert_imagenet_keys(published: Dict[str, torch.Tensor]) -> Dict[str, torch.Tensor]:
    """Rename the parameters of the published ``efficientnet-lite0`` checkpoint to those of :class:`Lite0Features`.

    What only its classifier needs (the 320-channel stage, head, fully connected layer) is left out.
    """
    block_names = [f"stages.{s}.{i}" for s, stage in enumerate(LITE0) for i in range(stage.repeats)]
    parts = {
        "_expand_conv": "expand.conv",
        "_bn0": "expand.norm",
        "_depthwise_conv": "depthwise.conv",
        "_bn1": "depthwise.norm",
        "_project_conv": "project.conv",
        "_bn2": "project.norm",
    }
    out: Dict[str, torch.Tensor] = {}
    for key, value in published.items():
        stem = re.match(r"(_conv_stem|_bn0)\.(\w+)$", key)
        block = re.match(r"_blocks\.(\d+)\.(\w+)\.(\w+)$", key)
        if stem:
            out[f"stem.{'conv' if stem.group(1) == '_conv_stem' else 'norm'}.{stem.group(2)}"] = value
        elif block and int(block.group(1)) < len(block_names):
            out[f"{block_names[int(block.group(1))]}.{parts[block.group(2)]}.{block.group(3)}"] = value
    return out
