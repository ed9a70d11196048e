"""Tensors that are made out of others of a file; like those they are read only when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Optional, Sequence, Tuple

from ..weights import StoredTensor

if TYPE_CHECKING:
    import torch


class Derived:
    """A tensor whose shape is known and whose values ``make`` gives."""

    def __init__(self, shape: Tuple[int, ...], dtype: str, make: "Callable[[], torch.Tensor]") -> None:
        self.shape, self.dtype, self._make = shape, dtype, make

    def load(self) -> "torch.Tensor":
        return self._make()


def stacked(parts: Sequence[StoredTensor]) -> Derived:
    """Several tensors one after the other along their first axis."""

    def make() -> "torch.Tensor":
        import torch

        return torch.cat([part.load() for part in parts])

    rows = sum(part.shape[0] for part in parts)
    return Derived((rows, *parts[0].shape[1:]), parts[0].dtype, make)


def zeros(shape: Tuple[int, ...], dtype: str) -> Derived:
    """Nothing but zeros."""

    def make() -> "torch.Tensor":
        import torch

        return torch.zeros(shape, dtype=getattr(torch, dtype))

    return Derived(shape, dtype, make)


def reshaped(part: StoredTensor, shape: Tuple[int, ...]) -> Derived:
    """The same values in another shape."""
    return Derived(shape, part.dtype, lambda: part.load().reshape(shape))


def masked_bias(bias: StoredTensor, mask: Optional[StoredTensor]) -> Derived:
    """A bias of queries, keys and values times its mask; where there is none, or it was never filled (NaN), the
    middle third, that of the keys, becomes 0, which is what the released masks do."""

    def make() -> "torch.Tensor":
        import torch

        values = bias.load().clone()
        held = None if mask is None else mask.load().to(values.dtype)
        if held is not None and bool(torch.isfinite(held).all()):
            return values * held
        third = len(values) // 3
        values[third : 2 * third] = 0
        return values

    return Derived(tuple(bias.shape), bias.dtype, make)
