"""``timm:NAME``: a network of timm by its name, where its weights may lie, and what to say when they do not."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional

from ..errors import UserError
from .library import did_you_mean
from .official import OFFICIAL, Official
from .timm_import import timm_module

PREFIX = "timm:"


class TimmName(NamedTuple):
    """``architecture.tag`` as timm writes it; the tag names one of the weights of a network."""

    architecture: str
    tag: str

    @property
    def full(self) -> str:
        return f"{self.architecture}.{self.tag}" if self.tag else self.architecture


def read_name(text: str) -> TimmName:
    """A name with or without ``timm:`` before and ``.tag`` behind it."""
    architecture, _, tag = text[len(PREFIX) if text.startswith(PREFIX) else 0 :].partition(".")
    return TimmName(architecture, tag)


def official_of(name: TimmName) -> Optional[Official]:
    """The published DINOv3 weights of that name, which need no timm to be run."""
    return next((entry for entry in OFFICIAL if entry.timm == f"timm/{name.full}"), None)


def library_names(name: TimmName) -> List[str]:
    """Under which names the library may have it."""
    entry = official_of(name)
    return [name.full, *([entry.name] if entry else [])]


def registered(name: TimmName) -> Dict[str, Any]:
    """What timm's own list says about weights (those it prefers, without a tag); {} where it has none of that
    name. Raises ``UserError`` where timm is missing."""
    timm = timm_module()
    try:
        found = timm.get_pretrained_cfg(name.full)
    except RuntimeError:  # the network is known, this tag is not
        return {}
    return dict(found.to_dict()) if found is not None else {}


def unknown(name: TimmName) -> UserError:
    """What to say about a name that timm does not have."""
    timm = timm_module()
    known = timm.list_pretrained(name.architecture + ".*") if name.tag and timm.is_model(name.architecture) else []
    hint = did_you_mean(name.full, known or timm.list_models())
    return UserError("timm-unknown", version=timm.__version__, name=name.full, hint=hint)


def not_here(name: TimmName) -> UserError:
    """What to say about weights that the library does not have."""
    if official_of(name) is None and not registered(name):
        return unknown(name)
    return UserError("timm-not-here", name=name.full)
