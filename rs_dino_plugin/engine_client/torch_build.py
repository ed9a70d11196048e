"""Which build of PyTorch suits this machine, and why."""

from __future__ import annotations

from typing import List, NamedTuple, Optional

from .documents import Message
from .machine import Card
from .setup_texts import said

AUTOMATIC, AS_INDEX = "auto", "index"
BUILDS = ("cpu", "cu118", "cu126", "cu128", "cu130")
"""Parts of PyTorch's index; ``auto`` chooses one of them, ``index`` takes what the package index has."""
# https://docs.nvidia.com/cuda/cuda-toolkit-release-notes: the oldest driver of a CUDA release, on Linux and Windows
_CUDA_13, _CUDA_12, _CUDA_11 = (580,), (528,), (452, 39)
# https://github.com/pytorch/pytorch/issues/157517: builds for CUDA 12.8 and later know no card before Turing
_TURING, _MAXWELL, _BLACKWELL = 7.5, 5.0, 10.0
_DISK_MB = {"cpu": 3000, "index": 7000}


class TorchBuild(NamedTuple):
    """``part`` of PyTorch's index, None: the package index has the right one, or it is ``file`` of a folder of wheels;
    and why."""

    part: Optional[str]
    reason: Message
    file: str = ""

    @property
    def name(self) -> str:
        """What tells two builds apart. The mirror is no part of it: mirrors of an index have the same builds."""
        return self.file or self.part or ""

    @property
    def disk_mb(self) -> int:
        """About what the finished environment takes, with what is unpacked on the way."""
        return _DISK_MB.get(self.part or "index", 9000)


def choose_build(wanted: str, system: str, cards: Optional[List[Card]], enflame: bool = False) -> TorchBuild:
    """The build to install. ``system`` is sys.platform; ``cards`` None: no NVIDIA driver, []: it lists none."""
    if wanted == AS_INDEX:
        return TorchBuild(None, said("setup-torch-index"))
    if wanted != AUTOMATIC:
        return TorchBuild(wanted, said("setup-torch-asked", build=wanted))
    if system == "darwin":
        return TorchBuild(None, said("setup-torch-mac"))
    if not cards:
        code = "setup-torch-enflame" if enflame else "setup-torch-no-card" if cards is None else "setup-torch-no-cards"
        return _for_processor(said(code), system)
    card = max(cards, key=lambda one: (one.capability or 0, one.memory_mb))
    driver = ".".join(str(number) for number in card.driver)
    if card.capability is not None and card.capability < _MAXWELL:
        return _for_processor(said("setup-torch-old-card", card=card.name), system)
    part = _cuda_part(card)
    if part is None:
        return _for_processor(said("setup-torch-old-driver", card=card.name, driver=driver), system)
    return TorchBuild(part, said("setup-torch-card", card=card.name, driver=driver, build=part))


def _cuda_part(card: Card) -> Optional[str]:
    """The newest build that both the driver and the card know."""
    old_card = card.capability is not None and card.capability < _TURING
    if card.driver >= _CUDA_13 and not old_card:
        return "cu130"
    if card.driver >= _CUDA_12:
        return "cu126" if old_card else "cu128"
    needs_newer = card.capability is not None and card.capability >= _BLACKWELL
    return "cu118" if card.driver >= _CUDA_11 and not needs_newer else None


def _for_processor(reason: Message, system: str) -> TorchBuild:
    """Windows' build on the package index is the one for processors; Linux's there brings CUDA's libraries."""
    return TorchBuild("cpu" if system.startswith("linux") else None, reason)
