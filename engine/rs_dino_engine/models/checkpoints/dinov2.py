"""DINOv2 backbones (14 px patches; facebookresearch/dinov2) and the first HighResCanopyHeight model on one of them."""

from __future__ import annotations

from ..weights import StateDict
from .format import Format


def _backbone(state: StateDict) -> bool:
    return "pos_embed" in state and "blocks.0.ls1.gamma" in state


def _canopy_v1(state: StateDict) -> bool:
    names = [name for name in state if "backbone." in name]
    return any(name.endswith("backbone.pos_embed") for name in names) and any("decode_head." in n for n in state)


FORMATS = (
    Format("a canopy-height model of HighResCanopyHeight (the first one, on DINOv2)", _canopy_v1),
    Format("a DINOv2 ViT backbone", _backbone),
)
