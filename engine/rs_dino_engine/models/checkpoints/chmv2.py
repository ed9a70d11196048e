"""The canopy-height head of CHMv2 as Meta and transformers keep it.

Layouts: facebookresearch/dinov3 ``hub/depthers.py``; transformers ``models/chmv2``.
"""

from __future__ import annotations

from typing import Callable, Dict, Iterator, Tuple

from ..weights import StateDict, StoredTensor

LAYERS = (5, 11, 17, 23)
POST = (128, 256, 512, 1024)
_RESIZED = (0, 1, 3)
_ENDS = ("weight", "bias")

Pair = Tuple[str, str]


def is_meta(state: StateDict) -> bool:
    return "reassemble_blocks.projects.0.conv.weight" in state and "conv_depth.head.4.weight" in state


def is_transformers(state: StateDict) -> bool:
    return "head.conv_depth.head.4.weight" in state


def _with_ends(ours: str, theirs: str) -> Iterator[Pair]:
    for end in _ENDS:
        yield f"{ours}.{end}", f"{theirs}.{end}"


def _meta() -> Iterator[Pair]:
    for level in range(len(POST)):
        yield from _with_ends(f"reassemble.{level}.readout", f"reassemble_blocks.readout_projects.{level}.0")
        yield from _with_ends(f"reassemble.{level}.project", f"reassemble_blocks.projects.{level}.conv")
        yield f"convs.{level}.weight", f"convs.{level}.conv.weight"
        yield from _with_ends(f"fuse.{level}.project", f"fusion_blocks.{level}.project.conv")
        for ours, theirs in (("skip", "res_conv_unit1"), ("refine", "res_conv_unit2")):
            for conv in ("conv1", "conv2"):
                if level or ours == "refine":
                    yield from _with_ends(f"fuse.{level}.{ours}.{conv}", f"fusion_blocks.{level}.{theirs}.{conv}.conv")
    for level in _RESIZED:
        yield from _with_ends(f"reassemble.{level}.resize", f"reassemble_blocks.resize_layers.{level}")
    yield from _last("conv_depth.head")


def _transformers() -> Iterator[Pair]:
    for level in range(len(POST)):
        yield from _with_ends(f"reassemble.{level}.readout", f"head.reassemble_stage.readout_projects.{level}.0")
        yield from _with_ends(f"reassemble.{level}.project", f"head.reassemble_stage.layers.{level}.projection")
        yield f"convs.{level}.weight", f"head.convs.{level}.weight"
        yield from _with_ends(f"fuse.{level}.project", f"head.fusion_layers.{level}.projection")
        for ours, theirs in (("skip", "residual_layer1"), ("refine", "residual_layer2")):
            for conv, name in (("conv1", "convolution1"), ("conv2", "convolution2")):
                if level or ours == "refine":
                    yield from _with_ends(f"fuse.{level}.{ours}.{conv}", f"head.fusion_layers.{level}.{theirs}.{name}")
    for level in _RESIZED:
        yield from _with_ends(f"reassemble.{level}.resize", f"head.reassemble_stage.layers.{level}.resize")
    yield from _last("head.conv_depth.head")


def _last(theirs: str) -> Iterator[Pair]:
    for ours, number in (("fine", 0), ("narrow", 2), ("last", 4)):
        yield from _with_ends(ours, f"{theirs}.{number}")


def tensors(state: StateDict) -> Dict[str, StoredTensor]:
    """Our names -> tensors of a head in either layout. Raises ``KeyError`` with the name that is missing."""
    pairs: Callable[[], Iterator[Pair]] = _meta if is_meta(state) else _transformers
    return {ours: state[theirs] for ours, theirs in pairs()}


def width_of(found: Dict[str, StoredTensor]) -> int:
    """The channels of the backbone that a head was made for; ``found`` as :func:`tensors` gives it."""
    return int(found["reassemble.0.project.weight"].shape[1])
