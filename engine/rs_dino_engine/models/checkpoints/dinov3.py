"""DINOv3 backbones as Meta, timm and transformers write them, and the heads that belong to them.

Keys: facebookresearch/dinov3 ``dinov3/models/vision_transformer.py``; timm ``models/eva.py``; transformers
``models/dinov3_vit``.
"""

from __future__ import annotations

from ..weights import StateDict
from .format import Format


def _meta(state: StateDict) -> bool:
    return "storage_tokens" in state and "blocks.0.attn.qkv.weight" in state


def _timm(state: StateDict) -> bool:
    return "reg_token" in state and "blocks.0.gamma_1" in state


def _transformers(state: StateDict) -> bool:
    return any(name.endswith("embeddings.register_tokens") for name in state)


def _convnext(state: StateDict) -> bool:
    return "downsample_layers.0.0.weight" in state and "stages.0.0.dwconv.weight" in state


FORMATS = (
    Format("a DINOv3 ViT backbone (Meta's release)", _meta),
    Format("a DINOv3 ViT backbone (timm)", _timm),
    Format("a DINOv3 ViT backbone (transformers)", _transformers),
    Format("a DINOv3 ConvNeXt backbone (Meta's release)", _convnext),
    Format(
        "a CHMv2 canopy-height head without its DINOv3 backbone",
        lambda state: "reassemble_blocks.projects.0.conv.weight" in state and "conv_depth.head.4.weight" in state,
    ),
    Format(
        "a complete CHMv2 canopy-height model (transformers)",
        lambda state: "head.conv_depth.head.4.weight" in state,
    ),
)
