"""Scores of a model on the held-out chips, per source and in the source's own classes:
``python score.py --model DIR --work DIR [--chips NAME]``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Dict

import torch
from rs_dino_engine.datasets.chip_store import ChipStore
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.runtime import LoadedModel
from rs_dino_engine.training.metrics import scores
from rs_dino_engine.training.validation import Evaluation, evaluate
from torch.nn.functional import interpolate

from sources import SOURCES  # isort: skip


def predictor(model: LoadedModel, gsd_m: float):
    """Images in 0-1 of chips at ``gsd_m`` -> logits; resampled to the model's GSD and back, as the engine does."""
    mean = torch.tensor(model.spec.input.mean).reshape(1, -1, 1, 1)
    std = torch.tensor(model.spec.input.std).reshape(1, -1, 1, 1)
    wanted, stride = model.spec.input.gsd_m or gsd_m, model.spec.input.stride_px

    def predict(images: torch.Tensor) -> torch.Tensor:
        side = images.shape[-1]
        size = max(1, round(side * gsd_m / wanted / stride)) * stride
        if size == side:
            return model((images - mean) / std)
        seen = interpolate(images, size=(size, size), mode="bilinear", align_corners=False, antialias=size < side)
        return interpolate(model((seen - mean) / std), size=(side, side), mode="bilinear", align_corners=False)

    return predict


def own_classes(evaluation: Evaluation) -> Dict[str, Any]:
    """data set -> scores in its own classes (those that overlap with none of its others), and agreement."""
    out: Dict[str, Any] = {}
    for source in SOURCES.values():
        spec = source.described()
        table = evaluation.tables.get(spec.name)
        if table is None or table.counts.sum() == 0:
            continue
        groups = [[evaluation.classes.index(n) for n in c.wanted] for c in spec.classes]
        found = scores(table.merged(groups), [c.name for c in spec.classes])
        agreement = table.agreement()
        out[spec.name] = {
            "oa": found["oa"],
            "miou": found["miou"],
            "f1": found["f1"],
            "pixels": found["pixels"],
            "iou": {n: c["iou"] for n, c in found["classes"].items() if c["iou"] is not None},
            "agreement": None if agreement is None else round(agreement, 4),
        }
    return out


def score(model_folder: str, chips: Path) -> Dict[str, Any]:
    """All held-out chips of a store, by source."""
    model = load_model(find_model(model_folder))
    store = ChipStore(chips)
    held_out, found = store.where("validation"), {}
    for name, source in SOURCES.items():
        chips_of = held_out[store.data_sets[held_out] == name]
        if len(chips_of):
            found.update(own_classes(evaluate(predictor(model, source.gsd_m), store, chips_of, 4, lambda: None)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--chips", default="chips")
    given = parser.parse_args()
    print(json.dumps(score(given.model, given.work / given.chips), indent=1))


if __name__ == "__main__":
    main()
