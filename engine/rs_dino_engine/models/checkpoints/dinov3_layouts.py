"""Where Meta, timm and transformers keep the parameters of a DINOv3 ViT, and how they become ours.

Layouts: facebookresearch/dinov3 ``models/vision_transformer.py``, timm ``models/eva.py``, transformers
``models/dinov3_vit``. One class each.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Dict, Iterator, List, Optional, Tuple

from ..networks.dinov3.sizes import SIZES, VitSize
from ..weights import StateDict, StoredTensor
from .derived import Derived, masked_bias, reshaped, stacked, zeros

if TYPE_CHECKING:
    import torch

_USUAL_HEAD_DIM = 64
_BLOCK_PARTS = ("norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias")


class MissingTensor(KeyError):
    """A name that the layout promises and the file lacks."""


class Layout:
    """A state dict of one of the three, read as a backbone of ours. ``prefix`` stands before every name."""

    CLASS, REGISTERS, PATCHES, BLOCK = "", "", "", ""
    SCALES: Tuple[str, str] = ("", "")
    PROJ = ""
    FEED: Dict[str, str] = {}
    GATED: Dict[str, str] = {}

    def __init__(self, state: StateDict, prefix: str = "") -> None:
        self._state, self._prefix = state, prefix
        self.size = self._size()

    def has(self, name: str) -> bool:
        return self._prefix + name in self._state

    def get(self, name: str) -> StoredTensor:
        if not self.has(name):
            raise MissingTensor(self._prefix + name)
        return self._state[self._prefix + name]

    def tensors(self) -> Dict[str, StoredTensor]:
        """Our names -> tensors."""
        size, dim = self.size, self.size.dim
        found: Dict[str, StoredTensor] = {
            "class_token": reshaped(self.get(self.CLASS), (1, 1, dim)),
            "registers": reshaped(self.get(self.REGISTERS), (1, self.get(self.REGISTERS).shape[-2], dim)),
            "patches.weight": self.get(f"{self.PATCHES}.weight"),
            "patches.bias": self.get(f"{self.PATCHES}.bias"),
            "norm.weight": self.get("norm.weight"),
            "norm.bias": self.get("norm.bias"),
        }
        found["rope.periods"] = self.periods() or fresh_periods(dim // size.heads)
        for number in range(size.depth):
            ours, theirs = f"blocks.{number}.", self.BLOCK.format(number)
            found.update({ours + name: tensor for name, tensor in self._block(theirs)})
        return found

    def _block(self, at: str) -> Iterator[Tuple[str, StoredTensor]]:
        for name in _BLOCK_PARTS:
            yield name, self.get(at + name)
        yield "scale1", self.get(at + self.SCALES[0])
        yield "scale2", self.get(at + self.SCALES[1])
        yield "attn.qkv.weight", self.qkv(at)
        if self.size.qkv_bias:
            yield "attn.qkv.bias", self.qkv_bias(at)
        parts = {"attn.proj": self.PROJ, **(self.GATED if self.size.gated else self.FEED)}
        for ours, theirs in parts.items():
            for end in ("weight", "bias"):
                yield f"{ours}.{end}", self.get(f"{at}{theirs}.{end}")

    def _size(self) -> VitSize:
        dim = int(self.get(self.CLASS).shape[-1])
        pattern = re.compile(re.escape(self._prefix) + re.escape(self.BLOCK).replace(r"\{\}", r"(\d+)"))
        numbers = [int(m.group(1)) for m in (pattern.match(name) for name in self._state) if m]
        first = self.BLOCK.format(0)
        gated = self.has(f"{first}{self.GATED['feed.gate']}.weight")
        up = (self.GATED if gated else self.FEED)["feed.up"]
        hidden = int(self.get(f"{first}{up}.weight").shape[0])
        return VitSize(dim, max(numbers) + 1, self.heads(dim), hidden, gated, self.has_bias(first))

    def heads(self, dim: int) -> int:
        """Not written in the file: as in the family's member of that width, else 64 channels a head."""
        return next((size.heads for size in SIZES.values() if size.dim == dim), max(1, dim // _USUAL_HEAD_DIM))

    def periods(self) -> Optional[StoredTensor]:
        return None

    def has_bias(self, block: str) -> bool:
        raise NotImplementedError

    def qkv(self, block: str) -> StoredTensor:
        raise NotImplementedError

    def qkv_bias(self, block: str) -> StoredTensor:
        raise NotImplementedError


class Meta(Layout):
    """The released ``.pth``."""

    CLASS, REGISTERS, PATCHES, BLOCK = "cls_token", "storage_tokens", "patch_embed.proj", "blocks.{}."
    SCALES = ("ls1.gamma", "ls2.gamma")
    PROJ = "attn.proj"
    FEED = {"feed.up": "mlp.fc1", "feed.down": "mlp.fc2"}
    GATED = {"feed.gate": "mlp.w1", "feed.up": "mlp.w2", "feed.down": "mlp.w3"}

    def heads(self, dim: int) -> int:
        periods = self.periods()
        return super().heads(dim) if periods is None else dim // (4 * int(periods.shape[0]))

    def periods(self) -> Optional[StoredTensor]:
        return self.get("rope_embed.periods") if self.has("rope_embed.periods") else None

    def has_bias(self, block: str) -> bool:
        return self.has(f"{block}attn.qkv.bias")

    def qkv(self, block: str) -> StoredTensor:
        return self.get(f"{block}attn.qkv.weight")

    def qkv_bias(self, block: str) -> StoredTensor:
        mask = f"{block}attn.qkv.bias_mask"
        return masked_bias(self.get(f"{block}attn.qkv.bias"), self.get(mask) if self.has(mask) else None)


class Timm(Layout):
    """timm's ``Eva`` with registers; in models without ``qkvb`` in their name all these biases are 0 and left out."""

    CLASS, REGISTERS, PATCHES, BLOCK = "cls_token", "reg_token", "patch_embed.proj", "blocks.{}."
    SCALES = ("gamma_1", "gamma_2")
    PROJ = "attn.proj"
    FEED = {"feed.up": "mlp.fc1", "feed.down": "mlp.fc2"}
    GATED = {"feed.gate": "mlp.fc1_g", "feed.up": "mlp.fc1_x", "feed.down": "mlp.fc2"}

    def has_bias(self, block: str) -> bool:
        return self.has(f"{block}attn.q_bias")

    def qkv(self, block: str) -> StoredTensor:
        return self.get(f"{block}attn.qkv.weight")

    def qkv_bias(self, block: str) -> StoredTensor:
        q = self.get(f"{block}attn.q_bias")
        return stacked([q, zeros(tuple(q.shape), q.dtype), self.get(f"{block}attn.v_bias")])


class Transformers(Layout):
    """Hugging Face's ``DINOv3ViTModel``; ``layer.N`` on the hub, ``model.layer.N`` as newer versions save it."""

    CLASS, REGISTERS = "embeddings.cls_token", "embeddings.register_tokens"
    PATCHES = "embeddings.patch_embeddings"
    SCALES = ("layer_scale1.lambda1", "layer_scale2.lambda1")
    PROJ = "attention.o_proj"
    FEED = {"feed.up": "mlp.up_proj", "feed.down": "mlp.down_proj"}
    GATED = {"feed.gate": "mlp.gate_proj", "feed.up": "mlp.up_proj", "feed.down": "mlp.down_proj"}

    def __init__(self, state: StateDict, prefix: str = "") -> None:
        inner = any(name.startswith(f"{prefix}model.layer.") for name in state)
        self.BLOCK = "model.layer.{}." if inner else "layer.{}."
        super().__init__(state, prefix)

    def has_bias(self, block: str) -> bool:
        return self.has(f"{block}attention.q_proj.bias")

    def qkv(self, block: str) -> StoredTensor:
        return stacked([self.get(f"{block}attention.{part}_proj.weight") for part in "qkv"])

    def qkv_bias(self, block: str) -> StoredTensor:
        q = self.get(f"{block}attention.q_proj.bias")
        return stacked([q, zeros(tuple(q.shape), q.dtype), self.get(f"{block}attention.v_proj.bias")])


def fresh_periods(head_dim: int) -> Derived:
    """The periods by their formula, for files that do not hold them."""

    def make() -> "torch.Tensor":
        from ..networks.dinov3.rope import make_periods

        return make_periods(head_dim)

    return Derived((head_dim // 4,), "float32", make)


def prefix_of(state: StateDict, name: str) -> Optional[str]:
    """What stands before a name that ends like this one; None where there is none."""
    found: List[str] = [key[: -len(name)] for key in state if key == name or key.endswith("." + name)]
    return found[0] if found else None
