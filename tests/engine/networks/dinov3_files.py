"""DINOv3 files as Meta, timm and transformers write them, with random weights that tell: scales of 0.2-1, biases
that are not 0, masks that are set. At the scales a fresh network has (1e-5) one without attention would pass.

``tests/bench/reference/dinov3.py`` loads the same files into the original implementations.
"""

from __future__ import annotations

import zlib
from typing import Dict, Tuple

import numpy as np
import torch
from rs_dino_engine.models.networks.dinov3.rope import make_periods
from rs_dino_engine.models.networks.dinov3.sizes import VitSize

Shapes = Dict[str, Tuple[int, ...]]
State = Dict[str, torch.Tensor]


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
        shapes.update(_linear(f"{at}attn.proj", d, d))
        if size.gated:
            shapes.update(_linear(f"{at}mlp.w1", size.hidden, d))
            shapes.update(_linear(f"{at}mlp.w2", size.hidden, d))
            shapes.update(_linear(f"{at}mlp.w3", d, size.hidden))
        else:
            shapes.update(_linear(f"{at}mlp.fc1", size.hidden, d))
            shapes.update(_linear(f"{at}mlp.fc2", d, size.hidden))
    return shapes


def chmv2_shapes(dim: int = 1024, width: int = 256, hidden: int = 128, bins: int = 256) -> Shapes:
    """Names and shapes of ``dinov3_vitl16_chmv2_dpt_head``."""
    post = (128, 256, 512, 1024)
    shapes: Shapes = {}
    for level, channels in enumerate(post):
        shapes.update(_conv(f"reassemble_blocks.projects.{level}.conv", channels, dim, 1))
        shapes.update(_linear(f"reassemble_blocks.readout_projects.{level}.0", dim, 2 * dim))
        shapes[f"convs.{level}.conv.weight"] = (width, channels, 3, 3)
        shapes.update(_conv(f"fusion_blocks.{level}.project.conv", width, width, 1))
        for unit in (1, 2) if level else (2,):
            for conv in (1, 2):
                shapes.update(_conv(f"fusion_blocks.{level}.res_conv_unit{unit}.conv{conv}.conv", width, width, 3))
    for level, kernel in ((0, 4), (1, 2), (3, 3)):
        shapes.update(_conv(f"reassemble_blocks.resize_layers.{level}", post[level], post[level], kernel))
    shapes.update(_conv("conv_depth.head.0", width // 2, width, 3))
    shapes.update(_conv("conv_depth.head.2", hidden, width // 2, 3))
    shapes.update(_conv("conv_depth.head.4", bins, hidden, 1))
    return shapes


def _linear(name: str, outputs: int, inputs: int) -> Shapes:
    return {f"{name}.weight": (outputs, inputs), f"{name}.bias": (outputs,)}


def _conv(name: str, outputs: int, inputs: int, kernel: int) -> Shapes:
    return {f"{name}.weight": (outputs, inputs, kernel, kernel), f"{name}.bias": (outputs,)}


def telling(shapes: Shapes) -> State:
    """Weights that depend on nothing but the names: the same with every version of everything."""
    return {name: torch.from_numpy(_values(name, shape)) for name, shape in shapes.items()}


def _values(name: str, shape: Tuple[int, ...]) -> np.ndarray:
    rng = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode())))
    if name.endswith("periods"):  # released files hold them rounded to bfloat16
        return make_periods(4 * shape[0]).to(torch.bfloat16).float().numpy()
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


def picture(height: int, width: int, bands: int = 3) -> torch.Tensor:
    """A normalised picture ``(1, bands, height, width)``."""
    rng = np.random.Generator(np.random.PCG64(height * 10000 + width))
    return torch.from_numpy(rng.normal(0, 1, (1, bands, height, width)).astype(np.float32))


def as_timm(state: State) -> State:
    """The same backbone as timm saves a ``qkvb`` model."""
    renamed = {
        "storage_tokens": "reg_token",
        ".ls1.gamma": ".gamma_1",
        ".ls2.gamma": ".gamma_2",
        ".mlp.w1.": ".mlp.fc1_g.",
        ".mlp.w2.": ".mlp.fc1_x.",
        ".mlp.w3.": ".mlp.fc2.",
    }
    out: State = {}
    for name, values in state.items():
        if name.endswith(("bias_mask", "periods", "mask_token")) or name.startswith("local_cls_norm"):
            continue
        if name.endswith("attn.qkv.bias"):
            q, _, v = values.chunk(3)
            stem = name[: -len("qkv.bias")]
            out.update({f"{stem}q_bias": q.clone(), f"{stem}v_bias": v.clone()})
            continue
        for old, new in renamed.items():
            name = name.replace(old, new)
        out[name] = values
    return out


def as_transformers(state: State, inner: str = "") -> State:
    """The same backbone as transformers saves it; ``inner`` is ``model.`` in newer versions."""
    renamed = {
        "cls_token": "embeddings.cls_token",
        "storage_tokens": "embeddings.register_tokens",
        "patch_embed.proj.": "embeddings.patch_embeddings.",
        ".ls1.gamma": ".layer_scale1.lambda1",
        ".ls2.gamma": ".layer_scale2.lambda1",
        ".attn.proj.": ".attention.o_proj.",
        ".mlp.fc1.": ".mlp.up_proj.",
        ".mlp.fc2.": ".mlp.down_proj.",
        ".mlp.w1.": ".mlp.gate_proj.",
        ".mlp.w2.": ".mlp.up_proj.",
        ".mlp.w3.": ".mlp.down_proj.",
        "blocks.": f"{inner}layer.",
    }
    out: State = {"embeddings.mask_token": state["mask_token"].unsqueeze(0)}
    for name, values in state.items():
        if name.endswith(("bias_mask", "periods", "mask_token")) or name.startswith("local_cls_norm"):
            continue
        for old, new in renamed.items():
            name = name.replace(old, new)
        if ".attn.qkv." in name:
            for part, piece in zip("qkv", values.chunk(3)):
                if not (part == "k" and name.endswith("bias")):
                    out[name.replace(".attn.qkv.", f".attention.{part}_proj.")] = piece.clone()
            continue
        out[name] = values
    return out


def chmv2_as_transformers(head: State) -> State:
    """The canopy-height head under transformers' names."""
    out: State = {}
    for name, values in head.items():
        parts = name.split(".")
        end = parts[-1]
        if name.startswith("reassemble_blocks.projects"):
            name = f"reassemble_stage.layers.{parts[2]}.projection.{end}"
        elif name.startswith("reassemble_blocks.resize_layers"):
            name = f"reassemble_stage.layers.{parts[2]}.resize.{end}"
        elif name.startswith("reassemble_blocks.readout_projects"):
            name = f"reassemble_stage.readout_projects.{parts[2]}.0.{end}"
        elif name.startswith("convs"):
            name = f"convs.{parts[1]}.{end}"
        elif ".project.conv." in name:
            name = f"fusion_layers.{parts[1]}.projection.{end}"
        elif "res_conv_unit" in name:
            name = f"fusion_layers.{parts[1]}.residual_layer{parts[2][-1]}.convolution{parts[3][-1]}.{end}"
        out[f"head.{name}"] = values
    return out
