"""Heads: what turns a DINOv3 backbone's levels into channels per pixel. ``head.kind`` of a model.json names one.

To add a head: write a file with ``build(dim, classes, levels, bands, **settings)`` beside this one and name it in
``HEADS``.
A head takes ``(levels, images)`` and returns ``(n, classes, h, w)`` at the images' size; ``stride_px`` is what
window sides must be multiples of.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Dict

from ....errors import UserError

if TYPE_CHECKING:
    from torch import nn

HEADS: Dict[str, str] = {
    "linear": "rs_dino_engine.models.networks.heads.linear:build",
    "dpt": "rs_dino_engine.models.networks.heads.dpt:build",
    "multilevel": "rs_dino_engine.models.networks.heads.multilevel:build",
}


def build_head(head: Dict[str, Any], dim: int, classes: int, levels: int, bands: int) -> "nn.Module":
    """A head with fresh weights, from ``{kind, …settings}``."""
    settings = dict(head)
    kind = settings.pop("kind", None)
    if kind not in HEADS:
        raise UserError("network-unknown", kind=str(kind), known=", ".join(sorted(HEADS)))
    module, function = HEADS[kind].split(":")
    built: "nn.Module" = getattr(import_module(module), function)(dim, classes, levels, bands, **settings)
    return built
