"""Is the arithmetic of this machine right? Seeded networks against values that are known, on a device, in a precision.

Values of backbones were taken from the original code (``tests/bench/reference/dinov3.py --pins``), those of heads from
ours on a processor, where it gives what the original gives.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, NamedTuple

from ..devices import Device
from ..devices.device import short_reason
from ..errors import EngineError
from ..models.checkpoints.dinov3_spec import WEB, backbone_spec, canopy_spec
from ..models.networks.dinov3.sizes import SIZES, VitSize, four_levels
from ..models.networks.layers import fold
from ..models.spec import ClassInfo, ClassMap, ModelSpec, OutputSpec
from .report import FAILED, PASSED, Check
from .seeded import picture, seeded_network

if TYPE_CHECKING:
    import torch

Pins = Dict[str, List[List[float]]]
PINS: Pins = json.loads(Path(__file__).with_name("pins.json").read_text(encoding="utf-8"))
EXACT = 2e-5
"""float32 on a processor, relative."""
TOLERANCE = {"fp32": 2e-3, "bf16": 0.12, "fp16": 1e-2}
"""Root mean square of differences over the spread of the values, more than each precision gives (bf16: 0.04, in torch
1.10 0.1); cards may multiply float32 in TensorFloat-32 or take GELU by its tanh. Networks without RoPE or with a
register less are off by 0.05-0.3; what bf16 lets pass, float32 on the same device does not."""
_PICTURE_PX = (48, 80)
_HEAD_PICTURE_PX = (64, 96)
_THIN, _THIN_DEEP = VitSize(64, 12, 1, 128), VitSize(64, 24, 1, 128)


class Seeded(NamedTuple):
    """A network whose values are known, and what of it is looked at."""

    name: str
    spec: ModelSpec
    size: VitSize
    levels: bool
    """The four levels of the backbone, rather than the output."""


def seeded() -> List[Seeded]:
    """Plain and gated ViT, the canopy-height head, our light head."""
    backbones = [Seeded(name, backbone_spec(SIZES[name], WEB), SIZES[name], True) for name in ("ViT-S/16", "ViT-S+/16")]
    canopy = canopy_spec(_THIN_DEEP)
    head = {"kind": "dpt", "post": [16, 32, 64, 128], "width": 32, "hidden": 16, "bins": 256}
    canopy = canopy.model_copy(update={"network": {**canopy.network, "head": head}})
    classes = ClassMap(classes=[ClassInfo(id=i, name=str(i), color=(0, 0, 0)) for i in range(5)])
    light = backbone_spec(_THIN, WEB).model_copy(
        update={
            "network": {
                "kind": "dinov3",
                "backbone": _THIN.as_dict(),
                "head": {"kind": "multilevel", "width": 32},
                "layers": list(four_levels(_THIN.depth)),
            },
            "output": OutputSpec(kind="classes", class_map=classes, channels=5),
        }
    )
    return [*backbones, Seeded("CHMv2, thin", canopy, _THIN_DEEP, False), Seeded("multilevel", light, _THIN, False)]


def self_check(device: Device) -> Iterator[Check]:
    """One check a network and precision that the device offers."""
    for one in seeded():
        for dtype in device.dtypes:
            name = f"arithmetic of {one.name}, {device.name} {dtype}"
            try:
                off = difference(run(one, device, dtype), PINS[one.name])
            except (RuntimeError, TypeError, EngineError) as error:  # what a device's operators raise
                yield Check(name, FAILED, f"could not be run: {short_reason(error)}.")
                continue
            yield _judged(name, off, device.name, dtype)


def _judged(name: str, off: float, device: str, dtype: str) -> Check:
    limit = limit_of(device, dtype)
    said = f"differs by {off:.1e} from the original's values; at most {limit:.0e} is allowed."
    if dtype == "fp32" and EXACT < off <= limit:
        said += " It is not plain float32: TensorFloat-32, or GELU taken by its tanh."
    return Check(name, PASSED if off <= limit else FAILED, said, {"relative": off, "limit": limit})


def limit_of(device: str, dtype: str) -> float:
    """How far off a device may be, relative."""
    return EXACT if device == "cpu" and dtype == "fp32" else TOLERANCE[dtype]


def run(one: Seeded, device: Device, dtype: str) -> "List[torch.Tensor]":
    """What the network gives on a device, brought back."""
    import torch

    network = _network(one.name).to(device.torch_device)
    try:
        with torch.no_grad(), device.autocast(dtype):
            if one.levels:
                found = network.backbone(_input(_PICTURE_PX, device), list(four_levels(one.size.depth)))
                parts = [part for level in found for part in (level.patches, level.whole)]
            else:
                parts = [network(_input(_HEAD_PICTURE_PX, device))]
            device.synchronize()
            return [part.float().cpu() for part in parts]
    finally:
        network.to("cpu")


@lru_cache(maxsize=None)
def _network(name: str) -> Any:
    one = next(s for s in seeded() if s.name == name)
    return fold(seeded_network(one.spec, one.size))


def forget() -> None:
    """Let go of the networks."""
    _network.cache_clear()


def _input(side: "tuple[int, int]", device: Device) -> "torch.Tensor":
    return picture(*side).to(device.torch_device)


def sampled(part: "torch.Tensor") -> "torch.Tensor":
    """Eight values of a tensor, as the reference script takes them."""
    return part.reshape(-1)[:: max(1, part.numel() // 8)][:8]


def difference(parts: "List[torch.Tensor]", pins: List[List[float]]) -> float:
    """Root mean square of the differences over the spread of the values."""
    import torch

    found = torch.stack([sampled(part) for part in parts]).double()
    wanted = torch.tensor(pins, dtype=torch.float64)
    off = (found - wanted).square().mean().sqrt() / wanted.std(unbiased=False)
    return float(f"{float(off):.3g}") if bool(torch.isfinite(off)) else float("inf")
