"""Models on a DINOv3 ViT: a ``backbone`` and, unless its features are what is wanted, a ``head``."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence

from ..with_head import Head, WithHead, assemble, fitting_head
from .sizes import VitSize
from .vit import Vit


def build(
    backbone: Dict[str, Any],
    bands: int = 3,
    classes: int = 1,
    head: Optional[Dict[str, Any]] = None,
    layers: Optional[Sequence[int]] = None,
) -> WithHead:
    """``backbone``: a :class:`VitSize` as a dict; ``layers``: blocks whose output the head takes, default the last."""
    return assemble(Vit(VitSize(**backbone), bands), classes, bands, head, layers)


def head_of(network: Dict[str, Any]) -> Head:
    """The head of ``network``, the arguments of :func:`build`, without the backbone, and the levels that it takes."""
    size = VitSize(**network["backbone"])
    return fitting_head(size, network["classes"], network["bands"], network.get("head"), network.get("layers"))
