"""Enflame cards, two generations that have only the name of the package ``torch_gcu`` in common.

T20, T21, i20 (TopsRider t2x, torch 1.10): lazy graphs, torch calls the device ``xla``. S60 (TopsRider 3, torch 2):
eager, torch calls it ``gcu``. We call both ``gcu``. Written after the vendor's sources, tested with modules that
have the same functions; never run on a card by us.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, ContextManager, Iterator, Optional

from ..messages import message
from .device import Device, Finding, Memory, short_reason


class LazyGcu(Device):
    """T20 generation. Every new shape is compiled, hence constant ones; nothing runs until it is asked for."""

    constant_shapes = True
    default_batch_size = 4

    def __init__(self, index: int, torch_gcu: Any) -> None:
        name = _card_name(torch_gcu, index)
        super().__init__(f"gcu:{index}", name, str(torch_gcu.gcu_device(index)), ("fp32", "fp16", "bf16"))
        self._torch_gcu, self._index = torch_gcu, index

    def _autocast(self, dtype: Optional[Any]) -> ContextManager[Any]:
        settings = {"enabled": False} if dtype is None else {"enabled": True, "dtype": dtype}

        @contextmanager
        def cast() -> Iterator[None]:
            with self._torch_gcu.amp.autocast(**settings):
                yield

        return cast()

    def synchronize(self) -> None:
        self._torch_gcu.sync_lived_tensor()
        self._torch_gcu.synchronize()

    def empty_cache(self) -> None:
        if hasattr(self._torch_gcu, "clear_graph_caches"):
            self._torch_gcu.clear_graph_caches()


class EagerGcu(Device):
    """S60 generation."""

    default_batch_size = 8

    def __init__(self, index: int, torch_gcu: Any) -> None:
        import torch

        super().__init__(f"gcu:{index}", _card_name(torch.gcu, index), f"gcu:{index}", ("fp32", "fp16", "bf16"))
        self._gcu = torch.gcu

    def synchronize(self) -> None:
        self._gcu.synchronize()

    def empty_cache(self) -> None:
        self._gcu.empty_cache()

    def memory(self) -> Optional[Memory]:
        if not hasattr(self._gcu, "mem_get_info"):
            return None
        free, total = self._gcu.mem_get_info()
        return Memory(free / 2**20, total / 2**20)

    def reset_peak(self) -> Optional[float]:
        if not hasattr(self._gcu, "reset_peak_memory_stats"):
            return None
        self._gcu.reset_peak_memory_stats()
        return float(self._gcu.memory_allocated()) / 2**20

    def peak_mb(self) -> Optional[float]:
        if not hasattr(self._gcu, "max_memory_allocated"):
            return None
        return float(self._gcu.max_memory_allocated()) / 2**20


def find() -> Finding:
    if find_spec("torch_gcu") is None:
        return Finding("gcu", 0, message("device-gcu-no-module"))
    try:
        torch_gcu = import_module("torch_gcu")
        torch = import_module("torch")
    except (ImportError, OSError) as error:
        return Finding("gcu", 0, message("device-gcu-broken", reason=short_reason(error)))
    if hasattr(torch_gcu, "gcu_device"):
        return _finding(torch_gcu, LazyGcu, torch_gcu)
    if hasattr(torch, "gcu"):
        return _finding(torch.gcu, EagerGcu, torch_gcu)
    return Finding("gcu", 0, message("device-gcu-none"))


def _finding(api: Any, kind: Any, torch_gcu: Any) -> Finding:
    # is_available first: device_count raises where there is no card
    count = int(api.device_count()) if api.is_available() else 0
    if count == 0:
        return Finding("gcu", 0, message("device-gcu-none"))
    ready = message("device-ready", title=_card_name(api, 0))
    return Finding("gcu", count, ready, lambda index: kind(index, torch_gcu))


def _card_name(api: Any, index: int) -> str:
    return str(api.get_device_name(index)) if hasattr(api, "get_device_name") else "Enflame GCU"
