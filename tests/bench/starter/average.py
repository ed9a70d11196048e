"""The mean of several checkpoints' weights: ``python average.py OUT.safetensors A.safetensors B.safetensors …``.
Of a training's last.safetensors the averaged weights are taken.

Checkpoints of one line of training; their mean generalises better than each (Wortsman et al. 2022, "Model
soups"). Here it sees mangrove and bare ground better than either.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import List

from rs_dino_engine.training import checkpoint
from rs_dino_engine.training.checkpoint import Checkpoint


def average(paths: List[Path]) -> Checkpoint:
    """Every number is the mean over the checkpoints; counters are taken from the last one."""
    held = [_averaged(checkpoint.load(p)) for p in paths]
    tensors = {}
    for name, last in held[-1].tensors.items():
        same = [h.tensors[name] for h in held]
        tensors[name] = sum(same) / len(same) if last.is_floating_point() else last
    return Checkpoint(tensors, held[-1].state)


def _averaged(held: Checkpoint) -> Checkpoint:
    """The moving average inside a training's state; a checkpoint of plain weights stays as it is."""
    inside = checkpoint.part_of(held.tensors, "ema")
    return Checkpoint(inside, {"epoch": 0, "scores": {}}) if inside else held


if __name__ == "__main__":
    checkpoint.save(Path(sys.argv[1]), average([Path(p) for p in sys.argv[2:]]))
