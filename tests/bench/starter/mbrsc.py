"""The starter's network and recipe on one data set alone, in its own five classes: MBRSC, tile 6 held out.
``python mbrsc.py --data DIR --imagenet FILE --work DIR``. Prints OA and mIoU on all of tile 6."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from rs_dino_engine.datasets.chip_store import ChipStore, ChipWriter
from rs_dino_engine.datasets.chips import ChipSettings, cut_scene, raster_stretch
from rs_dino_engine.datasets.label_table import LabelTable
from rs_dino_engine.datasets.scenes import find_scenes
from rs_dino_engine.datasets.spec import load_spec
from rs_dino_engine.devices import choose
from rs_dino_engine.models.networks import build
from rs_dino_engine.models.networks.efficientnet import convert_imagenet_keys
from rs_dino_engine.training.recipe import Recipe
from rs_dino_engine.training.trainer import LAST, Trainer
from rs_dino_engine.training.validation import evaluate

from train import NORMALISATION, ConsoleJob  # isort: skip

CHIP_PX = 320
GSD_M = 0.25
"""A quarter of the pictures' own: features from ImageNet see the texture of mangrove only when it is enlarged.
Validation is at the same size, which matters as much."""
RECIPE = Recipe(
    epochs=9,
    validation_limit=40,
    steps_per_epoch=50,
    batch_size=12,
    crop_px=192,
    learning_rate=1.5e-3,
    backbone_factor=0.5,
    ema=0.985,
    weight_decay=0.02,
    balance=0.0,
    # one sensor: colour tells mangrove from mud here, so it is hardly varied
    augmentation={
        "zoom": (0.7, 1.4),
        "brightness": 0.08,
        "contrast": 0.1,
        "gamma": 0.08,
        "tint": 0.02,
        "saturation": 0.1,
        "noise": 0.01,
        "blur": 0.1,
    },
)


def chips(data: Path, folder: Path) -> ChipStore:
    """Chips in the data set's own classes, cut once."""
    if (folder / "index.json").exists():
        return ChipStore(folder)
    spec = load_spec("mbrsc")
    spec = spec.model_copy(update={"classes": [c.model_copy(update={"means": []}) for c in spec.classes]})
    root = data / "landcover_mbrsc"
    scenes = find_scenes(spec, root)
    writer = ChipWriter(folder, LabelTable([c.name for c in spec.classes]))
    for scene in scenes:
        cut_scene(writer, scene, spec, ChipSettings(CHIP_PX, GSD_M), raster_stretch([scene.image], spec.bands))
    return writer.finish()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--imagenet", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    given = parser.parse_args()
    store = chips(given.data, given.work / "mbrsc-chips")
    torch.manual_seed(0)
    network = build({"kind": "efficientnet-fpn", "bands": 3, "classes": len(store.classes)})
    network.backbone.load_state_dict(convert_imagenet_keys(torch.load(given.imagenet, weights_only=True)))
    folder = given.work / "mbrsc"
    folder.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(network, store, RECIPE, NORMALISATION, folder, ConsoleJob(folder), choose("cpu"))
    if (folder / LAST).exists():
        trainer.restore()
    result = trainer.fit()
    print(json.dumps({"epoch": result.epoch, "whole tile": _whole(network, result.weights, store)}, indent=1))


def _whole(network: torch.nn.Module, weights: dict, store: ChipStore) -> dict:
    """OA, mIoU and F1 on every held-out chip; an epoch is scored on some of them."""
    network.load_state_dict(weights)
    mean, std = (torch.tensor(v).reshape(1, -1, 1, 1) for v in NORMALISATION)
    network.eval()

    def predict(images: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return network((images - mean) / std)

    report = evaluate(predict, store, store.where("validation"), 8, lambda: None).report()
    return {name: report[name] for name in ("oa", "miou", "f1", "classes")}


if __name__ == "__main__":
    main()
