"""The DINOv3 weights that were published: what each file is, what it is good for, where it can be had.

Names, beginnings of sha256 and sizes: facebookresearch/dinov3 README.md and ``hub/backbones.py``. The weights are
Meta's, under the DINOv3 licence; none is bundled and none is fetched unasked.
"""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional

from ..errors import UserError

LICENCE = "DINOv3 License"
LICENCE_PAGE = "https://ai.meta.com/resources/models-and-libraries/dinov3-license/"
FORM_PAGE = "https://ai.meta.com/resources/models-and-libraries/dinov3-downloads/"
WEB, SATELLITE = "lvd1689m", "sat493m"
SIZE_TOLERANCE = 0.01


class Official(NamedTuple):
    """One published file. ``hash8`` begins its sha256, as its name says; ``good_for``: what a person needs to know."""

    name: str
    title: str
    hash8: str
    parameters_m: float
    good_for: str
    hub: str
    """The repository on Hugging Face and ModelScope."""
    network: str
    """The backbone, by the name that its size has here."""
    timm: Optional[str] = None
    """timm's copy on Hugging Face, which needs no request."""
    head_of: Optional[str] = None
    """The backbone a head belongs to."""

    @property
    def file(self) -> str:
        """Meta's name of the file."""
        if self.head_of is not None:
            return f"dinov3_vitl16_chmv2_dpt_head-{self.hash8}.pth"
        arch, data = self.name[len("dinov3-") :].replace("convnext-", "convnext_").rsplit("-", 1)
        return f"dinov3_{arch}_pretrain_{data}-{self.hash8}.pth"

    @property
    def satellite(self) -> bool:
        """Whether it was trained on satellite images."""
        return self.name.endswith(SATELLITE)

    @property
    def task(self) -> str:
        """What the model is for, a head with its backbone."""
        return "feature-map" if self.head_of is None else "canopy-height"

    @property
    def size_mb(self) -> float:
        """About how large it is: released files hold float32. Within ``SIZE_TOLERANCE``."""
        return self.parameters_m * 4e6 / 2**20


_SEMANTIC = "land cover and objects; the smaller, the faster"
_FAST = "land cover and objects, with features at 4-32 px: fine maps with a head that joins them"
_METRIC = "canopy height and other measures, imagery from space"


def _backbone(arch: str, data: str, title: str, hash8: str, parameters_m: float, timm: str) -> Official:
    seen = "satellite images" if data == SATELLITE else "web images"
    return Official(
        f"dinov3-{arch}-{data}",
        f"DINOv3 {title}, {seen}",
        hash8,
        parameters_m,
        _METRIC if data == SATELLITE else _SEMANTIC,
        f"facebook/dinov3-{arch}-pretrain-{data}",
        title,
        f"timm/vit_{timm}_patch16_dinov3.{data}",
    )


def _convnext(size: str, hash8: str, parameters_m: float) -> Official:
    return Official(
        f"dinov3-convnext-{size}-{WEB}",
        f"DINOv3 ConvNeXt {size.capitalize()}, web images",
        hash8,
        parameters_m,
        _FAST,
        f"facebook/dinov3-convnext-{size}-pretrain-{WEB}",
        f"ConvNeXt {size.capitalize()}",
        f"timm/convnext_{size}.dinov3_{WEB}",
    )


OFFICIAL: List[Official] = [
    _backbone("vits16", WEB, "ViT-S/16", "08c60483", 21.6, "small"),
    _backbone("vits16plus", WEB, "ViT-S+/16", "4057cbaa", 28.7, "small_plus"),
    _backbone("vitb16", WEB, "ViT-B/16", "73cec8be", 85.7, "base"),
    _backbone("vitl16", WEB, "ViT-L/16", "8aa4cbdd", 303.1, "large"),
    _backbone("vitl16", SATELLITE, "ViT-L/16", "eadcf0ff", 303.2, "large"),
    _backbone("vith16plus", WEB, "ViT-H+/16", "7c1da9a5", 840.6, "huge_plus"),
    _backbone("vit7b16", WEB, "ViT-7B/16", "a955f4ea", 6716.0, "7b"),
    _backbone("vit7b16", SATELLITE, "ViT-7B/16", "a6675841", 6716.0, "7b"),
    _convnext("tiny", "21b726bb", 27.8),
    _convnext("small", "296db49d", 49.5),
    _convnext("base", "801f2ba9", 87.6),
    _convnext("large", "61fa432d", 196.2),
    Official(
        "chmv2-head",
        "CHMv2 canopy-height head for ViT-L/16, satellite images",
        "3703d643",
        33.7,
        "canopy height in metres, together with dinov3-vitl16-sat493m",
        "facebook/dinov3-vitl16-chmv2-dpt-head",
        "ViT-L/16",
        head_of="dinov3-vitl16-sat493m",
    ),
]
_BY_NAME: Dict[str, Official] = {entry.name: entry for entry in OFFICIAL}


def official(name: str) -> Official:
    """The entry of that name; raises ``UserError`` with those there are."""
    found = _BY_NAME.get(name)
    if found is None:
        raise UserError("official-unknown", name=name, known=", ".join(_BY_NAME))
    return found


def named(file: str) -> Optional[Official]:
    """Which published file a name speaks of; copies are often called a little differently."""
    return next((entry for entry in OFFICIAL if entry.hash8 in file), None)


def recognised(sha256: str) -> Optional[Official]:
    """Which published file has this hash."""
    return next((entry for entry in OFFICIAL if sha256.startswith(entry.hash8)), None)
