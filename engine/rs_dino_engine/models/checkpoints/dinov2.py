"""DINOv2 backbones (14 px patches) as Meta, timm and transformers write them, run as timm's networks; and the first
HighResCanopyHeight model, which stands on one of them and is not run.

Keys: facebookresearch/dinov2 ``models/vision_transformer.py``; timm ``models/vision_transformer.py``; transformers
``models/dinov2`` and ``models/dinov2_with_registers``.
"""

from __future__ import annotations

import re
from typing import Any, Callable, Dict, Mapping, Optional

from ...errors import UserError
from ..timm_import import TimmMissing, install_command
from ..timm_names import TimmName, registered
from ..weights import StateDict, StoredTensor
from .derived import Derived, stacked
from .format import Checkpoint, Converted, Format
from .timm_files import as_timm, config_beside

SIZES = {384: "small", 768: "base", 1024: "large", 1536: "giant"}
PATCH_PX, TAG = 14, "lvd142m"
_HF = "embeddings.position_embeddings"
_HF_PARTS = (
    ("attention.output.dense.", "attn.proj."),
    ("attention.o_proj.", "attn.proj."),
    ("layer_scale1.lambda1", "ls1.gamma"),
    ("layer_scale2.lambda1", "ls2.gamma"),
    ("mlp.weights_in.", "mlp.fc1."),
    ("mlp.weights_out.", "mlp.fc2."),
)
_HF_ATTENTION = (
    ("attention.attention.query", "attention.attention.key", "attention.attention.value"),
    ("attention.q_proj", "attention.k_proj", "attention.v_proj"),
)
"""As on hubs, and as newer versions of transformers hold them."""
_HF_WHOLE = {
    "embeddings.cls_token": "cls_token",
    "embeddings.position_embeddings": "pos_embed",
    "embeddings.register_tokens": "register_tokens",
    "embeddings.patch_embeddings.projection.weight": "patch_embed.proj.weight",
    "embeddings.patch_embeddings.projection.bias": "patch_embed.proj.bias",
    "layernorm.weight": "norm.weight",
    "layernorm.bias": "norm.bias",
}


def _backbone(state: StateDict) -> bool:
    return "pos_embed" in state and "blocks.0.ls1.gamma" in state


def _timm(state: StateDict) -> bool:
    """Meta's files have a mask token, and registers under another name."""
    return _backbone(state) and "mask_token" not in state and "register_tokens" not in state


def _transformers(state: StateDict) -> bool:
    return _inner(state) is not None and any("layer_scale1.lambda1" in name for name in state)


def _inner(state: StateDict) -> Optional[str]:
    """What stands before the names of transformers; models with a head have the backbone under a name."""
    return next((name[: -len(_HF)] for name in state if name == _HF or name.endswith("." + _HF)), None)


def _canopy_v1(state: StateDict) -> bool:
    names = [name for name in state if "backbone." in name]
    return any(name.endswith("backbone.pos_embed") for name in names) and any("decode_head." in n for n in state)


def _converter(title: str, renamed: Callable[[StateDict], Dict[str, StoredTensor]]) -> Callable[..., Converted]:
    def convert(checkpoint: Checkpoint, head: Optional[Checkpoint]) -> Converted:
        path = str(checkpoint.path)
        if head is not None:
            raise UserError("head-other-backbone", path=str(head.path), wanted="DINOv3 ViT-L/16 (satellite)")
        try:
            state = renamed(checkpoint.state)
            name = _name(state)
        except KeyError as error:
            raise UserError("checkpoint-incomplete", path=path, name=str(error.args[0])) from error
        if name is None:
            raise UserError("checkpoint-not-yet", path=path, title="a DINOv2 ViT of an unknown size", instead="")
        try:
            return as_timm(checkpoint, name, _config(checkpoint, name, state), {}, state)
        except TimmMissing as error:
            raise UserError("checkpoint-needs-timm", path=path, title=title, command=install_command()) from error

    return convert


def _config(checkpoint: Checkpoint, name: TimmName, state: Mapping[str, StoredTensor]) -> Dict[str, Any]:
    """What timm knows of it, and the size of its own pictures, which its positions tell."""
    told = config_beside(checkpoint.path) or {}
    positions = state["pos_embed"].shape[1] - (0 if "reg_token" in state else 1)
    side = round(positions**0.5) * PATCH_PX
    return {**registered(name), **(told.get("pretrained_cfg") or {}), "input_size": (3, side, side)}


def _name(state: Mapping[str, StoredTensor]) -> Optional[TimmName]:
    """timm's name of it, by its channels; None for one of somebody's own."""
    size = SIZES.get(int(state["cls_token"].shape[-1]))
    if size is None or tuple(state["patch_embed.proj.weight"].shape[2:]) != (PATCH_PX, PATCH_PX):
        return None
    return TimmName(f"vit_{size}_patch14_{'reg4_' if 'reg_token' in state else ''}dinov2", TAG)


def _from_meta(state: StateDict) -> Dict[str, StoredTensor]:
    out: Dict[str, StoredTensor] = {}
    for name, tensor in state.items():
        out[name.replace(".mlp.w12.", ".mlp.fc1.").replace(".mlp.w3.", ".mlp.fc2.")] = tensor
    return _registers_apart(out)


def _from_transformers(state: StateDict) -> Dict[str, StoredTensor]:
    at = _inner(state) or ""
    out: Dict[str, StoredTensor] = {ours: state[at + hf] for hf, ours in _HF_WHOLE.items() if at + hf in state}
    for name, tensor in state.items():
        found = re.match(re.escape(at) + r"encoder\.layer\.(\d+)\.(.*)", name)
        if found is None or found.group(2).rpartition(".")[0] in (*_HF_ATTENTION[0], *_HF_ATTENTION[1]):
            continue
        part = found.group(2)
        for theirs, ours in _HF_PARTS:
            part = part.replace(theirs, ours)
        out[f"blocks.{found.group(1)}.{part}"] = tensor
    for number in sorted({int(n) for n in re.findall(r"blocks\.(\d+)\.norm1\.weight", " ".join(out))}):
        stem = f"{at}encoder.layer.{number}."
        newer = f"{stem}{_HF_ATTENTION[1][0]}.weight" in state
        for end in ("weight", "bias"):
            parts = [state[f"{stem}{part}.{end}"] for part in _HF_ATTENTION[newer]]
            out[f"blocks.{number}.attn.qkv.{end}"] = stacked(parts)
    return _registers_apart(out)


def _registers_apart(state: Dict[str, StoredTensor]) -> Dict[str, StoredTensor]:
    """With registers timm keeps the class token's position in the token itself."""
    registers = state.pop("register_tokens", None)
    if registers is None:
        return state
    token, positions = state["cls_token"], state["pos_embed"]
    count = int(positions.shape[1])
    state["reg_token"] = registers
    state["cls_token"] = Derived(tuple(token.shape), token.dtype, lambda: token.load() + positions.load()[:, :1])
    shape = (1, count - 1, int(positions.shape[2]))
    state["pos_embed"] = Derived(shape, positions.dtype, lambda: positions.load()[:, 1:])
    return state


_TIMM, _META, _TRANSFORMERS = (f"a DINOv2 ViT backbone ({o})" for o in ("timm", "Meta's release", "transformers"))
FORMATS = (
    Format("a canopy-height model of HighResCanopyHeight (the first one, on DINOv2)", _canopy_v1),
    Format(_TIMM, _timm, _converter(_TIMM, dict)),
    Format(_META, _backbone, _converter(_META, _from_meta)),
    Format(_TRANSFORMERS, _transformers, _converter(_TRANSFORMERS, _from_transformers)),
)
