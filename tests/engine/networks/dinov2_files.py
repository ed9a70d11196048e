"""DINOv2 files as Meta and transformers write them, out of one with the names that both kinds share."""

from __future__ import annotations

import re

import torch
from dinov3_files import Shapes, State


def dinov2_shapes(dim: int, depth: int, side: int, registers: bool) -> Shapes:
    """Names and shapes of a released ``.pth`` for pictures of ``side`` patches."""
    shapes: Shapes = {
        "cls_token": (1, 1, dim),
        "pos_embed": (1, 1 + side * side, dim),
        "mask_token": (1, dim),
        "patch_embed.proj.weight": (dim, 3, 14, 14),
        "patch_embed.proj.bias": (dim,),
        "norm.weight": (dim,),
        "norm.bias": (dim,),
    }
    if registers:
        shapes["register_tokens"] = (1, 4, dim)
    for number in range(depth):
        at = f"blocks.{number}."
        for norm in ("norm1", "norm2"):
            shapes.update({f"{at}{norm}.weight": (dim,), f"{at}{norm}.bias": (dim,)})
        for name, outputs, inputs in (
            ("attn.qkv", 3 * dim, dim),
            ("attn.proj", dim, dim),
            ("mlp.fc1", 4 * dim, dim),
            ("mlp.fc2", dim, 4 * dim),
        ):
            shapes.update({f"{at}{name}.weight": (outputs, inputs), f"{at}{name}.bias": (outputs,)})
        shapes.update({f"{at}ls1.gamma": (dim,), f"{at}ls2.gamma": (dim,)})
    return shapes


def dinov2_as_timm(state: State) -> State:
    """timm keeps the class token's position in the token where there are registers."""
    out = {name: values for name, values in state.items() if name not in ("mask_token", "register_tokens")}
    if "register_tokens" in state:
        out["reg_token"] = state["register_tokens"]
        out["cls_token"] = state["cls_token"] + state["pos_embed"][:, :1]
        out["pos_embed"] = state["pos_embed"][:, 1:].clone()
    return out


def dinov2_as_transformers(state: State, newer: bool = False) -> State:
    """``newer`` versions name the parts of attention otherwise."""
    dense = "attention.o_proj" if newer else "attention.output.dense"
    parts = [f"attention.{p}_proj" if newer else f"attention.attention.{p}" for p in
             (("q", "k", "v") if newer else ("query", "key", "value"))]  # fmt: skip
    renamed = {
        "cls_token": "embeddings.cls_token",
        "pos_embed": "embeddings.position_embeddings",
        "mask_token": "embeddings.mask_token",
        "register_tokens": "embeddings.register_tokens",
        "patch_embed.proj.weight": "embeddings.patch_embeddings.projection.weight",
        "patch_embed.proj.bias": "embeddings.patch_embeddings.projection.bias",
        "norm.weight": "layernorm.weight",
        "norm.bias": "layernorm.bias",
    }
    out: State = {}
    for name, values in state.items():
        if name in renamed:
            out[renamed[name]] = values
            continue
        name = re.sub(r"^blocks\.", "encoder.layer.", name)
        name = name.replace("ls1.gamma", "layer_scale1.lambda1").replace("ls2.gamma", "layer_scale2.lambda1")
        name = name.replace("attn.proj", dense)
        if "attn.qkv" in name:
            for part, piece in zip(parts, torch.chunk(values, 3)):
                out[name.replace("attn.qkv", part)] = piece.clone()
        else:
            out[name] = values
    return out
