"""Weights of timm: a file in its layout with the ``config.json`` that timm publishes beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Mapping, Optional

from ...errors import UserError
from ..timm_names import TimmName, registered
from ..timm_spec import describe
from ..weights import StoredTensor
from .format import Checkpoint, Converted

CONFIG_FILE = "config.json"
_LIMIT_BYTES = 4 * 2**20


def config_beside(path: Path) -> Optional[Dict[str, Any]]:
    """timm's ``config.json`` in the folder of a file of weights; None where there is none, or another's."""
    config = path.parent / CONFIG_FILE
    try:
        if config.stat().st_size > _LIMIT_BYTES:
            return None
        found = json.loads(config.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    named = isinstance(found, dict) and isinstance(found.get("architecture"), str)
    return found if named and isinstance(found.get("pretrained_cfg", {}), dict) else None


def convert(checkpoint: Checkpoint, config: Mapping[str, Any]) -> Converted:
    """Weights that a ``config.json`` of timm describes; the classifier is left out. Raises ``UserError``."""
    told: Dict[str, Any] = dict(config.get("pretrained_cfg") or {})
    name = TimmName(config["architecture"], str(told.get("tag") or ""))
    known = {**registered(name), **told}
    options = config.get("model_args")
    return as_timm(checkpoint, name, known, options if isinstance(options, dict) else {}, checkpoint.state)


def as_timm(
    checkpoint: Checkpoint,
    name: TimmName,
    config: Mapping[str, Any],
    options: Mapping[str, Any],
    state: Mapping[str, StoredTensor],
) -> Converted:
    """``state`` (under timm's names) as the network ``name``. Raises ``UserError`` naming what is missing."""
    from ..networks.timm_backbone import TimmSize, names

    spec = describe(name, config, options)
    wanted = names(TimmSize(**spec.network["backbone"]))
    for needed in wanted:
        if needed not in state:
            raise UserError("checkpoint-incomplete", path=str(checkpoint.path), name=needed)
    return Converted(spec, {f"backbone.net.{needed}": state[needed] for needed in wanted})
