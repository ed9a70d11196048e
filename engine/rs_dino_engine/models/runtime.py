"""The one thing the rest of the engine knows about a loaded model: give it pixels, get channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import Protocol

from .spec import ModelSpec

if TYPE_CHECKING:
    import torch


class LoadedModel(Protocol):
    """A model in memory, ready to be called.

    ``__call__`` takes normalised float32 windows ``(n, bands, height, width)`` on the device the model was
    moved to, and returns raw output ``(n, channels, height // cell_px, width // cell_px)`` as float32,
    before the activation its spec names.
    """

    spec: ModelSpec

    def to(self, device: str) -> None:
        """Move the weights to a torch device string (``cpu``, ``cuda:0``, …)."""

    def __call__(self, windows: "torch.Tensor") -> "torch.Tensor": ...
