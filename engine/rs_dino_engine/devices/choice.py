"""The choice of a device."""

from __future__ import annotations

import re
from typing import Callable, Dict, List

from ..errors import UserError
from ..messages import message
from . import cpu, cuda, gcu, mps
from .device import Device, Finding

KINDS: Dict[str, Callable[[], Finding]] = {"gcu": gcu.find, "cuda": cuda.find, "mps": mps.find, "cpu": cpu.find}
"""Fastest first; ``auto`` takes the first that is there."""
ALIASES = {"xla": "gcu", "gpu": "cuda"}


def findings() -> List[Finding]:
    """Every kind of device with the reason why it can, or cannot, be used."""
    return [find() for find in KINDS.values()]


def choose(wanted: str = "auto") -> Device:
    """The device called ``wanted`` (``auto``, ``cpu``, ``cuda:0``, ``mps``, ``gcu:1`` …), with the reason.

    Raises ``UserError``: ``device-unknown`` for a name that means nothing, ``device-unavailable`` with the reason
    for one that is not there. Only ``auto`` chooses, and says what it chose.
    """
    wanted = wanted.strip().lower()
    if wanted in ("", "auto"):
        return _automatic()
    match = re.match(r"([a-z]+)(?::(\d+))?$", wanted)
    kind = ALIASES.get(match.group(1), match.group(1)) if match else ""
    if match is None or kind not in KINDS:
        raise UserError("device-unknown", name=wanted, known="auto, " + ", ".join(sorted(KINDS)))
    found, index = KINDS[kind](), int(match.group(2) or 0)
    if found.make is None:
        raise UserError("device-unavailable", name=wanted, reason=found.reason.text)
    if index >= found.count:
        reason = message("device-no-such-card", index=index, count=found.count).text
        raise UserError("device-unavailable", name=wanted, reason=reason)
    return found.make(index)


def empty_caches() -> None:
    """Give back what torch keeps for later, on every device there is."""
    for found in findings():
        for index in range(found.count if found.make else 0):
            found.make(index).empty_cache()  # type: ignore[misc]


def _automatic() -> Device:
    for find in KINDS.values():
        found = find()
        if found.make is not None:
            device = found.make(0)
            code = "device-auto-cpu" if found.kind == "cpu" else "device-auto"
            device.reason = message(code, name=device.name, title=device.title)
            return device
    raise AssertionError("the processor is always there")
