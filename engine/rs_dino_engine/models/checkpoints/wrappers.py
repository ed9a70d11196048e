"""What training tools put around weights: dicts around the table, prefixes before names, heads beside a backbone."""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Optional, Sequence, Tuple

from ..weights import StateDict
from .format import Format
from .tensors import PickledTensor

_WRAPPERS = ("state_dict", "model_state_dict", "model", "teacher", "network", "module")
_MAX_WRAPPERS = 4
_BACKBONE = "backbone."
_TAUGHT = ("teacher.backbone.", "teacher.module.backbone.", "model_ema.backbone.", "model_ema.module.backbone.")
"""Where checkpoints of a whole training keep what it is after, beside its student and the heads of its losses."""
_COMPILED = "_orig_mod."
"""What torch.compile puts before the names of whatever it was given."""
_PARALLEL = "module."


class Inner(NamedTuple):
    """A backbone's own table, and the names of what stood beside it."""

    state: StateDict
    left: Tuple[str, ...]


def unwrapped(content: Any) -> Dict[str, PickledTensor]:
    """The table of tensors inside whatever ``torch.save`` was given; empty where there is none."""
    teacher = False
    for _ in range(_MAX_WRAPPERS):
        inner = [name for name in _WRAPPERS if isinstance(content, dict) and isinstance(content.get(name), dict)]
        if not inner:
            break
        teacher = teacher or inner[0] == "teacher"
        content = content[inner[0]]
    if not isinstance(content, dict):
        return {}
    tensors = {k: v for k, v in content.items() if isinstance(k, str) and isinstance(v, PickledTensor)}
    state = plain(tensors)
    return (teacher and _below(state, _BACKBONE)) or taught(state)


def plain(state: Dict[str, Any]) -> Dict[str, Any]:
    """Names without what torch.compile and training on several devices put before them."""
    if any(_COMPILED in name for name in state):
        state = {name.replace(_COMPILED, ""): tensor for name, tensor in state.items()}
    if state and all(name.startswith(_PARALLEL) for name in state):
        return _below(state, _PARALLEL)
    return state


def taught(state: Dict[str, Any]) -> Dict[str, Any]:
    """The teacher's backbone of a training's whole table; any other table as it is."""
    return next((found for found in (_below(state, prefix) for prefix in _TAUGHT) if found), state)


def inner_backbone(state: StateDict, formats: Sequence[Format]) -> Optional[Inner]:
    """The backbone in the table of a model that somebody built on one (``backbone.*`` of MMSegmentation, …).

    ``formats``: those of backbones say by ``mark`` a name that only they have. None where there is no backbone, or
    several.
    """
    for found in formats:
        ends = [name for name in state if found.mark and name.endswith("." + found.mark)]
        prefixes = [end[: -len(found.mark)] for end in ends]
        fitting = [prefix for prefix in prefixes if found.matches(_below(state, prefix))]
        if len(fitting) == 1:
            left = tuple(name for name in state if not name.startswith(fitting[0]))
            return Inner(_below(state, fitting[0]), left)
    return None


def _below(state: StateDict, prefix: str) -> Dict[str, Any]:
    """What stands under a prefix, without it."""
    return {name[len(prefix) :]: tensor for name, tensor in state.items() if name.startswith(prefix)}
