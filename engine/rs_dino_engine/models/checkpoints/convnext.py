"""DINOv3 ConvNeXt backbones as Meta, timm and transformers write them.

Keys: facebookresearch/dinov3 ``dinov3/models/convnext.py``; timm ``models/convnext.py``; transformers
``models/dinov3_convnext``.
"""

from __future__ import annotations

import re
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ...errors import UserError
from ..backbone_spec import ABOUT, features
from ..networks.convnext import STRIDES, ConvNextSize, name_of
from ..spec import ModelSpec
from ..weights import StateDict, StoredTensor
from .derived import reshaped
from .dinov3_spec import LICENCE, WEB, input_of
from .format import Checkpoint, Converted, Format

_ENDS = ("weight", "bias")


class Names(NamedTuple):
    """Where a layout keeps a part; ``{s}`` is the stage, ``{b}`` the block, ``{i}`` 0 or 1."""

    stem: str
    reduce: str
    block: str
    depthwise: str
    norm: str
    up: str
    down: str
    last: str


META = Names(
    "downsample_layers.0.{i}", "downsample_layers.{s}.{i}", "stages.{s}.{b}", "dwconv", "norm", "pwconv1", "pwconv2",
    "norm",
)  # fmt: skip
TIMM = Names(
    "stem.{i}", "stages.{s}.downsample.{i}", "stages.{s}.blocks.{b}", "conv_dw", "norm", "mlp.fc1", "mlp.fc2",
    "head.norm",
)  # fmt: skip
TRANSFORMERS = Names(
    "stages.0.downsample_layers.{i}", "stages.{s}.downsample_layers.{i}", "stages.{s}.layers.{b}", "depthwise_conv",
    "layer_norm", "pointwise_conv1", "pointwise_conv2", "layer_norm",
)  # fmt: skip


def _of(names: Names) -> Callable[[StateDict], bool]:
    """Whether a table is of that layout, without a classifier and without what other ConvNeXts have."""
    stem = names.stem.format(i=0) + ".weight"
    first = f"{names.block.format(s=0, b=0)}.{names.depthwise}.weight"

    def matches(state: StateDict) -> bool:
        prefix = _prefix(state, names)
        wanted = (prefix + stem, prefix + first, prefix + names.block.format(s=0, b=0) + ".gamma")
        return all(name in state for name in wanted) and not any(_foreign(name) for name in state)

    return matches


def _foreign(name: str) -> bool:
    return name.startswith(("head.fc.", "head.weight", "head.bias", "projectors.", "classifier.")) or ".grn." in name


def _prefix(state: StateDict, names: Names) -> str:
    """Newer versions of transformers put the stages, and not the last norm, under ``model.``."""
    return "model." if "model." + names.stem.format(i=0) + ".weight" in state else ""


def _converter(names: Names) -> Callable[[Checkpoint, Optional[Checkpoint]], Converted]:
    def convert(checkpoint: Checkpoint, head: Optional[Checkpoint]) -> Converted:
        if head is not None:
            raise UserError("head-other-backbone", path=str(head.path), wanted="DINOv3 ViT-L/16 (satellite)")
        state, prefix = checkpoint.state, _prefix(checkpoint.state, names)
        try:
            size = _size(state, prefix, names)
            found = {f"backbone.{ours}": _taken(ours, state[theirs]) for ours, theirs in _pairs(size, prefix, names)}
        except KeyError as error:
            raise UserError("checkpoint-incomplete", path=str(checkpoint.path), name=str(error.args[0])) from error
        return Converted(backbone_spec(size), found)

    return convert


def _size(state: StateDict, prefix: str, names: Names) -> ConvNextSize:
    depths: List[int] = []
    dims: List[int] = []
    for stage in range(len(STRIDES)):
        pattern = re.escape(prefix + names.block.format(s=stage, b="#")).replace(r"\#", r"(\d+)") + r"\."
        found = [int(m.group(1)) for m in (re.match(pattern, name) for name in state) if m]
        depths.append(max(found, default=0) + 1)
        first = f"{prefix}{names.block.format(s=stage, b=0)}.{names.depthwise}.weight"
        dims.append(int(state[first].shape[0]))
    return ConvNextSize(tuple(depths), tuple(dims))


def _pairs(size: ConvNextSize, prefix: str, names: Names) -> Iterator[Tuple[str, str]]:
    """Our names and theirs."""
    parts = {"depthwise": names.depthwise, "norm": names.norm, "up": names.up, "down": names.down}
    for end in _ENDS:
        yield f"norm.{end}", f"{names.last}.{end}"
    for stage, depth in enumerate(size.depths):
        reduce = names.reduce if stage else names.stem
        for i in (0, 1):
            for end in _ENDS:
                yield f"reduce.{stage}.{i}.{end}", f"{prefix}{reduce.format(s=stage, i=i)}.{end}"
        for block in range(depth):
            ours, theirs = f"stages.{stage}.{block}", prefix + names.block.format(s=stage, b=block)
            yield f"{ours}.scale", f"{theirs}.gamma"
            for mine, other in parts.items():
                for end in _ENDS:
                    yield f"{ours}.{mine}.{end}", f"{theirs}.{other}.{end}"


def _taken(ours: str, tensor: StoredTensor) -> StoredTensor:
    """A projection that is stored as a 1 x 1 convolution becomes a matrix again."""
    if ours.endswith(("up.weight", "down.weight")) and len(tensor.shape) == 4:
        return reshaped(tensor, tuple(tensor.shape[:2]))
    return tensor


def backbone_spec(size: ConvNextSize) -> ModelSpec:
    """A ConvNeXt whose normalised last features are the output."""
    family = name_of(size) or f"of {size.dims[-1]} channels"
    network: Dict[str, object] = {
        "kind": "convnext",
        "backbone": {"depths": list(size.depths), "dims": list(size.dims)},
    }
    return ModelSpec(
        name=f"dinov3-convnext-{family.lower().replace(' ', '-')}",
        title=f"DINOv3 ConvNeXt {family}",
        description=ABOUT,
        task="feature-map",
        network=network,
        input=input_of(WEB, STRIDES[-1]),
        output=features(size.dims[-1], STRIDES[-1]),
        licence=LICENCE,
        attribution="DINOv3, Meta AI",
    )


FORMATS = (
    Format("a DINOv3 ConvNeXt backbone (Meta's release)", _of(META), _converter(META), mark="norms.3.weight"),
    Format("a DINOv3 ConvNeXt backbone (timm)", _of(TIMM), _converter(TIMM), mark=f"{TIMM.last}.weight"),
    Format(
        "a DINOv3 ConvNeXt backbone (transformers)",
        _of(TRANSFORMERS),
        _converter(TRANSFORMERS),
        mark=f"{TRANSFORMERS.last}.weight",
    ),
)
