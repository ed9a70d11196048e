"""Whether a file is what its published name says, and what that name tells of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from ..errors import UserError
from .checkpoints.dinov3 import ASSUMED
from .checkpoints.dinov3_spec import SATELLITE, WEB, backbone_spec
from .library import FoundModel, list_models
from .networks import convnext
from .networks.dinov3.sizes import VitSize, name_of
from .official import Official
from .spec import ModelSpec

_TOLERANCE = 1e-3


def as_published(found: FoundModel, entry: Official) -> FoundModel:
    """A model that was given as a published one; where its file does not tell on which pictures it was trained, the
    name does. Raises ``UserError`` when it is another network, or one for other pictures."""
    if network_name(found.spec) != entry.network or found.spec.task != entry.task:
        raise _other(found, entry)
    if entry.head_of is not None:
        return found
    wanted = SATELLITE if entry.satellite else WEB
    if any(note.code == ASSUMED for note in found.notes):
        spec = backbone_spec(VitSize(**found.spec.network["backbone"]), wanted)
        return replace(found, spec=spec, notes=tuple(note for note in found.notes if note.code != ASSUMED))
    mean = found.spec.input.mean
    if len(mean) != len(wanted.mean) or any(abs(a - b) > _TOLERANCE for a, b in zip(mean, wanted.mean)):
        raise _other(found, entry)
    return found


def in_library(entry: Official) -> Optional[FoundModel]:
    """A published model that was imported, under its name or another one."""
    imported = [model for model in list_models() if model.origin == "library"]
    for model in sorted(imported, key=lambda one: one.path.name != entry.name):
        try:
            return as_published(model, entry)
        except UserError:
            continue
    return None


def network_name(spec: ModelSpec) -> Optional[str]:
    """What the networks of :mod:`.official` are called; None for one of somebody's own."""
    kind, backbone = spec.network.get("kind"), spec.network.get("backbone") or {}
    try:
        if kind == "dinov3":
            return name_of(VitSize(**backbone))
        family = convnext.name_of(convnext.ConvNextSize(**backbone)) if kind == "convnext" else None
    except TypeError:  # its model.json describes it in an unknown way
        return None
    return f"ConvNeXt {family}" if family else None


def _other(found: FoundModel, entry: Official) -> UserError:
    return UserError(
        "official-other-model", path=str(found.path), found=found.spec.title, name=entry.name, title=entry.title
    )
