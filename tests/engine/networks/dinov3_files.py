"""DINOv3 files as Meta, timm and transformers write them, with the weights of :mod:`rs_dino_engine.verify.seeded`.

``tests/bench/reference/dinov3.py`` loads the same files into the original implementations.
"""

from __future__ import annotations

from rs_dino_engine.models.networks.dinov3.sizes import VitSize
from rs_dino_engine.verify.seeded import Shapes, State, chmv2_shapes, meta_shapes, picture, telling

__all__ = [
    "SMALL_SIZES",
    "Shapes",
    "State",
    "as_timm",
    "as_transformers",
    "chmv2_as_transformers",
    "chmv2_shapes",
    "meta_shapes",
    "picture",
    "telling",
]

SMALL_SIZES = {
    "ViT-S/16": VitSize(128, 2, 2, 256),
    "ViT-B/16": VitSize(192, 2, 3, 256),
    "ViT-L/16": VitSize(1024, 1, 16, 64),  # as wide as the real one: its width says that there are two kinds
}


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
