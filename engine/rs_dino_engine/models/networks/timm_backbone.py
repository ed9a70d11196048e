"""Models on any network of timm that gives maps of features (``forward_intermediates``)."""

from __future__ import annotations

import re
import warnings
from contextlib import nullcontext
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import torch
from torch import nn

from ...errors import UserError
from ..timm_import import timm_module
from .backbone import Level
from .with_head import WithHead, assemble

_NAME = re.compile(r"[A-Za-z0-9_]+")
OPTIONS = (
    "act_layer", "class_token", "depth", "depths", "dims", "dynamic_img_size", "embed_dim", "embed_dims", "fc_norm",
    "global_pool", "img_size", "init_values", "mlp_ratio", "no_embed_class", "norm_layer", "num_heads", "patch_size",
    "pos_embed", "pre_norm", "ref_feat_shape", "reg_tokens", "window_size",
)  # fmt: skip
"""What a model.json may hand to timm: shapes, and nothing that names a file or asks for a download."""


class TimmSize(NamedTuple):
    """``name``: timm's architecture without the tag of its weights; ``norm``: whether timm's own last
    normalisation is applied to the levels; ``side_px``: a picture's side that the network can take."""

    name: str
    side_px: int
    options: Dict[str, Any] = {}
    norm: bool = True


class TimmBackbone(nn.Module):
    """``net`` is timm's network without its classifier, under timm's own names."""

    def __init__(self, size: TimmSize, bands: int = 3) -> None:
        super().__init__()
        self.size = size
        self.net = create(size, bands)
        self.dims, self.strides, self.stride_px = shapes(size, bands)

    def forward(self, images: torch.Tensor, layers: Sequence[int]) -> List[Level]:
        maps = _levels(self.net, images, list(layers), self.size.norm)
        return [Level(part, part.mean(dim=(2, 3))) for part in maps]


def create(size: TimmSize, bands: int = 3) -> Any:
    """timm's network with fresh weights; never fetches any. Raises ``ValueError`` for what timm does not know."""
    timm = timm_module()
    if not _NAME.fullmatch(size.name) or not timm.is_model(size.name):
        raise ValueError(f"timm {timm.__version__} has no network called {size.name}")
    refused = sorted(set(size.options) - set(OPTIONS))
    if refused:
        raise ValueError(f"{refused[0]} is not an option that can be set")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of names that timm renamed
        net = timm.create_model(size.name, pretrained=False, num_classes=0, in_chans=bands, **size.options)
    if not hasattr(net, "forward_intermediates") or not getattr(net, "feature_info", None):
        raise ValueError(f"timm's {size.name} gives no maps of features")
    return net


class Shapes(NamedTuple):
    """Channels and strides of every level, and what the sides of pictures must be multiples of."""

    dims: Tuple[int, ...]
    strides: Tuple[int, ...]
    stride_px: int


def shapes(size: TimmSize, bands: int = 3) -> Shapes:
    """What a network gives, by asking it; nothing is computed where torch can do without.

    Raises ``ValueError`` where the levels do not lie on a regular grid, and whatever timm raises for a picture of
    that size.
    """
    with torch.no_grad(), _on_meta():
        net = create(size, bands).eval()
        layers = list(range(len(net.feature_info)))
        maps = _levels(net, torch.zeros(1, bands, size.side_px, size.side_px), layers, size.norm)
    dims, strides = [], []
    for part in maps:
        rows, cols = part.shape[-2:]
        if rows != cols or size.side_px % rows:
            raise ValueError(f"it makes {rows} x {cols} cells of {size.side_px} x {size.side_px} pixels")
        dims.append(int(part.shape[1]))
        strides.append(size.side_px // int(rows))
    return Shapes(tuple(dims), tuple(strides), max(int(part["reduction"]) for part in net.feature_info))


def names(size: TimmSize, bands: int = 3) -> List[str]:
    """Names of timm's parameters that weights must have."""
    with _on_meta():
        return list(create(size, bands).state_dict())


def _on_meta() -> Any:
    """Tensors without values; a torch before 2.0 computes them."""
    return torch.device("meta") if hasattr(torch.device, "__enter__") else nullcontext()


def _levels(net: Any, images: torch.Tensor, layers: List[int], norm: bool) -> List[torch.Tensor]:
    found = net.forward_intermediates(
        images, indices=layers, norm=norm, stop_early=True, output_fmt="NCHW", intermediates_only=True
    )
    return [part[0] if isinstance(part, (tuple, list)) else part for part in found]


def build(
    backbone: Dict[str, Any],
    bands: int = 3,
    classes: int = 1,
    head: Optional[Dict[str, Any]] = None,
    layers: Optional[Sequence[int]] = None,
) -> WithHead:
    """``backbone``: a :class:`TimmSize` as a dict. Raises ``UserError`` where timm is missing."""
    try:
        return assemble(TimmBackbone(TimmSize(**backbone), bands), classes, bands, head, layers)
    except (UserError, ValueError, TypeError):
        raise
    except (AssertionError, AttributeError, KeyError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"timm cannot build {backbone.get('name')} so: {error}") from error
