"""SegFormer as MMSegmentation, NVIDIA and transformers write it (MiT backbone, all-MLP head)."""

from __future__ import annotations

from .format import Format

FORMATS = (
    Format("a SegFormer of MMSegmentation", lambda state: "backbone.layers.0.0.projection.weight" in state),
    Format(
        "a SegFormer of NVIDIA's release",
        lambda state: "patch_embed1.proj.weight" in state or "backbone.patch_embed1.proj.weight" in state,
    ),
    Format("a SegFormer of transformers", lambda state: any("segformer." in name for name in state)),
)
