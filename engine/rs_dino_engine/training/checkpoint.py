"""Training state in one safetensors file: weights, averaged weights, optimiser, and the rest as JSON beside them.

Nothing in such a file is ever executed, and it is replaced in one step, so that it is whole or the one before.
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any, Dict, NamedTuple

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from ..errors import UserError

# Before torch 1.12 the optimisers count their steps in Python numbers.
_STEPS_ARE_TENSORS = "foreach" in inspect.signature(torch.optim.AdamW).parameters


class Checkpoint(NamedTuple):
    """Tensors by name, and everything else."""

    tensors: Dict[str, torch.Tensor]
    state: Dict[str, Any]


def save(path: Path, checkpoint: Checkpoint) -> None:
    """Write next to ``path``, then rename."""
    tensors = {k: v.detach().cpu().contiguous() for k, v in checkpoint.tensors.items()}
    part = path.with_name(path.name + ".part")
    save_file(tensors, str(part), metadata={"state": json.dumps(checkpoint.state)})
    part.replace(path)


def load(path: Path) -> Checkpoint:
    """Read; ``UserError`` where the file is not a checkpoint of ours."""
    try:
        with safe_open(str(path), framework="pt") as stream:
            metadata = stream.metadata() or {}
            tensors = {key: stream.get_tensor(key) for key in stream.keys()}  # noqa: SIM118 - not a dict
        return Checkpoint(tensors, json.loads(metadata["state"]))
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise UserError("training-checkpoint-broken", path=str(path), reason=str(error)) from error


def part_of(tensors: Dict[str, torch.Tensor], prefix: str) -> Dict[str, torch.Tensor]:
    """The tensors whose names begin with ``prefix.``, without it."""
    return {k[len(prefix) + 1 :]: v for k, v in tensors.items() if k.startswith(prefix + ".")}


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> Dict[str, torch.Tensor]:
    """The optimiser's state as named tensors: ``<number of the parameter>.<what>``."""
    state = optimizer.state_dict()["state"]
    return {f"{i}.{name}": torch.as_tensor(value) for i, held in state.items() for name, value in held.items()}


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Dict[str, torch.Tensor]) -> None:
    """The opposite of ``optimizer_tensors``; learning rates stay as they are."""
    state: Dict[int, Dict[str, Any]] = {}
    for key, value in tensors.items():
        number, name = key.split(".", 1)
        counted = name == "step" and not _STEPS_ARE_TENSORS
        state.setdefault(int(number), {})[name] = int(value.item()) if counted else value.clone()
    document = optimizer.state_dict()
    document["state"] = state
    optimizer.load_state_dict(document)
