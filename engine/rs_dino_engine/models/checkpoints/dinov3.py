"""DINOv3 backbones as Meta, timm and transformers write them, and the heads that belong to them.

Keys: facebookresearch/dinov3 ``dinov3/models/vision_transformer.py``; timm ``models/eva.py``; transformers
``models/dinov3_vit``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple, Type

from ...errors import UserError
from ...messages import Message, message
from ..folder import sha256_of
from ..networks.dinov3.sizes import VitSize
from ..weights import StateDict, StoredTensor
from . import chmv2
from .dinov3_layouts import Layout, Meta, MissingTensor, Timm, Transformers, prefix_of
from .dinov3_spec import KNOWN, SATELLITE, WEB, Statistics, backbone_spec, canopy_spec
from .format import Checkpoint, Converted, Format

ASSUMED = "dinov3-statistics-assumed"
"""The note on a backbone of which nothing tells on which pictures it was trained."""
_AMBIGUOUS_DIMS = (1024, 4096)
"""Only ViT-L and ViT-7B were published both with web and with satellite weights."""
_SATELLITE_7B, _WEB_7B = "a6675841", "a955f4ea"
"""The beginnings of the files' sha256, as the published names have them."""
_TOLERANCE = 0.003
_HF_MARK = "embeddings.register_tokens"


def _meta(state: StateDict) -> bool:
    return "storage_tokens" in state and "blocks.0.attn.qkv.weight" in state


def _timm(state: StateDict) -> bool:
    return "reg_token" in state and "blocks.0.gamma_1" in state


def _transformers(state: StateDict) -> bool:
    """DINOv2 has registers there too, and learned positions besides."""
    return _HF_MARK in state and "embeddings.position_embeddings" not in state


def _converter(layout: Type[Layout]) -> Callable[[Checkpoint, Optional[Checkpoint]], Converted]:
    """A backbone, or a backbone and the head that came with it."""

    def convert(checkpoint: Checkpoint, head: Optional[Checkpoint]) -> Converted:
        backbone, size = _backbone(checkpoint, layout)
        if head is None:
            statistics, notes = _statistics(checkpoint, size)
            return Converted(backbone_spec(size, statistics), backbone, notes)
        return canopy(backbone, size, head)

    return convert


def _backbone(checkpoint: Checkpoint, layout: Type[Layout]) -> Tuple[Dict[str, StoredTensor], VitSize]:
    """Tensors named as in our network, and the size they speak of."""
    prefix = prefix_of(checkpoint.state, layout.CLASS) or ""
    try:
        read = layout(checkpoint.state, prefix)
        return {f"backbone.{name}": tensor for name, tensor in read.tensors().items()}, read.size
    except (MissingTensor, ValueError) as error:
        name = error.args[0] if error.args else "?"
        raise UserError("checkpoint-incomplete", path=str(checkpoint.path), name=str(name)) from error


def canopy(backbone: StateDict, size: VitSize, head: Checkpoint) -> Converted:
    """A canopy-height model out of a backbone, named as in our network, and the file with its head."""
    if not chmv2.is_meta(head.state) and not chmv2.is_transformers(head.state):
        raise UserError("head-unknown", path=str(head.path))
    try:
        found = chmv2.tensors(head.state)
    except KeyError as error:
        raise UserError("checkpoint-incomplete", path=str(head.path), name=str(error.args[0])) from error
    if size.depth <= chmv2.LAYERS[-1] or chmv2.width_of(found) != size.dim:
        raise UserError("head-other-backbone", path=str(head.path), wanted="DINOv3 ViT-L/16 (satellite)")
    return Converted(canopy_spec(size), {**backbone, **{f"head.{name}": t for name, t in found.items()}})


def _whole_canopy(checkpoint: Checkpoint, head: Optional[Checkpoint]) -> Converted:
    """CHMv2 of transformers: backbone and head in one file."""
    backbone, size = _backbone(checkpoint, Transformers)
    return canopy(backbone, size, checkpoint)


def _head_alone(checkpoint: Checkpoint, head: Optional[Checkpoint]) -> Converted:
    raise UserError("head-without-backbone", path=str(checkpoint.path))


def _statistics(checkpoint: Checkpoint, size: VitSize) -> Tuple[Statistics, Tuple[Message, ...]]:
    """Normalisation of a backbone: as published beside it, as its keys tell, or assumed, which is said."""
    told = _published(checkpoint.path.parent)
    if told is not None:
        return told, ()
    if size.dim not in _AMBIGUOUS_DIMS:
        return WEB, ()
    told = _statistics_of_meta(checkpoint, size) if _meta(checkpoint.state) else None
    if told is not None:
        return told, ()
    return WEB, (message(ASSUMED, path=str(checkpoint.path)),)


def _statistics_of_meta(checkpoint: Checkpoint, size: VitSize) -> Optional[Statistics]:
    """Satellite ViT-L carries a second norm, web ViT-L does not; both 7B do, and are told apart by their hash."""
    if size.dim == _AMBIGUOUS_DIMS[0]:
        second = any(name.endswith("local_cls_norm.weight") for name in checkpoint.state)
        return SATELLITE if second else WEB
    hashed = sha256_of(checkpoint.path)
    return next((s for s, begins in ((SATELLITE, _SATELLITE_7B), (WEB, _WEB_7B)) if hashed.startswith(begins)), None)


def _published(folder: Path) -> Optional[Statistics]:
    """What ``preprocessor_config.json`` (transformers) or ``config.json`` (timm) beside a file says."""
    for name, keys in (("preprocessor_config.json", ("image_mean",)), ("config.json", ("pretrained_cfg", "mean"))):
        mean = _numbers(folder / name, keys)
        for known in KNOWN:
            if mean is not None and all(abs(a - b) < _TOLERANCE for a, b in zip(mean, known.mean)):
                return known
    return None


def _numbers(path: Path, keys: Tuple[str, ...]) -> Optional[List[float]]:
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        for key in keys:
            found = found[key]
        return [float(v) for v in found] if len(found) == 3 else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


FORMATS = (
    Format("a complete CHMv2 canopy-height model (transformers)", chmv2.is_transformers, _whole_canopy),
    Format("a DINOv3 ViT backbone (Meta's release)", _meta, _converter(Meta), mark="storage_tokens"),
    Format("a DINOv3 ViT backbone (timm)", _timm, _converter(Timm), mark="reg_token"),
    Format("a DINOv3 ViT backbone (transformers)", _transformers, _converter(Transformers), mark=_HF_MARK),
    Format("a CHMv2 canopy-height head without its DINOv3 backbone", chmv2.is_meta, _head_alone, part=True),
)
