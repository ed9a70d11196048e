"""Weights that depend on nothing but names, for models whose features are known without anybody's real weights.

They tell: scales of 0.2-1, biases that are not 0, masks that are set. At the scales that a fresh network has (1e-5) one
without attention would pass. The values that belong to them (``pins.json``) were taken from the original code,
facebookresearch/dinov3.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Dict, Tuple

import numpy as np

from ..models.networks.dinov3.sizes import VitSize

if TYPE_CHECKING:
    import torch
    from torch import nn

    from ..models.spec import ModelSpec

Shapes = Dict[str, Tuple[int, ...]]
State = Dict[str, "torch.Tensor"]


def meta_shapes(size: VitSize, satellite: bool = False) -> Shapes:
    """Names and shapes of a released ``.pth``."""
    d = size.dim
    shapes: Shapes = {
        "cls_token": (1, 1, d),
        "storage_tokens": (1, 4, d),
        "mask_token": (1, d),
        "patch_embed.proj.weight": (d, 3, 16, 16),
        "patch_embed.proj.bias": (d,),
        "rope_embed.periods": (d // size.heads // 4,),
        "norm.weight": (d,),
        "norm.bias": (d,),
    }
    if satellite:
        shapes.update({"local_cls_norm.weight": (d,), "local_cls_norm.bias": (d,)})
    for number in range(size.depth):
        at = f"blocks.{number}."
        for norm in ("norm1", "norm2"):
            shapes.update({f"{at}{norm}.weight": (d,), f"{at}{norm}.bias": (d,)})
        shapes[f"{at}attn.qkv.weight"] = (3 * d, d)
        if size.qkv_bias:
            shapes.update({f"{at}attn.qkv.bias": (3 * d,), f"{at}attn.qkv.bias_mask": (3 * d,)})
        shapes.update({f"{at}ls1.gamma": (d,), f"{at}ls2.gamma": (d,)})
        shapes.update(linear(f"{at}attn.proj", d, d))
        if size.gated:
            shapes.update(linear(f"{at}mlp.w1", size.hidden, d))
            shapes.update(linear(f"{at}mlp.w2", size.hidden, d))
            shapes.update(linear(f"{at}mlp.w3", d, size.hidden))
        else:
            shapes.update(linear(f"{at}mlp.fc1", size.hidden, d))
            shapes.update(linear(f"{at}mlp.fc2", d, size.hidden))
    return shapes


def chmv2_shapes(dim: int = 1024, width: int = 256, hidden: int = 128, bins: int = 256) -> Shapes:
    """Names and shapes of ``dinov3_vitl16_chmv2_dpt_head``."""
    post = (128, 256, 512, 1024)
    shapes: Shapes = {}
    for level, channels in enumerate(post):
        shapes.update(conv(f"reassemble_blocks.projects.{level}.conv", channels, dim, 1))
        shapes.update(linear(f"reassemble_blocks.readout_projects.{level}.0", dim, 2 * dim))
        shapes[f"convs.{level}.conv.weight"] = (width, channels, 3, 3)
        shapes.update(conv(f"fusion_blocks.{level}.project.conv", width, width, 1))
        for unit in (1, 2) if level else (2,):
            for number in (1, 2):
                shapes.update(conv(f"fusion_blocks.{level}.res_conv_unit{unit}.conv{number}.conv", width, width, 3))
    for level, kernel in ((0, 4), (1, 2), (3, 3)):
        shapes.update(conv(f"reassemble_blocks.resize_layers.{level}", post[level], post[level], kernel))
    shapes.update(conv("conv_depth.head.0", width // 2, width, 3))
    shapes.update(conv("conv_depth.head.2", hidden, width // 2, 3))
    shapes.update(conv("conv_depth.head.4", bins, hidden, 1))
    return shapes


def linear(name: str, outputs: int, inputs: int) -> Shapes:
    """A linear layer's weight and bias."""
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def conv(name: str, outputs: int, inputs: int, kernel: int) -> Shapes:
    """A convolution's weight and bias."""
    return {f"{name}.weight": (outputs, inputs, kernel, kernel), f"{name}.bias": (outputs,)}


def telling(shapes: Shapes) -> State:
    """The same values with every version of everything."""
    import torch

    return {name: torch.from_numpy(_values(name, shape)) for name, shape in shapes.items()}


def _values(name: str, shape: Tuple[int, ...]) -> np.ndarray:
    import torch

    from ..models.networks.dinov3.rope import make_periods

    rng = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode())))
    if name.endswith("periods"):  # released files hold them rounded to bfloat16
        rounded: np.ndarray = make_periods(4 * shape[0]).to(torch.bfloat16).float().numpy()
        return rounded
    if name.endswith("bias_mask"):
        return np.repeat(np.array([1, 0, 1], np.float32), shape[0] // 3)
    if name.endswith("gamma"):
        return rng.uniform(0.2, 1.0, shape).astype(np.float32)
    if "norm" in name and name.endswith("weight"):
        return rng.uniform(0.5, 1.5, shape).astype(np.float32)
    if name.endswith(("bias", "token", "tokens")):
        return rng.normal(0, 0.2, shape).astype(np.float32)
    inputs = int(np.prod(shape[1:]))
    return (rng.standard_normal(shape, np.float32) / np.float32(np.sqrt(inputs))).astype(np.float32)


def picture(height: int, width: int, bands: int = 3) -> "torch.Tensor":
    """A normalised picture ``(1, bands, height, width)``."""
    import torch

    rng = np.random.Generator(np.random.PCG64(height * 10000 + width))
    return torch.from_numpy(rng.normal(0, 1, (1, bands, height, width)).astype(np.float32))


def seeded_network(spec: "ModelSpec", size: VitSize) -> "nn.Module":
    """The network of a spec on a DINOv3 backbone, in evaluation mode, with weights that tell in every part."""
    from ..models.checkpoints.dinov3_layouts import Meta
    from ..models.load import build_network

    network = build_network(spec).eval()
    stored = Meta({name: _Here(values) for name, values in telling(meta_shapes(size)).items()}).tensors()
    state = {f"backbone.{name}": tensor.load() for name, tensor in stored.items()}
    ours = {name: tuple(v.shape) for name, v in network.named_parameters() if name.startswith("head.")}
    state.update(telling(ours))
    network.load_state_dict(state, strict=False)
    return network


class _Here:
    """A tensor in memory, as the readers of files give them."""

    def __init__(self, values: "torch.Tensor") -> None:
        self.shape, self.dtype, self._values = tuple(values.shape), str(values.dtype).split(".")[-1], values

    def load(self) -> "torch.Tensor":
        return self._values
