"""What is known of a DINOv3 file besides its weights: normalisation, GSD, licence. Constants: dinov3's README,
``notebooks/chmv2_inference.ipynb``."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Optional, Tuple

from ..backbone_spec import ABOUT, features, rgb
from ..networks.dinov3.sizes import PATCH_PX, VitSize, name_of
from ..spec import InputSpec, ModelSpec, OutputSpec
from .chmv2 import LAYERS, POST

LICENCE = (
    "DINOv3 License (ai.meta.com/resources/models-and-libraries/dinov3-license): commercial use allowed; weights and "
    "what is derived from them are passed on only under the same licence"
)
BINS = 256
WINDOW_PX = 512


class Sharing(NamedTuple):
    """The border that neighbouring windows share, and the outer part of it that counts for nothing.

    A ViT sees the whole window wherever it looks, so what is left is as long a way from one window to the next as can
    be paid for: the shorter it is the steeper the map on it. Measured by ``tests/bench/seams.py``.
    """

    overlap_px: int
    margin_px: Optional[int] = None


PLAIN = Sharing(128)
VIT = Sharing(128, PATCH_PX)
DPT = Sharing(192, 2 * PATCH_PX)
"""The head's convolutions see the window's border from further away."""


class Statistics(NamedTuple):
    """Mean and standard deviation of red, green, blue in 0-1, of the pictures that weights were trained on."""

    name: str
    mean: Tuple[float, float, float]
    std: Tuple[float, float, float]
    gsd_m: Optional[float] = None


WEB = Statistics("web", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
SATELLITE = Statistics("satellite", (0.430, 0.411, 0.296), (0.213, 0.156, 0.143), 0.6)
CANOPY = Statistics("canopy", (0.420, 0.411, 0.296), (0.213, 0.156, 0.143), 0.6)
KNOWN = (WEB, SATELLITE, CANOPY)


def input_of(statistics: Statistics, stride_px: int, sharing: Sharing = PLAIN) -> InputSpec:
    """Red, green and blue in windows of 512 pixels."""
    return InputSpec(
        bands=rgb(),
        mean=list(statistics.mean),
        std=list(statistics.std),
        gsd_m=statistics.gsd_m,
        window_px=WINDOW_PX,
        stride_px=stride_px,
        **sharing._asdict(),
    )


def _network(size: VitSize, **more: Any) -> Dict[str, Any]:
    return {"kind": "dinov3", "backbone": size.as_dict(), **more}


def backbone_spec(size: VitSize, statistics: Statistics) -> ModelSpec:
    """A backbone whose normalised features are the output."""
    family = name_of(size) or f"ViT of {size.dim} channels"
    slug = family.lower().replace("+", "plus").replace("/", "").replace(" ", "-")
    return ModelSpec(
        name=f"dinov3-{slug}-{statistics.name}",
        title=f"DINOv3 {family} ({statistics.name})",
        description=ABOUT,
        task="feature-map",
        network=_network(size),
        input=input_of(statistics, PATCH_PX, VIT),
        output=features(size.dim, PATCH_PX),
        licence=LICENCE,
        attribution="DINOv3, Meta AI",
    )


def canopy_spec(size: VitSize) -> ModelSpec:
    """CHMv2: canopy height in metres."""
    head = {"kind": "dpt", "post": list(POST), "bins": BINS}
    return ModelSpec(
        name="chmv2",
        title="CHMv2 canopy height",
        description="Canopy height in metres from red, green and blue at about 0.6 m.",
        task="canopy-height",
        network=_network(size, head=head, layers=list(LAYERS)),
        input=input_of(CANOPY, 2 * PATCH_PX, DPT),
        output=OutputSpec(kind="value", blend_on="value", channels=1, quantity="canopy height", unit="m"),
        licence=LICENCE,
        attribution="CHMv2 and DINOv3, Meta AI",
        limits="Trained on satellite imagery of about 0.6 m; finer imagery is resampled to that.",
    )
