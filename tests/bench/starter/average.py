"""The mean of several checkpoints' weights: ``python average.py OUT.safetensors A.safetensors[:SHARE] B…``.
Of a training's last.safetensors the averaged weights are taken. Without shares all count alike.

Checkpoints of one line of training; their mean generalises better than each (Wortsman et al. 2022, "Model
soups"). Here it sees mangrove and bare ground better than either.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import List, Tuple

from rs_dino_engine.training import checkpoint
from rs_dino_engine.training.checkpoint import Checkpoint


def average(parts: List[Tuple[Path, float]]) -> Checkpoint:
    """Every number is the weighted mean over the checkpoints; counters are taken from the last one."""
    held = [(_averaged(checkpoint.load(path)), share) for path, share in parts]
    total, last = sum(share for _, share in held), held[-1][0]
    tensors = {}
    for name, values in last.tensors.items():
        mean = sum(one.tensors[name] * (share / total) for one, share in held)
        tensors[name] = mean if values.is_floating_point() else values
    return Checkpoint(tensors, last.state)


def parsed(text: str) -> Tuple[Path, float]:
    """``FILE`` or ``FILE:SHARE``."""
    path, _, share = text.partition(".safetensors:")
    return (Path(f"{path}.safetensors"), float(share)) if share else (Path(text), 1.0)


def _averaged(held: Checkpoint) -> Checkpoint:
    """The moving average inside a training's state; a checkpoint of plain weights stays as it is."""
    inside = checkpoint.part_of(held.tensors, "ema")
    return Checkpoint(inside, {"epoch": 0, "scores": {}}) if inside else held


if __name__ == "__main__":
    checkpoint.save(Path(sys.argv[1]), average([parsed(p) for p in sys.argv[2:]]))
