"""Train starter-canopy: ``python train_canopy.py --work DIR --from FILE --output DIR [--recipe FILE] [--resume]``.

``--from`` is a checkpoint or a model folder of the land cover network, whose backbone knows trees already.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from rs_dino_engine.datasets.chip_store import ChipStore
from rs_dino_engine.devices import choose
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import read_state
from rs_dino_engine.models.networks import build
from rs_dino_engine.training import checkpoint
from rs_dino_engine.training.recipe import read_recipe
from rs_dino_engine.training.trainer import LAST, Trainer

from canopy import SAMPLING  # isort: skip
from train import NORMALISATION, ConsoleJob  # isort: skip

NETWORK = {"kind": "efficientnet-fpn", "bands": 3, "classes": 1}
SCALE = 10.0
"""Metres that 1 of the network's output stands for."""


def start_from(network: torch.nn.Module, start: str) -> None:
    """All weights that fit: everything but the last layer, from a land cover model."""
    if Path(start).is_file():
        state = checkpoint.load(Path(start)).tensors
        state = checkpoint.part_of(state, "ema") or state
    else:
        state = {name: stored.load() for name, stored in read_state(find_model(start)).items()}
    own = network.state_dict()
    fitting = {n: t for n, t in state.items() if n in own and t.shape == own[n].shape}
    network.load_state_dict(fitting, strict=False)
    print(f"{len(fitting)} of {len(own)} weights taken")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--from", dest="start", required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--recipe", default=str(Path(__file__).with_name("canopy.json")))
    parser.add_argument("--resume", action="store_true")
    given = parser.parse_args()
    recipe = read_recipe(given.recipe)
    recipe.sampling = dict(SAMPLING)
    torch.manual_seed(recipe.seed)
    network = build(NETWORK)
    start_from(network, given.start)
    given.output.mkdir(parents=True, exist_ok=True)
    store, job = ChipStore(given.work / "canopy"), ConsoleJob(given.output)
    trainer = Trainer(network, store, recipe, NORMALISATION, given.output, job, choose(), SCALE)
    if given.resume and (given.output / LAST).exists():
        trainer.restore()
    print(json.dumps(trainer.fit().scores, indent=1))


if __name__ == "__main__":
    main()
